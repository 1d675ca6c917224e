//! The head of an answer, and what it says of the body.

use std::mem::MaybeUninit;

use bytes::BytesMut;

use super::fault::Fault;
use super::headers::Headers;
use super::number::number;
use crate::event::ErrorKind;

/// The most bytes of a head.
pub(super) const MOST: usize = 400 * 1024;
/// The most lines of one.
const LINES: usize = 100;

/// The head of an answer that is no interim one.
pub struct Head {
    pub status: u16,
    pub headers: Headers,
    pub body: Length,
    /// Whether the connection may serve further requests when the body has ended.
    pub persists: bool,
}

/// How the end of a body is known (RFC 9112 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    Known(u64),
    Chunked,
    UntilClose,
}

/// Takes the head off what was read, if it is all there. Interim answers are passed over. `method` is that of the
/// request.
pub fn take(read: &mut BytesMut, method: &str) -> Result<Option<Head>, Fault> {
    while !read.is_empty() {
        let Some((status, version, headers)) = parse(read)? else { return Ok(None) };
        // No other protocol is ever asked for: after 101 there is nothing to be understood.
        if !(100..200).contains(&status) || status == 101 {
            let body = length(status, version, method, &headers)?;
            let persists = is_clear(status, body, &headers) && persists(version, &headers);
            return Ok(Some(Head { status, headers, body, persists }));
        }
    }
    Ok(None)
}

/// Whether a head may end in these bytes: a line may end with LF alone.
pub fn may_end(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\n') {
        rest = &rest[at + 1..];
        if rest.starts_with(b"\n") || rest.starts_with(b"\r\n") {
            return true;
        }
    }
    false
}

/// The status, the minor version and the lines of the head at the beginning.
fn parse(read: &mut BytesMut) -> Result<Option<(u16, u8, Headers)>, Fault> {
    let mut space = [const { MaybeUninit::<httparse::Header<'_>>::uninit() }; LINES];
    let mut response = httparse::Response::new(&mut []);
    let config = httparse::ParserConfig::default();
    let length = match config.parse_response_with_uninit_headers(&mut response, read, &mut space) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) if read.len() < MOST => return Ok(None),
        Ok(httparse::Status::Partial) | Err(httparse::Error::TooManyHeaders) => {
            return Err(nonsense("it is too large"));
        }
        Err(why) => return Err(nonsense(&why.to_string())),
    };
    let (Some(status), Some(version)) = (response.code, response.version) else {
        return Err(nonsense("it has no status"));
    };
    if status < 100 {
        return Err(nonsense("its status is none"));
    }
    let start = read.as_ptr().addr();
    let place = |text: &[u8]| {
        let from = text.as_ptr().addr().saturating_sub(start);
        from as u32..(from + text.len()) as u32
    };
    let lines =
        response.headers.iter().map(|line| (place(line.name.as_bytes()), place(line.value))).collect();
    Ok(Some((status, version, Headers::new(read.split_to(length).freeze(), lines))))
}

fn nonsense(what: &str) -> Fault {
    (ErrorKind::Protocol, format!("the head of the answer is not understood: {what}"))
}

fn length(status: u16, version: u8, method: &str, headers: &Headers) -> Result<Length, Fault> {
    if matches!(status, 101 | 204 | 304) || method == "HEAD" {
        return Ok(Length::Known(0));
    }
    if let Some(codings) = headers.values("transfer-encoding").next_back() {
        return match last_word(codings).eq_ignore_ascii_case(b"chunked") {
            _ if version == 0 => Err(nonsense("HTTP/1.0 has no Transfer-Encoding")),
            true => Ok(Length::Chunked),
            false => Ok(Length::UntilClose),
        };
    }
    let mut known = None;
    for word in headers.values("content-length").flat_map(words) {
        match number(word, 10) {
            Some(number) if known.is_none_or(|known| known == number) => known = Some(number),
            _ => return Err(nonsense("its Content-Length is none")),
        }
    }
    Ok(known.map_or(Length::UntilClose, Length::Known))
}

/// The members of a list (RFC 9110 5.6.1).
fn words(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    list.split(|byte| *byte == b',').map(<[u8]>::trim_ascii)
}

/// Whether a list has this member, in whatever case.
pub fn has_word(list: &[u8], what: &[u8]) -> bool {
    words(list).any(|word| word.eq_ignore_ascii_case(what))
}

fn last_word(list: &[u8]) -> &[u8] {
    words(list).last().unwrap_or_default()
}

/// Whether there is no doubt where the next answer begins. A server that says how long a body is in two ways, or that there
/// is one where there can be none, may mean something else than it says (RFC 9112 6.1 and 6.3, RFC 9110 8.6).
fn is_clear(status: u16, body: Length, headers: &Headers) -> bool {
    let mut lengths = headers.values("content-length");
    let is_coded = headers.values("transfer-encoding").next().is_some();
    match status {
        101 => false,
        204 => !is_coded && lengths.flat_map(words).all(|word| number(word, 10) == Some(0)),
        _ => body != Length::UntilClose && !(is_coded && lengths.next().is_some()),
    }
}

