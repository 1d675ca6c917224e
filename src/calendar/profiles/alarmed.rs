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

#[cfg(test)]
mod tests {
    use crate::calendar::profiles::testing::{Stage, decode, play};
    use crate::client::Trigger;

    /// The ancestor lost the change before it was stored (spec 12.3, 35).
    #[test]
    fn the_alarm_is_created_and_then_really_acknowledged() {
        for (class, params) in [("EventUpdater", ""), ("AlarmAcknowledger", EVERY_MINUTE)] {
            play(async {
                let (stage, profile) = (Stage::new(1), decode(class, params).unwrap());
                let mut memory = stage.memory();
                for _ in 0..3 {
                    stage.act(&profile, &mut memory, Trigger::Timer).await.0.unwrap();
                    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
                }
                let expected =
                    ["PUT{event}", "[create]", "PUT{update}", "[update]", "PUT{update}", "[update]"];
                assert_eq!(stage.seen.labels(), expected, "{class}");
                let asked = stage.server.take();
                assert!(asked[0].body.contains("TRIGGER:-PT8M") && !asked[0].body.contains("ACKNOWLEDGED"));
                assert!(asked[1].body.contains("ACKNOWLEDGED:20260105T0901"), "{}", asked[1].body);
                assert!(asked[2].body.contains("ACKNOWLEDGED:20260105T0902"), "{}", asked[2].body);
                let name = asked[0].path.rsplit('/').next().unwrap();
                assert!(class != "EventUpdater" || name == "event_to_update.ics", "{name}");
                memory.drop_event(&asked[0].path, true);
                stage.server.resources.borrow_mut().clear();
                stage.act(&profile, &mut memory, Trigger::Timer).await.0.unwrap();
                assert_eq!(stage.seen.labels(), ["PUT{event}", "[create]"], "created again");
            });
        }
    }

    const EVERY_MINUTE: &str = "<key>pastTheHour</key><array><integer>0</integer><integer>1</integer>\
        <integer>2</integer><integer>3</integer></array>";
}
