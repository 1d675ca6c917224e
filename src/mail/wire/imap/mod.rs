//! A session of IMAP (RFC 9051, and RFC 3501 for older servers).
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | [`session`] | an open session: what is sent, and what comes back |
//! | [`response`] | a response as the server sends it, with its literals |
//! | [`value`] | what stands in a response: atoms, texts, lists |

pub mod response;
pub mod session;
pub mod value;

pub use response::{Message, Response, Said};
pub use session::Imap;