/// Whether the connection persists (RFC 9112 9.3).
fn persists(version: u8, headers: &Headers) -> bool {
    let says = |what: &[u8]| headers.values("connection").any(|list| has_word(list, what));
    !says(b"close") && (version == 1 || says(b"keep-alive"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn head(text: &str, method: &str) -> Result<Option<Head>, Fault> {
        take(&mut text.as_bytes().into(), method)
    }

    #[test]
    fn the_end_of_a_body_is_known_as_the_rfc_says() {
        use Length::{Chunked, Known, UntilClose};
        for (method, status, lines, length) in [
            ("GET", "200", "Content-Length: 5\r\n", Known(5)),
            ("GET", "200", "Content-Length: 5, 5\r\nContent-Length: 5\r\n", Known(5)),
            ("GET", "200", "Content-Length: 5\r\nTransfer-Encoding: gzip, Chunked\r\n", Chunked),
            ("GET", "200", "Transfer-Encoding: chunked, gzip\r\n", UntilClose),
            ("GET", "200", "", UntilClose),
            ("HEAD", "200", "Content-Length: 5\r\n", Known(0)),
            ("GET", "204", "", Known(0)),
            ("GET", "304", "Content-Length: 5\r\n", Known(0)),
            ("GET", "101", "", Known(0)),
        ] {
            let head = head(&format!("HTTP/1.1 {status} x\r\n{lines}\r\n"), method).unwrap().unwrap();
            assert_eq!(head.body, length, "{method} {status} {lines}");
        }
        for lines in ["Content-Length: +5", "Content-Length:", "Content-Length: 5\r\nContent-Length: 6"] {
            assert!(head(&format!("HTTP/1.1 200 x\r\n{lines}\r\n\r\n"), "GET").is_err(), "{lines}");
        }
        assert!(head("HTTP/1.0 200 x\r\nTransfer-Encoding: chunked\r\n\r\n", "GET").is_err());
    }

    #[test]
    fn connections_persist_as_version_and_header_say() {
        for (version, lines, persists) in [
            ("1.1", "", true),
            ("1.1", "Connection: x, Close\r\n", false),
            ("1.1", "Connection: keep-alive\r\nConnection: close\r\n", false),
            ("1.0", "", false),
            ("1.0", "Connection: Keep-Alive\r\n", true),
            ("1.1", "Transfer-Encoding: chunked\r\n", false),
        ] {
            let text = format!("HTTP/{version} 200 x\r\nContent-Length: 0\r\n{lines}\r\n");
            assert_eq!(head(&text, "GET").unwrap().unwrap().persists, persists, "{text}");
        }
    }

    #[test]
    fn connections_do_not_persist_where_the_end_is_in_doubt() {
        for (status, lines, persists) in [
            ("200", "Transfer-Encoding: chunked\r\n", true),
            ("200", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", false),
            ("200", "", false),
            ("304", "Content-Length: 5\r\n", true),
            ("204", "", true),
            ("204", "Content-Length: 0\r\n", true),
            ("204", "Content-Length: 5\r\n", false),
            ("204", "Content-Length: x\r\n", false),
            ("204", "Transfer-Encoding: chunked\r\n", false),
            ("101", "Connection: upgrade\r\n", false),
        ] {
            let text = format!("HTTP/1.1 {status} x\r\n{lines}\r\n");
            assert_eq!(head(&text, "GET").unwrap().unwrap().persists, persists, "{text}");
        }
    }

    #[test]
    fn interim_answers_are_passed_over_and_what_follows_stays() {
        let text =
            "HTTP/1.1 100 x\r\n\r\nHTTP/1.1 103 x\r\nLink: y\r\n\r\nHTTP/1.1 200 x\r\nETag: z\r\n\r\nbody";
        let mut read = BytesMut::from(text);
        let head = take(&mut read, "GET").unwrap().unwrap();
        assert_eq!((head.status, head.headers.get("etag"), &read[..]), (200, Some("z"), &b"body"[..]));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in prop::collection::vec(any::<u8>(), 0..200)) {
            for beginning in [&b""[..], b"HTTP/1.1 200 x\r\n", b"HTTP/1.1 200 x\r\nContent-Length:"] {
                let _ = take(&mut BytesMut::from(&[beginning, &text].concat()[..]), "GET");
            }
        }

        /// Where `may_end` sees no end, there is no head to be taken.
        #[test]
        fn no_end_is_overlooked(lines in prop::collection::vec("[a-z\r\n: ]{0,6}", 0..8)) {
            let text = format!("HTTP/1.1 200 x\r\n{}", lines.concat());
            let taken = head(&text, "GET");
            prop_assert!(may_end(text.as_bytes()) || !matches!(taken, Ok(Some(_))), "{text:?}");
        }
    }

    #[test]
    fn a_part_of_a_head_is_none_yet() {
        let text = "HTTP/1.1 100 x\r\n\r\nHTTP/1.1 200 x\r\nContent-Length: 0\r\n\r\n";
        for end in 0..text.len() {
            assert!(head(&text[..end], "GET").unwrap().is_none(), "{end}");
        }
    }
}
