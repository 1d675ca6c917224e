//! Messages as they are sent (RFC 5322).

use std::rc::Rc;

use chrono::{DateTime, Utc};
use rand::RngExt;

use sha2::{Digest, Sha256};

use crate::hex::hex;
use crate::random::Stream;

/// The words that bodies are made of.
const WORDS: [&str; 32] = [
    "about", "after", "before", "called", "coming", "decide", "during", "either", "friend", "garden",
    "happen", "inside", "junior", "keeper", "letter", "market", "number", "office", "people", "quiet",
    "report", "school", "ticket", "under", "valley", "window", "yellow", "zone", "and", "the", "of", "to",
];

/// The header with the SHA-256 of the body, in hexadecimal, by which a reader sees whether the message came whole.
pub const DIGEST: &str = "X-Populace-Digest";

/// How the ids of our own messages end. Whatever else is in a mailbox is read, and never answered.
pub const HOST: &str = "@populace";

/// How long a line of a body is at most.
const LINE: usize = 72;

/// What a message says of itself.
pub struct Draft<'a> {
    pub from: &'a str,
    pub to: &'a [Rc<str>],
    pub subject: &'a str,
    /// What the message is known by, as `id@host`.
    pub id: &'a str,
    pub date: DateTime<Utc>,
    /// What it answers: the id of another message.
    pub reply_to: Option<&'a str>,
    pub body: &'a [u8],
}

impl Draft<'_> {
    /// The whole message, with CRLF as ends of lines.
    pub fn compose(&self) -> Vec<u8> {
        let to: Vec<String> = self.to.iter().map(|to| format!("<{to}>")).collect();
        let mut head = format!(
            "From: <{}>\r\nTo: {}\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{}>\r\n",
            self.from,
            to.join(",\r\n "),
            self.subject,
            self.date.to_rfc2822(),
            self.id,
        );
        if let Some(id) = self.reply_to {
            head += &format!("In-Reply-To: <{id}>\r\nReferences: <{id}>\r\n");
        }
        let coding = if self.body.is_ascii() { "7bit" } else { "8bit" };
        head += &format!(
            "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {coding}\r\n"
        );
        let end: &[u8] = if self.body.ends_with(b"\r\n") { b"" } else { b"\r\n" };
        let digest = Sha256::new().chain_update(self.body).chain_update(end).finalize();
        head += &format!("{DIGEST}: {}\r\n\r\n", hex(&digest));
        [head.as_bytes(), self.body, end].concat()
    }
}

/// Whether a message is as it was sent: its body fits the digest that its head tells. None: it tells none.
pub fn is_whole(message: &[u8]) -> Option<bool> {
    let end = memchr::memmem::find(message, b"\r\n\r\n")?;
    let (head, body) = (&message[..end], &message[end + 4..]);
    let told = head.split(|byte| *byte == b'\n').find_map(|line| {
        let (name, value) = std::str::from_utf8(line).ok()?.split_once(':')?;
        name.eq_ignore_ascii_case(DIGEST).then(|| value.trim().to_owned())
    })?;
    Some(told == hex(&Sha256::digest(body)))
}

/// Text without meaning, of exactly so many bytes, in lines with CRLF at their ends.
pub fn text(bytes: usize, draws: Stream) -> Vec<u8> {
    let mut chance = draws.at(0);
    let mut out: Vec<u8> = Vec::with_capacity(bytes + LINE);
    let mut column = 0;
    while out.len() < bytes {
        let word = WORDS[chance.random_range(0..WORDS.len())];
        if column + word.len() + 1 > LINE {
            out.extend_from_slice(b"\r\n");
            column = 0;
        } else if column > 0 {
            out.push(b' ');
            column += 1;
        }
        out.extend_from_slice(word.as_bytes());
        column += word.len();
    }
    out.truncate(bytes);
    if bytes >= 2 {
        // A line end that was cut in two would be none.
        out.truncate(bytes - 2);
        if out.last() == Some(&b'\r') {
            out.pop();
            out.push(b'.');
        }
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// What is in a file as the body of a message: its lines end with CRLF.
pub fn lines(file: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(file.len() + file.len() / 40);
    for line in file.split_inclusive(|byte| *byte == b'\n') {
        let end = line.strip_suffix(b"\n");
        let body = end.unwrap_or(line);
        out.extend_from_slice(body.strip_suffix(b"\r").unwrap_or(body));
        if end.is_some() {
            out.extend_from_slice(b"\r\n");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    #[test]
    fn bodies_have_their_size_and_whole_lines() {
        let draws = Seed(1).stream(0, 0, "body");
        for bytes in (0..300).chain([2048, 10_240, 256_000]) {
            let body = text(bytes, draws);
            assert_eq!(body.len(), bytes);
            assert!(bytes < 2 || body.ends_with(b"\r\n"), "{bytes}");
            let text = String::from_utf8(body).unwrap();
            assert!(
                text.split("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])),
                "{bytes}"
            );
        }
        assert_eq!(text(500, draws), text(500, draws));
        assert_ne!(text(500, draws), text(500, Seed(2).stream(0, 0, "body")));
    }

    #[test]
    fn a_message_has_its_head() {
        let to: Vec<Rc<str>> = vec!["b@x".into(), "c@x".into()];
        let draft = Draft {
            from: "a@x",
            to: &to,
            subject: "test",
            id: "1@x",
            date: DateTime::UNIX_EPOCH,
            reply_to: Some("0@x"),
            body: b"one\r\n",
        };
        let text = String::from_utf8(draft.compose()).unwrap();
        for line in
            ["From: <a@x>", "To: <b@x>,", " <c@x>", "Message-ID: <1@x>", "In-Reply-To: <0@x>", "", "one"]
        {
            assert!(text.split("\r\n").any(|one| one == line), "{line} in {text}");
        }
    }

    #[test]
    fn a_message_that_was_changed_on_its_way_is_seen() {
        let to: Vec<Rc<str>> = vec!["b@x".into()];
        let body = b"one\r\ntwo";
        let date = DateTime::UNIX_EPOCH;
        let message =
            Draft { from: "a@x", to: &to, subject: "s", id: "1@x", date, reply_to: None, body }.compose();
        assert_eq!(is_whole(&message), Some(true));
        let received = [b"Received: by somebody\r\n", &message[..]].concat();
        assert_eq!(is_whole(&received), Some(true));
        assert_eq!(is_whole(&[&message[..], b"more\r\n"].concat()), Some(false));
        assert_eq!(is_whole(b"Subject: s\r\n\r\nbody"), None);
    }

    #[test]
    fn files_become_lines() {
        assert_eq!(lines(b"a\nb\r\nc"), b"a\r\nb\r\nc");
    }
}
