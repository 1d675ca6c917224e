//! iCalendar text (RFC 5545): read, edit and write without losing what is not understood.
//!
//! A client edits one property of a body that a server gave it and sends the rest back as it came,
//! so the editor works on content lines: a line that nobody touched is written byte for byte.
//!
//! # Layout
//!
//! | file | what |
//! |---|---|
//! | [`fold`] | physical lines to content lines and back (RFC 5545, 3.1) |
//! | [`line`](mod@line) | [`Line`]: one content line, its name, parameters and value |
//! | [`text`] | escapes: TEXT values (RFC 5545, 3.3.11) and parameter values (RFC 6868) |
//! | [`component`] | [`Component`]: the tree of BEGIN and END, properties by name |
//! | [`object`] | [`Calendar`]: a whole VCALENDAR: parse, write, UID, METHOD, master and overrides |
//! | [`address`] | [`Addresses`]: is this calendar user me, in any spelling |
//! | [`attendee`] | attendees and organizer: list, answer, add, remove |
//! | [`compose`] | new bodies: event, task, invitation, free-busy request, event with an alarm |
//! | [`timezone`] | VTIMEZONE components from the zone database |
pub mod address;
pub mod attendee;
pub mod component;
pub mod compose;
pub mod fold;
pub mod line;
pub mod object;
pub mod text;
pub mod timezone;

pub use address::Addresses;
pub use attendee::{Attendee, PartStat};
pub use component::{Component, Item};
pub use line::Line;
pub use object::Calendar;

/// A text larger than this (bytes) is refused: 8 MiB, the bound of a body.
pub const MAX_SIZE: usize = 8 * 1024 * 1024;

/// Components nested deeper than this are refused; real ones stop at three.
pub const MAX_DEPTH: usize = 16;

/// Why a text is not an iCalendar object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text is larger than [`MAX_SIZE`].
    #[error("iCalendar text of {0} bytes is larger than {MAX_SIZE}")]
    TooLarge(usize),
    /// There is no BEGIN:VCALENDAR.
    #[error("no BEGIN:VCALENDAR in the text")]
    NoCalendar,
    /// Components are nested deeper than [`MAX_DEPTH`].
    #[error("line {line}: components are nested deeper than {MAX_DEPTH}")]
    TooDeep {
        /// Number of the content line, from 1.
        line: usize,
    },
    /// An END names a component that is not open.
    #[error("line {line}: END:{name} closes nothing")]
    StrayEnd {
        /// Number of the content line, from 1.
        line: usize,
        /// The name the END carries.
        name: String,
    },
}
