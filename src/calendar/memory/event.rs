//! What a client knows of one resource of a calendar.

use std::rc::Rc;

use super::sorted::Keyed;
use crate::icalendar;

/// An event, a task or an inbox item, as last seen.
#[derive(Clone, Debug, Default)]
pub struct Event {
    /// The last segment of its path, percent-encoded, as `a50b154d.ics`.
    pub name: Box<str>,
    /// The ETag with its quotes; None: the resource is known, its state is not.
    pub etag: Option<Box<str>>,
    /// The Schedule-Tag with its quotes (RFC 6638 section 3.2.10).
    pub schedule_tag: Option<Box<str>>,
    /// The UID, once its body was seen.
    pub uid: Option<Box<str>>,
    /// The body as last seen, while it is kept (see [`forget_news`](crate::client::Memory::forget_news)).
    pub body: Option<Rc<[u8]>>,
}

impl Keyed for Event {
    fn key(&self) -> &str {
        &self.name
    }
}

impl Event {
    /// A resource of which only the name is known.
    pub fn named(name: &str) -> Event {
        Event { name: name.into(), ..Event::default() }
    }

    /// Takes over a body, and from it the UID.
    pub fn set_body(&mut self, body: Rc<[u8]>) {
        self.uid = uid_of(&body).or(self.uid.take());
        self.body = Some(body);
    }

    /// The body, parsed. None when there is none or it makes no sense.
    pub fn calendar(&self) -> Option<icalendar::Calendar> {
        self.body.as_ref().and_then(|body| icalendar::Calendar::parse(body).ok())
    }
}

/// The UID of a body.
pub fn uid_of(body: &[u8]) -> Option<Box<str>> {
    let calendar = icalendar::Calendar::parse(body).ok()?;
    calendar.uid().filter(|uid| !uid.is_empty()).map(Box::from)
}
