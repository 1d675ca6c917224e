//! One request on its way, from handing it over to its report.

use std::rc::Rc;
use std::time::Duration;

use super::auth::Scheme;
use super::call::{Answer, Call, Failure, SendError};
use super::fault::Fault;
use super::settings::Settings;
use crate::event::{Bodies, ErrorKind};
use crate::journal::{Ended, Journal, Sent};
use crate::label::Label;
use crate::transport::{Meter, Slot};

/// The outcome of one exchange on the wire, before it is judged.
pub type Exchanged = Result<Answer, Fault>;

/// One request on its way; it is reported exactly once, even if the run drops it.
pub struct Exchange<'a> {
    call: &'a Call<'a>,
    journal: &'a Journal,
    pub sent: Sent<'a>,
    status: Option<u16>,
    /// Counts its bytes on the wire, once there is a connection.
    pub meter: Option<Meter>,
    /// Its bytes where no meter can count them, as others are under way on its connection.
    pub counted: (u64, u64),
    /// When the whole answer was there; None: not yet.
    ended: Option<Duration>,
    /// The right to have a connection; kept to the end of the answer, as a broken connection may have to be replaced.
    pub slot: Option<Slot>,
    /// It was sent again, or a request of the same call before it was.
    pub resent: bool,
}

/// An answer with an expected status, of which it is still to be said whether it makes sense.
pub struct Unread<'a> {
    exchange: Exchange<'a>,
    answer: Answer,
}

impl<'a> Exchange<'a> {
    /// Begins a request with its slot; the flag says whether that was waited for.
    pub fn begin(
        call: &'a Call<'a>,
        settings: &Settings,
        journal: &'a Journal,
        (slot, waited): (Option<Slot>, bool),
    ) -> Result<Exchange<'a>, SendError> {
        let url = settings.common.url(settings, call.shown());
        let method = settings.common.method(call.method);
        let sent = Sent::begin(journal, call.label, method, url, waited).ok_or(SendError::Stopped)?;
        Ok(Exchange {
            call,
            journal,
            sent,
            status: None,
            meter: None,
            counted: (0, 0),
            ended: None,
            slot,
            resent: false,
        })
    }

    /// The connection ended as the request was on its way, which is sent again. The server may have seen the first
    /// attempt: it is reported, as no failure, under a label of its own. The second one times itself only, but it was
    /// due when the first was, because that is what the user waits for.
    pub fn again(&mut self) {
        self.report(Label::request("RESENT", self.call.method), true, None, None);
        self.resent = true;
        self.meter = None;
        self.sent.again();
    }

    /// Tells, as an operation of its own, how long it took to open the connection, or why there is none.
    pub fn opened(&self, label: Label, why: Option<&str>) {
        let (begun, due) = (self.sent.begun(), self.journal.due.get());
        self.journal.whole_operation(label, (due, begun), why.map(Rc::from));
    }

    /// Notes that the head of the answer is there.
    pub fn begun(&mut self, status: u16) {
        self.sent.wire.first_byte = Some(self.sent.elapsed());
        self.status = Some(status);
    }

    /// Whether the head of the answer is there.
    pub fn has_begun(&self) -> bool {
        self.status.is_some()
    }

    fn expects(&self, status: u16) -> bool {
        self.call.expect.contains(&status) || self.resent && self.call.expect_resent.contains(&status)
    }

    /// Judges the outcome by the expected statuses; `why` explains a 401 that could not be answered.
    pub fn finish(mut self, exchanged: Exchanged, why: Option<String>) -> Result<Unread<'a>, SendError> {
        let label = self.call.label;
        let (kind, detail, answer) = match exchanged {
            Ok(answer) if self.expects(answer.status) => {
                self.ended = Some(self.journal.clock.elapsed());
                self.slot = None;
                return Ok(Unread { exchange: self, answer });
            }
            Ok(answer) if answer.status == 401 => {
                let detail = why.unwrap_or_else(|| "the server does not accept the credentials".to_owned());
                (ErrorKind::Auth, detail, Some(answer))
            }
            Ok(answer) => {
                let detail = format!("status {} instead of {}", answer.status, told(self.call.expect));
                (ErrorKind::Status, detail, Some(answer))
            }
            Err((kind, detail)) => (kind, detail, None),
        };
        self.report(label, false, Some((kind, &detail)), answer.as_ref());
        Err(SendError::Failed(Box::new(Failure { label, kind, detail, answer })))
    }

    /// Reports a 401 round: counted under its own label, never a failure.
    pub fn challenged(mut self, scheme: &Scheme, exchanged: Exchanged) {
        self.report(Label::request("CHALLENGE", scheme.name()), true, None, exchanged.ok().as_ref());
    }

    /// Reports a probe: counted, whatever came.
    pub fn forgiven(mut self, exchanged: Exchanged) {
        let error = exchanged.as_ref().err().map(|(kind, detail)| (*kind, detail.as_str()));
        self.report(self.call.label, error.is_none(), error, exchanged.as_ref().ok());
    }

    fn report(
        &mut self,
        label: Label,
        success: bool,
        error: Option<(ErrorKind, &str)>,
        answer: Option<&Answer>,
    ) {
        let (status, at, bodies) = (self.status, self.ended, self.bodies(answer));
        let bytes = self.meter.as_ref().map_or(self.counted, Meter::read);
        self.sent.report(Ended { label, status, success, error, at, bytes, bodies });
    }

    fn bodies(&self, answer: Option<&Answer>) -> Option<Rc<Bodies>> {
        let clip =
            |bytes: &[u8]| String::from_utf8_lossy(&bytes[..bytes.len().min(Bodies::LIMIT)]).into_owned();
        self.sent.wants_bodies().then(|| {
            let response = answer.map(|answer| clip(&answer.body)).unwrap_or_default();
            let private = || "(not shown, as there is a password in it)".to_owned();
            let request = if self.call.private { private() } else { clip(&self.call.body) };
            Rc::new(Bodies { request, response })
        })
    }
}

