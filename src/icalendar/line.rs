//! One content line: `NAME;PARAM=value;PARAM="quoted":value`.
use super::fold::{WIDTH, fold};
use super::text::{escape, escape_param, unescape, unescape_param};
use memchr::memchr2_iter;
use std::borrow::Cow;
use std::ops::Range;
use std::rc::Rc;

/// A content line. It keeps the bytes it was read from until it is changed. The lines of a text, and copies of them, share
/// that text: most lines are read and thrown away, and memory of its own for each would be most of the work.
#[derive(Debug, Clone)]
pub struct Line {
    text: Rc<str>,
    /// Where the unfolded line stands in `text`.
    logical: Span,
    raw: Raw,
    marks: Marks,
}

/// A part of a text, bytes from and to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span(u32, u32);

impl Span {
    /// Texts are never so long that a position is [`NOWHERE`].
    pub(super) fn new(range: Range<usize>) -> Span {
        Span(position(range.start), position(range.end))
    }

    fn range(self) -> Range<usize> {
        self.0 as usize..self.1 as usize
    }
}

/// The bytes of the source of a line.
#[derive(Debug, Clone)]
enum Raw {
    /// Those that writing the line anew gives.
    Usual,
    /// These, in the text that the line stands in.
    Part(Span),
    /// These, which are not UTF-8.
    Broken(Rc<Vec<u8>>),
}

fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(NOWHERE)
}

impl PartialEq for Line {
    fn eq(&self, other: &Line) -> bool {
        self.as_str() == other.as_str() && self.raw() == other.raw()
    }
}

impl Eq for Line {}

/// Where the parts of a line stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Marks {
    /// The begin of the name, behind a group.
    name: u32,
    /// The end of the name.
    name_end: u32,
    /// The `:` before the value: the first outside quotes, or the first of all when a quote is never closed; [`NOWHERE`]
    /// when there is none.
    colon: u32,
}

/// The position of what is not there.
const NOWHERE: u32 = u32::MAX;

impl Marks {
    fn of(text: &str) -> Marks {
        let bytes = text.as_bytes();
        let name_end = bytes.iter().position(|byte| matches!(byte, b':' | b';')).unwrap_or(bytes.len());
        let name = bytes[..name_end].iter().rposition(|byte| *byte == b'.').map_or(0, |dot| dot + 1);
        let (mut quoted, mut first, mut colon) = (false, None, None);
        for at in memchr2_iter(b'"', b':', bytes) {
            if bytes[at] == b'"' {
                quoted = !quoted;
                continue;
            }
            first.get_or_insert(at);
            if !quoted {
                colon = Some(at);
                break;
            }
        }
        Marks {
            name: position(name),
            name_end: position(name_end),
            colon: colon.or(first).map_or(NOWHERE, position),
        }
    }
}

/// A text without a byte order mark.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// One parameter inside a line.
struct Param<'a> {
    name: &'a str,
    /// What follows the `=`, quotes and escapes included.
    value: &'a str,
    /// Where it stands in the line, its leading `;` included.
    span: Range<usize>,
}

impl Line {
    /// A line of a name and a value that is already in the form of its type.
    pub fn new(name: &str, value: &str) -> Line {
        Line::from_logical([name, ":", value].concat())
    }

    /// A line whose value is a TEXT, which is escaped here.
    pub fn text(name: &str, text: &str) -> Line {
        Line::new(name, &escape(text))
    }

    /// A whole unfolded content line. Line breaks inside become spaces, so that it stays one line.
    pub fn from_logical(logical: String) -> Line {
        match logical.bytes().any(|byte| matches!(byte, b'\r' | b'\n')) {
            true => Line::plain(&logical.replace(['\r', '\n'], " ")),
            false => Line::plain(&logical),
        }
    }

    fn plain(logical: &str) -> Line {
        let whole = Span::new(0..logical.len());
        Line { text: logical.into(), logical: whole, raw: Raw::Usual, marks: Marks::of(logical) }
    }

    /// A line as read, which is not folded: where it stands in a text without and with its line break.
    pub(super) fn part(text: &Rc<str>, logical: Range<usize>, source: Range<usize>) -> Line {
        let line = &text[logical.clone()];
        let begin = logical.start + line.len() - without_mark(line).len();
        let is_usual =
            begin == source.start && text[logical.end..source.end] == *"\r\n" && logical.len() <= WIDTH;
        let raw = if is_usual { Raw::Usual } else { Raw::Part(Span::new(source)) };
        let marks = Marks::of(without_mark(line));
        Line { text: text.clone(), logical: Span::new(begin..logical.end), raw, marks }
    }

