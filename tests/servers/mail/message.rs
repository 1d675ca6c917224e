//! A message as a server handed it out.

use std::fmt::Write;

use sha2::{Digest, Sha256};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Every byte, with CRLF at the ends of lines.
    pub raw: Vec<u8>,
}

impl Message {
    /// In bytes, as RFC822.SIZE and LIST tell it.
    pub fn size(&self) -> usize {
        self.raw.len()
    }

    /// SHA-256 of every byte, in hexadecimal.
    pub fn digest(&self) -> String {
        digest(&self.raw)
    }

    /// What follows the empty line: servers on the way add headers, and leave this alone.
    pub fn body(&self) -> &[u8] {
        self.parts().1
    }

    /// SHA-256 of the body, in hexadecimal: the same for what was sent and for what was delivered.
    pub fn body_digest(&self) -> String {
        digest(self.body())
    }

    /// The value of the first header of that name, its lines joined.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = String::from_utf8_lossy(self.parts().0).replace("\r\n ", " ").replace("\r\n\t", " ");
        let value = |line: &str| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        };
        head.lines().find_map(value)
    }

    fn parts(&self) -> (&[u8], &[u8]) {
        let end = self.raw.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.map_or(self.raw.len(), |end| end + 4);
        self.raw.split_at(end)
    }
}

/// SHA-256 in hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[test]
fn a_message_has_headers_and_a_body() {
    let message = Message { raw: b"Subject: one\r\n two\r\nX-Id:7\r\n\r\nabc\r\n\r\n".to_vec() };
    assert_eq!(message.header("subject").as_deref(), Some("one two"));
    assert_eq!(message.header("x-id").as_deref(), Some("7"));
    assert_eq!((message.header("abc"), message.body()), (None, &b"abc\r\n\r\n"[..]));
    assert_eq!(message.body_digest(), digest(b"abc\r\n\r\n"));
}
