//! What may stand to the right of an equals sign in a script.

use crate::cli::import::words::Word;
use crate::config::Diagnostics;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Between quotes, with `\r`, `\n`, `\t`, `\"` and `\\`.
    Text(String),
    /// The file of this name.
    File(String),
    Truth(bool),
    Number(f64),
}

impl Value {
    /// Reads one. A comment may follow it.
    pub fn read(word: &Word, diags: &Diagnostics) -> Option<Value> {
        let text = word.text.as_str();
        let file = text.get(..4).filter(|start| start.eq_ignore_ascii_case("FILE")).and(text.get(4..));
        let value = match file.map(str::trim_start).filter(|rest| rest.starts_with('"')) {
            Some(name) => quoted(name).map(Value::File),
            None if text.starts_with('"') => quoted(text).map(Value::Text),
            None => bare(text.split('#').next().unwrap_or_default().trim()),
        };
        if value.is_none() {
            let note = diags.error(&word.at, "this is no value");
            note.help("a value is \"a text\", FILE \"name\", TRUE, FALSE or a number");
        }
        value
    }
}

fn bare(text: &str) -> Option<Value> {
    if text.eq_ignore_ascii_case("TRUE") || text.eq_ignore_ascii_case("FALSE") {
        return Some(Value::Truth(text.eq_ignore_ascii_case("TRUE")));
    }
    text.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Number)
}

/// A text that begins with its quotes; nothing but a comment may follow the last of them.
fn quoted(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut letters = text.strip_prefix('"')?.chars();
    loop {
        match letters.next()? {
            '"' => break,
            '\\' => out.push(match letters.next()? {
                'r' => '\r',
                'n' => '\n',
                't' => '\t',
                other => other,
            }),
            letter => out.push(letter),
        }
    }
    let rest = letters.as_str().trim();
    (rest.is_empty() || rest.starts_with('#')).then_some(out)
}
