//! Inviter: the one of 2013, which invites people to events that exist. Where its parameters or the config speak
//! for the ancestor's later state, the name means that of `realistic_inviter.rs`.

use super::changing::{Change, change};
use super::choosing;
use super::defaults;
use super::habit::{ENABLED, Habit, PACING};
use super::invitees::{INVITEE, Invitees, is_invited, person};
use super::inviting::{look_up, organizer};
use super::realistic_inviter::{self, INVITE, SEND};
use super::registry::{Build, Built, Surroundings, ours};
use crate::calendar::memory::{CalendarMemory, Event};
use crate::client::{Acting, Context, Memory, Outcome, Profile, Timer, Trigger, Trouble};
use crate::config::{Entry, Table};
use crate::distribution::Numbers;
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
    habit: Habit,
    send: Numbers,
    invitees: Invitees,
}

fn build(params: &Table<'_>, around: Surroundings) -> Option<Built> {
    if around.servers || realistic_inviter::OWN.iter().any(|param| params.has(param)) {
        return realistic_inviter::make(params, around, ENTRY.name, "Inviter (later, new events)");
    }
    let habit = Habit::timed(params, ENTRY.name);
    let send = defaults::or(params, SEND.name, || defaults::normal(600.0, 60.0));
    // The inviter of 2013 always counts from the organizer (spec 6).
    let invitees = Invitees::decode(params, true);
    let inviter = Inviter { habit: habit.clone(), send: send?, invitees: invitees? };
    Some(Built::new(TITLE, &habit, inviter).keeping_bodies())
}

impl Inviter {
    async fn invite(&self, cx: &Context, memory: &mut CalendarMemory) -> Result<Outcome, Trouble> {
        let Some(me) = organizer(cx, memory) else {
            return Ok(Outcome::Idle("the user has no address to invite from"));
        };
        let mine = |event: &Event| event.calendar().is_some_and(|calendar| is_mine(&calendar, memory));
        let stream = self.habit.draws(cx, "event");
        let Some(href) = choosing::event(stream, memory.calendars_for("VEVENT"), mine) else {
            return Ok(Outcome::Idle("there is no event to invite to"));
        };
        let Some(known) = memory.event(&href).and_then(|(_, event)| event.calendar()) else {
            return Ok(Outcome::Idle("there is no event to invite to"));
        };
        let chosen = self.invitees.choose(&self.habit, cx, 1, |account| is_invited(&known, account))?;
        let Some(account) = chosen.first().and_then(|index| cx.run.accounts.get(*index)) else {
            return Ok(Outcome::Idle("there is nobody to invite"));
        };
        let invitee = person(account);
        let (uid, day) = (known.uid().unwrap_or_default(), realistic_inviter::day_of(&known, cx));
        cx.operation(INVITE, async {
            look_up(&self.habit, cx, memory, &chosen, 100.0, (uid, day)).await?;
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

impl Profile for Inviter {
    fn name(&self) -> &str {
        ENTRY.name
    }

    fn timer(&self) -> Option<Timer> {
        self.habit.drawn(&self.send)
    }

    fn operations(&self) -> Vec<Label> {
        vec![INVITE]
    }

    fn act<'a>(&'a self, cx: &'a Context, memory: &'a mut dyn Memory, _: &'a Trigger) -> Acting<'a> {
        Box::pin(async move { self.invite(cx, ours(memory)?).await })
    }
}
