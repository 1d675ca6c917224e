//! What a person calls the operations of calendar software.

use crate::label::Label;

/// What the user did, or what happened to them.
pub const WORDS: &[(Label, &str)] = &[
    (Label::of("startup"), "Open the calendar program"),
    (Label::of("poll"), "See what is new"),
    (Label::of("push"), "See a change as it is announced"),
    (Label::of("create"), "Put something into the calendar"),
    (Label::of("invite"), "Invite somebody"),
    (Label::of("accept"), "Answer an invitation"),
    (Label::of("reply done"), "Take note of an answer"),
    (Label::of("cancelled"), "Take note of a cancellation"),
    (Label::of("update"), "Change an event"),
    (Label::of("attach"), "Attach a file"),
    (Label::of("download"), "Fetch an attachment"),
    (Label::of("share"), "Share a calendar"),
    (Label::of("query"), "Look at a span of days"),
    (Label::of("refresh"), "Load everything again"),
    (Label::of("reset"), "Add the account anew"),
    (Label::of("limit"), "Delete old events"),
    (Label::of("subscribe"), "Ask to be told of changes"),
];
