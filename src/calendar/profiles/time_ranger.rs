//! TimeRanger: asks a calendar for the events of the next day.

use chrono::TimeDelta;

use super::choosing;
use super::habit::{ENABLED, Habit, PACING};
use super::registry::{Build, Built, Surroundings};
use super::timed::{Acted, Deed, Timed};
use crate::calendar::memory::CalendarMemory;
use crate::calendar::model::Body;
use crate::calendar::wire::{self, labels};
use crate::client::{Context, Outcome};
use crate::config::{Entry, Param, Table};
use crate::label::Label;

pub const ENTRY: Entry<Build> = Entry {
    name: "TimeRanger",
    aliases: &[],
    help: "Queries a random calendar for the events of the next 24 hours, recurring ones expanded.",
    params: &[
        ENABLED,
        PACING,
        Param { name: "interval", default: "25", help: "seconds from one query to the next" },
    ],
    build,
};

const QUERY: Label = Label::of("query");

struct TimeRanger;

fn build(params: &Table<'_>, _: Surroundings) -> Option<Built> {
    let timed = Timed::every(params, ENTRY.name, 25);
    Some(timed?.does(TimeRanger))
}

impl Deed for TimeRanger {
    const OPERATIONS: &'static [Label] = &[QUERY];

    fn requests(&self) -> Vec<Label> {
        vec![labels::TIME_RANGE]
    }

    async fn act(&self, habit: &Habit, cx: &Context, memory: &mut CalendarMemory) -> Acted {
        if !memory.program.model.templates.has(Body::TimeRange) {
            let name = &memory.program.model.name;
            return Ok(Outcome::Off(format!("the client program {name} does not query a time range")));
        }
        let stream = habit.draws(cx, "calendar");
        let Some(calendar) = choosing::calendar(stream, memory.calendars_for("VEVENT")) else {
            return Ok(Outcome::Idle("there is no calendar that takes events"));
        };
        let place = calendar.href.clone();
        let now = cx.run.clock.utc();
        let end = now.checked_add_signed(TimeDelta::days(1)).unwrap_or(now);
        cx.operation(QUERY, wire::time_range_query(cx, memory, &place, now, end)).await?;
        Ok(Outcome::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::profiles::testing::{Stage, decode, play};
    use crate::client::Trigger;

    /// The ancestor asked with Depth 0, which finds nothing, and died without a calendar (spec 12.3, 35).
    #[test]
    fn the_next_day_is_asked_for_with_depth_1() {
        play(async {
            let (stage, ranger) = (Stage::new(1), decode("TimeRanger", "").unwrap());
            let mut memory = stage.memory();
            stage.act(&ranger, &mut memory, Trigger::Timer).await.0.unwrap();
            let report = &stage.server.take()[0];
            assert_eq!(
                (report.line().as_str(), report.headers["depth"].as_str()),
                ("REPORT /c/events/", "1")
            );
            assert!(
                report.body.contains("<start>20260105T0900") && report.body.contains("<end>20260106T0900")
            );
            assert_eq!(stage.seen.labels(), ["REPORT{calendar-query}", "[query]"]);
            memory.calendars.clear();
            let (outcome, _) = stage.act(&ranger, &mut memory, Trigger::Timer).await;
            assert!(matches!(outcome, Ok(Outcome::Idle(_))));
        });
    }
}
