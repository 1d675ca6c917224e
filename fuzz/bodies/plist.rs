//! Reading property lists, XML and binary: faults have a place in the file, and what was read without a fault reads
//! the same when it is written again.
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use populace::config::{At, Diagnostics, Kind, MAX_DEPTH, Value, read_bytes, render};
use populace::dav::escape;

pub fn check(data: &[u8]) {
    let diags = Diagnostics::new();
    let value = read_bytes("fuzz.plist", data, &diags);
    told(&diags, data.len());
    // To show what was found costs many times as much as to find it: every fourth input has to do.
    if data.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte)) % 4 == 0 {
        shown(&diags);
    }
    match value {
        None => assert!(diags.has_errors(), "nothing was read and nothing said"),
        Some(value) => {
            sound(&value, 0, data.len());
            if !diags.has_errors() {
                reads_the_same_again(&value);
            }
        }
    }
}

/// Every diagnostic is one line and stands inside its file.
fn told(diags: &Diagnostics, length: usize) {
    for one in diags.all() {
        let line = one.to_string();
        assert!(!line.contains(char::is_control), "more than a line of text: {line:?}");
        inside(&one.at, length);
        one.also.iter().for_each(|(at, _)| inside(at, length));
    }
}

fn shown(diags: &Diagnostics) {
    let text = render(diags);
    let harmless = |char: char| char == '\n' || !char.is_control();
    assert!(text.chars().all(harmless), "control characters reach the terminal: {text:?}");
}

fn inside(at: &At, length: usize) {
    let Some(range) = at.range() else { return };
    // A fault at the end of the file covers the place after its last byte. A byte that is not UTF-8 is shown as
    // three, so that the text shown may be longer than the file.
    let shown = at.source().contents().map_or(length, str::len);
    assert!(
        range.start <= range.end && range.start <= shown && range.end <= shown + 1,
        "{range:?} of {shown}"
    );
    assert!(at.position().is_some_and(|(line, column)| line >= 1 && column >= 1));
}

/// No value is deeper than allowed, reals are finite, keys are unique.
fn sound(value: &Value, depth: usize, length: usize) {
    inside(&value.at, length);
    match &value.kind {
        Kind::Dict(pairs) => {
            assert!(depth < MAX_DEPTH);
            let mut keys: Vec<&str> = pairs.iter().map(|pair| pair.key.as_str()).collect();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), pairs.len(), "a key stands twice");
            pairs.iter().for_each(|pair| sound(&pair.value, depth + 1, length));
        }
        Kind::Array(items) => {
            assert!(depth < MAX_DEPTH);
            items.iter().for_each(|item| sound(item, depth + 1, length));
        }
        Kind::Real(number) => assert!(number.is_finite()),
        _ => {}
    }
}

fn reads_the_same_again(value: &Value) {
    let mut text = String::from("<plist version=\"1.0\">");
    if !write(value, &mut text) {
        return;
    }
    text.push_str("</plist>");
    let diags = Diagnostics::new();
    let again = read_bytes("again.plist", text.as_bytes(), &diags);
    assert!(diags.is_empty(), "{}", render(&diags));
    assert!(again.is_some_and(|again| same(&again, value)), "another value was read from {text}");
}

/// Writes XML; false where XML cannot say it, or dates have no four-digit year.
fn write(value: &Value, out: &mut String) -> bool {
    let element = |out: &mut String, name: &str, text: &str| {
        out.push_str(&format!("<{name}>{}</{name}>", escape(text)));
        text.chars().all(allowed)
    };
    match &value.kind {
        Kind::Dict(pairs) => {
            out.push_str("<dict>");
            for pair in pairs {
                if !element(out, "key", &pair.key) || !write(&pair.value, out) {
                    return false;
                }
            }
            out.push_str("</dict>");
            true
        }
        Kind::Array(items) => {
            out.push_str("<array>");
            let whole = items.iter().all(|item| write(item, out));
            out.push_str("</array>");
            whole
        }
        Kind::String(text) => element(out, "string", text),
        Kind::Integer(number) => element(out, "integer", &number.to_string()),
        Kind::Real(number) => element(out, "real", &format!("{number:?}")),
        Kind::Boolean(truth) => element(out, &truth.to_string(), ""),
        Kind::Date(date) => {
            let text = date.to_rfc3339();
            element(out, "date", &text) && !text.starts_with(['-', '+'])
        }
        Kind::Data(bytes) => element(out, "data", &BASE64_STANDARD.encode(bytes)),
        Kind::Broken => panic!("a broken value without an error"),
    }
}

/// XML 1.0, section 2.2.
fn allowed(char: char) -> bool {
    !matches!(char, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

fn same(one: &Value, other: &Value) -> bool {
    match (&one.kind, &other.kind) {
        (Kind::Dict(one), Kind::Dict(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|(one, other)| one.key == other.key && same(&one.value, &other.value))
        }
        (Kind::Array(one), Kind::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Kind::String(one), Kind::String(other)) => one == other,
        (Kind::Integer(one), Kind::Integer(other)) => one == other,
        (Kind::Real(one), Kind::Real(other)) => one == other,
        (Kind::Boolean(one), Kind::Boolean(other)) => one == other,
        (Kind::Date(one), Kind::Date(other)) => one == other,
        (Kind::Data(one), Kind::Data(other)) => one == other,
        _ => false,
    }
}
