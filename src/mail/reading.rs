//! What a client knows of a mailbox between its acts.

use std::time::Duration;

use super::resting::Resting;
use super::wire::imap::Imap;

/// How much of a message is looked at for its header, bytes.
const LONGEST_HEAD: usize = 64 << 10;

/// The longest field that is taken: a line of RFC 5322 2.1.1.
const LONGEST_FIELD: usize = 998;

/// The mailbox as one profile of one client has it: a few dozen bytes, and a session at rest.
#[derive(Default)]
pub struct Reading {
    session: Option<Resting>,
    /// Whose it is, by the index of the account.
    account: usize,
    /// Which UIDs are meant (RFC 9051 2.3.1.1); 0: nothing is known yet.
    pub uid_validity: u32,
    /// The UID from which on all messages are new.
    pub next: u32,
    /// The last change that is known of (RFC 7162).
    pub modseq: u64,
    /// When the server was asked last to tell of what is new.
    pub asked: Duration,
    /// There is a mailbox to move messages to.
    pub filed: bool,
    /// Until when searches were made.
    pub searched: Duration,
}

impl Reading {
    /// Lays a session to rest.
    pub fn lay(&mut self, session: Resting, account: usize) {
        self.session = Some(session);
        self.account = account;
    }

    /// The session that rests; it wakes up. None: there is none, or it is another user's.
    pub fn wake(&mut self, account: usize) -> Option<Imap> {
        let session = self.session.take()?;
        if self.account != account {
            // An account of its own each turn: another mailbox.
            *self = Reading { searched: self.searched, ..Reading::default() };
            return None;
        }
        session.wake()
    }

    /// Looks at the session that rests.
    pub fn look<T>(&self, look: impl FnOnce(&Imap) -> T) -> Option<T> {
        self.session.as_ref()?.look(look)
    }

    /// Takes what SELECT has told: with other UIDs nothing that was known is true any more.
    pub fn selected(&mut self, uid_validity: u32) {
        if self.uid_validity != uid_validity {
            self.uid_validity = uid_validity;
            (self.next, self.modseq) = (0, 0);
        }
    }
}

/// A message that a client has just read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    pub from: String,
    pub id: String,
    pub subject: String,
}

impl Read {
    /// From a message, or its header. None: nobody could answer it, or nobody should (RFC 3834).
    pub fn of(message: &[u8]) -> Option<Read> {
        let from = field(message, "From")?;
        let from = match (from.rfind('<'), from.rfind('>')) {
            (Some(open), Some(close)) if open < close => from.get(open + 1..close)?.to_owned(),
            _ => from,
        };
        let automatic = field(message, "Auto-Submitted").is_some_and(|value| value != "no");
        let address = from.contains('@') && !from.contains(|c: char| c.is_whitespace() || "<>,".contains(c));
        let id = id(message).filter(|id| !id.contains(' '))?;
        let subject = field(message, "Subject").unwrap_or_default();
        (address && !automatic).then_some(Read { from, id, subject })
    }
}

/// The id of a message, without its brackets.
pub fn id(header: &[u8]) -> Option<String> {
    let id = field(header, "Message-ID")?;
    let id = id.strip_prefix('<')?.strip_suffix('>')?;
    Some(id.to_owned())
}

/// A field of a header, unfolded (RFC 5322 2.2.3). One that is too long, or too far down, is none: it would be kept.
fn field(message: &[u8], name: &str) -> Option<String> {
    let mut found: Option<String> = None;
    for line in message[..message.len().min(LONGEST_HEAD)].split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        let text = String::from_utf8_lossy(line);
        match &mut found {
            Some(value) if text.starts_with([' ', '\t']) => {
                value.push(' ');
                value.push_str(text.trim());
            }
            Some(_) => break,
            None => {
                let (key, value) = text.split_once(':').unwrap_or_default();
                found = key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned());
            }
        }
    }
    let found = found.filter(|value| value.len() <= LONGEST_FIELD);
    found.map(|value| value.replace(char::is_control, " "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn who_wrote_a_message_is_found() {
        let head = "Subject: one\r\n two\r\nFROM: \"A, B\" <a@x>\r\nMessage-Id: <1@x>\r\n\r\nFrom: no\r\n";
        let read = Read { from: "a@x".into(), id: "1@x".into(), subject: "one two".into() };
        assert_eq!(Read::of(head.as_bytes()), Some(read));
    }

    #[test]
    fn some_messages_are_not_answered() {
        for head in [
            "From: <>\nMessage-ID: <1@x>\n",
            "From: <MAILER-DAEMON>\nMessage-ID: <1@x>\n",
            "From: a@x\nMessage-ID: <1@x>\nAuto-Submitted: auto-replied\n",
            "From: a@x\n",
            "From: a@x b@x\nMessage-ID: <1@x>\n",
            "\nFrom: a@x\nMessage-ID: <1@x>\n",
            "",
        ] {
            assert_eq!(Read::of(head.as_bytes()), None, "{head}");
        }
    }

    #[test]
    fn what_is_too_long_to_be_kept_is_not() {
        let long = "x".repeat(1000);
        let read = |subject: &str, more: &str| {
            Read::of(format!("From: a@x\nSubject: {subject}\n{more}Message-ID: <1@x>\n").as_bytes())
        };
        assert_eq!(read(&long, "").unwrap().subject, "");
        assert!(read("s", &format!("X: {long}\n")).is_some());
        assert!(read("s", &format!("X: {}\n", long.repeat(66))).is_none());
    }

    #[test]
    fn other_uids_are_other_messages() {
        let mut reading = Reading { uid_validity: 1, next: 7, modseq: 9, ..Reading::default() };
        reading.selected(1);
        assert_eq!((reading.next, reading.modseq), (7, 9));
        reading.selected(2);
        assert_eq!((reading.next, reading.modseq), (0, 0));
    }

    proptest! {
        #[test]
        fn any_header_is_read_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Read::of(&bytes);
        }
    }
}