/// Statuses for people: `200 or 204`, and those that follow each other as `200 to 399`.
fn told(statuses: &[u16]) -> String {
    let mut parts: Vec<(u16, u16)> = Vec::new();
    for status in statuses {
        match parts.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*status) => *last = *status,
            _ => parts.push((*status, *status)),
        }
    }
    let part = |(first, last): (u16, u16)| match last - first {
        0 => first.to_string(),
        1 => format!("{first} or {last}"),
        _ => format!("{first} to {last}"),
    };
    parts.into_iter().map(part).collect::<Vec<_>>().join(" or ")
}

impl Unread<'_> {
    pub fn answer(&self) -> &Answer {
        &self.answer
    }

    /// The answer is as it should be: the request has succeeded.
    pub fn accept(mut self) -> Answer {
        self.exchange.report(self.exchange.call.label, true, None, Some(&self.answer));
        self.answer
    }

    /// The answer makes no sense, as `detail` says: the request has failed.
    pub fn reject(mut self, detail: String) -> SendError {
        let (label, kind) = (self.exchange.call.label, ErrorKind::Content);
        self.exchange.report(label, false, Some((kind, &detail)), Some(&self.answer));
        SendError::Failed(Box::new(Failure { label, kind, detail, answer: None }))
    }
}

impl Drop for Exchange<'_> {
    fn drop(&mut self) {
        if let Some(why) = self.sent.given_up() {
            self.report(self.call.label, false, Some(why), None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn statuses_are_told_as_ranges() {
        assert_eq!(told(&[200, 201, 204, 301, 302, 303]), "200 or 201 or 204 or 301 to 303");
        assert_eq!((told(&[207]).as_str(), told(&[]).as_str()), ("207", ""));
    }
}
