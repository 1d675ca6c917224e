//! What a property list says, with positions.

use chrono::{DateTime, Utc};

use super::{At, Diagnostics, did_you_mean};

/// One value of a property list and where it stands.
#[derive(Clone, Debug)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// Where it stands: for a dict or an array the whole element.
    pub at: At,
}

/// The kinds of values that property lists know.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Keys in file order; a reader has made sure that no key comes twice.
    Dict(Vec<Pair>),
    /// Elements in file order.
    Array(Vec<Value>),
    /// Text, CDATA sections included, not trimmed.
    String(String),
    /// A whole number.
    Integer(i64),
    /// A finite number.
    Real(f64),
    /// `<true/>` or `<false/>`.
    Boolean(bool),
    /// A point in time.
    Date(DateTime<Utc>),
    /// Bytes.
    Data(Vec<u8>),
    /// A value that its reader has already reported as broken: whoever meets it says nothing more.
    Broken,
}

/// One key of a dict and its value.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The key's text.
    pub key: String,
    /// Where the key stands.
    pub key_at: At,
    /// What stands under it.
    pub value: Value,
}

impl Value {
    /// The value under `key`, if this is a dict that has it.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match &self.kind {
            Kind::Dict(pairs) => pairs.iter().find(|pair| pair.key == key).map(|pair| &pair.value),
            _ => None,
        }
    }

    /// The elements, if this is an array.
    pub fn as_array(&self) -> Option<&[Value]> {
        match &self.kind {
            Kind::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// Reports that something else was expected here, and returns `None` for the caller to hand on.
    /// A broken value has been reported before and stays silent.
    pub fn mismatch<T>(&self, expected: &str, diags: &Diagnostics) -> Option<T> {
        if !matches!(self.kind, Kind::Broken) {
            diags.error(&self.at, format!("expected {expected}, found {}", self.describe()));
        }
        None
    }

    /// One of the words for a thing, as `pacing`; anything else is an error that gives them.
    pub fn word<T: Copy>(&self, thing: &str, words: &[(&str, T)], diags: &Diagnostics) -> Option<T> {
        let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let or = match &all[..] {
            [most @ .., last] if !most.is_empty() => format!("{} or {last}", most.join(", ")),
            _ => all.concat(),
        };
        let Kind::String(text) = &self.kind else { return self.mismatch(&or, diags) };
        let found = words.iter().find(|(word, _)| word == text).map(|(_, one)| *one);
        if found.is_none() {
            diags
                .error(&self.at, format!("{text:?} is no {thing}: it is {or}"))
                .help(did_you_mean(text, all));
        }
        found
    }

    /// What was found, for the second half of "expected ..., found ...".
    pub fn describe(&self) -> String {
        match &self.kind {
            Kind::Dict(_) => "a dict".to_owned(),
            Kind::Array(_) => "an array".to_owned(),
            Kind::String(text) if text.chars().count() <= 40 => format!("the string {text:?}"),
            Kind::String(_) => "a string".to_owned(),
            Kind::Integer(number) => format!("the integer {number}"),
            Kind::Real(number) => format!("the real {number}"),
            Kind::Boolean(truth) => format!("the boolean {truth}"),
            Kind::Date(_) => "a date".to_owned(),
            Kind::Data(_) => "data".to_owned(),
            Kind::Broken => "a broken value".to_owned(),
        }
    }
}
