//! How an act ends.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::event::ErrorKind;
use crate::http::SendError;
use crate::label::Label;

/// An act under way.
pub type Acting<'a> = Pin<Box<dyn Future<Output = Result<Outcome, Trouble>> + 'a>>;

/// An act that ended well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// It goes on after this time ([`Trigger::Resumed`](super::Trigger)). Until then the client rests; its memory knows where
    /// it was.
    Pause(Duration),
    /// There was nothing to do, and why: it is counted, so that no profile is idle unnoticed.
    Idle(&'static str),
    /// The server lacks what this profile needs: it is not tried again for this client.
    Off(String),
}

/// An act that did not end well.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// A request failed; it is counted as such already.
    #[error(transparent)]
    Request(SendError),
    /// An exchange of another protocol than HTTP failed; it is counted as such already.
    #[error("{label}: {detail}")]
    Exchange { label: Label, kind: ErrorKind, detail: String },
    /// An answer came that does not say what it must, or something needed is missing.
    #[error("{0}")]
    Content(String),
    /// The run has ended.
    #[error("the run has ended")]
    Stopped,
}

impl From<SendError> for Trouble {
    fn from(error: SendError) -> Trouble {
        match error {
            SendError::Stopped => Trouble::Stopped,
            failed => Trouble::Request(failed),
        }
    }
}

impl Trouble {
    /// The status, when the server gave one that was not expected.
    pub fn status(&self) -> Option<u16> {
        match self {
            Trouble::Request(error) => error.status(),
            _ => None,
        }
    }
}
