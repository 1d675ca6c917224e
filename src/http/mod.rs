//! The HTTP client that the domains share: one session a simulated client, on keep-alive connections of its own.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | [`settings`] | what all sessions of a population share: headers, connection rule, time and size limits |
//! | [`call`] | one request and its answer |
//! | [`session`] | a client's HTTP state; sends a call, answers challenges, reports every exchange |
//! | `exchange` | one request on its way, until it is judged and reported |
//! | `request` | a call as it is written on the wire; what all requests have in common |
//! | `wire` | a request on its way out, the answer on its way in |
//! | `head` | the head of an answer, and what it says of the body |
//! | [`headers`] | the header lines of an answer |
//! | `chunks` | the chunked coding of bodies |
//! | `number` | a number in an answer |
//! | `fault` | what went wrong, in the words of the closed list of errors |
//! | [`connection`] | one open connection, which is a bare stream at rest |
//! | `multiplexed` | one open connection of HTTP/2 |
//! | [`body`] | bounded reading and decoding of bodies |
//! | [`auth`] | Basic and Digest |
//! | `testing` | what tests, of the layers above too, need of a server and of a sink |

pub mod auth;
pub mod body;
pub mod call;
mod chunks;
pub mod connection;
mod exchange;
mod fault;
mod head;
pub mod headers;
mod multiplexed;
mod number;
mod request;
pub mod session;
pub mod settings;
#[cfg(test)]
mod test;
#[cfg(test)]
pub(crate) mod testing;
mod wire;

pub use call::{Answer, Call, Failure, SendError, Version};
pub use exchange::Unread;
pub(crate) use request::is_token;
pub use session::Session;
pub use settings::{ConnectionRule, LABEL_HEADER, Settings};
