//! What happens in a run, as one kind of value: the engine and the clients send it, statistics and observers take it.

use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::label::Label;

mod figures;

pub use figures::{Figure, Figures, Said, ServerFigures, Unit};

/// One thing that happened.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    /// When, since the start of the run.
    pub at: Duration,
    /// The phase of the run it belongs to: that in which it was due.
    pub phase: Phase,
    pub what: What,
}

/// The part of a run; only what is `Measured` is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    Warmup,
    Measured,
    Cooldown,
}

impl Phase {
    /// The name in results, events and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Warmup => "warmup",
            Phase::Measured => "measured",
            Phase::Cooldown => "cooldown",
        }
    }

    /// The name for people.
    pub fn words(self) -> &'static str {
        match self {
            Phase::Warmup => "warm-up",
            Phase::Measured => "measured",
            Phase::Cooldown => "cool-down",
        }
    }
}

/// The kinds of events (spec 7.1).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum What {
    /// A request is about to be sent.
    Request(RequestBegun),
    /// A request was answered, or it is known that it never will be.
    Response(Response),
    /// A user or a client program began to do something.
    OperationStart(OperationStart),
    /// It ended, well or not.
    OperationEnd(OperationEnd),
    /// Occurrences that could not be served one by one: they merged into a later one, or never came to be.
    Missed(Missed),
    /// A client is there: `users` and `clients` count all that have come so far.
    Arrived { who: Rc<Who>, users: u32, clients: u32 },
    /// A client can do no more; the run goes on without it.
    ClientFailure { who: Rc<Who>, reason: Rc<str> },
    /// Something that the simulation itself could not do. With the label [`Label::ABORT`] it is why the run has to end.
    SimFailure { label: Label, reason: Rc<str> },
    /// A habit cannot be lived on this server (no attachments, no sharing ...): it is off for this client, which is no failure.
    SwitchedOff { who: Rc<Who>, profile: Rc<str>, reason: Rc<str> },
    /// A habit had nothing to do this time (no calendar yet, no event to change ...).
    Idle { who: Rc<Who>, profile: Rc<str>, reason: Rc<str> },
    /// What a monitor read, or why it could not. `pod` is the monitor's name: that of the pod, where it reads the statistics socket.
    ServerFigures { pod: Rc<str>, figures: Said },
    /// A remark for the person who runs this, once a run for each text.
    Notice { text: Rc<str> },
    /// A client has done all that it came for, and has left; `user`: the last one of its user.
    Left { who: Rc<Who>, user: bool },
    /// A user did not come when it was due; a millisecond is no delay.
    Delayed(Delayed),
    /// An answer was looked through for something.
    Checked(Checked),
}

/// The client that an event is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// The account's name.
    pub uid: Rc<str>,
    /// The user's number, from 0.
    pub user: u32,
    /// The client's number in the whole run, from 0.
    pub client: u32,
    /// The place of this client among the clients of its user, from 0 (spec 3).
    pub instance: u32,
    /// The title of the population it belongs to, as `10.7`.
    pub title: Rc<str>,
    /// The software's registered name, as `OS_X_10_7`.
    pub software: Rc<str>,
}

