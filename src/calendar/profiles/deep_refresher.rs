//! DeepRefresher: lists everything, as a user who does not trust the display.

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
    name: "DeepRefresher",
    aliases: &[],
    help: "Lists the home and then every collection in it.",
    params: &[
        ENABLED,
        PACING,
        Param { name: "interval", default: "25", help: "seconds from one listing to the next" },
    ],
    build,
};

const REFRESH: Label = Label::of("refresh");

struct DeepRefresher;

fn build(params: &Table<'_>, _: Surroundings) -> Option<Built> {
    let timed = Timed::every(params, ENTRY.name, 25);
    Some(timed?.does(DeepRefresher))
}

impl Deed for DeepRefresher {
    const OPERATIONS: &'static [Label] = &[REFRESH];

    fn requests(&self) -> Vec<Label> {
        vec![labels::HOME, labels::CALENDAR]
    }

    async fn act(&self, _: &Habit, cx: &Context, memory: &mut CalendarMemory) -> Acted {
        let templates = &memory.program.model.templates;
        if !templates.has(Body::Home) || !templates.has(Body::Calendar) {
            let name = &memory.program.model.name;
            return Ok(Outcome::Off(format!("the client program {name} does not list calendars")));
        }
        if memory.principal.home().is_none() {
            return Ok(Outcome::Idle("no calendar home is known"));
        }
        let places: Vec<_> = memory.calendars().iter().map(|calendar| calendar.href.clone()).collect();
        cx.operation(REFRESH, async {
            wire::refresh_home(cx, memory).await?;
            for place in &places {
                wire::propfind_calendar(cx, memory, place).await?;
            }
            Ok(())
        })
        .await?;
        Ok(Outcome::Done)
    }
}

#[cfg(test)]
mod tests {
    use crate::calendar::profiles::testing::{Stage, decode, play};
    use crate::client::Trigger;

    #[test]
    fn home_and_collections_are_listed_and_a_failure_does_not_stop_the_profile() {
        play(async {
            let (stage, refresher) = (Stage::new(1), decode("DeepRefresher", "").unwrap());
            let mut memory = stage.memory();
            stage.server.refuse("PROPFIND", 500);
            assert!(stage.act(&refresher, &mut memory, Trigger::Timer).await.0.is_err());
            assert_eq!(stage.seen.labels(), ["PROPFIND{home}!", "[refresh!]"]);
            stage.server.take();
            stage.act(&refresher, &mut memory, Trigger::Timer).await.0.unwrap();
            let lines = ["PROPFIND /c/", "PROPFIND /c/events/", "PROPFIND /c/inbox/", "PROPFIND /c/tasks/"];
            assert_eq!(stage.server.lines(), lines);
        });
    }
}
