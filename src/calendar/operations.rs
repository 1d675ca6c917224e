//! The operations of calendar software (spec 5.3, 5.5).

use crate::label::Label;

/// From nothing to a client that knows its user's calendars.
pub const STARTUP: Label = Label::of("startup");
/// A look for changes, by the timer.
pub const POLL: Label = Label::of("poll");
/// A look for changes, because the server told that there are some.
pub const PUSH: Label = Label::of("push");