impl Who {
    /// Whether it is the first client of its user, with which the user comes.
    pub fn is_first(&self) -> bool {
        self.instance == 0
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RequestBegun {
    pub who: Rc<Who>,
    /// The habit that it is done for, as `Eventer`; None: the client program does it by itself.
    pub profile: Option<Rc<str>>,
    pub label: Label,
    pub method: Rc<str>,
    /// The absolute URL.
    pub url: Rc<str>,
}

/// The end of one exchange on the wire. Times are since the start of the run (design, decision 5).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Response {
    pub who: Rc<Who>,
    /// As that of [`RequestBegun`].
    pub profile: Option<Rc<str>>,
    pub label: Label,
    pub method: Rc<str>,
    pub url: Rc<str>,
    /// None when there was no answer: `error` says why.
    pub status: Option<u16>,
    /// The status was one of those expected and the whole answer was read.
    pub success: bool,
    pub error: Option<ErrorKind>,
    /// A sentence about the error.
    pub detail: Option<Rc<str>>,
    /// When the request should have begun.
    pub due: Duration,
    /// When it was handed to the wire.
    pub begun: Duration,
    /// When the whole body was read.
    pub end: Duration,
    pub wire: WireTimes,
    pub bytes_sent: u64,
    pub bytes_received: u64,
    /// Headers and bodies, only when an observer asked for them. Never the credentials.
    pub bodies: Option<Rc<Bodies>>,
}

impl Response {
    /// Whether it came to an end, well or not; else the end of the run came first.
    pub fn ended(&self) -> bool {
        self.error != Some(ErrorKind::Unanswered)
    }
    /// From handing over to the end of the body: what the ancestors call duration.
    pub fn service(&self) -> Duration {
        self.end.saturating_sub(self.begun)
    }
    /// From due to the end of the body: what the user waited.
    pub fn response(&self) -> Duration {
        self.end.saturating_sub(self.due)
    }
    /// How late the request began.
    pub fn lag(&self) -> Duration {
        self.begun.saturating_sub(self.due)
    }
}

/// How long the parts of an exchange took. The first three only when this request opened a connection.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct WireTimes {
    pub name: Option<Duration>,
    pub connect: Option<Duration>,
    pub tls: Option<Duration>,
    /// From handing over to the end of the response's header.
    pub first_byte: Option<Duration>,
}

/// What was said, for logs: at most [`Bodies::LIMIT`] bytes of each body.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Bodies {
    pub request: String,
    pub response: String,
}

impl Bodies {
    /// Bytes of a body that are kept for logs.
    pub const LIMIT: usize = 64 * 1024;
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OperationStart {
    pub who: Rc<Who>,
    /// As that of [`RequestBegun`].
    pub profile: Option<Rc<str>>,
    pub label: Label,
    pub due: Duration,
    pub begun: Duration,
    /// Whether it began by itself at a time that was planned, so that lateness means something. Of what follows from it in the
    /// same act none is.
    pub scheduled: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OperationEnd {
    pub who: Rc<Who>,
    /// As that of [`RequestBegun`].
    pub profile: Option<Rc<str>>,
    pub label: Label,
    pub due: Duration,
    pub begun: Duration,
    pub end: Duration,
    pub success: bool,
    /// Why it failed.
    pub reason: Option<Rc<str>>,
    /// The end of the run cut it short: neither a success nor a failure.
    pub unfinished: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Missed {
    pub who: Rc<Who>,
    /// As that of [`RequestBegun`].
    pub profile: Option<Rc<str>>,
    pub label: Label,
    /// Occurrences that merged into one that was waiting already.
    pub late: u64,
    /// Occurrences that were never served.
    pub skipped: u64,
}

/// How a user came later than it was due, or not at all.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Delayed {
    /// Its first client.
    pub who: Rc<Who>,
    /// How long it waited for room, where only so many users may be there at one time: until somebody had left, or until
    /// the end.
    pub waited: Duration,
    /// How much later than that it came, as the generator was late.
    pub lag: Duration,
    /// Whether it came at all: else it was still waiting for room when the run ended.
    pub came: bool,
}

/// What was looked for in the answer to a request, and whether it was found, which may be good or bad.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Checked {
    pub who: Rc<Who>,
    /// As that of [`RequestBegun`].
    pub profile: Option<Rc<str>>,
    /// The request.
    pub label: Label,
    /// The name of the check: a script has only so many.
    pub check: Rc<str>,
    pub found: bool,
}

/// Why a request has no good answer: a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorKind {
    /// The name of the server could not be resolved.
    Name,
    /// No connection: refused, unreachable.
    Connect,
    /// No connection, as this machine has no descriptor left for it (EMFILE, ENFILE): more workers, a shorter
    /// `idleClose`, or fewer users.
    Descriptors,
    /// No connection, as this machine has no local address or port left for it (EADDRNOTAVAIL, EADDRINUSE): more
    /// `addresses`, or clients that reuse connections.
    Addresses,
    /// No connection within the time allowed.
    ConnectTimeout,
    /// The TLS handshake failed or the certificate was refused.
    Tls,
    /// The connection ended before the answer was complete.
    Closed,
    /// No complete answer within the time allowed.
    Timeout,
    /// Not HTTP, or not as HTTP should be.
    Protocol,
    /// The answer was larger than allowed.
    TooLarge,
    /// A status that was not expected.
    Status,
    /// The server refused the credentials, or asks in a way that is not known.
    Auth,
    /// A status that was expected, with a body that makes no sense.
    Content,
    /// The run ended before the answer came.
    Unanswered,
    /// The server refuses for good: a recipient that there is not, a sender that may not.
    Refused,
    /// The server refuses for now and asks to come again, as greylisting does.
    Deferred,
    /// The server has no room for more: a full mailbox, a full disk.
    Full,
}

