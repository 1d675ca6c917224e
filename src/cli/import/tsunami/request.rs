//! A request, with what is looked for in its answer (rows 33, 48 to 50).

use super::Dialect;
use super::element::Element;
use super::steps::{Writer, step};
use super::texts::{UNIQUE_NAME, expression, of_groups_with_backslash, without_counts};
use crate::cli::import::plist::{Filling, Node};
use crate::config::{At, Diagnostics};
use crate::stats::one_line;
use crate::web::found::{JsonPath, XPath};
use crate::web::script::check::Check;
use crate::web::script::text::is_name;

/// The most bytes of the name of a check, so that there is room for a number behind it.
const LONGEST: usize = 200;

/// What is expected of an answer, and what follows if it is not so.
#[derive(Default)]
struct Expected {
    /// What is only counted: names and expressions.
    counted: Vec<(String, String)>,
    found: Option<String>,
    not_found: Option<String>,
    on_failure: Option<&'static str>,
    retries: Option<(f64, f64)>,
}

impl Writer<'_> {
    pub fn request(&self, element: &Element<'_>) -> Vec<Node> {
        let filled = element.attribute("subst").is_some_and(|word| word.text != "false");
        let mut expected = Expected::default();
        // Row 50: it is counted, and nothing else happens.
        if let Some(word) = element.attribute("match")
            && let Some(pattern) = expression(without_counts(&word.text), &word.at, self.diags)
        {
            expected.count(None, pattern, (&word.at, self.diags));
        }
        let uses_before = self.uses.borrow().len();
        let (mut request, mut set) = (None, Vec::new());
        for child in element.children() {
            match child.name() {
                "http" if request.is_none() => request = self.http(&child, filled),
                "match" => expected.read(&child),
                "dyn_variable" => set.extend(self.found(&child)),
                _ => {
                    child.not_carried_over();
                    continue;
                }
            }
            child.finish();
        }
        let Some(request) = request else {
            self.diags.warning(&element.at(), "this request is not carried over: it is none of HTTP");
            return Vec::new();
        };
        let request = expected.written(request).maybe("set", (!set.is_empty()).then(|| Node::array(set)));
        // A new one each time, as by the function that it stands for.
        let unique = self.uses.borrow()[uses_before..].iter().any(|(name, _)| name == UNIQUE_NAME);
        let before = unique.then(|| {
            self.sets.borrow_mut().insert(UNIQUE_NAME.to_owned());
            step("set").with("name", Node::text(UNIQUE_NAME)).with("unique", Node::Truth(true)).dict()
        });
        before.into_iter().chain([request.dict()]).collect()
    }

    fn http(&self, element: &Element<'_>, filled: bool) -> Option<Filling> {
        let method = element.attribute("method").map_or("GET".to_owned(), |word| word.text.trim().to_owned());
        let url = element.required("url")?;
        if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_uppercase()) {
            self.diags.warning(&element.at(), format!("a request by {method:?} is not carried over"));
            return None;
        }
        let text = |name: &str| element.attribute(name).map(|word| Node::Text(self.text(&word, filled)));
        let mut headers = Filling::default().maybe("If-Modified-Since", text("if_modified_since"));
        let mut rest = Filling::default();
        for child in element.children() {
            let inner = |name: &str| child.attribute(name).map(|word| Node::Text(self.text(&word, filled)));
            match child.name() {
                "www_authenticate" => {
                    let kind = child.attribute("auth_method").or(child.attribute("auth_type"));
                    let ahead = kind.is_none_or(|kind| kind.text == "basic");
                    rest = rest
                        .maybe("user", inner("userid"))
                        .maybe("password", inner("passwd"))
                        .maybe("auth", ahead.then(|| Node::text("basic")));
                }
                "soap" => rest = rest.with("soap", Node::text("1.1")).maybe("action", inner("action")),
                "http_header" => {
                    let name = child.attribute("name").map(|word| word.text);
                    if let (Some(name), Some(value)) = (name, inner("value")) {
                        headers = headers.with(&name, value);
                    }
                }
                "add_cookie" => {
                    let key = child.attribute("key").map(|word| word.text).unwrap_or_default();
                    let value =
                        child.attribute("value").map(|word| self.text(&word, filled)).unwrap_or_default();
                    let message = "the cookie goes with this request only, and is not kept";
                    self.diags.warning(&child.at(), message);
                    headers = headers.with("Cookie", Node::Text(format!("{key}={value}")));
                }
                _ => {
                    child.not_carried_over();
                    continue;
                }
            }
            child.finish();
        }
        let old = element.attribute("version").filter(|version| version.text.trim() == "1.0");
        let mut written = step(&method)
            .with("url", Node::Text(self.text(&url, filled)))
            .maybe("http", old.map(|_| Node::text("1.0")))
            .maybe("body", text("contents"))
            .maybe("file", element.attribute("contents_from_file").map(|word| Node::Text(word.text)))
            .maybe("contentType", text("content_type"));
        if !headers.is_empty() {
            written = written.with("headers", headers.dict());
        }
        Some(written.and(rest))
    }

    /// A variable that is set from the answer (row 49).
    fn found(&self, element: &Element<'_>) -> Option<Node> {
        let name = element.required("name")?;
        if !is_name(&name.text) {
            self.diags.warning(&name.at, format!("{:?} cannot be the name of a variable here", name.text));
            return None;
        }
        let text = |key: &str| element.attribute(key).map(|word| word.text);
        let sources = [
            ("regexp", text("regexp").map(|pattern| of_groups_with_backslash(&pattern))),
            ("regexp", text("re")),
            ("xpath", text("xpath")),
            ("jsonpath", text("jsonpath").map(|path| json_path(&path))),
            ("header", text("header")),
        ];
        let source = sources.into_iter().find_map(|(key, value)| Some((key, value?)));
        if element.attribute("pgsql_expr").is_some() {
            element.not_carried_over();
            return None;
        }
        let (key, value) = source.unwrap_or(("form", name.text.clone()));
        let value = match key {
            "regexp" => expression(value, &element.at(), self.diags)?,
            "xpath" | "jsonpath" => path(key, value, &element.at(), self.diags)?,
            _ => value,
        };
        self.sets.borrow_mut().insert(name.text.clone());
        // A field of a form has one value.
        let all = key != "form" && self.lists.contains(&name.text);
        self.several.borrow_mut().extend(all.then(|| name.text.clone()));
        let dict = Filling::default()
            .with("name", Node::text(name.text.clone()))
            .with(key, Node::Text(value))
            .maybe("all", all.then_some(Node::Truth(true)))
            // What the ancestor takes where there is none.
            .with("default", Node::text("undefined"));
        Some(dict.dict())
    }
}

