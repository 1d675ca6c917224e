//! What went wrong on a connection, in the words of the closed list of errors.

use std::io;

use crate::event::ErrorKind;
use crate::transport::TooMuch;

/// The kind of an error, and what happened.
pub type Fault = (ErrorKind, String);

/// Whether the server said too much, broke the rules of TLS, or is just gone.
pub fn broken(why: &io::Error) -> Fault {
    let kind = match why.kind() {
        _ if why.get_ref().is_some_and(|inner| inner.is::<TooMuch>()) => ErrorKind::TooLarge,
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => ErrorKind::Protocol,
        _ => ErrorKind::Closed,
    };
    (kind, format!("the connection broke: {why}"))
}

/// The server hung up where more was to come.
pub fn hung_up() -> Fault {
    (ErrorKind::Closed, "the server hung up before the answer was complete".to_owned())
}
