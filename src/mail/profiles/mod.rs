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

mod imap4;
mod pop3;
mod registry;
mod smtp;

pub use registry::{Build, Built, PROFILES, Ready, build};
