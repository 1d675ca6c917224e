//! What a server has told of the mailbox that is selected, asked or not.

use super::response::Untagged;
use crate::event::ErrorKind;
use crate::mail::wire::Fault;

/// What is known of the mailbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// How many messages there are.
    pub exists: u32,
    /// The server has told how many there are since somebody looked: there may be new ones.
    pub news: bool,
    /// UIDs of another number mean other messages (RFC 9051 2.3.1.1); 0: it was not told.
    pub uid_validity: u32,
    /// The highest number of a change (RFC 7162); 0: the server does not count them.
    pub modseq: u64,
}

impl Seen {
    /// Takes what came without a tag.
    ///
    /// # Errors
    /// The server says good-bye, although nobody asked it to.
    pub fn take(&mut self, untagged: Untagged, verb: &str) -> Result<(), Fault> {
        match untagged {
            Untagged::Exists(count) => {
                self.exists = count;
                self.news = true;
            }
            Untagged::Expunge(_) => self.exists = self.exists.saturating_sub(1),
            Untagged::Status(_, text) => self.code(&text),
            Untagged::Fetch(message) => self.changed(message.modseq),
            Untagged::Bye(text) if verb != "LOGOUT" => {
                return Err(Fault::new(ErrorKind::Closed, format!("{verb}: BYE {text}")));
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes what stands in brackets before a text.
    pub fn code(&mut self, text: &str) {
        let inside = text.strip_prefix('[').and_then(|rest| rest.split(']').next());
        let Some((word, value)) = inside.and_then(|inside| inside.split_once(' ')) else { return };
        match word.to_ascii_uppercase().as_str() {
            "UIDVALIDITY" => self.uid_validity = value.parse().unwrap_or(0),
            "HIGHESTMODSEQ" => self.modseq = value.parse().unwrap_or(0),
            _ => {}
        }
    }

    /// Notes the number of a change.
    pub fn changed(&mut self, modseq: Option<u64>) {
        self.modseq = self.modseq.max(modseq.unwrap_or(0));
    }

    /// Whether there may be new messages; asked once, it is no more.
    pub fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.news)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_of_a_mailbox_is_kept() {
        let mut seen = Seen::default();
        for (word, text) in [("OK", "[UIDVALIDITY 77] x"), ("OK", "[HIGHESTMODSEQ 12] x"), ("NO", "[")] {
            seen.take(Untagged::Status(word.into(), text.into()), "SELECT").unwrap();
        }
        seen.take(Untagged::Exists(3), "SELECT").unwrap();
        assert_eq!((seen.uid_validity, seen.modseq, seen.exists), (77, 12, 3));
        assert!(seen.take_news() && !seen.take_news());
        seen.take(Untagged::Expunge(1), "NOOP").unwrap();
        seen.changed(Some(9));
        assert_eq!((seen.exists, seen.news, seen.modseq), (2, false, 12));
        seen.changed(Some(13));
        assert_eq!(seen.modseq, 13);
        assert_eq!(seen.take(Untagged::Bye("x".into()), "NOOP").unwrap_err().kind, ErrorKind::Closed);
        assert!(seen.take(Untagged::Bye("x".into()), "LOGOUT").is_ok());
    }
}
