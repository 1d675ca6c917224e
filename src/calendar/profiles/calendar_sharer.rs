//! CalendarSharer: lets others write into the user's calendars.

use super::choosing;
use super::habit::{ENABLED, Habit, PACING};
use super::invitees::address;
use super::registry::{Build, Built, Surroundings};
use super::timed::{Acted, Deed, Timed};
use crate::calendar::memory::{Calendar, CalendarMemory};
use crate::calendar::model::Body;
use crate::calendar::wire::{self, Asked, labels};
use crate::client::{Context, Outcome};
use crate::config::{Entry, Param, Table};
use crate::icalendar::Addresses;
use crate::label::Label;
use crate::random;

pub const ENTRY: Entry<Build> = Entry {
    name: "CalendarSharer",
    aliases: &[],
    help: "Shares a random calendar of the user's own with a random other account, to read and write.",
    params: &[
        ENABLED,
        PACING,
        Param { name: "interval", default: "60", help: "seconds from one share to the next" },
        Param { name: "maxSharees", default: "3", help: "the most people a calendar is shared with" },
    ],
    build,
};

const SHARE: Label = Label::of("share");

struct CalendarSharer {
    max_sharees: usize,
}

fn build(params: &Table<'_>, _: Surroundings) -> Option<Built> {
    let timed = Timed::every(params, ENTRY.name, 60);
    let max_sharees = params.or("maxSharees", 3);
    Some(timed?.does(CalendarSharer { max_sharees }))
}

impl CalendarSharer {
    /// The address of an account that does not share the calendar yet: another one than the user's, each as likely.
    fn sharee(&self, habit: &Habit, cx: &Context, calendar: &Calendar) -> Option<String> {
        let known = Addresses::new(calendar.invitees.iter());
        let own = Addresses::new([address(&cx.account)]);
        let accounts = &cx.run.accounts;
        let stream = habit.draws(cx, "sharee");
        let start = random::below(&mut stream.at(0), accounts.len() as u64) as usize;
        // Draws until one fits, as the ancestor does, and at last looks at all of them.
        let drawn = (1..=100).map(|n| random::below(&mut stream.at(n), accounts.len() as u64) as usize);
        let rest = (0..accounts.len()).map(|step| (start + step) % accounts.len());
        let fits = |index: &usize| {
            let account = &accounts[*index];
            let address = address(account);
            *index != cx.account_index
                && !account.email.is_empty()
                && !own.contains(&address)
                && !known.contains(&address)
        };
        drawn.chain(rest).find(fits).map(|index| address(&accounts[index]))
    }
}

impl Deed for CalendarSharer {
    const OPERATIONS: &'static [Label] = &[SHARE];

    fn requests(&self) -> Vec<Label> {
        vec![labels::SHARE]
    }

    async fn act(&self, habit: &Habit, cx: &Context, memory: &mut CalendarMemory) -> Acted {
        if !memory.program.model.templates.has(Body::Share) {
            let name = &memory.program.model.name;
            return Ok(Outcome::Off(format!("the client program {name} cannot share calendars")));
        }
        let open = choosing::owned(memory).filter(|calendar| calendar.invitees.len() < self.max_sharees);
        let Some(calendar) = choosing::calendar(habit.draws(cx, "calendar"), open) else {
            return Ok(Outcome::Idle("no calendar is left to share"));
        };
        let Some(sharee) = self.sharee(habit, cx, calendar) else {
            return Ok(Outcome::Idle("there is nobody to share a calendar with"));
        };
        let place = calendar.href.clone();
        match cx.operation(SHARE, wire::share_calendar(cx, memory, &place, &sharee)).await? {
            Asked::Done => Ok(Outcome::Done),
            Asked::Refused(status) => {
                Ok(Outcome::Off(format!("the server does not share calendars (status {status})")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::profiles::testing::{Stage, decode, play};
    use crate::client::Trigger;

    #[test]
    fn a_calendar_is_shared_with_others_up_to_the_maximum() {
        play(async {
            let (stage, sharer) = (Stage::new(1), decode("CalendarSharer", "").unwrap());
            let mut memory = stage.memory();
            for _ in 0..3 {
                stage.act(&sharer, &mut memory, Trigger::Timer).await.0.unwrap();
            }
            let sharees = memory.calendar("/c/events/").unwrap().invitees.clone();
            assert!(
                sharees.len() == 3 && sharees[0] != sharees[1] && sharees[1] != sharees[2],
                "{sharees:?}"
            );
            assert!(!sharees.iter().any(|sharee| &**sharee == "mailto:user01@example.com"));
            assert!(stage.server.take()[0].body.contains(&*sharees[0]));
            let (outcome, _) = stage.act(&sharer, &mut memory, Trigger::Timer).await;
            assert_eq!(outcome.unwrap(), Outcome::Idle("no calendar is left to share"));
        });
    }

    #[test]
    fn a_server_that_does_not_share_switches_the_profile_off() {
        play(async {
            let (stage, sharer) = (Stage::new(1), decode("CalendarSharer", "").unwrap());
            stage.server.refuse("POST", 405);
            let (outcome, _) = stage.act(&sharer, &mut stage.memory(), Trigger::Timer).await;
            let off = "the server does not share calendars (status 405)".to_owned();
            assert_eq!(outcome.unwrap(), Outcome::Off(off));
            assert_eq!(stage.seen.labels(), ["POST{share-calendar}", "[share]"]);
            let stored = vec![("Location", "/c/events/1.xml".to_owned())];
            stage.server.answer("POST", (200, stored, String::new()));
            let (outcome, _) = stage.act(&sharer, &mut stage.memory(), Trigger::Timer).await;
            let off = "the server does not share calendars (status 200)".to_owned();
            assert_eq!(outcome.unwrap(), Outcome::Off(off), "it took the request for a new item");
            stage.server.refuse("POST", 500);
            let (outcome, _) = stage.act(&sharer, &mut stage.memory(), Trigger::Timer).await;
            assert_eq!(outcome.unwrap_err().status(), Some(500), "a failure is one, and it is tried again");
        });
    }
}
