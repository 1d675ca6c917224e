//! What the steps and operations of mail are counted under.

use crate::label::Label;
use crate::mail::wire::{imap, pop3, smtp};

/// A message is handed over, from connecting to good-bye.
pub const SEND: Label = Label::of("send");
/// A mailbox is emptied or read by POP3, from connecting to good-bye.
pub const POP: Label = Label::of("pop");
/// The same by IMAP.
pub const READ: Label = Label::of("read");
/// A mailbox is searched by IMAP.
pub const SEARCH: Label = Label::of("search");

/// The steps of each protocol.
pub const SMTP: [Label; 6] =
    [smtp::CONNECT, smtp::BANNER, smtp::COMMAND, smtp::LOGIN, smtp::SUBMIT, smtp::QUIT];
pub const POP3: [Label; 6] =
    [pop3::CONNECT, pop3::BANNER, pop3::COMMAND, pop3::LOGIN, pop3::RETRIEVE, pop3::QUIT];
pub const IMAP: [Label; 6] = [
    imap::session::CONNECT,
    imap::session::BANNER,
    imap::session::COMMAND,
    imap::session::LOGIN,
    imap::session::RETRIEVE,
    imap::session::QUIT,
];

/// All operations.
pub const OPERATIONS: [Label; 4] = [SEND, POP, READ, SEARCH];

/// All steps.
pub fn requests() -> impl Iterator<Item = Label> {
    SMTP.into_iter().chain(POP3).chain(IMAP)
}
