//! A change of an event that may meet another one.

use crate::calendar::memory::CalendarMemory;
use crate::calendar::wire::{self, Stored, labels};
use crate::client::{Context, Trouble};
use crate::icalendar::Calendar;

/// How often a change is made anew because the event had changed on the server meanwhile.
const RETRIES: u32 = 3;

/// What a change is, which decides on its label and its precondition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Of an event that nobody else has a part in.
    Own,
    /// By its organizer, of an event with attendees.
    AsOrganizer,
    /// The answer of an attendee.
    AsAttendee,
}

/// Changes an event by `edit` and stores it. If the server has a newer state (412) that is read and edited in turn,
/// up to three times. False: `edit` found nothing to do.
///
/// Errors: of the requests; [`Trouble::Content`] for an event that is not known, makes no sense, or changes for ever.
pub async fn change(
    cx: &Context,
    memory: &mut CalendarMemory,
    href: &str,
    kind: Change,
    edit: impl Fn(&mut Calendar) -> bool,
) -> Result<bool, Trouble> {
    for round in 0..=RETRIES {
        let missing_body = memory.event(href).is_some_and(|(_, event)| event.body.is_none());
        if round > 0 || missing_body {
            wire::get_event(cx, memory, href).await?;
        }
        let known = memory.event(href).and_then(|(_, event)| event.calendar());
        let mut calendar =
            known.ok_or_else(|| Trouble::Content(format!("{href} is no event that is known")))?;
        if !edit(&mut calendar) {
            return Ok(false);
        }
        let (attendees, body) = (calendar.attendees().count(), calendar.to_bytes());
        let stored = match kind {
            Change::Own => wire::put_event(cx, memory, href, body, labels::PUT_UPDATE).await?,
            Change::AsOrganizer => {
                wire::put_event(cx, memory, href, body, labels::put_organizer(attendees)).await?
            }
            Change::AsAttendee => {
                wire::put_attendee(cx, memory, href, body, labels::put_attendee(attendees)).await?
            }
        };
        if stored == Stored::Yes {
            return Ok(true);
        }
    }
    Err(Trouble::Content(format!("{href} changed on the server {RETRIES} times while it was edited")))
}
