//! One timed step of a session: told when it begins, and exactly once how it ended.

use std::rc::Rc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::client::{Context, Trouble};
use crate::event::{ErrorKind, RequestBegun, Response, What, WireTimes};
use crate::journal::Journal;
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
}

impl Fault {
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
    journal: &'a Journal,
    label: Label,
    verb: Rc<str>,
    url: Rc<str>,
    due: Duration,
    begun: Duration,
    pub wire: WireTimes,
    /// Counts its bytes, once there is a connection.
    pub meter: Option<Meter>,
    reported: bool,
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
        let journal = &cx.journal;
        if journal.stopped.get() {
            return Err(Trouble::Stopped);
        }
        let step = Step {
            journal,
            label,
            verb: verb.into(),
            url: url.clone(),
            due: journal.due.get(),
            begun: journal.request(waited),
            wire: WireTimes::default(),
            meter: None,
            reported: false,
        };
        journal.emit(What::Request(RequestBegun {
            who: journal.who.clone(),
            profile: journal.profile.clone(),
            label,
            method: step.verb.clone(),
            url: step.url.clone(),
        }));
        Ok(step)
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
                Err(Trouble::Exchange { label: self.label, kind: fault.kind, detail: fault.detail })
            }
        }
    }

    fn report(&mut self, status: Option<u16>, error: Option<(ErrorKind, &str)>) {
        self.reported = true;
        let end = self.journal.clock.elapsed();
        let (bytes_sent, bytes_received) = self.meter.as_ref().map_or((0, 0), Meter::read);
        self.journal.due.set(end);
        self.journal.emit(What::Response(Response {
            who: self.journal.who.clone(),
            profile: self.journal.profile.clone(),
            label: self.label,
            method: self.verb.clone(),
            url: self.url.clone(),
            status,
            success: error.is_none(),
            error: error.map(|(kind, _)| kind),
            detail: error.map(|(_, detail)| detail.into()),
            due: self.due,
            begun: self.begun,
            end,
            wire: self.wire,
            bytes_sent,
            bytes_received,
            bodies: None,
        }));
    }
}

impl Drop for Step<'_> {
    fn drop(&mut self) {
        if !self.reported {
            let detail = match self.journal.stopped.get() {
                true => "the run ended before the answer came",
                false => "given up before the answer came",
            };
            self.report(None, Some((ErrorKind::Unanswered, detail)));
        }
    }
}
