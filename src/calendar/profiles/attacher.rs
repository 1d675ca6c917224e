//! Attacher: adds files to private events.

use std::time::Duration;

use super::attaching::{Files, SIZE};
use super::choosing::{self, is_private};
use super::habit::{self, ENABLED, Habit, PACING};
use super::registry::{Build, Built, Surroundings, ours};
use crate::calendar::memory::CalendarMemory;
use crate::client::{Acting, Context, Memory, Outcome, Profile, Timer, Trigger, Trouble};
use crate::config::{Entry, Param, Table};
use crate::label::Label;

pub const ENTRY: Entry<Build> = Entry {
    name: "Attacher",
    aliases: &[],
    help: "Attaches a file to a random event that nobody is invited to.",
    params: &[
        ENABLED,
        PACING,
        Param { name: "interval", default: "60", help: "seconds from one file to the next" },
        SIZE,
    ],
    build,
};

const ATTACH: Label = Label::of("attach");

struct Attacher {
    habit: Habit,
    interval: Duration,
    files: Files,
}

fn build(params: &Table<'_>, _: Surroundings) -> Option<Built> {
    let habit = Habit::decode(params, ENTRY.name);
    let interval = habit::interval(params, 60);
    let files = Files::decode(params);
    let attacher = Attacher { habit: habit.clone(), interval: interval?, files: files? };
    Some(Built::new(ENTRY.name, &habit, attacher).keeping_bodies())
}

impl Attacher {
    async fn attach(&self, cx: &Context, memory: &mut CalendarMemory) -> Result<Outcome, Trouble> {
        let stream = self.habit.draws(cx, "event");
        let Some(href) = choosing::event(stream, choosing::owned(memory), is_private) else {
            return Ok(Outcome::Idle("there is no private event to attach a file to"));
        };
        let attached = cx.operation(ATTACH, self.files.attach(&self.habit, cx, memory, &href)).await?;
        Ok(attached.map_or_else(Outcome::Off, |()| Outcome::Done))
    }
}

impl Profile for Attacher {
    fn name(&self) -> &str {
        ENTRY.name
    }

    fn timer(&self) -> Option<Timer> {
        self.habit.every(self.interval)
    }

    fn operations(&self) -> Vec<Label> {
        vec![ATTACH]
    }

    fn act<'a>(&'a self, cx: &'a Context, memory: &'a mut dyn Memory, _: &'a Trigger) -> Acting<'a> {
        Box::pin(async move { self.attach(cx, ours(memory)?).await })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::profiles::testing::{EVENT, Stage, decode, play};

    #[test]
    fn a_file_of_the_drawn_size_is_attached_or_the_profile_goes_off() {
        play(async {
            let params = "<key>fileSizeDistribution</key><integer>3</integer>";
            let (stage, attacher) = (Stage::new(1), decode("Attacher", params).unwrap());
            let mut memory = stage.memory();
            let (outcome, _) = stage.act(&attacher, &mut memory, Trigger::Timer).await;
            assert!(matches!(outcome, Ok(Outcome::Idle(_))));
            stage.deliver(&mut memory, "/c/events/1.ics", EVENT);
            let headers = vec![("Cal-Managed-Id", "m1".to_owned()), ("Location", "/a/1".to_owned())];
            stage.server.answer("POST", (201, headers, String::new()));
            stage.act(&attacher, &mut memory, Trigger::Timer).await.0.unwrap();
            let post = &stage.server.take()[0];
            assert_eq!(post.line(), "POST /c/events/1.ics?action=attachment-add");
            assert_eq!(
                (post.body.as_str(), post.headers["content-disposition"].as_str()),
                ("xxx", "attachment; filename=\"file-3.txt\"")
            );
            stage.server.refuse("POST", 501);
            let (outcome, _) = stage.act(&attacher, &mut memory, Trigger::Timer).await;
            let off = "the server takes no attachments (status 501)".to_owned();
            assert_eq!(outcome.unwrap(), Outcome::Off(off));
            let labels = ["POST{attachment}", "GET{event}", "[attach]", "POST{attachment}", "[attach]"];
            assert_eq!(stage.seen.labels(), labels, "which is no failure");
        });
    }
}
