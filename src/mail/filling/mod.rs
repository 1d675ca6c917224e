//! Mail that is there before anybody comes: messages in mailboxes, and the broadcast that makes them
//! (mail-web-chat-network, rows 42 and 44).
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | [`mailbox`] | [`Filling`]: messages in the INBOX of an account |
//! | [`broadcast`] | [`Broadcast`]: one message to a group that everybody is in |
//! | `way.rs` | [`Way`]: how messages get to a server |
//! | `letter.rs` | what is in them |
//! | `arriving.rs` | waits until they have arrived |

mod arriving;
pub mod broadcast;
mod letter;
pub mod mailbox;
#[cfg(test)]
mod test;
mod way;

pub use broadcast::Broadcast;
pub use mailbox::Filling;
pub use way::{Services, Way};