    /// A line as read, which is folded: its unfolded text and the source of that.
    pub(super) fn folded(logical: &str, source: &str) -> Line {
        let logical = without_mark(logical);
        let text: Rc<str> = [logical, source].concat().into();
        let raw = Raw::Part(Span::new(logical.len()..text.len()));
        Line { logical: Span::new(0..logical.len()), raw, marks: Marks::of(logical), text }
    }

    /// A line as read from what is not UTF-8: its unfolded bytes and the bytes of the source they came from.
    pub(super) fn broken(logical: &[u8], source: &[u8]) -> Line {
        let line = Line::plain(without_mark(&String::from_utf8_lossy(logical)));
        let is_usual =
            source.strip_suffix(b"\r\n") == Some(line.as_str().as_bytes()) && logical.len() <= WIDTH;
        if is_usual { line } else { Line { raw: Raw::Broken(Rc::new(source.into())), ..line } }
    }

    /// The bytes of the source, where writing the line anew would give others.
    fn raw(&self) -> Option<&[u8]> {
        match &self.raw {
            Raw::Usual => None,
            Raw::Part(span) => Some(&self.text.as_bytes()[span.range()]),
            Raw::Broken(bytes) => Some(bytes),
        }
    }

    /// The unfolded line.
    pub fn as_str(&self) -> &str {
        &self.text[self.logical.range()]
    }

    /// Appends the line to `out`: as it was read, or folded anew when it was changed. What stands in `out` without a
    /// line break, as the last line of a truncated text, is given one.
    pub fn write(&self, out: &mut Vec<u8>) {
        match out.last() {
            None | Some(b'\n') => {}
            Some(b'\r') => out.push(b'\n'),
            Some(_) => out.extend_from_slice(b"\r\n"),
        }
        match self.raw() {
            Some(raw) => out.extend_from_slice(raw),
            None => fold(self.as_str(), out),
        }
    }

    /// The name of the property as spelled, with a group (`item1.NAME`) cut off.
    pub fn name(&self) -> &str {
        &self.as_str()[self.marks.name as usize..self.name_end()]
    }

    /// The same parameters and value under another name.
    pub fn renamed(&self, name: &str) -> Line {
        Line::from_logical([name, &self.as_str()[self.name_end()..]].concat())
    }

    /// Is this the property `name`, in any case of letters?
    pub fn is(&self, name: &str) -> bool {
        let length = (self.marks.name_end - self.marks.name) as usize;
        length == name.len() && self.name().eq_ignore_ascii_case(name)
    }

    fn name_end(&self) -> usize {
        self.marks.name_end as usize
    }

    fn colon(&self) -> Option<usize> {
        (self.marks.colon != NOWHERE).then_some(self.marks.colon as usize)
    }

    /// The value as it stands in the line; empty when the line has no `:`.
    pub fn value(&self) -> &str {
        self.colon().map_or("", |colon| &self.as_str()[colon + 1..])
    }

