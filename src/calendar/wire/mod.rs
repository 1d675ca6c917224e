//! The requests of a calendar client, one function each (spec 5.4): label, method, path, Depth, expected
//! statuses, body. Software and profiles both call them; what an answer says goes into the memory here.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | [`labels`] | the labels requests are counted under |
//! | `send.rs` | a call through the memory's session; bodies from templates; 207 answers |
//! | `event.rs` | one resource: [`put_new_event`], [`put_event`], [`put_attendee`], [`get_event`], [`delete`] |
//! | `scheduling.rs` | [`lookup_attendee`], [`free_busy`] |
//! | `sharing.rs` | [`share_calendar`] |
//! | `attachment.rs` | [`attachment_add`], [`attachment_get`] |
//! | `query.rs` | reads whose answer nobody needs: [`time_range_query`], [`refresh_home`], [`propfind_calendar`] |
//! | `apns.rs` | [`apns_subscribe`] |

mod apns;
mod attachment;
mod event;
pub mod labels;
mod query;
mod scheduling;
mod send;
mod sharing;

pub use apns::apns_subscribe;
pub use attachment::{Attached, Attaching, attachment_add, attachment_get};
pub use event::{Stored, delete, get_event, put_attendee, put_event, put_if_absent, put_new_event};
pub use query::{propfind_calendar, refresh_home, time_range_query};
pub use scheduling::{free_busy, lookup_attendee};
pub use send::{Asked, Found, ask, ask_and_read, ask_for, body, parse_only, send};
pub use sharing::share_calendar;
