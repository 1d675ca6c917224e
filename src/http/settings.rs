//! What all sessions of a population share.

use std::rc::Rc;
use std::time::Duration;

use super::request::Common;
use crate::label::Label;
use crate::transport::{Connector, Target, Trust};

/// How connections are used (design, "Keys and options").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionRule {
    /// Whether a connection serves more than one request. False is the ancestor's habit (`perRequest`).
    pub reuse: bool,
    /// How long a connection may be idle before the client closes it; None: until the server does.
    pub idle_close: Option<Duration>,
}

impl ConnectionRule {
    /// Whether a client has its connection from its first request to the end of the run.
    pub fn holds_open(self) -> bool {
        self.reuse && self.idle_close.is_none()
    }
}

impl Default for ConnectionRule {
    fn default() -> ConnectionRule {
        ConnectionRule { reuse: true, idle_close: None }
    }
}

/// The header in which a request tells an embedded server with a service model the label it is counted under.
pub const LABEL_HEADER: &str = "populace-label";

/// The HTTP side of one population on one server.
pub struct Settings {
    pub connector: Rc<Connector>,
    pub target: Target,
    pub trust: Trust,
    /// Sent with every request, in this order, the User-Agent among them.
    pub headers: Vec<(String, String)>,
    pub connections: ConnectionRule,
    /// From handing a request over to the end of its answer.
    pub timeout: Duration,
    /// The largest body that is read, bytes, before and after decoding.
    pub body_limit: usize,
    /// The share of requests, in percent, that are first sent without credentials (`unauthenticatedPercentage`).
    pub unauthenticated_percent: f64,
    /// The label under which it is told, as an operation, how long it took to open a connection; None: nobody is.
    pub connects: Option<Label>,
    /// What the requests have in common, kept once it was made.
    pub common: Common,
}

impl Settings {
    /// The default of [`Settings::timeout`]: slow answers are measured, silence ends.
    pub const TIMEOUT: Duration = Duration::from_secs(120);
    /// The default of [`Settings::body_limit`].
    pub const BODY_LIMIT: usize = 8 << 20;

    /// How many bytes may come for one request: as much again as the body may have is room for the marks of chunks and
    /// for heads. A server that sends interim answers (1xx) for ever exceeds it.
    pub fn most_received(body_limit: usize) -> u64 {
        (2 * body_limit as u64).saturating_add(1 << 20)
    }

    /// Settings with every default, to `target`.
    pub fn new(connector: Rc<Connector>, target: Target, trust: Trust) -> Settings {
        Settings {
            connector,
            target,
            trust,
            headers: Vec::new(),
            connections: ConnectionRule::default(),
            timeout: Settings::TIMEOUT,
            body_limit: Settings::BODY_LIMIT,
            unauthenticated_percent: 0.0,
            connects: None,
            common: Common::default(),
        }
    }
}
