//! What is said on the wire: SMTP, POP3, IMAP.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | [`link`] | one open connection, read by lines and by counts |
//! | `deflate.rs` | what is said within COMPRESS |
//! | `held.rs` | what a step holds of memory |
//! | [`step`] | one timed step of a session |
//! | [`sasl`] | what is said to log in |
//! | [`smtp`] | a session of SMTP (RFC 5321) |
//! | [`pop3`] | a session of POP3 (RFC 1939) |
//! | [`imap`] | a session of IMAP (RFC 9051, RFC 3501) |

mod deflate;
#[cfg(test)]
mod flooding;
mod held;
pub mod imap;
pub mod link;
pub mod pop3;
pub mod sasl;
pub mod smtp;
pub mod step;
#[cfg(test)]
mod test;

pub use link::{Link, Service};
pub use step::{Done, Fault};
