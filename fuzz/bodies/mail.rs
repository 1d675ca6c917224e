//! Replies of mail servers: each line as SMTP and POP3 have it, and all of them as responses of IMAP with literals; what is
//! understood is what stands there, and nothing is read twice.
use bytes::Bytes;
use populace::mail::message::is_whole;
use populace::mail::wire::imap::response::{Response, Untagged, literal, parse};
use populace::mail::wire::imap::value::Piece;
use populace::mail::wire::{pop3, smtp};

pub fn check(data: &[u8]) {
    for line in data.split(|&byte| byte == b'\n').take(64) {
        if let Ok((code, _, text)) = smtp::reply_line(line) {
            assert!((200..600).contains(&code) && line.starts_with(code.to_string().as_bytes()));
            assert!(text.len() <= 3 * line.len());
        }
        if let Ok(text) = pop3::answer(line, "x") {
            assert!(line.starts_with(b"+OK"), "{text}");
        }
    }
    let stuffed = smtp::stuffed(data);
    assert!(stuffed.ends_with(b".\r\n") && stuffed.len() >= data.len());
    let _ = is_whole(data);
    responses(data);
}

/// Takes responses from the bytes as a session does from its connection.
fn responses(data: &[u8]) {
    let (mut rest, mut pieces) = (data, Vec::new());
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let line = Bytes::copy_from_slice(rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]));
        rest = &rest[end + 1..];
        match literal(&line) {
            Some((before, count)) if count <= rest.len() => {
                assert!(before < line.len());
                pieces.push(Piece::Line(line.slice(..before)));
                pieces.push(Piece::Literal(Bytes::copy_from_slice(&rest[..count])));
                rest = &rest[count..];
            }
            Some(_) => return,
            None => {
                pieces.push(Piece::Line(line));
                if let Ok(Response::Untagged(Untagged::Fetch(message))) = parse(&pieces) {
                    // A part is never more than what came.
                    let held: usize = message.parts.iter().map(|(_, bytes)| bytes.len()).sum();
                    assert!(held <= data.len());
                    let _ = message.is_broken();
                }
                pieces.clear();
            }
        }
    }
}
