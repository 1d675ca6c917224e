//! Folding of content lines (RFC 5545, section 3.1).
use super::line::Line;
use std::rc::Rc;

/// A physical line is at most this many octets, its line break not counted.
pub(super) const WIDTH: usize = 75;

/// Splits a text into content lines. CRLF, LF alone and a fold inside a UTF-8 character are all read.
pub fn unfold(source: &[u8]) -> impl Iterator<Item = Line> {
    // Good text is looked at once, and its lines share a copy of it.
    let shared: Option<Rc<str>> = std::str::from_utf8(source).ok().map(Rc::from);
    let mut physical = physical(source).peekable();
    let mut start = 0;
    let mut joined = Vec::new();
    std::iter::from_fn(move || {
        let first = physical.next()?;
        let mut end = start + first.len();
        joined.clear();
        while let Some(next) = physical.next_if(|next| matches!(next.first(), Some(b' ' | b'\t'))) {
            if joined.is_empty() {
                joined.extend_from_slice(without_break(first));
            }
            joined.extend_from_slice(without_break(&next[1..]));
            end += next.len();
        }
        let whole = start..end;
        start = end;
        let is_folded = whole.len() > first.len();
        let logical = if is_folded { &joined } else { without_break(first) };
        Some(match &shared {
            Some(text) if !is_folded => Line::part(text, whole.start..whole.start + logical.len(), whole),
            Some(text) => match std::str::from_utf8(logical) {
                Ok(logical) => Line::folded(logical, &text[whole]),
                Err(_) => Line::broken(logical, &source[whole]),
            },
            None => Line::broken(logical, &source[whole]),
        })
    })
}

/// The lines of a text with their breaks.
fn physical(source: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = source;
    std::iter::from_fn(move || {
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        let (line, behind) = rest.split_at(end);
        rest = behind;
        (!line.is_empty()).then_some(line)
    })
}

fn without_break(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Appends a content line to `out`, folded at 75 octets between characters and ended by CRLF.
pub fn fold(logical: &str, out: &mut Vec<u8>) {
    let mut room = WIDTH;
    let mut rest = logical;
    while rest.len() > room {
        let cut = floor_char_boundary(rest, room);
        out.extend_from_slice(&rest.as_bytes()[..cut]);
        out.extend_from_slice(b"\r\n ");
        rest = &rest[cut..];
        room = WIDTH - 1;
    }
    out.extend_from_slice(rest.as_bytes());
    out.extend_from_slice(b"\r\n");
}

fn floor_char_boundary(text: &str, mut index: usize) -> usize {
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folds_are_undone_wherever_they_stand() {
        let lines: Vec<Line> = unfold("SUMMARY:Gr\u{fc}n\r\n en\n\te\r\nX:1".as_bytes()).collect();
        let texts: Vec<_> = lines.iter().map(Line::as_str).collect();
        assert_eq!(texts, ["SUMMARY:Gr\u{fc}nene", "X:1"]);
        let split: Vec<Line> = unfold(b"A:\xc3\r\n \xbc\r\n").collect();
        assert_eq!(split[0].as_str(), "A:\u{fc}");
    }

    proptest! {
        #[test]
        fn folded_text_unfolds_to_itself(text in "[^\\r\\n \\t][^\\r\\n]{0,300}") {
            let mut out = Vec::new();
            fold(&text, &mut out);
            prop_assert!(out.split(|&b| b == b'\n').all(|line| line.len() <= WIDTH + 1));
            prop_assert!(std::str::from_utf8(&out).is_ok());
            let lines: Vec<Line> = unfold(&out).collect();
            prop_assert_eq!(lines.len(), 1);
            // One mark of the byte order is none of the text; a second one is.
            prop_assert_eq!(lines[0].as_str(), text.strip_prefix('\u{feff}').unwrap_or(&text));
        }
    }
}