impl ErrorKind {
    /// All of them.
    pub const ALL: [ErrorKind; 17] = [
        ErrorKind::Name,
        ErrorKind::Connect,
        ErrorKind::Descriptors,
        ErrorKind::Addresses,
        ErrorKind::ConnectTimeout,
        ErrorKind::Tls,
        ErrorKind::Closed,
        ErrorKind::Timeout,
        ErrorKind::Protocol,
        ErrorKind::TooLarge,
        ErrorKind::Status,
        ErrorKind::Auth,
        ErrorKind::Content,
        ErrorKind::Unanswered,
        ErrorKind::Refused,
        ErrorKind::Deferred,
        ErrorKind::Full,
    ];

    /// The name in reports and files.
    pub fn as_str(self) -> &'static str {
        match self {
            ErrorKind::Name => "name",
            ErrorKind::Connect => "connect",
            ErrorKind::Descriptors => "descriptors",
            ErrorKind::Addresses => "addresses",
            ErrorKind::ConnectTimeout => "connect-timeout",
            ErrorKind::Tls => "tls",
            ErrorKind::Closed => "closed",
            ErrorKind::Timeout => "timeout",
            ErrorKind::Protocol => "protocol",
            ErrorKind::TooLarge => "too-large",
            ErrorKind::Status => "status",
            ErrorKind::Auth => "auth",
            ErrorKind::Content => "content",
            ErrorKind::Unanswered => "unanswered",
            ErrorKind::Refused => "refused",
            ErrorKind::Deferred => "deferred",
            ErrorKind::Full => "full",
        }
    }
}

/// Where events go. One a process; the engine implements it.
pub trait Sink {
    /// Takes one event that happens now.
    fn emit(&self, phase: Phase, what: What);
    /// Counts that something has begun that was planned, under the label of [`Missed`]. That is no event: what was begun
    /// tells of itself, if there was anything to do.
    fn begun(&self, phase: Phase, label: Label) {
        let _ = (phase, label);
    }
    /// Whether somebody wants [`Bodies`].
    fn wants_bodies(&self) -> bool;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table for users has every kind, under its name, and no other.
    #[test]
    fn the_kinds_of_errors_are_told() {
        let guide = include_str!("../CONFIGURATION.md");
        let (_, section) = guide.split_once("### Kinds of errors").unwrap();
        let section = section.split("\n#").next().unwrap();
        let told: Vec<_> =
            section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
        assert_eq!(told, ErrorKind::ALL.map(ErrorKind::as_str));
        let named = |kind| serde_json::to_value(kind).unwrap();
        assert!(ErrorKind::ALL.iter().all(|kind| named(kind) == kind.as_str()));
    }
}
