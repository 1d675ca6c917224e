//! What stands in a response: atoms, texts, lists (RFC 9051 4).

use bytes::Bytes;

/// How deep lists may lie in one another.
const DEEPEST: usize = 32;

/// How many values a response has at most: as many as stand in its longest line. Each takes much more memory than it has
/// bytes on the wire.
const MOST: usize = 1 << 19;

/// A value of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Nil,
    /// A word, as `\Seen`, `42` or `BODY[HEADER.FIELDS (SUBJECT)]`.
    Atom(String),
    /// A quoted text, or a literal.
    Text(Bytes),
    List(Vec<Value>),
}

impl Value {
    /// The number that an atom is.
    pub fn number(&self) -> Option<u64> {
        match self {
            Value::Atom(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The bytes of a text; None for a list, and for NIL.
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Value::Text(bytes) => Some(bytes),
            Value::Atom(text) => Some(text.as_bytes()),
            Value::Nil | Value::List(_) => None,
        }
    }

    pub fn list(&self) -> &[Value] {
        match self {
            Value::List(values) => values,
            _ => &[],
        }
    }
}

/// A piece of a response: what stands between literals, and each literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Line(Bytes),
    Literal(Bytes),
}

/// Reads values from pieces, one after the other.
pub struct Reader<'a> {
    pieces: &'a [Piece],
    /// Where in the first piece.
    at: usize,
    /// How many values may still come.
    left: usize,
}

impl<'a> Reader<'a> {
    pub fn new(pieces: &'a [Piece]) -> Reader<'a> {
        Reader { pieces, at: 0, left: MOST }
    }

    /// What is left of the line.
    pub fn rest(&self) -> String {
        match self.pieces.first() {
            Some(Piece::Line(line)) => {
                String::from_utf8_lossy(line.get(self.at..).unwrap_or_default()).trim_start().to_owned()
            }
            _ => String::new(),
        }
    }

    /// Whether there were too many.
    pub fn is_exhausted(&self) -> bool {
        self.left == 0
    }

    /// The next value; None at the end, and where there is no sense.
    pub fn value(&mut self) -> Option<Value> {
        self.at_depth(0)
    }

    fn at_depth(&mut self, depth: usize) -> Option<Value> {
        self.left = self.left.checked_sub(1)?;
        self.skip_spaces();
        match self.peek()? {
            Next::Literal(bytes) => {
                let value = Value::Text(bytes.clone());
                self.step();
                Some(value)
            }
            Next::Byte(b'(') if depth < DEEPEST => {
                self.at += 1;
                let mut values = Vec::new();
                loop {
                    self.skip_spaces();
                    if let Next::Byte(b')') = self.peek()? {
                        self.at += 1;
                        return Some(Value::List(values));
                    }
                    values.push(self.at_depth(depth + 1)?);
                }
            }
            Next::Byte(b'(' | b')') => None,
            Next::Byte(b'"') => self.quoted(),
            Next::Byte(_) => self.atom(),
        }
    }

    fn quoted(&mut self) -> Option<Value> {
        let line = self.line()?;
        let mut out = Vec::new();
        let mut rest = line.get(self.at + 1..)?.iter().enumerate();
        while let Some((place, byte)) = rest.next() {
            match byte {
                b'"' => {
                    self.at += place + 2;
                    return Some(Value::Text(out.into()));
                }
                b'\\' => out.push(*rest.next()?.1),
                byte => out.push(*byte),
            }
        }
        None
    }

    /// A word; what stands in brackets belongs to it, spaces and all (`BODY[HEADER.FIELDS (DATE)]`).
    fn atom(&mut self) -> Option<Value> {
        let line = self.line()?;
        let from = self.at;
        let mut brackets = 0_usize;
        let mut end = from;
        for byte in line.get(from..)? {
            match byte {
                b'[' => brackets += 1,
                b']' => brackets = brackets.saturating_sub(1),
                b' ' | b'(' | b')' | b'"' if brackets == 0 => break,
                _ => {}
            }
            end += 1;
        }
        let word = String::from_utf8_lossy(&line[from..end]).into_owned();
        self.at = end;
        (!word.is_empty())
            .then(|| if word.eq_ignore_ascii_case("nil") { Value::Nil } else { Value::Atom(word) })
    }

    fn line(&self) -> Option<&'a Bytes> {
        match self.pieces.first()? {
            Piece::Line(line) => Some(line),
            Piece::Literal(_) => None,
        }
    }

    fn skip_spaces(&mut self) {
        while matches!(self.peek(), Some(Next::Byte(b' '))) {
            self.at += 1;
        }
    }

    fn peek(&mut self) -> Option<Next<'a>> {
        loop {
            match self.pieces.first()? {
                Piece::Literal(bytes) => return Some(Next::Literal(bytes)),
                Piece::Line(line) => match line.get(self.at) {
                    Some(byte) => return Some(Next::Byte(*byte)),
                    None => self.step(),
                },
            }
        }
    }

    fn step(&mut self) {
        self.pieces = self.pieces.get(1..).unwrap_or_default();
        self.at = 0;
    }
}

enum Next<'a> {
    Byte(u8),
    Literal(&'a Bytes),
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(text: &str) -> Piece {
        Piece::Line(Bytes::copy_from_slice(text.as_bytes()))
    }

    #[test]
    fn values_of_every_sort_are_read() {
        let pieces = [
            line("(UID 7 FLAGS (\\Seen \\Answered) \"a \\\"b\\\\\" NIL BODY[HEADER.FIELDS (DATE TO)] "),
            Piece::Literal(Bytes::from_static(b"x)\r\n")),
            line(" BODY[]<0> \"\")"),
        ];
        let atom = |text: &str| Value::Atom(text.to_owned());
        let text = |text: &'static str| Value::Text(Bytes::from_static(text.as_bytes()));
        let expected = vec![
            atom("UID"),
            atom("7"),
            atom("FLAGS"),
            Value::List(vec![atom("\\Seen"), atom("\\Answered")]),
            text("a \"b\\"),
            Value::Nil,
            atom("BODY[HEADER.FIELDS (DATE TO)]"),
            text("x)\r\n"),
            atom("BODY[]<0>"),
            text(""),
        ];
        let mut reader = Reader::new(&pieces);
        assert_eq!(reader.value(), Some(Value::List(expected)));
        assert_eq!(reader.value(), None);
    }

    #[test]
    fn nonsense_is_no_value_and_no_panic() {
        for text in ["(a", "\"open", "\"open\\", ")", &"(".repeat(100_000)] {
            let pieces = [line(text)];
            assert_eq!(Reader::new(&pieces).value(), None, "{}", &text[..text.len().min(20)]);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_come_to_an_end(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let pieces = [Piece::Line(bytes.into())];
            let mut reader = Reader::new(&pieces);
            let mut count = 0;
            while reader.value().is_some() {
                count += 1;
                prop_assert!(count <= 200);
            }
        }
    }
}
