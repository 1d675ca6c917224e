//! The marks of an XML text, one after the other, without copying: tags, text, CDATA sections.
//!
//! Namespaces and the nesting of elements are the business of [`reader`](super::reader).
use super::element::XmlError;
use super::scan::{any, find, is_control, split_at_byte};
use memchr::{memchr, memchr2};
use std::borrow::Cow;

/// One mark. Comments, processing instructions and the XML declaration are passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// A start tag: its name with the prefix, what stands behind the name, and whether it is its own end (`<a/>`).
    Start { name: &'a str, attributes: &'a str, empty: bool },
    /// An end tag.
    End { name: &'a str },
    /// Text as it is written; see [`decode`].
    Text(&'a str),
    /// What stands in a CDATA section.
    Section(&'a str),
    /// The text has ended.
    Done,
}

/// The marks of a text, read once from its beginning.
#[derive(Debug)]
pub struct Tokens<'a> {
    text: &'a str,
    /// Where the last mark begins, and where it ends.
    begun: usize,
    at: usize,
}

impl<'a> Tokens<'a> {
    /// A byte order mark is allowed.
    pub fn new(text: &'a str) -> Tokens<'a> {
        let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Tokens { text, begun: at, at }
    }

    /// The byte offset of the last mark.
    pub fn begun(&self) -> usize {
        self.begun
    }

    /// An error at the last mark.
    pub fn error(&self, what: &'static str) -> XmlError {
        XmlError::Malformed { at: self.begun, what }
    }

    /// The next mark. Errors: not XML, or a document type declaration, which could bring entities of its own.
    pub fn next(&mut self) -> Result<Token<'a>, XmlError> {
        loop {
            self.begun = self.at;
            let rest = &self.text[self.at..];
            let bytes = rest.as_bytes();
            match bytes {
                [] => return Ok(Token::Done),
                [b'<', b'/', ..] => return self.end(rest),
                [b'<', b'?', ..] => self.pass(rest, 2, "?>", "a processing instruction has no end")?,
                [b'<', b'!', b'-', b'-', ..] => self.pass(rest, 4, "-->", "a comment has no end")?,
                [b'<', b'!', ..] => return self.section(rest),
                [b'<', ..] => return self.start(rest),
                _ => {
                    let length = find(rest, b'<').unwrap_or(rest.len());
                    self.at += length;
                    return Ok(Token::Text(&rest[..length]));
                }
            }
        }
    }

    /// Passes over the end tag of this name, if that is next and has nothing behind the name. Most elements end so, and it
    /// takes one comparison.
    pub fn end_of(&mut self, name: &str) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        let end = 2 + name.len();
        let is_next = rest.get(end) == Some(&b'>')
            && rest.starts_with(b"</")
            && rest.get(2..end).is_some_and(|found| found == name.as_bytes());
        if is_next {
            self.begun = self.at;
            self.at += end + 1;
        }
        is_next
    }

    fn pass(&mut self, rest: &str, open: usize, end: &str, why: &'static str) -> Result<(), XmlError> {
        let found = rest[open..].find(end).ok_or(self.error(why))?;
        self.at += open + found + end.len();
        Ok(())
    }

    fn section(&mut self, rest: &'a str) -> Result<Token<'a>, XmlError> {
        const OPEN: &str = "<![CDATA[";
        let Some(inner) = rest.strip_prefix(OPEN) else {
            return Err(self.error("declarations are not allowed"));
        };
        let mut length = 0;
        loop {
            length += find(&inner[length..], b']').ok_or(self.error("a CDATA section has no end"))?;
            if inner[length..].starts_with("]]>") {
                break;
            }
            length += 1;
        }
        self.at += OPEN.len() + length + 3;
        let text = &inner[..length];
        if any(text, |byte| is_control(byte) & (byte != b'\r')) {
            return Err(self.error("a character that XML forbids"));
        }
        Ok(Token::Section(text))
    }

    fn end(&mut self, rest: &'a str) -> Result<Token<'a>, XmlError> {
        let length = find(rest, b'>').ok_or(self.error("a tag has no end"))?;
        self.at += length + 1;
        Ok(Token::End { name: rest[2..length].trim_ascii_end() })
    }

    fn start(&mut self, rest: &'a str) -> Result<Token<'a>, XmlError> {
        let bytes = rest.as_bytes();
        let name =
            bytes[1..].iter().position(|byte| ends_name(*byte)).map_or(rest.len(), |length| length + 1);
        if !bytes.get(1).is_some_and(|byte| begins_name(*byte)) {
            return Err(self.error("a tag has no name"));
        }
        let mut at = name;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'"' | b'\'' => match memchr2(*byte, b'<', &bytes[at + 1..]) {
                    Some(length) if bytes[at + 1 + length] == *byte => at += length + 1,
                    _ => break,
                },
                b'<' => break,
                b'>' => {
                    let empty = bytes[at - 1] == b'/';
                    let attributes = &rest[name..if empty { at - 1 } else { at }];
                    self.at += at + 1;
                    return Ok(Token::Start { name: &rest[1..name], attributes, empty });
                }
                b'/' if bytes.get(at + 1) != Some(&b'>') => {
                    return Err(self.error("a slash stands in a tag"));
                }
                _ => {}
            }
            at += 1;
        }
        Err(self.error("a tag has no end"))
    }
}

/// What may begin a name, as far as ASCII goes.
fn begins_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

/// Whether this may stand behind a prefix, or by itself (Namespaces in XML 1.0, section 4).
pub fn is_local(name: &str) -> bool {
    name.bytes().next().is_some_and(begins_name) && !name.bytes().any(|byte| byte == b':')
}

/// No name has a control character: what follows one is no attribute either.
fn ends_name(byte: u8) -> bool {
    const ENDS: [bool; 256] = {
        let (mut ends, mut at) = ([false; 256], 0);
        while at < 0x20 {
            ends[at] = true;
            at += 1;
        }
        at = 0;
        let all = b" /><=\"'&\x7f";
        while at < all.len() {
            ends[all[at] as usize] = true;
            at += 1;
        }
        ends
    };
    ENDS[usize::from(byte)]
}

/// The attributes of a start tag: name with prefix and value as it is written, without the quotes.
pub fn attributes(text: &str) -> impl Iterator<Item = Option<(&str, &str)>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let begun = rest.trim_ascii_start();
        if begun.is_empty() {
            return None;
        }
        let read = (|| {
            // Attributes are kept apart by white space.
            (begun.len() < rest.len()).then_some(())?;
            let (name, behind) = begun.split_at(begun.bytes().position(ends_name)?);
            let value = behind.trim_ascii_start().strip_prefix('=')?.trim_ascii_start();
            let is_name = name.bytes().next().is_some_and(begins_name);
            let quote = value.bytes().next().filter(|quote| is_name && matches!(quote, b'"' | b'\''))?;
            let (value, behind) = split_at_byte(&value[1..], quote)?;
            Some((name, value, behind))
        })();
        rest = read.map_or("", |(_, _, behind)| behind);
        Some(read.map(|(name, value, _)| (name, value)))
    })
}

