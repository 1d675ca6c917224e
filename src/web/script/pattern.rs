//! Regular expressions.

use std::rc::Rc;

use regex_lite::Regex;

use crate::config::{Diagnostics, FromValue, Value};

/// A regular expression, which takes time in proportion to the text.
#[derive(Clone, Debug)]
pub struct Pattern(Rc<Regex>);

impl Pattern {
    pub fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// What the first group takes, or without groups the whole expression, where it is found first.
    pub fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        let found = self.0.captures(text)?;
        let group = if found.len() > 1 { 1 } else { 0 };
        Some(found.get(group)?.as_str())
    }

    /// The same wherever it is found, at most so often.
    pub fn find_all<'t>(&self, text: &'t str, most: usize) -> Vec<&'t str> {
        let group = |found: regex_lite::Captures<'t>| {
            let group = if found.len() > 1 { 1 } else { 0 };
            found.get(group).map(|group| group.as_str())
        };
        self.0.captures_iter(text).filter_map(group).take(most).collect()
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromValue for Pattern {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Pattern> {
        let text = String::from_value(value, diags)?;
        match Regex::new(&text) {
            Ok(regex) => Some(Pattern(Rc::new(regex))),
            Err(why) => {
                diags.error(&value.at, format!("{text:?} is no regular expression: {why}"));
                None
            }
        }
    }
}
