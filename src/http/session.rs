//! A client's HTTP state: sends a call, answers challenges, reports every exchange.

use std::rc::Rc;

use tokio::time::timeout;

use super::auth::{Credentials, Scheme};
use super::body;
use super::call::{Answer, Call, SendError, Version};
use super::connection::Connection;
use super::exchange::{Exchange, Exchanged, Unread};
use super::multiplexed::Multiplexed;
use super::request::{request, request_target};
use super::settings::Settings;
use crate::event::ErrorKind;
use crate::journal::Journal;
use crate::label::Label;
use crate::population::Password;
use crate::random::unit;
use crate::transport::{Meter, Slot};

/// How often one call may be sent again because the server asks for credentials anew.
const ROUNDS: usize = 3;

/// The HTTP side of one simulated client: at rest a few words, and a connection only while one is open.
pub struct Session {
    settings: Rc<Settings>,
    name: Rc<str>,
    password: Password,
    scheme: Option<Scheme>,
    connection: Option<Box<Connection>>,
    /// That of HTTP/2.
    multiplexed: Option<Rc<Multiplexed>>,
    sent: u64,
}

impl Session {
    pub fn new(settings: Rc<Settings>, name: Rc<str>, password: Password) -> Session {
        Session { settings, name, password, scheme: None, connection: None, multiplexed: None, sent: 0 }
    }

    pub fn settings(&self) -> &Rc<Settings> {
        &self.settings
    }

    /// Gives other credentials for the requests from now on; `ahead`: by Basic, and without waiting to be asked.
    pub fn log_in(&mut self, name: Rc<str>, password: Password, ahead: bool) {
        if self.name != name || self.password != password {
            (self.name, self.password, self.scheme) = (name, password, None);
        }
        if ahead && self.scheme.is_none() {
            self.scheme = Some(Scheme::Basic);
        }
    }

    /// Closes the connection, if one is open.
    pub fn close(&mut self) {
        self.connection = None;
        self.multiplexed = None;
    }

    /// Whether it has a connection of HTTP/2.
    pub fn is_multiplexed(&self) -> bool {
        self.multiplexed.is_some()
    }

    /// Sends requests of HTTP/2 on the connection of another session, if that has one.
    pub fn share(&mut self, other: &Session) {
        self.multiplexed = other.multiplexed.clone();
    }

    /// Sends `call` and gives its answer, if its status is one of those expected.
    pub async fn send(&mut self, call: Call<'_>, journal: &Journal) -> Result<Answer, SendError> {
        Ok(self.ask(&call, journal).await?.accept())
    }

