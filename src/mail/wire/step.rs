//! One timed step of a session: told when it begins, and exactly once how it ended.

use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::client::{Context, Trouble};
use crate::event::ErrorKind;
use crate::journal::{Ended, Sent};
use crate::label::Label;
use crate::population::Account;
use crate::transport::Meter;

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub kind: ErrorKind,
    /// The server's code, if it gave one.
    pub status: Option<u16>,
    pub detail: String,
    /// The server has said that it hangs up.
    pub last: bool,
}

impl Fault {
    pub fn new(kind: ErrorKind, detail: impl Into<String>) -> Fault {
        Fault { kind, status: None, detail: detail.into(), last: false }
    }

    /// The same without the password, which servers that quote what they do not understand would have told.
    pub fn without(mut self, account: &Account) -> Fault {
        let (user, password) = (&account.uid, account.password.reveal());
        let secrets = [
            STANDARD.encode(format!("\0{user}\0{password}")),
            STANDARD.encode(&*password),
            password.replace('\\', "\\\\").replace('"', "\\\""),
            password.to_string(),
        ];
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            self.detail = self.detail.replace(secret, "***");
        }
        self
    }
}

/// The most bytes of a detail that are told.
const LONGEST_DETAIL: usize = 1000;

/// A step that ended well, or did not. The code is that of the server's reply, where the protocol has codes.
pub type Done<T> = Result<(T, Option<u16>), Fault>;

/// A step under way.
pub struct Step<'a> {
    pub sent: Sent<'a>,
    /// Counts its bytes, once there is a connection.
    pub meter: Option<Meter>,
}

impl<'a> Step<'a> {
    /// Begins a step, for which a connection had to be waited for or not. `verb` is what is said to the server, as `RCPT`.
    pub fn begin(
        cx: &'a Context,
        label: Label,
        verb: &str,
        url: &Rc<str>,
        waited: bool,
    ) -> Result<Step<'a>, Trouble> {
        let sent = Sent::begin(&cx.journal, label, verb.into(), url.clone(), waited);
        Ok(Step { sent: sent.ok_or(Trouble::Stopped)?, meter: None })
    }

    /// Ends it as it ended.
    pub fn end<T>(mut self, done: Done<T>) -> Result<T, Trouble> {
        match done {
            Ok((value, status)) => {
                self.report(status, None);
                Ok(value)
            }
            Err(mut fault) => {
                let end = fault.detail.floor_char_boundary(LONGEST_DETAIL);
                fault.detail.truncate(end);
                self.report(fault.status, Some((fault.kind, &fault.detail)));
                Err(Trouble::Exchange { label: self.sent.label, kind: fault.kind, detail: fault.detail })
            }
        }
    }

    fn report(&mut self, status: Option<u16>, error: Option<(ErrorKind, &str)>) {
        let (label, success) = (self.sent.label, error.is_none());
        let bytes = self.meter.as_ref().map_or((0, 0), Meter::read);
        self.sent.report(Ended { label, status, success, error, at: None, bytes, bodies: None });
    }
}

impl Drop for Step<'_> {
    fn drop(&mut self) {
        if let Some(why) = self.sent.given_up() {
            self.report(None, Some(why));
        }
    }
}