/// Text as it is meant: line ends are LF (XML 1.0 section 2.11), references are what they stand for. None: a reference to
/// what is not known, or a character that XML forbids.
pub fn decode(text: &str) -> Option<Cow<'_, str>> {
    let special = |byte: u8| (byte == b'&') | is_control(byte);
    if !any(text, special) {
        return Some(Cow::Borrowed(text));
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.bytes().position(special) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(reference) = rest.strip_prefix('&') {
            let (name, behind) = reference.split_once(';')?;
            out.push(referred(name)?);
            rest = behind;
        } else {
            rest = rest.strip_prefix("\r\n").or(rest.strip_prefix('\r'))?;
            out.push('\n');
        }
    }
    out.push_str(rest);
    Some(Cow::Owned(out))
}

/// What stands in a CDATA section, as it is meant: line ends are LF.
pub fn decode_section(text: &str) -> Cow<'_, str> {
    let Some(first) = memchr(b'\r', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut next) = (text, Some(first));
    while let Some(at) = next {
        out.push_str(&rest[..at]);
        out.push('\n');
        rest = &rest[at + 1..];
        rest = rest.strip_prefix('\n').unwrap_or(rest);
        next = memchr(b'\r', rest.as_bytes());
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// An attribute's value as it is meant: white space is a space (XML 1.0 section 3.3.3).
pub fn decode_value(value: &str) -> Option<Cow<'_, str>> {
    if !any(value, |byte| (byte == b'&') | (byte < b' ')) {
        return Some(Cow::Borrowed(value));
    }
    let spaced = value.replace("\r\n", " ").replace(['\t', '\n', '\r'], " ");
    decode(&spaced).map(|decoded| Cow::Owned(decoded.into_owned()))
}

fn referred(name: &str) -> Option<char> {
    let code = match name {
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "amp" => return Some('&'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => name.strip_prefix('#')?,
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let code = match code.strip_prefix('x') {
        Some(hex) => u32::from_str_radix(hex, 16).ok().filter(|_| digits(hex))?,
        None => code.parse().ok().filter(|_| digits(code))?,
    };
    char::from_u32(code).filter(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_come_in_order() {
        let mut tokens = Tokens::new("\u{feff}<?xml?><a b='>'><!-- < -->x<c /><![CDATA[<]]></a >");
        let mut all = Vec::new();
        while let token @ (Token::Start { .. } | Token::End { .. } | Token::Text(_) | Token::Section(_)) =
            tokens.next().unwrap()
        {
            all.push(token);
        }
        assert_eq!(
            all,
            [
                Token::Start { name: "a", attributes: " b='>'", empty: false },
                Token::Text("x"),
                Token::Start { name: "c", attributes: " ", empty: true },
                Token::Section("<"),
                Token::End { name: "a" },
            ]
        );
    }

    #[test]
    fn attributes_are_told_apart() {
        let all: Vec<_> = attributes(" a='1>' b:c = \"'\"").collect();
        assert_eq!(all, [Some(("a", "1>")), Some(("b:c", "'"))]);
        for bad in [" a", " a=1", " a='1'b='2'", " ='1'", " a b='1'"] {
            assert!(attributes(bad).any(|read| read.is_none()), "{bad}");
        }
    }

    #[test]
    fn text_is_decoded() {
        assert_eq!(decode("a&lt;&#13;&#xe9;\r\nb\rc").unwrap(), "a<\ré\nb\nc");
        for bad in ["&", "&;", "&bomb;", "&#0;", "&#+65;", "&#xD800;", "\0"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
        assert_eq!(decode_value("a\r\nb\tc&#10;").unwrap(), "a b c\n");
    }

    #[test]
    fn lines_of_a_section_end_with_a_line_feed() {
        for text in ["", "a", "a\nb", "a\r\nb\r\n", "\ra\r\r\n\rb\r"] {
            assert_eq!(decode_section(text), text.replace("\r\n", "\n").replace('\r', "\n"));
        }
    }

    #[test]
    fn a_section_holds_no_character_that_xml_forbids() {
        assert_eq!(Tokens::new("<![CDATA[a\r\n\tb]]>").next().ok(), Some(Token::Section("a\r\n\tb")));
        assert!(Tokens::new("<![CDATA[a\u{1a}b]]>").next().is_err());
    }
}
