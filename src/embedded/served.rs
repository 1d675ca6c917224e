//! What is known of a request that was answered, and the exact counts of them.
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

/// One answered request.
#[derive(Debug, Clone)]
pub struct Served {
    /// When it was answered.
    pub at: DateTime<Utc>,
    /// The name it is counted under, such as `PROPFIND Calendar Home` (spec 8.2).
    pub name: Rc<str>,
    /// The status of the answer.
    pub status: u16,
    /// From the request's headers to the answer's.
    pub elapsed: Duration,
    /// Requests being served when this one was answered, itself included.
    pub outstanding: usize,
    /// The user, empty when not authenticated.
    pub uid: Rc<str>,
    /// The User-Agent header, empty when there was none.
    pub user_agent: String,
}

/// Exact counts since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counters {
    /// Requests answered.
    pub requests: u64,
    /// The same by name, see [`Served::name`].
    pub methods: BTreeMap<Rc<str>, u64>,
    /// The same by status.
    pub statuses: BTreeMap<u16, u64>,
    /// Connections accepted.
    pub connections: u64,
    /// Bytes of request bodies read.
    pub bytes_in: u64,
    /// Bytes of response bodies sent.
    pub bytes_out: u64,
}

impl Counters {
    /// Counts one request.
    pub fn count(&mut self, served: &Served) {
        self.requests += 1;
        *self.methods.entry(Rc::clone(&served.name)).or_default() += 1;
        *self.statuses.entry(served.status).or_default() += 1;
    }
}
