//! The changers of one text: an event of the user's own gets another title or description.

use super::changing::{Change, change};
use super::choosing::{self, is_private};
use super::defaults;
use super::habit::Habit;
use super::planned::no_value;
use super::registry::Built;
use super::timed::{Acted, Deed, Timed};
use crate::calendar::memory::CalendarMemory;
use crate::calendar::wire::labels;
use crate::client::{Context, Outcome};
use crate::config::{Param, Table};
use crate::distribution::Numbers;
use crate::icalendar::Calendar;
use crate::icalendar::compose::time::utc;
use crate::label::Label;

pub const UPDATE: Label = Label::of("update");

pub const INTERVAL: Param =
    Param { name: "interval", default: "60", help: "seconds from one change to the next" };

/// The longest text that is made, characters.
const LONGEST: u64 = 1 << 20;

/// Which text a changer changes, and what it writes there.
#[derive(Clone, Copy)]
pub struct Text {
    pub name: &'static str,
    pub property: &'static str,
    /// The text of a drawn length.
    pub write: fn(usize) -> String,
}

struct TextChanger {
    length: Numbers,
    text: Text,
}

/// Makes the changer of `text`; the parameter `length` is named as given.
pub fn build(params: &Table<'_>, text: Text, length: &str) -> Option<Built> {
    let timed = Timed::every(params, text.name, 60);
    let length = defaults::or(params, length, || defaults::normal(10.0, 2.0));
    Some(timed?.does(TextChanger { length: length?, text }).keeping_bodies())
}

impl Deed for TextChanger {
    const OPERATIONS: &'static [Label] = &[UPDATE];

    fn requests(&self) -> Vec<Label> {
        vec![labels::PUT_UPDATE, labels::GET_EVENT]
    }

    async fn act(&self, habit: &Habit, cx: &Context, memory: &mut CalendarMemory) -> Acted {
        let stream = habit.draws(cx, "event");
        let Some(href) = choosing::event(stream, choosing::owned(memory), is_private) else {
            return Ok(Outcome::Idle("there is no private event to change"));
        };
        cx.operation(UPDATE, async {
            let length = self.length.count(&habit.draw(cx, "length")).map_err(no_value)?;
            let text = (self.text.write)(length.min(LONGEST) as usize);
            let edit = |calendar: &mut Calendar| set(calendar, self.text.property, &text, cx);
            change(cx, memory, &href, Change::Own, edit).await
        })
        .await?;
        Ok(Outcome::Done)
    }
}

/// Writes the text into the event as of now. False: there is no event in the object.
fn set(calendar: &mut Calendar, property: &str, text: &str, cx: &Context) -> bool {
    let Some(entry) = calendar.master_mut() else { return false };
    entry.set_text(property, text);
    entry.set_value("DTSTAMP", &utc(cx.run.clock.utc()));
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::profiles::testing::{EVENT, Stage, decode, play};
    use crate::client::Trigger;

    #[test]
    fn a_private_event_gets_a_text_of_the_drawn_length() {
        for (class, parameter, line) in [
            ("TitleChanger", "titleLengthDistribution", "SUMMARY:Event..\r\n"),
            ("DescriptionChanger", "descriptionLengthDistribution", "DESCRIPTION:.......\r\n"),
        ] {
            play(async {
                let params = format!("<key>{parameter}</key><integer>7</integer>");
                let (stage, changer) = (Stage::new(1), decode(class, &params).unwrap());
                let mut memory = stage.memory();
                let meeting = EVENT.replace("UID:1", "UID:2\r\nORGANIZER:mailto:user01@example.com");
                stage.deliver(&mut memory, "/c/events/2.ics", &meeting);
                let (outcome, _) = stage.act(&changer, &mut memory, Trigger::Timer).await;
                assert!(matches!(outcome, Ok(Outcome::Idle(_))), "{class}: a meeting is left alone");
                stage.deliver(&mut memory, "/c/events/1.ics", EVENT);
                stage.act(&changer, &mut memory, Trigger::Timer).await.0.unwrap();
                assert_eq!(stage.seen.labels(), ["PUT{update}", "[update]"]);
                let put = &stage.server.take()[0];
                assert_eq!(
                    (put.path.as_str(), put.headers["if-match"].as_str()),
                    ("/c/events/1.ics", "\"1\"")
                );
                assert!(put.body.contains(line) && put.body.contains("DTSTAMP:20260105T09"), "{}", put.body);
            });
        }
    }
}
