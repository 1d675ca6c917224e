//! The event with an alarm that is acknowledged: created once, then marked as seen time and again.

use super::changing::{Change, change};
use super::eventer::CREATE;
use super::habit::Habit;
use super::planned::Planned;
use super::text::UPDATE;
use crate::calendar::memory::CalendarMemory;
use crate::calendar::wire::{self, labels};
use crate::client::{Context, Outcome, Trouble};
use crate::icalendar::compose::Alarm;
use crate::icalendar::compose::time::utc;

/// How long before the event its alarm rings, minutes (spec 6).
const MINUTES_BEFORE: u32 = 8;

/// Creates the event, named `uid`, in the first calendar that takes events, or, if it is there, acknowledges its
/// alarm as of now. An event that was deleted is created again.
pub async fn create_or_acknowledge(
    habit: &Habit,
    planned: &Planned,
    cx: &Context,
    memory: &mut CalendarMemory,
    uid: &str,
) -> Result<Outcome, Trouble> {
    let Some(first) = memory.calendars_for("VEVENT").next() else {
        return Ok(Outcome::Idle("there is no calendar that takes events"));
    };
    let place = first.href.clone();
    let name = format!("{uid}.ics");
    let known = memory.calendars_for("VEVENT").find_map(|calendar| {
        calendar.events().iter().find(|event| *event.name == *name).map(|event| calendar.href_of(event))
    });
    match known {
        Some(href) => {
            let now = utc(cx.run.clock.utc());
            let edit = |calendar: &mut crate::icalendar::Calendar| calendar.acknowledge_alarms(&now) > 0;
            cx.operation(UPDATE, change(cx, memory, &href, Change::Own, edit)).await?;
        }
        None => {
            let alarm = habit.uuid(cx, "alarm uid").to_uppercase();
            let alarm = Alarm { uid: &alarm, minutes_before: MINUTES_BEFORE };
            cx.operation(CREATE, async {
                let body = planned.compose(habit, cx, uid, Some(alarm))?.to_bytes();
                wire::put_new_event(cx, memory, &place, uid, body, labels::PUT_EVENT).await
            })
            .await?;
        }
    }
    Ok(Outcome::Done)
}
