//! Texts with something to be filled in (row 48), and regular expressions, as they are written here.

use regex_lite::Regex;

use super::steps::Writer;
use crate::cli::import::words::Word;
use crate::config::{At, Diagnostics};
use crate::web::script::text::is_name;

/// What stands around a name that is to be filled in, there and here.
const MARK: &str = "%%";
/// The function that gives an id which nobody else has (row 48).
const UNIQUE: &str = "ts_user_server:get_unique_id";
/// The variable that it becomes.
pub const UNIQUE_NAME: &str = "unique_id";

impl Writer<'_> {
    /// The text as it is written here. Without `filled` it stands for itself.
    pub fn text(&self, word: &Word, filled: bool) -> String {
        let mut out = String::new();
        let mut rest = word.text.as_str();
        while let Some((before, after)) = rest.split_once(MARK) {
            out.push_str(before);
            let Some((inside, behind)) = after.split_once(MARK) else {
                out.push_str(MARK);
                rest = after;
                continue;
            };
            let name = if filled { self.variable(inside, word) } else { None };
            if name.is_none() && (filled || is_name(inside)) {
                let message = format!("{MARK}{inside}{MARK} does not mean here what it means there");
                let way = "%%name%% is always the value of a variable here, and a function cannot be called";
                self.diags.warning(&word.at, message).help(way);
            }
            out.extend([MARK, name.as_deref().unwrap_or(inside), MARK]);
            rest = behind;
        }
        out + rest
    }

    /// What is called by a name between marks, which is noted as used.
    fn variable(&self, inside: &str, word: &Word) -> Option<String> {
        let name = match inside.strip_prefix('_') {
            Some(name) => name,
            None if inside == UNIQUE => UNIQUE_NAME,
            None if inside.contains(':') => inside,
            None => return None,
        };
        if !is_name(name) {
            return None;
        }
        self.uses.borrow_mut().push((name.to_owned(), word.at.clone()));
        Some(name.to_owned())
    }
}

/// The regular expression if it is one here; if it is none, that is told, and why.
pub fn expression(pattern: String, at: &At, diags: &Diagnostics) -> Option<String> {
    match Regex::new(&pattern) {
        Ok(_) => Some(pattern),
        Err(why) => {
            let message = format!("this regular expression is not carried over: {why}");
            diags.warning(at, message).help("lookaround and references back are not known here");
            None
        }
    }
}

/// A regular expression of `dyn_variable`, where groups are `\(` and `\)`, and bare brackets stand for themselves.
pub fn of_groups_with_backslash(pattern: &str) -> String {
    translated(pattern, |letter, escaped| match (letter, escaped) {
        ('(' | ')' | '|', true) => letter.to_string(),
        ('(' | ')' | '|' | '{' | '}', false) => format!("\\{letter}"),
        (_, true) => format!("\\{letter}"),
        (_, false) => letter.to_string(),
    })
}

/// A regular expression of `match`, which knows no counts: braces stand for themselves.
pub fn without_counts(pattern: &str) -> String {
    translated(pattern, |letter, escaped| match (letter, escaped) {
        (_, true) | ('{' | '}', false) => format!("\\{letter}"),
        _ => letter.to_string(),
    })
}

/// The pattern with each letter as `written`; what stands within brackets stays as it is.
fn translated(pattern: &str, written: impl Fn(char, bool) -> String) -> String {
    let mut out = String::new();
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some(next) => out.push_str(&written(next, true)),
                None => out.push_str("\\\\"),
            },
            '[' => {
                out.push('[');
                // The first in it, or the first after `^`, may be a bracket that closes nothing.
                out.extend(letters.next_if_eq(&'^'));
                if letters.next_if_eq(&']').is_some() {
                    out.push_str("\\]");
                }
                for inside in letters.by_ref() {
                    match inside {
                        // There an open one and a backslash mean nothing within brackets.
                        '[' | '\\' => out.extend(['\\', inside]),
                        _ => out.push(inside),
                    }
                    if inside == ']' {
                        break;
                    }
                }
            }
            _ => out.push_str(&written(letter, false)),
        }
    }
    out
}
