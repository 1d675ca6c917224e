//! What a calendar client remembers of its server between acts: its only state at rest, so it is small.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `memory.rs` | [`CalendarMemory`]: the whole |
//! | `principal.rs` | [`Principal`], [`Home`]: where the server keeps what is the user's |
//! | `calendar.rs` | [`Calendar`]: one collection; [`Kind`], [`Components`], [`Sharing`] |
//! | `event.rs` | [`Event`]: one resource |
//! | `news.rs` | [`News`]: what the act that has just ended brought |
//! | `settled.rs` | [`Settled`]: whether a listing of the home can say anything new |
//! | `recent.rs` | [`Recent`]: the newest of many names |
//! | `sorted.rs` | [`Sorted`]: the collection that costs little at rest |

mod calendar;
mod event;
#[allow(clippy::module_inception)]
mod memory;
mod news;
mod principal;
mod recent;
mod settled;
mod sorted;

pub use calendar::{Calendar, Components, Kind, Sharing};
pub use event::{Event, uid_of};
pub use memory::CalendarMemory;
pub use news::News;
pub use principal::{Home, Principal};
pub use recent::Recent;
pub use settled::{Listing, Settled};
pub use sorted::{Keyed, Sorted};
