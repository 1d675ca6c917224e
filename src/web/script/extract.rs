//! Variables that are set from an answer.

use std::rc::Rc;

use super::decode::Scribe;
use super::pattern::Pattern;
use super::text::{Text, is_name};
use crate::config::{Diagnostics, Table, Value};
use crate::http::Answer;
use crate::web::found::{JsonPath, XPath, form_field};

/// A variable, and where in an answer its value stands.
#[derive(Clone, Debug)]
pub struct Extract {
    pub name: Rc<str>,
    source: Source,
    /// `all`: whether it has all values that are found, of which it is the first.
    pub all: bool,
    /// Its value if it is not found; else that is a failure.
    pub default: Option<Text>,
}

/// Where something stands in an answer.
#[derive(Clone, Debug)]
enum Source {
    /// The value of a field of a form.
    Form(Rc<str>),
    /// The first group of a regular expression.
    Regexp(Pattern),
    Header(Rc<str>),
    XPath(XPath),
    JsonPath(JsonPath),
}

/// The keys that say where.
pub const SOURCES: [&str; 5] = ["form", "regexp", "header", "xpath", "jsonpath"];

impl Extract {
    /// The most values that a variable has.
    pub const MOST: usize = 1000;

    /// Reads the keys `name`, one of `SOURCES`, and perhaps `default`.
    pub fn decode(table: &Table<'_>, scribe: &Scribe<'_>) -> Option<Extract> {
        let name = variable(table, "name", scribe);
        let given: Vec<&str> = SOURCES.into_iter().filter(|key| table.has(key)).collect();
        if let [first, second, ..] = given[..] {
            table.error_at_key(second, format!("a variable has one origin, but there is `{first}` too"));
        }
        let text = |key| table.optional::<String>(key).map(Rc::from);
        let source = match given.first() {
            Some(&"form") => text("form").map(Source::Form),
            Some(&"regexp") => table.optional("regexp").map(Source::Regexp),
            Some(&"header") => text("header").map(Source::Header),
            Some(&"xpath") => table.optional("xpath").map(Source::XPath),
            Some(_) => table.optional("jsonpath").map(Source::JsonPath),
            None => {
                table
                    .diags()
                    .error(table.at(), "it does not say from what of the answer the variable is set")
                    .help(format!("write one of {}", SOURCES.join(", ")));
                None
            }
        };
        let all = table.or("all", false);
        if all && table.has("form") {
            table.error_at_key("all", "a field of a form has one value");
        }
        name.iter().filter(|_| all).for_each(|name| scribe.has_several(name));
        let default = table.optional::<Text>("default");
        default.iter().for_each(|text| scribe.uses_of(text));
        Some(Extract { name: name?, source: source?, all, default })
    }

    /// Reads an array of them, or one.
    pub fn all(value: &Value, diags: &Diagnostics, scribe: &Scribe<'_>) -> Vec<Extract> {
        let one = |value: &Value| {
            let table = Table::new(value, diags, "a variable")?;
            let extract = Extract::decode(&table, scribe);
            table.finish();
            extract
        };
        match value.as_array() {
            Some(list) => list.iter().filter_map(one).collect(),
            None => one(value).into_iter().collect(),
        }
    }

    /// The value in an answer, where it is found first.
    pub fn find(&self, answer: &Answer) -> Option<Rc<str>> {
        match &self.source {
            Source::Form(field) => form_field(&answer.text(), field).map(Rc::from),
            Source::Regexp(pattern) => pattern.find(&answer.text()).map(Rc::from),
            Source::Header(name) => answer.header(name).map(Rc::from),
            Source::XPath(path) => path.find(&answer.text()).map(Rc::from),
            Source::JsonPath(path) => path.find(&answer.body).map(Rc::from),
        }
    }

    /// All values in an answer, [`Extract::MOST`] of them.
    pub fn find_all(&self, answer: &Answer) -> Vec<Rc<str>> {
        let owned = |found: Vec<String>| found.into_iter().map(Rc::from).collect();
        match &self.source {
            Source::Form(_) => self.find(answer).into_iter().collect(),
            Source::Regexp(pattern) => {
                pattern.find_all(&answer.text(), Self::MOST).into_iter().map(Rc::from).collect()
            }
            Source::Header(name) => answer.headers.texts(name).take(Self::MOST).map(Rc::from).collect(),
            Source::XPath(path) => owned(path.find_all(&answer.text(), Self::MOST)),
            Source::JsonPath(path) => owned(path.find_all(&answer.body, Self::MOST)),
        }
    }

    /// Where it is looked for, for people.
    pub fn told(&self) -> String {
        match &self.source {
            Source::Form(field) => format!("the form field `{field}`"),
            Source::Regexp(pattern) => format!("the regular expression `{}`", pattern.as_str()),
            Source::Header(name) => format!("the header `{name}`"),
            Source::XPath(path) => format!("the XPath `{}`", path.as_str()),
            Source::JsonPath(path) => format!("the JSONPath `{}`", path.as_str()),
        }
    }
}

/// The name of a variable that is set.
pub fn variable(table: &Table<'_>, key: &str, scribe: &Scribe<'_>) -> Option<Rc<str>> {
    let name: String = table.required(key)?;
    if !is_name(&name) {
        table
            .error_at_key(key, format!("{name:?} is no name of a variable"))
            .help("a name is letters, digits, `_`, `-`, `.` and `:`");
        return None;
    }
    let name: Rc<str> = name.into();
    scribe.sets(&name);
    Some(name)
}