/// The path if it is one here; if it is none, that is told, and why.
fn path(key: &str, path: String, at: &At, diags: &Diagnostics) -> Option<String> {
    let read = match key {
        "xpath" => XPath::parse(&path).map(drop),
        _ => JsonPath::parse(&path).map(drop),
    };
    let refused = |why| diags.warning(at, format!("the path {path:?} is not carried over: {why}"));
    read.map_err(refused).is_ok().then_some(path)
}

/// A path as Tsung writes it, `field.array[?name=bar].value`, in the words of RFC 9535.
fn json_path(path: &str) -> String {
    let mut out = String::from("$.");
    let mut rest = path.trim_start_matches("$.");
    while let Some((before, after)) = rest.split_once("[?") {
        out.push_str(before);
        let Some((inside, behind)) = after.split_once(']') else {
            out.push_str("[?");
            rest = after;
            continue;
        };
        match inside.split_once('=').filter(|_| !inside.contains("==")) {
            Some((key, value)) => {
                out.push_str(&format!("[?@.{} == '{}']", key.trim(), value.trim().trim_matches('\'')))
            }
            None => out.push_str(&format!("[?{inside}]")),
        }
        rest = behind;
    }
    out + rest
}

impl Expected {
    /// Notes what is counted only: under its name, or else as what it looks for. Here each has a name of its own.
    fn count(&mut self, name: Option<String>, pattern: String, (at, diags): (&At, &Diagnostics)) {
        let mut wanted = one_line(name.as_deref().unwrap_or(&pattern));
        wanted.truncate(wanted.floor_char_boundary(LONGEST));
        if wanted.is_empty() {
            diags.warning(at, "this check is not carried over: it looks for nothing");
            return;
        }
        if self.counted.contains(&(wanted.clone(), pattern.clone())) {
            diags.warning(at, format!("what `{wanted}` looks for is counted once, and not twice"));
            return;
        }
        let base = if Check::is_of_unnamed(&wanted) { format!("count {wanted}") } else { wanted.clone() };
        let is_free = |name: &String| self.counted.iter().all(|(other, _)| other != name);
        let others = (2..).map(|n| format!("{base} {n}"));
        let free = std::iter::once(base.clone()).chain(others).find(is_free).unwrap_or_default();
        if free != wanted {
            diags.warning(at, format!("what is counted there as `{wanted}` is counted as `{free}` here"));
        }
        self.counted.push((free, pattern));
    }

