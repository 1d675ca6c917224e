//! AMP, the protocol of the calendar server's push (spec 9.2): boxes of keys and values.
//!
//! # Layout
//!
//! | file | what |
//! |---|---|
//! | [`frame`] | [`Frame`], one box, and [`Decoder`]: bytes to boxes as they come |
//! | [`message`] | [`Message`] and [`Command`]: what a box says: a question, an answer, an error |
pub mod frame;
pub mod message;

pub use frame::{Decoder, Frame};
pub use message::{Command, Message, Serials};

/// Why bytes are no AMP, or a box is none of the push protocol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A key is longer than 255 bytes: its length has a high byte.
    #[error("AMP key of {0} bytes is longer than 255")]
    LongKey(usize),
    /// A box has more bytes than [`frame::MAX_FRAME`].
    #[error("AMP box is larger than {} bytes", frame::MAX_FRAME)]
    LargeFrame,
    /// A value is longer than the protocol can carry.
    #[error("AMP value of {0} bytes is longer than 65535")]
    LongValue(usize),
    /// A box is neither question nor answer nor error.
    #[error("AMP box is neither a command nor an answer")]
    NoKind,
    /// An argument is missing or is not of its type.
    #[error("AMP command {command}: argument {argument} is missing or malformed")]
    Argument {
        /// The command as named by the peer.
        command: String,
        /// The argument.
        argument: &'static str,
    },
    /// A command this protocol does not have.
    #[error("AMP command {0} is unknown")]
    UnknownCommand(String),
}
