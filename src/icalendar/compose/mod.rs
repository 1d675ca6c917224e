//! New bodies, as pure functions of what the caller drew: UID, times, people.
//!
//! # Layout
//!
//! | file | what |
//! |---|---|
//! | [`time`] | moments as properties, and the VTIMEZONEs they need |
//! | [`event`] | [`Event`], [`Task`] and [`Alarm`]: the entries a user makes |
//! | [`people`] | [`Person`]: organizer and invitees, added to an event new or old |
//! | [`freebusy`] | [`FreeBusyRequest`]: are these users free on that day |
pub mod event;
pub mod freebusy;
pub mod people;
pub mod time;

pub use event::{Alarm, Event, Task};
pub use freebusy::FreeBusyRequest;
pub use people::Person;
pub use time::Zones;

/// Who wrote a body, unless the client program's model says otherwise.
pub const PRODID: &str = "-//populace//EN";
