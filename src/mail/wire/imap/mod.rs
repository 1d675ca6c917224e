//! A session of IMAP (RFC 9051, and RFC 3501 for older servers).
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | [`session`] | an open session: what is sent, and what comes back |
//! | `login.rs` | how a session begins: greeting, STARTTLS, login |
//! | `append.rs` | APPEND: a message is put into a mailbox |
//! | `idle.rs` | IDLE: the server tells of what is new by itself |
//! | `seen.rs` | [`Seen`]: what the server has told of the mailbox |
//! | `capability.rs` | [`Can`]: what a server can do |
//! | [`response`] | a response as the server sends it, with its literals |
//! | [`value`] | what stands in a response: atoms, texts, lists |

mod append;
mod capability;
mod idle;
mod login;
pub mod response;
mod seen;
pub mod session;
pub mod value;

pub use capability::{Can, Capabilities};
pub use response::{Message, Response, Said};
pub use seen::Seen;
pub use session::Imap;
