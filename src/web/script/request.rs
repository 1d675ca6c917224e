//! A step that asks the server for something.

use std::rc::Rc;

use bytes::Bytes;

use super::decode::Scribe;
use super::extract::Extract;
use super::text::Text;
use crate::config::{FromValue, Table};
use crate::label::Label;
use crate::web::labels;
use crate::web::params::{Params, Soap};

/// One request as a script has it.
#[derive(Debug)]
pub struct Request {
    pub method: Rc<str>,
    pub label: Label,
    /// A path, or a URL of whatever server.
    pub url: Text,
    pub body: Body,
    /// The action of SOAP.
    pub action: Option<Text>,
    /// What of the answer becomes a variable.
    pub extracts: Vec<Extract>,
    pub params: Rc<Params>,
}

/// What is sent.
#[derive(Debug)]
pub enum Body {
    None,
    Text(Text),
    File(Bytes),
    /// Names and values, as a form of a page sends them.
    Form(Vec<(Text, Text)>),
}

impl Request {
    /// Reads the keys of a request.
    pub fn decode(table: &Table<'_>, method: &str, base: &Params, scribe: &Scribe<'_>) -> Option<Request> {
        let params = Rc::new(base.with(table));
        let url: Option<Text> = table.required_any(&["url", "path"]);
        let shown = table.value_any(&["url", "path"]).and_then(|value| value.as_str()).unwrap_or_default();
        let label = match table.optional::<String>("name") {
            Some(name) if name.is_empty() || name.contains(|c: char| c.is_control() || "{}".contains(c)) => {
                table.error_at_key("name", format!("{name:?} cannot be the name of a request"));
                return None;
            }
            Some(name) => Label::request(method, &name),
            None => labels::of_path(method, shown),
        };
        let body = body(table, scribe);
        let action = table.optional::<Text>("action");
        if action.is_some() && params.soap.is_none() {
            table.error_at_key("action", "an action is one of SOAP").help("say `soap` = 1.1 or 1.2");
        }
        let extracts = table.value("set").map(|value| Extract::all(value, table.diags(), scribe));
        let url = url?;
        scribe.uses_of(&url);
        action.iter().chain(params.texts()).for_each(|text| scribe.uses_of(text));
        scribe.brings(label);
        if params.expect.is_none() && params.redirects > 0 {
            scribe.brings(labels::REDIRECT);
        }
        if params.embedded {
            scribe.brings(labels::EMBEDDED);
        }
        Some(Request {
            method: method.into(),
            label,
            url,
            body: body?,
            action,
            extracts: extracts.unwrap_or_default(),
            params,
        })
    }

    /// The texts that are sent.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        let (text, fields): (Option<&Text>, &[(Text, Text)]) = match &self.body {
            Body::Text(text) => (Some(text), &[]),
            Body::Form(fields) => (None, fields),
            Body::None | Body::File(_) => (None, &[]),
        };
        let fields = fields.iter().flat_map(|(name, value)| [name, value]);
        [&self.url].into_iter().chain(text).chain(fields).chain(&self.action).chain(self.params.texts())
    }

    /// The Content-Type of its body, where nobody says another.
    pub fn content_type(&self) -> Option<&'static str> {
        match (&self.body, self.params.soap) {
            (Body::None, _) => None,
            (_, Some(Soap::V11)) => Some("text/xml; charset=utf-8"),
            (_, Some(Soap::V12)) => Some("application/soap+xml; charset=utf-8"),
            (Body::File(_), _) => Some("application/octet-stream"),
            // As the ancestor has it (A2 row 33).
            (Body::Text(_) | Body::Form(_), _) => Some("application/x-www-form-urlencoded"),
        }
    }
}

/// `body`, `file` or `form`.
fn body(table: &Table<'_>, scribe: &Scribe<'_>) -> Option<Body> {
    let given: Vec<&str> = ["body", "file", "form"].into_iter().filter(|key| table.has(key)).collect();
    if let [first, second, ..] = given[..] {
        table.error_at_key(second, format!("a request has one body, but there is `{first}` too"));
    }
    match given.first() {
        None => Some(Body::None),
        Some(&"body") => {
            let text = table.optional::<Text>("body")?;
            scribe.uses_of(&text);
            Some(Body::Text(text))
        }
        Some(&"file") => scribe.file(table, "file").map(|bytes| Body::File(Bytes::copy_from_slice(&bytes))),
        Some(_) => {
            let form = Table::new(table.value("form")?, table.diags(), "a form")?;
            let mut fields = Vec::new();
            for pair in form.pairs() {
                let name = Text::parse(&pair.key, &pair.key_at);
                let value = Text::from_value(&pair.value, table.diags())?;
                [&name, &value].into_iter().for_each(|text| scribe.uses_of(text));
                fields.push((name, value));
            }
            Some(Body::Form(fields))
        }
    }
}