    /// An element `match` of Tsung.
    fn read(&mut self, element: &Element<'_>) {
        let attribute = |name: &str| element.attribute(name).map(|word| word.text);
        let action = attribute("do").unwrap_or_else(|| "continue".to_owned());
        let when_found = attribute("when").is_none_or(|when| when == "match");
        let varies = element.is_true("subst") || element.attribute("apply_to_content").is_some();
        let follows = match action.as_str() {
            "continue" | "log" | "dump" if !varies => {
                let name = attribute("name");
                attribute("when");
                element.attribute("skip_headers");
                let around = (&element.at(), element.diags());
                if let Some(pattern) = expression(element.text(), around.0, around.1) {
                    self.count(name, pattern, around);
                }
                return;
            }
            "abort" => "abort",
            "abort_test" => "abortRun",
            "loop" => "retry",
            _ => {
                element.not_carried_over().help("what follows is continue, retry, abort or abortRun");
                return;
            }
        };
        // Where the answer has it and something follows, it should not be there.
        let place = if when_found { &mut self.not_found } else { &mut self.found };
        let other = self.on_failure.is_some_and(|before| before != follows);
        if place.is_some() || other || varies {
            let way =
                "a request has one `match`, one `nomatch` and one `onFailure`, without variables in them";
            element.not_carried_over().help(way);
            return;
        }
        let Some(pattern) = expression(element.text(), &element.at(), element.diags()) else { return };
        *place = Some(pattern);
        self.on_failure = Some(follows);
        if follows == "retry" {
            let number = |name: &str, usual: f64| element.number(name, 0.0).unwrap_or(usual);
            self.retries = Some((number("max_loop", 20.0), number("sleep_loop", 5.0)));
        }
        element.attribute("skip_headers");
        element.attribute("name");
    }

    fn written(self, request: Filling) -> Filling {
        let counted = self
            .counted
            .into_iter()
            .fold(Filling::default(), |dict, (name, pattern)| dict.with(&name, Node::Text(pattern)));
        request
            .maybe("count", (!counted.is_empty()).then(|| counted.dict()))
            .maybe("match", self.found.map(Node::Text))
            .maybe("nomatch", self.not_found.map(Node::Text))
            .maybe("onFailure", self.on_failure.map(Node::text))
            .maybe("retries", self.retries.map(|(count, _)| Node::Number(count)))
            .maybe("retryDelay", self.retries.map(|(_, delay)| Node::Number(delay)))
    }
}

/// Whether sessions of this type are told in requests of HTTP.
pub fn is_web(kind: &str, dialect: Dialect) -> bool {
    kind == "ts_http" || dialect == Dialect::Tsung && kind == "ts_webdav"
}