    /// The value of a TEXT property with its escapes undone.
    pub fn text_value(&self) -> Cow<'_, str> {
        unescape(self.value())
    }

    /// Sets the value, already in the form of its type; parameters stay.
    pub fn set_value(&mut self, value: &str) {
        let head = self.colon().unwrap_or(self.as_str().len());
        self.change([&self.as_str()[..head], ":", value].concat());
    }

    /// Sets a TEXT value, which is escaped here; parameters stay.
    pub fn set_text(&mut self, text: &str) {
        self.set_value(&escape(text));
    }

    fn params(&self) -> impl Iterator<Item = Param<'_>> {
        let end = self.colon().unwrap_or(self.as_str().len());
        let mut at = self.name_end().min(end);
        std::iter::from_fn(move || {
            let rest = self.as_str()[at..end].strip_prefix(';')?;
            let (mut quoted, mut equals) = (false, None);
            let length = rest.bytes().enumerate().position(|(place, byte)| {
                if byte == b'=' {
                    equals.get_or_insert(place);
                }
                quoted ^= byte == b'"';
                byte == b';' && !quoted
            });
            let body = &rest[..length.unwrap_or(rest.len())];
            let span = at..at + 1 + body.len();
            at = span.end;
            let (name, value) = equals.map_or((body, ""), |equals| (&body[..equals], &body[equals + 1..]));
            Some(Param { name, value, span })
        })
    }

    /// The first value of a parameter, without quotes, RFC 6868 escapes undone.
    pub fn param(&self, name: &str) -> Option<Cow<'_, str>> {
        let param = self.params().find(|param| param.name.eq_ignore_ascii_case(name))?;
        let value = match param.value.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next().unwrap_or(quoted),
            None => param.value.split(',').next().unwrap_or(param.value),
        };
        Some(unescape_param(value))
    }

    /// The names of the parameters, as spelled.
    pub fn param_names(&self) -> impl Iterator<Item = &str> {
        self.params().map(|param| param.name)
    }

    /// Sets a parameter to one value, in its place or after the others. Quotes are added where needed.
    pub fn set_param(&mut self, name: &str, value: &str) {
        let param = [";", name, "=", &escape_param(value)].concat();
        let known = self.params().find(|param| param.name.eq_ignore_ascii_case(name));
        let span = known.map(|param| param.span).unwrap_or_else(|| {
            let end = self.colon().unwrap_or(self.as_str().len());
            let begin = self.name_end().min(end);
            // A quote that is never closed would swallow what comes after it.
            let open = self.as_str()[begin..end].matches('"').count() % 2 == 1;
            if open { begin..begin } else { end..end }
        });
        self.change([&self.as_str()[..span.start], &param, &self.as_str()[span.end..]].concat());
    }

    /// Takes a parameter away, wherever it is given. Says whether there was one.
    pub fn remove_param(&mut self, name: &str) -> bool {
        let mut removed = false;
        loop {
            let span = self.params().find(|param| param.name.eq_ignore_ascii_case(name)).map(|p| p.span);
            let Some(span) = span else { return removed };
            self.change([&self.as_str()[..span.start], &self.as_str()[span.end..]].concat());
            removed = true;
        }
    }

    /// A line that is given the text it has already keeps its bytes.
    fn change(&mut self, logical: String) {
        if *logical != *self.as_str() {
            *self = Line::from_logical(logical);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(text: &str) -> Line {
        Line::from_logical(text.to_owned())
    }

    #[test]
    fn quotes_hide_separators() {
        let line =
            line("ATTENDEE;CN=\"Doe: Jane; Dr, ^'J^'\";MEMBER=\"mailto:a@b\",\"mailto:c@d\":mailto:j@x");
        assert_eq!(line.name(), "ATTENDEE");
        assert_eq!(line.param("cn").as_deref(), Some("Doe: Jane; Dr, \"J\""));
        assert_eq!(line.param("MEMBER").as_deref(), Some("mailto:a@b"));
        assert_eq!(line.value(), "mailto:j@x");
        let id =
            super::Line::from_logical("exdate;TZID=Europe/Berlin:20260105".into()).renamed("RECURRENCE-ID");
        assert_eq!(id.as_str(), "RECURRENCE-ID;TZID=Europe/Berlin:20260105");
    }

    #[test]
    fn a_parameter_is_set_in_its_place_and_removed() {
        let mut line = line("ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;X=\"a;b\":mailto:j@x");
        line.set_param("PARTSTAT", "ACCEPTED");
        assert!(line.remove_param("rsvp"));
        line.set_param("SCHEDULE-STATUS", "1.2");
        assert_eq!(line.as_str(), "ATTENDEE;PARTSTAT=ACCEPTED;X=\"a;b\";SCHEDULE-STATUS=1.2:mailto:j@x");
    }

    #[test]
    fn an_unclosed_quote_still_has_a_value() {
        assert_eq!(line("X;CN=\"abc:value").value(), "value");
        assert_eq!(line("no colon at all").value(), "");
    }

    proptest! {
        #[test]
        fn nothing_panics_and_a_set_value_is_read_back(text in "[A-Z;:=\",a-z^\u{e4}]{0,40}", value in "[^\\r\\n]{0,20}") {
            let mut line = line(&text);
            let _ = (line.name().len(), line.param("CN"), line.param_names().count());
            line.set_param("CN", &value);
            line.remove_param("CN");
            line.remove_param("");
            line.set_value(&value);
            if !text.contains('"') {
                prop_assert_eq!(line.value(), value);
            }
        }
    }
}
