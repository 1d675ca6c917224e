//! Eventer: plans events.

use super::attaching::{PERCENT, SIZE, SomeFiles};
use super::choosing;
use super::habit::{ENABLED, Habit, PACING};
use super::planned::{DURATION, Planned, RECURRENCE, START};
use super::registry::{Build, Built, Surroundings};
use super::timed::{Acted, Deed, Timed};
use crate::calendar::memory::CalendarMemory;
use crate::calendar::wire::{self, labels};
use crate::client::{Context, Outcome};
use crate::config::{Entry, Param, Table};
use crate::label::Label;

pub const ENTRY: Entry<Build> = Entry {
    name: "Eventer",
    aliases: &[],
    help: "Creates an event in a random calendar, now and then with a file attached.",
    params: &[
        ENABLED,
        PACING,
        Param { name: "interval", default: "25", help: "seconds from one event to the next" },
        START,
        DURATION,
        RECURRENCE,
        PERCENT,
        SIZE,
    ],
    build,
};

pub const CREATE: Label = Label::of("create");

struct Eventer {
    planned: Planned,
    files: SomeFiles,
}

fn build(params: &Table<'_>, around: Surroundings) -> Option<Built> {
    let timed = Timed::every(params, ENTRY.name, 25);
    let planned = Planned::decode(params);
    let files = SomeFiles::decode(params, around);
    Some(timed?.does(Eventer { planned: planned?, files: files? }))
}

impl Deed for Eventer {
    const OPERATIONS: &'static [Label] = &[CREATE];

    fn requests(&self) -> Vec<Label> {
        [vec![labels::PUT_EVENT, labels::GET_EVENT], self.files.requests()].concat()
    }

    async fn act(&self, habit: &Habit, cx: &Context, memory: &mut CalendarMemory) -> Acted {
        let stream = habit.draws(cx, "calendar");
        let Some(calendar) = choosing::calendar(stream, memory.calendars_for("VEVENT")) else {
            return Ok(Outcome::Idle("there is no calendar that takes events"));
        };
        let place = calendar.href.clone();
        let uid = habit.uuid(cx, "uid");
        cx.operation(CREATE, async {
            let body = self.planned.compose(habit, cx, &uid, None)?.to_bytes();
            let href = wire::put_new_event(cx, memory, &place, &uid, body, labels::PUT_EVENT).await?;
            self.files.attach(habit, cx, memory, &href).await
        })
        .await?;
        Ok(Outcome::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::profiles::testing::{Stage, decode, play};
    use crate::client::Trigger;

    /// Spec 13, 32.
    #[test]
    fn an_event_goes_into_a_calendar_for_events_and_nowhere_else() {
        play(async {
            let (stage, eventer) = (Stage::new(1), decode("Eventer", "").unwrap());
            let mut memory = stage.memory();
            let (outcome, _) = stage.act(&eventer, &mut memory, Trigger::Timer).await;
            assert_eq!(outcome.unwrap(), Outcome::Done);
            assert_eq!(stage.seen.labels(), ["PUT{event}", "[create]"]);
            let put = &stage.server.take()[0];
            assert!(
                put.line().starts_with("PUT /c/events/") && put.headers["content-type"] == "text/calendar"
            );
            assert!(put.body.contains("SUMMARY:Simple event"), "{}", put.body);
            memory.calendars.retain(|calendar| !calendar.takes("VEVENT"));
            let (outcome, _) = stage.act(&eventer, &mut memory, Trigger::Timer).await;
            assert!(matches!(outcome, Ok(Outcome::Idle(_))));
            assert_eq!(stage.seen.labels(), [""; 0]);
        });
    }

    #[test]
    fn events_differ_within_a_run_and_are_the_same_in_its_repetition() {
        play(async {
            let (stage, eventer) = (Stage::new(1), decode("Eventer", "").unwrap());
            let mut memory = stage.memory();
            for _ in 0..5 {
                stage.act(&eventer, &mut memory, Trigger::Timer).await.0.unwrap();
            }
            assert_eq!(stage.server.resources.borrow().len(), 5);
            let again = Stage::new(1);
            again.act(&eventer, &mut again.memory(), Trigger::Timer).await.0.unwrap();
            let path = again.server.lines().remove(0).replace("PUT ", "");
            assert!(!stage.server.body(&path).is_empty(), "the same seed and start make the same event");
        });
    }

    #[test]
    fn files_are_attached_until_the_server_refuses() {
        let all = "<key>fileAttachPercentage</key><integer>100</integer>";
        play(async {
            let (stage, eventer) = (Stage::new(1), decode("Eventer", all).unwrap());
            let mut memory = stage.memory();
            let headers = vec![("Cal-Managed-Id", "m1".to_owned()), ("Location", "/a/1".to_owned())];
            stage.server.answer("POST", (201, headers, String::new()));
            stage.act(&eventer, &mut memory, Trigger::Timer).await.0.unwrap();
            assert_eq!(stage.seen.labels(), ["PUT{event}", "POST{attachment}", "GET{event}", "[create]"]);
            assert!(memory.attachments.contains("m1"));
            stage.server.refuse("POST", 405);
            stage.act(&eventer, &mut memory, Trigger::Timer).await.0.unwrap();
            assert_eq!(stage.seen.labels(), ["PUT{event}", "POST{attachment}", "[create]"]);
            stage.act(&eventer, &mut memory, Trigger::Timer).await.0.unwrap();
            assert_eq!(stage.seen.labels(), ["PUT{event}", "[create]"], "and is not asked again");
        });
    }

    #[test]
    fn a_refused_event_is_a_failed_operation() {
        play(async {
            let (stage, eventer) = (Stage::new(1), decode("Eventer", "").unwrap());
            stage.server.refuse("PUT", 507);
            let (outcome, _) = stage.act(&eventer, &mut stage.memory(), Trigger::Timer).await;
            assert_eq!(outcome.unwrap_err().status(), Some(507));
            assert_eq!(stage.seen.labels(), ["PUT{event}!", "[create!]"]);
        });
    }
}
