//! The habits of people who have mail, one file each.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `registry.rs` | [`PROFILES`], [`build`]: profiles by name |
//! | `smtp.rs` | SMTP: sends a message |
//! | `pop3.rs` | POP3: fetches what is in the mailbox |
//! | `imap4.rs` | IMAP4: reads what is in the mailbox |
//! | `searching.rs` | when it searches |
//! | `imap_reader.rs` | ImapReader: reads mail all day |
//! | `reader.rs` | what it does in one act |
//! | `sender.rs` | Sender: writes messages, and answers those that were read |
//! | `letter.rs` | a message as a user writes it, and how it is handed over |

mod imap4;
mod imap_reader;
mod letter;
mod pop3;
mod reader;
mod registry;
mod searching;
mod sender;
mod smtp;
#[cfg(test)]
mod test;

pub use registry::{Build, Built, PROFILES, Ready, build};
