//! What the steps and operations of mail are counted under.

use crate::label::Label;
use crate::mail::wire::{imap, pop3, smtp};

/// A message is handed over, from connecting to good-bye.
pub const SEND: Label = Label::of("send");
/// The same of an answer to a message that was read.
pub const REPLY: Label = Label::of("reply");
/// A mailbox is emptied or read by POP3, from connecting to good-bye.
pub const POP: Label = Label::of("pop");
/// The same by IMAP.
pub const READ: Label = Label::of("read");
/// A mailbox is searched by IMAP.
pub const SEARCH: Label = Label::of("search");
/// A mailbox is opened, from connecting to the list of what is new.
pub const OPEN: Label = Label::of("open");
/// What is new is looked at, in a mailbox that is open.
pub const CHECK: Label = Label::of("check");
/// One message is read.
pub const VIEW: Label = Label::of("view");
/// It is flagged, moved to another mailbox, deleted.
pub const FLAG: Label = Label::of("flag");
pub const MOVE: Label = Label::of("move");
pub const DELETE: Label = Label::of("delete");
/// A message is on its way: from when the server has taken it until its recipient sees it.
pub const DELIVERY: Label = Label::of("delivery");

/// What a person calls these: what the user did, or what happened to them.
pub const WORDS: &[(Label, &str)] = &[
    (SEND, "Send a message"),
    (REPLY, "Answer a message"),
    (POP, "Fetch the mail by POP3"),
    (READ, "Read the mail by IMAP"),
    (SEARCH, "Search the mail"),
    (OPEN, "Open the mailbox"),
    (CHECK, "Look for new mail"),
    (VIEW, "Read a message"),
    (FLAG, "Flag a message"),
    (MOVE, "File a message"),
    (DELETE, "Delete a message"),
    (DELIVERY, "From sending a message to seeing it"),
];

/// The steps of each protocol.
pub const SMTP: [Label; 6] =
    [smtp::CONNECT, smtp::BANNER, smtp::COMMAND, smtp::LOGIN, smtp::SUBMIT, smtp::QUIT];
pub const POP3: [Label; 6] =
    [pop3::CONNECT, pop3::BANNER, pop3::COMMAND, pop3::LOGIN, pop3::RETRIEVE, pop3::QUIT];
pub const IMAP: [Label; 8] = [
    imap::session::CONNECT,
    imap::session::BANNER,
    imap::session::COMMAND,
    imap::session::LOGIN,
    imap::session::HEADERS,
    imap::session::RETRIEVE,
    imap::session::IDLE,
    imap::session::QUIT,
];

/// What somebody does who reads mail all day; the first is done by the clock.
pub const READING: [Label; 7] = [CHECK, OPEN, VIEW, FLAG, MOVE, DELETE, DELIVERY];

/// All operations.
pub fn operations() -> impl Iterator<Item = Label> {
    [SEND, REPLY, POP, READ, SEARCH].into_iter().chain(READING)
}

/// All steps.
pub fn requests() -> impl Iterator<Item = Label> {
    SMTP.into_iter().chain(POP3).chain(IMAP)
}
