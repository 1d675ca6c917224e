//! One content line: `NAME;PARAM=value;PARAM="quoted":value`.
use super::fold::fold;
use super::text::{escape, escape_param, unescape, unescape_param};
use std::borrow::Cow;
use std::ops::Range;

/// A content line. It keeps the bytes it was read from until it is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    logical: String,
    /// The bytes of the source, where writing `logical` anew would give others.
    raw: Option<Box<[u8]>>,
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
        Line::from_logical(format!("{name}:{value}"))
    }

    /// A line whose value is a TEXT, which is escaped here.
    pub fn text(name: &str, text: &str) -> Line {
        Line::new(name, &escape(text))
    }

    /// A whole unfolded content line. Line breaks inside become spaces, so that it stays one line.
    pub fn from_logical(logical: String) -> Line {
        let logical = match logical.contains(['\r', '\n']) {
            true => logical.replace(['\r', '\n'], " "),
            false => logical,
        };
        Line { logical, raw: None }
    }

    /// A line as read: its unfolded bytes and the bytes of the source they came from.
    pub(super) fn read(logical: Vec<u8>, source: &[u8]) -> Line {
        let text = match String::from_utf8(logical) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        };
        let logical = match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        };
        let plain = source.strip_suffix(b"\r\n") == Some(logical.as_bytes()) && logical.len() <= 75;
        let raw = (!plain).then(|| source.into());
        Line { logical, raw }
    }

    /// The unfolded line.
    pub fn as_str(&self) -> &str {
        &self.logical
    }

    /// Appends the line to `out`: as it was read, or folded anew when it was changed. What stands in `out` without a
    /// line break, as the last line of a truncated text, is given one.
    pub fn write(&self, out: &mut Vec<u8>) {
        match out.last() {
            None | Some(b'\n') => {}
            Some(b'\r') => out.push(b'\n'),
            Some(_) => out.extend_from_slice(b"\r\n"),
        }
        match &self.raw {
            Some(raw) => out.extend_from_slice(raw),
            None => fold(&self.logical, out),
        }
    }

    /// The name of the property as spelled, with a group (`item1.NAME`) cut off.
    pub fn name(&self) -> &str {
        let name = &self.logical[..self.name_end()];
        name.rsplit_once('.').map_or(name, |(_, name)| name)
    }

    /// The same parameters and value under another name.
    pub fn renamed(&self, name: &str) -> Line {
        Line::from_logical(format!("{name}{}", &self.logical[self.name_end()..]))
    }

    /// Is this the property `name`, in any case of letters?
    pub fn is(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }

    fn name_end(&self) -> usize {
        self.logical.find([';', ':']).unwrap_or(self.logical.len())
    }

    /// Where the `:` before the value stands: the first outside quotes, or the first of all when a
    /// quote is never closed.
    fn colon(&self) -> Option<usize> {
        let mut quoted = false;
        let found = self.logical.bytes().position(|byte| {
            quoted ^= byte == b'"';
            byte == b':' && !quoted
        });
        found.or_else(|| self.logical.find(':'))
    }

    /// The value as it stands in the line; empty when the line has no `:`.
    pub fn value(&self) -> &str {
        self.colon().map_or("", |colon| &self.logical[colon + 1..])
    }

    /// The value of a TEXT property with its escapes undone.
    pub fn text_value(&self) -> Cow<'_, str> {
        unescape(self.value())
    }

    /// Sets the value, already in the form of its type; parameters stay.
    pub fn set_value(&mut self, value: &str) {
        let head = self.colon().unwrap_or(self.logical.len());
        self.change(format!("{}:{value}", &self.logical[..head]));
    }

    /// Sets a TEXT value, which is escaped here; parameters stay.
    pub fn set_text(&mut self, text: &str) {
        self.set_value(&escape(text));
    }

    fn params(&self) -> impl Iterator<Item = Param<'_>> {
        let end = self.colon().unwrap_or(self.logical.len());
        let mut at = self.name_end().min(end);
        std::iter::from_fn(move || {
            let rest = self.logical[at..end].strip_prefix(';')?;
            let mut quoted = false;
            let length = rest.bytes().position(|byte| {
                quoted ^= byte == b'"';
                byte == b';' && !quoted
            });
            let body = &rest[..length.unwrap_or(rest.len())];
            let span = at..at + 1 + body.len();
            at = span.end;
            let (name, value) = body.split_once('=').unwrap_or((body, ""));
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
        let param = format!(";{name}={}", escape_param(value));
        let known = self.params().find(|param| param.name.eq_ignore_ascii_case(name));
        let span = known.map(|param| param.span).unwrap_or_else(|| {
            let end = self.colon().unwrap_or(self.logical.len());
            let begin = self.name_end().min(end);
            // A quote that is never closed would swallow what comes after it.
            let open = self.logical[begin..end].matches('"').count() % 2 == 1;
            if open { begin..begin } else { end..end }
        });
        let mut logical = self.logical.clone();
        logical.replace_range(span, &param);
        self.change(logical);
    }

    /// Takes a parameter away, wherever it is given. Says whether there was one.
    pub fn remove_param(&mut self, name: &str) -> bool {
        let mut removed = false;
        loop {
            let span = self.params().find(|param| param.name.eq_ignore_ascii_case(name)).map(|p| p.span);
            let Some(span) = span else { return removed };
            let mut logical = self.logical.clone();
            logical.replace_range(span, "");
            self.change(logical);
            removed = true;
        }
    }

    /// A line that is given the text it has already keeps its bytes.
    fn change(&mut self, logical: String) {
        if logical != self.logical {
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
