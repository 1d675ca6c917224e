//! What went wrong on a connection, in the words of the closed list of errors.

use std::error::Error;
use std::io;

use crate::event::ErrorKind;
use crate::transport::TooMuch;

/// Whether the server broke the rules, said too much, or just hung up.
pub fn kind_of(why: &hyper::Error) -> ErrorKind {
    // Chunk sizes that are none come as an error of the body with the cause inside.
    let cause = why.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    if cause.and_then(io::Error::get_ref).is_some_and(|inner| inner.is::<TooMuch>()) {
        return ErrorKind::TooLarge;
    }
    let nonsense =
        matches!(cause.map(io::Error::kind), Some(io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData));
    if why.is_parse() || why.is_parse_too_large() || nonsense {
        ErrorKind::Protocol
    } else {
        ErrorKind::Closed
    }
}

/// The error and its cause in one line.
pub fn explain(why: &hyper::Error) -> String {
    match why.source() {
        Some(cause) => format!("{why}: {cause}"),
        None => why.to_string(),
    }
}
