//! Inviter: the one of 2013, which invites people to events that exist. Where its parameters or the config speak
//! for the ancestor's later state, the name means that of `realistic_inviter.rs`.

use super::changing::{Change, change};
use super::choosing;
use super::defaults;
use super::habit::{ENABLED, Habit, PACING};
use super::invitees::{INVITEE, Invitees, is_invited, person};
use super::inviting::{self, look_up, organizer};
use super::realistic_inviter::{self, INVITE, SEND};
use super::registry::{Build, Built, Surroundings};
use super::timed::{Acted, Deed, Timed};
use crate::calendar::memory::{CalendarMemory, Event};
use crate::calendar::wire::labels;
use crate::client::{Context, Outcome};
use crate::config::{Entry, Table};
use crate::icalendar::Calendar;
use crate::label::Label;

pub const ENTRY: Entry<Build> = Entry {
    name: "Inviter",
    aliases: &[],
    help: "Invites one more person to an event that exists (2013). With any parameter of RealisticInviter that is \
           not listed here, or with `servers` in the config, it is RealisticInviter.",
    params: &[ENABLED, PACING, SEND, INVITEE],
    build,
};

const TITLE: &str = "Inviter (2013, existing events)";

struct Inviter {
    invitees: Invitees,
}

fn build(params: &Table<'_>, around: Surroundings) -> Option<Built> {
    if around.servers || realistic_inviter::OWN.iter().any(|param| params.has(param)) {
        return realistic_inviter::make(params, around, ENTRY.name, "Inviter (later, new events)");
    }
    let send = defaults::or(params, SEND.name, || defaults::normal(600.0, 60.0));
    let timed = Timed::drawn(params, ENTRY.name, send);
    // The inviter of 2013 always counts from the organizer (spec 6).
    let invitees = Invitees::decode(params, true);
    Some(timed?.does(Inviter { invitees: invitees? }).titled(TITLE).keeping_bodies())
}

impl Deed for Inviter {
    const OPERATIONS: &'static [Label] = &[INVITE];

    fn requests(&self) -> Vec<Label> {
        [labels::of_all_sizes(labels::put_organizer), inviting::requests(), vec![labels::GET_EVENT]].concat()
    }

    async fn act(&self, habit: &Habit, cx: &Context, memory: &mut CalendarMemory) -> Acted {
        let me = match organizer(cx, memory) {
            Ok(me) => me,
            Err(outcome) => return Ok(outcome),
        };
        let mine = |event: &Event| event.calendar().is_some_and(|calendar| is_mine(&calendar, memory));
        let stream = habit.draws(cx, "event");
        let Some(href) = choosing::event(stream, memory.calendars_for("VEVENT"), mine) else {
            return Ok(Outcome::Idle("there is no event to invite to"));
        };
        let Some(known) = memory.event(&href).and_then(|(_, event)| event.calendar()) else {
            return Ok(Outcome::Idle("there is no event to invite to"));
        };
        let chosen = self.invitees.choose(habit, cx, 1, |account| is_invited(&known, account))?;
        let Some(account) = chosen.first().and_then(|index| cx.run.accounts.get(*index)) else {
            return Ok(Outcome::Idle("there is nobody to invite"));
        };
        let invitee = person(account);
        let (uid, day) = (known.uid().unwrap_or_default(), realistic_inviter::day_of(&known, cx));
        cx.operation(INVITE, async {
            look_up(habit, cx, memory, &chosen, 100.0, (uid, day)).await?;
            change(cx, memory, &href, Change::AsOrganizer, |calendar| {
                let new = !is_invited(calendar, account);
                calendar.invite(&me, std::slice::from_ref(&invitee));
                new
            })
            .await
        })
        .await?;
        Ok(Outcome::Done)
    }
}

/// An event (not a task) without organizer, or with this user as the organizer.
fn is_mine(calendar: &Calendar, memory: &CalendarMemory) -> bool {
    calendar.master().is_some_and(|entry| entry.is("VEVENT"))
        && (calendar.organizer().is_none() || calendar.is_organizer(memory.me()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::profiles::testing::{EVENT, Stage, decode, play};
    use crate::client::Trigger;

    const NEXT: &str = "<key>inviteeDistribution</key><integer>1</integer>";

    /// Spec 13, 26: user 16 and the sample 1 invite user 17, after looking the person up.
    #[test]
    fn one_more_person_is_invited_to_an_event_that_exists() {
        play(async {
            let (stage, inviter) = (Stage::new(16), decode("Inviter", NEXT).unwrap());
            let mut memory = stage.memory();
            stage.deliver(&mut memory, "/c/events/1.ics", EVENT);
            stage.act(&inviter, &mut memory, Trigger::Timer).await.0.unwrap();
            let expected =
                ["REPORT{psearch}", "POST{fb-small}", "PUT{organizer-small}", "GET{event}", "[invite]"];
            assert_eq!(stage.seen.labels(), expected);
            let put = &stage.server.take()[2];
            assert_eq!(put.headers["if-match"], "\"1\"");
            let body = put.body.replace("\r\n ", "");
            let invited = "ATTENDEE;CN=User 17;CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:user17@example.com";
            assert!(body.contains(invited) && body.contains("ORGANIZER;CN=User 16:mailto:user16@"), "{body}");
            // Who is invited already is not invited again: with this distribution there is nobody else.
            let (outcome, _) = stage.act(&inviter, &mut memory, Trigger::Timer).await;
            assert_eq!(outcome.unwrap(), Outcome::Idle("there is nobody to invite"));
            assert_eq!(stage.seen.labels(), [""; 0]);
        });
    }

    #[test]
    fn nothing_is_done_without_a_suitable_event() {
        play(async {
            let (stage, inviter) = (Stage::new(16), decode("Inviter", NEXT).unwrap());
            let mut memory = stage.memory();
            let foreign = EVENT.replace("UID:1", "UID:1\r\nORGANIZER:mailto:user50@example.com");
            stage.deliver(&mut memory, "/c/events/1.ics", &foreign);
            stage.deliver(&mut memory, "/c/inbox/2.ics", EVENT);
            stage.deliver(&mut memory, "/c/events/3.ics", EVENT);
            memory.event_mut("/c/events/3.ics").unwrap().body = None;
            let (outcome, _) = stage.act(&inviter, &mut memory, Trigger::Timer).await;
            assert_eq!(outcome.unwrap(), Outcome::Idle("there is no event to invite to"));
            assert_eq!(stage.server.lines(), [""; 0]);
        });
    }

    #[test]
    fn an_event_that_changed_meanwhile_is_read_and_changed_again() {
        play(async {
            let (stage, inviter) = (Stage::new(16), decode("Inviter", NEXT).unwrap());
            let mut memory = stage.memory();
            stage.deliver(&mut memory, "/c/events/1.ics", EVENT);
            stage.server.store("/c/events/1.ics", &EVENT.replace("SUMMARY:x", "SUMMARY:newer"));
            stage.act(&inviter, &mut memory, Trigger::Timer).await.0.unwrap();
            let body = stage.server.body("/c/events/1.ics");
            assert!(body.contains("SUMMARY:newer") && body.contains("user17@example.com"), "{body}");
        });
    }
}