    /// Sends `call` and gives its answer, if its status is one of those expected, to be accepted or rejected: that is
    /// when the request is reported.
    ///
    /// The 401 round, and a probe without credentials, are requests of their own (design, decision 8).
    pub async fn ask<'a>(
        &mut self,
        call: &'a Call<'_>,
        journal: &'a Journal,
    ) -> Result<Unread<'a>, SendError> {
        self.probe(call, journal).await?;
        let mut resent = false;
        for round in 1.. {
            let slot = self.slot(call.version, journal).await;
            let authorization = self.authorization(call);
            let carried = authorization.is_some();
            let mut exchange = Exchange::begin(call, &self.settings, journal, slot)?;
            exchange.resent = resent;
            let exchanged = self.exchange(call, authorization, &mut exchange).await;
            resent = exchange.resent;
            let challenged = match &exchanged {
                Ok(answer) if answer.status == 401 && !call.expect.contains(&401) && round < ROUNDS => {
                    self.challenge(answer, carried)
                }
                _ => Err(None),
            };
            match challenged {
                Ok(scheme) => {
                    exchange.challenged(&scheme, exchanged);
                    self.scheme = Some(scheme);
                }
                Err(why) => return exchange.finish(exchanged, why),
            }
        }
        Err(SendError::Stopped)
    }

    /// The slot of the open connection, or else one for a new connection; waits until there is one, and tells whether it
    /// had to.
    async fn slot(&mut self, version: Version, journal: &Journal) -> (Option<Slot>, bool) {
        if version == Version::Http2 {
            let settings = &self.settings;
            if let Some(open) = self.multiplexed.as_ref().filter(|open| !open.is_closed(settings)) {
                return (open.slot(), false);
            }
            self.multiplexed = None;
            return self.new_slot(journal).await;
        }
        if let Some(connection) = self.connection.as_ref().filter(|connection| !connection.is_closed()) {
            return (connection.slot(), false);
        }
        // What it keeps may be just what is waited for.
        self.connection = None;
        self.new_slot(journal).await
    }

    /// A slot for a new connection, and whether it was waited for.
    async fn new_slot(&self, journal: &Journal) -> (Option<Slot>, bool) {
        let since = journal.clock.elapsed();
        let slot = self.settings.connector.slot().await;
        let waited = slot.is_some() && journal.clock.elapsed() > since;
        (slot, waited)
    }

    /// How to answer a 401; Err(reason) when there is no way.
    fn challenge(&self, answer: &Answer, carried: bool) -> Result<Scheme, Option<String>> {
        let offered = Scheme::choose(&answer.headers).map_err(|why| Some(why.to_string()))?;
        match &self.scheme {
            Some(used) if carried && !used.superseded_by(&offered) => {
                Err(Some(format!("the server refuses the credentials of {}", self.name)))
            }
            _ => Ok(offered),
        }
    }

    fn authorization(&mut self, call: &Call<'_>) -> Option<String> {
        let who = Credentials { name: &self.name, password: &self.password.reveal() };
        // The client nonce need only differ from request to request (RFC 7616 3.4).
        self.sent += 1;
        let target = request_target(call.path);
        self.scheme.as_mut().map(|scheme| scheme.authorize(who, call.method, &target, self.sent))
    }

    /// Sends the call once without credentials, for the given share of requests, and forgets the answer.
    async fn probe(&mut self, call: &Call<'_>, journal: &Journal) -> Result<(), SendError> {
        let percent = self.settings.unauthenticated_percent;
        if percent <= 0.0 {
            return Ok(());
        }
        let stream = journal.seed.stream(journal.who.user, journal.who.client, "unauthenticated");
        if unit(&mut stream.at(self.sent)) * 100.0 >= percent {
            return Ok(());
        }
        let mut probe = call.clone();
        probe.label = Label::request("PROBE", call.method);
        let slot = self.slot(call.version, journal).await;
        let mut exchange = Exchange::begin(&probe, &self.settings, journal, slot)?;
        let exchanged = self.exchange(&probe, None, &mut exchange).await;
        exchange.forgiven(exchanged);
        Ok(())
    }

    /// One request and its answer. A connection that the server closed while it was idle is replaced.
    async fn exchange(
        &mut self,
        call: &Call<'_>,
        authorization: Option<String>,
        on: &mut Exchange<'_>,
    ) -> Exchanged {
        let limit = call.timeout.unwrap_or(self.settings.timeout);
        let outcome = match timeout(limit, self.exchange_unbounded(call, authorization, on)).await {
            Ok(outcome) => outcome,
            Err(_) => {
                Err((ErrorKind::Timeout, format!("no complete answer within {} s", limit.as_secs_f64())))
            }
        };
        // A body that was read to its end and makes no sense is not the connection's fault.
        let broken = matches!(&outcome, Err((kind, _)) if *kind != ErrorKind::Content);
        // One of HTTP/2 looks after itself.
        let text = call.version != Version::Http2;
        if text && (broken || self.connection.as_ref().is_some_and(|connection| !connection.is_open())) {
            self.connection = None;
        }
        outcome
    }

    async fn exchange_unbounded(
        &mut self,
        call: &Call<'_>,
        authorization: Option<String>,
        on: &mut Exchange<'_>,
    ) -> Exchanged {
        if call.version == Version::Http2 {
            return Box::pin(self.exchange_multiplexed(call, authorization, on)).await;
        }
        let request = request(call, &self.settings, authorization.as_deref())?;
        let mut retried = false;
        loop {
            let reused = self.connect(on).await?;
            let Some(connection) = &mut self.connection else {
                return Err((ErrorKind::Connect, "no connection".to_owned()));
            };
            let body_limit = call.body_limit.unwrap_or(self.settings.body_limit);
            connection.allow(Settings::most_received(body_limit));
            let meter = connection.meter();
            on.meter = Some(meter.clone());
            let begun = |status| on.begun(status);
            match connection.exchange(&self.settings, (call.method, body_limit), &request, begun).await {
                Ok((head, body)) => {
                    let body = body::decode(&head.headers, body, body_limit)?;
                    return Ok(Answer { status: head.status, headers: head.headers, body });
                }
                // The server closed an idle connection as this request set out: a real client just sends it again.
                Err(_) if reused && !retried && may_send_again(call, &meter) => {
                    retried = true;
                    self.close();
                    if meter.read().0 > 0 {
                        on.again();
                    }
                }
                Err(why) => return Err(why),
            }
        }
    }

    /// The same by HTTP/2. A connection that the server closed as this request set out is replaced once.
    async fn exchange_multiplexed(
        &mut self,
        call: &Call<'_>,
        authorization: Option<String>,
        on: &mut Exchange<'_>,
    ) -> Exchanged {
        let limit = call.body_limit.unwrap_or(self.settings.body_limit);
        let reused = self.multiplexed.take_if(|open| !open.is_closed(&self.settings));
        let was_open = reused.is_some();
        let open = match reused {
            Some(open) => open,
            None => self.open_multiplexed(on).await?,
        };
        let sending = (call, authorization.as_deref(), limit);
        let outcome = open.exchange(&self.settings, sending, |status| on.begun(status)).await;
        let (open, outcome) = match outcome {
            Err((ErrorKind::Closed, _)) if was_open && call.method != "POST" && !on.has_begun() => {
                on.again();
                let open = self.open_multiplexed(on).await?;
                let outcome = open.exchange(&self.settings, sending, |status| on.begun(status)).await;
                (open, outcome)
            }
            outcome => (open, outcome),
        };
        // One that has failed is not trusted any more.
        self.multiplexed = Some(open).filter(|_| outcome.is_ok());
        let (mut answer, bytes) = outcome?;
        on.counted = bytes;
        answer.body = body::decode(&answer.headers, answer.body, limit)?;
        Ok(answer)
    }

    async fn open_multiplexed(&self, on: &mut Exchange<'_>) -> Result<Rc<Multiplexed>, (ErrorKind, String)> {
        let opened = Multiplexed::open(&self.settings, on.slot.clone()).await;
        if let Some(label) = self.settings.connects {
            on.opened(label, opened.as_ref().err().map(|why| &*why.detail));
        }
        let (open, times) = opened.map_err(|why| (why.kind, why.detail))?;
        on.sent.wire = times;
        Ok(open)
    }

    /// Makes sure of a connection; tells whether it has served before. Whether the one there is has been closed was looked
    /// at when the slot was taken.
    async fn connect(&mut self, on: &mut Exchange<'_>) -> Result<bool, (ErrorKind, String)> {
        if self.connection.as_ref().is_some_and(|connection| connection.is_open()) {
            return Ok(true);
        }
        self.connection = None;
        // It is done rarely, and takes more memory than all that follows.
        let opened = Box::pin(Connection::open(&self.settings, on.slot.clone())).await;
        if let Some(label) = self.settings.connects {
            on.opened(label, opened.as_ref().err().map(|why| &*why.detail));
        }
        let (connection, times) = opened.map_err(|why| (why.kind, why.detail))?;
        on.sent.wire = times;
        self.connection = Some(Box::new(connection));
        Ok(false)
    }
}

/// Whether a request that met a closed connection may have another: no answer has begun, and it does not
/// matter whether the server has acted on it (RFC 9110 9.2.2), or nothing of it was sent.
fn may_send_again(call: &Call<'_>, meter: &Meter) -> bool {
    let (sent, received) = meter.read();
    received == 0 && (sent == 0 || call.method != "POST")
}

#[cfg(test)]
mod tests {
    use super::Session;

    /// Part of every resting client (design, decision 2).
    #[test]
    fn a_resting_session_is_small() {
        assert!(size_of::<Session>() <= 80, "{}", size_of::<Session>());
    }
}
