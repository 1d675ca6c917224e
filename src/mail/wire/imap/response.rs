//! A response as the server sends it: tagged, untagged, or the word to go on (RFC 9051 7).

use bytes::Bytes;

use super::value::{Piece, Reader, Value};
use crate::event::ErrorKind;
use crate::mail::message::is_whole;
use crate::mail::wire::{Fault, Link};

/// The most literals of one response.
const MOST_LITERALS: usize = 10_000;

/// What the shortest text takes.
const SMALLEST: usize = 24;

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Response {
    /// The end of a command: its tag, and how it ended.
    Tagged(String, Said),
    /// Something that is so, asked for or not.
    Untagged(Untagged),
    /// Go on: the text after `+`.
    Continue(String),
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    Ok(String),
    No(String),
    Bad(String),
}

/// What a server tells without a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Untagged {
    Exists(u32),
    Expunge(u32),
    Fetch(Message),
    Search(Vec<u32>),
    /// There is a mailbox.
    List,
    Capability(Vec<String>),
    /// OK, NO, BAD or PREAUTH with its text; `OK [UIDNEXT 4] ...`.
    Status(String, String),
    Bye(String),
    /// Anything else.
    Other,
}

/// What is told of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// Its number in the mailbox.
    pub number: u32,
    pub uid: Option<u32>,
    pub flags: Option<Vec<String>>,
    pub size: Option<u64>,
    /// The number of its last change (RFC 7162).
    pub modseq: Option<u64>,
    /// Parts of it by their names, as `BODY[]`.
    pub parts: Vec<(String, Bytes)>,
}

impl Message {
    /// About how many bytes it takes beside those of its parts, which are those that were read.
    pub fn weight(&self) -> usize {
        let flags = self.flags.iter().flatten().map(|flag| size_of::<String>() + flag.len().max(SMALLEST));
        let parts = self.parts.iter();
        let parts = parts.map(|(name, bytes)| size_of_val(bytes) + size_of::<String>() + name.len());
        size_of::<Message>() + flags.sum::<usize>() + parts.sum::<usize>()
    }

    /// Whether it was fetched as a whole, and is not as it was sent.
    pub fn is_broken(&self) -> bool {
        self.parts.iter().any(|(name, bytes)| name == "BODY[]" && is_whole(bytes) == Some(false))
    }
}

/// Reads one response.
///
/// # Errors
/// What is none, or has no end.
pub async fn read(link: &mut Link) -> Result<Response, Fault> {
    let mut pieces = Vec::new();
    loop {
        let line = link.line().await?;
        match literal(&line) {
            None => {
                pieces.push(Piece::Line(line));
                return parse(&pieces);
            }
            Some((before, _)) if pieces.len() >= 2 * MOST_LITERALS => {
                let what = format!("a response has no end: {before} bytes into a line");
                return Err(Fault::new(ErrorKind::TooLarge, what));
            }
            Some((before, count)) => {
                pieces.push(Piece::Line(line.slice(..before)));
                pieces.push(Piece::Literal(link.exactly(count).await?));
            }
        }
    }
}

/// Where the announcement of a literal begins at the end of a line, and how many bytes it has: `{12}`, `{12+}`, `~{12}`.
pub fn literal(line: &[u8]) -> Option<(usize, usize)> {
    let body = line.strip_suffix(b"}")?;
    let body = body.strip_suffix(b"+").unwrap_or(body);
    let open = body.iter().rposition(|byte| *byte == b'{')?;
    let digits = body.get(open + 1..).filter(|digits| !digits.is_empty())?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let count = std::str::from_utf8(digits).ok()?.parse().unwrap_or(usize::MAX);
    let before = if open > 0 && line[open - 1] == b'~' { open - 1 } else { open };
    Some((before, count))
}

/// The response that these pieces are.
pub fn parse(pieces: &[Piece]) -> Result<Response, Fault> {
    let mut reader = Reader::new(pieces);
    let response = response(&mut reader);
    if reader.is_exhausted() {
        return Err(Fault::new(ErrorKind::TooLarge, "a response has more values than any should"));
    }
    response.ok_or_else(|| {
        let rest = Reader::new(pieces).rest();
        let shown: String = rest.chars().take(80).collect();
        Fault::new(ErrorKind::Protocol, format!("{shown:?} is no response of IMAP"))
    })
}

/// None: it makes no sense.
fn response(reader: &mut Reader<'_>) -> Option<Response> {
    let Value::Atom(first) = reader.value()? else { return None };
    match first.as_str() {
        "+" => Some(Response::Continue(reader.rest())),
        "*" => Some(Response::Untagged(untagged(reader)?)),
        _ => {
            let Value::Atom(word) = reader.value()? else { return None };
            let text = reader.rest();
            let said = match word.to_ascii_uppercase().as_str() {
                "OK" => Said::Ok(text),
                "NO" => Said::No(text),
                "BAD" => Said::Bad(text),
                _ => return None,
            };
            Some(Response::Tagged(first, said))
        }
    }
}

