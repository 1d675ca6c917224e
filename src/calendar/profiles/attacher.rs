//! Attacher: adds files to private events.

use super::attaching::{Files, SIZE};
use super::choosing::{self, is_private};
use super::habit::{ENABLED, Habit, PACING};
use super::registry::{Build, Built, Surroundings};
use super::timed::{Acted, Deed, Timed};
use crate::calendar::memory::CalendarMemory;
use crate::client::{Context, Outcome};
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
    files: Files,
}

fn build(params: &Table<'_>, _: Surroundings) -> Option<Built> {
    let timed = Timed::every(params, ENTRY.name, 60);
    let files = Files::decode(params);
    Some(timed?.does(Attacher { files: files? }).keeping_bodies())
}

impl Deed for Attacher {
    const OPERATIONS: &'static [Label] = &[ATTACH];

    fn requests(&self) -> Vec<Label> {
        self.files.requests()
    }

    async fn act(&self, habit: &Habit, cx: &Context, memory: &mut CalendarMemory) -> Acted {
        let stream = habit.draws(cx, "event");
        let Some(href) = choosing::event(stream, choosing::owned(memory), is_private) else {
            return Ok(Outcome::Idle("there is no private event to attach a file to"));
        };
        let attached = cx.operation(ATTACH, self.files.attach(habit, cx, memory, &href)).await?;
        Ok(attached.map_or_else(Outcome::Off, |()| Outcome::Done))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::profiles::testing::{EVENT, Stage, decode, play};
    use crate::client::Trigger;

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
