//! The chunked coding of bodies (RFC 9112 7.1).

use bytes::{Buf, BytesMut};

use super::number::{MOST_DIGITS, number};

/// How many bytes of a body that are no data (extensions, trailers) are read at most.
const MOST_BESIDE: usize = 16 * 1024;

const NO_SIZE: &str = "the size of a chunk is none";
const TOO_LONG: &str = "a chunk is longer than it says";
const TOO_MUCH: &str = "there is too much beside the data";

/// A body in chunks as it comes in.
#[derive(Default)]
pub struct Chunks {
    place: Place,
    /// How much came that is neither data nor a size.
    beside: usize,
}

#[derive(Clone, Copy, Default)]
enum Place {
    #[default]
    Size,
    /// So much of a chunk is still to come.
    Data(u64),
    AfterData,
    Trailer,
    End,
}

impl Chunks {
    /// Moves what there is of the body from `read` to `body`; true at its end. When `body` has more than `most` bytes, what
    /// follows is not looked at: however the bytes come in, a body is too large before it is broken.
    ///
    /// Errors: what is wrong with the coding.
    pub fn decode(
        &mut self,
        read: &mut BytesMut,
        body: &mut BytesMut,
        most: usize,
    ) -> Result<bool, &'static str> {
        while body.len() <= most {
            self.place = match self.place {
                Place::End => return Ok(true),
                Place::Data(0) => Place::AfterData,
                Place::Data(left) => {
                    let count = usize::try_from(left).unwrap_or(usize::MAX).min(read.len());
                    if count == 0 {
                        return Ok(false);
                    }
                    body.extend_from_slice(&read[..count]);
                    read.advance(count);
                    Place::Data(left - count as u64)
                }
                Place::Size | Place::AfterData | Place::Trailer => {
                    let Some(end) = read.iter().position(|byte| *byte == b'\n') else {
                        return self.waits(read).map(|()| false);
                    };
                    let line = read.split_to(end + 1);
                    self.after(line.strip_suffix(b"\r\n").ok_or("a line ends without CR")?)?
                }
            };
        }
        Ok(false)
    }

    /// What comes after a line that is no data.
    fn after(&mut self, line: &[u8]) -> Result<Place, &'static str> {
        let next = match self.place {
            Place::AfterData if line.is_empty() => Place::Size,
            Place::AfterData => return Err(TOO_LONG),
            Place::Trailer if line.is_empty() => Place::End,
            Place::Trailer => {
                self.beside += line.len();
                Place::Trailer
            }
            _ => {
                let size = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii_end();
                self.beside += line.len() - size.len();
                match number(size, 16).ok_or(NO_SIZE)? {
                    0 => Place::Trailer,
                    size => Place::Data(size),
                }
            }
        };
        if self.beside > MOST_BESIDE { Err(TOO_MUCH) } else { Ok(next) }
    }

    /// Whether the beginning of a line may be waited with: it may have digits and a CR that are not beside the data.
    fn waits(&self, line: &[u8]) -> Result<(), &'static str> {
        match self.place {
            Place::AfterData if !b"\r".starts_with(line) => Err(TOO_LONG),
            Place::Size if line.first().is_some_and(|byte| !byte.is_ascii_hexdigit()) => Err(NO_SIZE),
            _ if self.beside + line.len() > MOST_BESIDE + MOST_DIGITS + 1 => Err(TOO_MUCH),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The body, and what is left over.
    type Decoded = (Vec<u8>, Vec<u8>);

    /// Decodes a text that comes in pieces of this size: the body and what is left over, if it has an end.
    fn decode(text: &[u8], piece: usize) -> Result<Option<Decoded>, &'static str> {
        let (mut chunks, mut read, mut body) = (Chunks::default(), BytesMut::new(), BytesMut::new());
        for (n, part) in text.chunks(piece).enumerate() {
            read.extend_from_slice(part);
            if chunks.decode(&mut read, &mut body, usize::MAX)? {
                read.extend_from_slice(&text[text.len().min((n + 1) * piece)..]);
                return Ok(Some((body.to_vec(), read.to_vec())));
            }
        }
        Ok(None)
    }

    #[test]
    fn extensions_and_trailers_are_passed_over() {
        let text = b"3;a=b\r\nabc\r\n00A ; x\r\n0123456789\r\n0\r\nx: y\r\n\r\nrest";
        for piece in 1..text.len() {
            let (body, rest) = decode(text, piece).unwrap().unwrap();
            assert_eq!((&body[..], &rest[..]), (&b"abc0123456789"[..], &b"rest"[..]));
        }
    }

    #[test]
    fn what_is_no_coding_is_told() {
        for text in
            ["x\r\n", "\r\n", "-1\r\n", "3\nabc\r\n", "3\r\nabcd\r\n", "fffffffffffffffff\r\n", "+3\r\nabc"]
        {
            for piece in 1..=text.len() {
                assert!(decode(text.as_bytes(), piece).is_err(), "{text:?}");
            }
        }
        assert!(decode(format!("1;{}", "x".repeat(20_000)).as_bytes(), 1000).is_err());
        assert!(decode(format!("0\r\n{}", "x: y\r\n".repeat(5_000)).as_bytes(), 1000).is_err());
        assert!(decode("1;abcd\r\nx\r\n".repeat(5_000).as_bytes(), 1000).is_err());
        assert_eq!(decode(b"3\r\nab", 1), Ok(None));
    }

    proptest! {
        #[test]
        fn what_was_coded_comes_out(
            parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..50), 0..8),
            piece in 1..80usize,
        ) {
            let mut text = Vec::new();
            for part in &parts {
                text.extend_from_slice(format!("{:x}\r\n", part.len()).as_bytes());
                text.extend_from_slice(part);
                text.extend_from_slice(b"\r\n");
            }
            text.extend_from_slice(b"0\r\n\r\n");
            prop_assert_eq!(decode(&text, piece), Ok(Some((parts.concat(), Vec::new()))));
        }

        #[test]
        fn nothing_makes_it_panic(text in prop::collection::vec(any::<u8>(), 0..200), piece in 1..80usize) {
            let _ = decode(&text, piece);
        }
    }
}