fn untagged(reader: &mut Reader<'_>) -> Option<Untagged> {
    let Value::Atom(word) = reader.value()? else { return Some(Untagged::Other) };
    if let Ok(number) = word.parse::<u32>() {
        let Value::Atom(what) = reader.value()? else { return None };
        return match what.to_ascii_uppercase().as_str() {
            "EXISTS" => Some(Untagged::Exists(number)),
            "EXPUNGE" => Some(Untagged::Expunge(number)),
            "FETCH" => Some(Untagged::Fetch(message(number, &reader.value()?)?)),
            _ => Some(Untagged::Other),
        };
    }
    let words = |reader: &mut Reader<'_>| {
        std::iter::from_fn(|| match reader.value() {
            Some(Value::Atom(word)) => Some(word),
            _ => None,
        })
        .collect::<Vec<_>>()
    };
    let word = word.to_ascii_uppercase();
    Some(match word.as_str() {
        "SEARCH" => Untagged::Search(words(reader).iter().filter_map(|word| word.parse().ok()).collect()),
        "CAPABILITY" => Untagged::Capability(words(reader)),
        "LIST" => Untagged::List,
        "BYE" => Untagged::Bye(reader.rest()),
        "OK" | "NO" | "BAD" | "PREAUTH" => Untagged::Status(word, reader.rest()),
        _ => Untagged::Other,
    })
}

fn message(number: u32, items: &Value) -> Option<Message> {
    let Value::List(items) = items else { return None };
    let mut message = Message { number, ..Message::default() };
    for pair in items.chunks(2) {
        let [Value::Atom(name), value] = pair else { return None };
        match name.to_ascii_uppercase().as_str() {
            "UID" => message.uid = u32::try_from(value.number()?).ok(),
            "MODSEQ" => message.modseq = value.list().first().and_then(Value::number),
            "RFC822.SIZE" => message.size = value.number(),
            "FLAGS" => {
                let flags = value.list().iter().filter_map(Value::bytes);
                message.flags = Some(flags.map(|flag| String::from_utf8_lossy(flag).into_owned()).collect());
            }
            name => {
                if let Value::Text(bytes) = value {
                    message.parts.push((name.to_owned(), bytes.clone()));
                }
            }
        }
    }
    Some(message)
}

/// What text of a status says in brackets, as `OVERQUOTA`.
pub fn code(text: &str) -> Option<&str> {
    text.strip_prefix('[')?.split([']', ' ']).next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> Response {
        parse(&[Piece::Line(Bytes::copy_from_slice(text.as_bytes()))]).unwrap()
    }

    #[test]
    fn responses_of_every_sort_are_read() {
        assert_eq!(of("* 18 EXISTS"), Response::Untagged(Untagged::Exists(18)));
        assert_eq!(of("* SEARCH 2 84"), Response::Untagged(Untagged::Search(vec![2, 84])));
        assert_eq!(of("* SEARCH"), Response::Untagged(Untagged::Search(vec![])));
        assert_eq!(
            of("a1 OK [READ-WRITE] done"),
            Response::Tagged("a1".into(), Said::Ok("[READ-WRITE] done".into()))
        );
        assert_eq!(
            of("a2 no [OVERQUOTA] full"),
            Response::Tagged("a2".into(), Said::No("[OVERQUOTA] full".into()))
        );
        assert_eq!(of("+ idling"), Response::Continue("idling".into()));
        assert_eq!(of("* BYE see you"), Response::Untagged(Untagged::Bye("see you".into())));
        assert_eq!(of("* LIST (\\HasNoChildren) \"/\" INBOX"), Response::Untagged(Untagged::List));
        assert_eq!(code("[UIDNEXT 4] next"), Some("UIDNEXT"));
    }

    #[test]
    fn a_message_comes_with_its_parts() {
        let pieces = [
            Piece::Line(Bytes::from_static(
                b"* 3 FETCH (UID 12 RFC822.SIZE 44 MODSEQ (99) FLAGS (\\Seen) BODY[] ",
            )),
            Piece::Literal(Bytes::from_static(b"a: b\r\n\r\n)")),
            Piece::Line(Bytes::from_static(b")")),
        ];
        let Response::Untagged(Untagged::Fetch(message)) = parse(&pieces).unwrap() else { panic!() };
        assert_eq!(
            (message.number, message.uid, message.size, message.modseq),
            (3, Some(12), Some(44), Some(99))
        );
        assert_eq!(message.flags, Some(vec!["\\Seen".to_owned()]));
        assert_eq!(message.parts, [("BODY[]".to_owned(), Bytes::from_static(b"a: b\r\n\r\n)"))]);
    }

    #[test]
    fn a_message_that_was_changed_is_broken() {
        let message = |name: &str, body: &str| Message {
            parts: vec![(name.to_owned(), format!("X-Populace-Digest: 00\r\n\r\n{body}").into())],
            ..Message::default()
        };
        assert!(message("BODY[]", "text").is_broken());
        assert!(!message("BODY[HEADER]", "").is_broken());
        assert!(!Message::default().is_broken());
    }

    /// Each takes some fifty bytes, whatever it has on the wire.
    #[test]
    fn values_are_counted() {
        let found = |count| parse(&[Piece::Line(format!("* SEARCH{}", " 1".repeat(count)).into())]);
        assert!(found(500_000).is_ok());
        assert_eq!(found(600_000).unwrap_err().kind, ErrorKind::TooLarge);
        let nested = [Piece::Line(format!("* 1 FETCH (FLAGS ({}", "a ".repeat(300_000)).into())];
        let nested = [nested.clone(), nested].concat();
        assert_eq!(parse(&nested).unwrap_err().kind, ErrorKind::TooLarge);
    }

    #[test]
    fn literals_are_announced_at_the_end_of_a_line() {
        assert_eq!(literal(b"* 1 FETCH (BODY[] {12}"), Some((18, 12)));
        assert_eq!(literal(b"x ~{3+}"), Some((2, 3)));
        assert_eq!(literal(b"{99999999999999999999999}"), Some((0, usize::MAX)));
        for none in [&b"text}"[..], b"{}", b"{a}", b"{1} more", b""] {
            assert_eq!(literal(none), None);
        }
    }

    proptest! {
        #[test]
        fn any_line_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&[Piece::Line(bytes.into())]);
        }
    }
}
