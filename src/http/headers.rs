//! The header lines of an answer, as they came.

use std::ops::Range;

use bytes::Bytes;

/// Where the name and the value of a line stand.
pub(super) type Place = (Range<u32>, Range<u32>);

/// Header lines; names are compared without regard to case. They are looked for when somebody asks, as few ever are.
#[derive(Clone, Debug, Default)]
pub struct Headers {
    text: Bytes,
    lines: Vec<Place>,
}

impl Headers {
    /// Lines whose names and values stand in `text` at these places.
    pub(super) fn new(text: Bytes, lines: Vec<Place>) -> Headers {
        Headers { text, lines }
    }

    fn at(&self, place: &Range<u32>) -> &[u8] {
        self.text.get(place.start as usize..place.end as usize).unwrap_or_default()
    }

    /// The values of all lines of this name, in order.
    pub fn values<'a>(&'a self, name: &str) -> impl DoubleEndedIterator<Item = &'a [u8]> {
        let named = move |line: &&Place| self.at(&line.0).eq_ignore_ascii_case(name.as_bytes());
        self.lines.iter().filter(named).map(|line| self.at(&line.1))
    }

    /// Those of the values that are plain text.
    pub fn texts<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.values(name).filter_map(plain)
    }

    /// The first value, if it is there and plain text.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values(name).next().and_then(plain)
    }
}

impl<'a, V: AsRef<[u8]>> FromIterator<(&'a str, V)> for Headers {
    fn from_iter<T: IntoIterator<Item = (&'a str, V)>>(pairs: T) -> Headers {
        let mut text = Vec::new();
        let mut add = |part: &[u8]| {
            let from = text.len() as u32;
            text.extend_from_slice(part);
            from..text.len() as u32
        };
        let lines =
            pairs.into_iter().map(|(name, value)| (add(name.as_bytes()), add(value.as_ref()))).collect();
        Headers::new(text.into(), lines)
    }
}

/// A value as text, if it is printable ASCII.
fn plain(value: &[u8]) -> Option<&str> {
    let printable = value.iter().all(|byte| *byte == b'\t' || (b' '..=b'~').contains(byte));
    std::str::from_utf8(value).ok().filter(|_| printable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case() {
        let headers = Headers::from_iter([("ETag", "\"1\""), ("x", "a"), ("X", "b"), ("odd", "\u{e4}")]);
        assert_eq!(
            (headers.get("etag"), headers.get("odd"), headers.get("none")),
            (Some("\"1\""), None, None)
        );
        assert_eq!(headers.texts("x").collect::<Vec<_>>(), ["a", "b"]);
    }
}
