//! RealisticInviter: plans events and invites people to them. The ancestor's last state calls it Inviter.

use chrono::{NaiveDate, NaiveDateTime};

use super::attaching::{PERCENT, SIZE, SomeFiles};
use super::choosing;
use super::defaults;
use super::habit::{ENABLED, Habit, PACING, percent};
use super::invitees::{INVITEE, Invitees, person};
use super::inviting::{look_up, organizer};
use super::planned::{DURATION, Planned, RECURRENCE, START, no_value};
use super::registry::{Build, Built, Surroundings, ours};
use crate::calendar::memory::CalendarMemory;
use crate::calendar::wire::{self, labels};
use crate::client::{Acting, Context, Memory, Outcome, Profile, Timer, Trigger, Trouble};
use crate::config::{Entry, Param, Table};
use crate::distribution::Numbers;
use crate::icalendar::Calendar;
use crate::label::Label;

pub const ENTRY: Entry<Build> = Entry {
    name: "RealisticInviter",
    aliases: &[],
    help: "Creates an event and invites people to it, after looking them up.",
    params: &[
        ENABLED, PACING, SEND, INVITEE, CLUMPING, COUNT, LOOKUP, START, DURATION, RECURRENCE, PERCENT, SIZE,
    ],
    build,
};

pub const INVITE: Label = Label::of("invite");

pub const SEND: Param = Param {
    name: "sendInvitationDistribution",
    default: "Normal 600, 60",
    help: "seconds from one invitation to the next",
};
const CLUMPING: Param = Param {
    name: "inviteeClumping",
    default: "true",
    help: "whether a drawn invitee is counted from the organizer's account, and not from the first",
};
const COUNT: Param = Param {
    name: "inviteeCountDistribution",
    default: "LogNormal mu 1.2, sigma 1.2",
    help: "how many people are invited",
};
const LOOKUP: Param = Param {
    name: "inviteeLookupPercentage",
    default: "100; 50 with `servers` in the config",
    help: "the share of the invitees that are looked up first, percent",
};

/// The parameters that the Inviter of 2013 does not have.
pub const OWN: [&str; 8] = [
    CLUMPING.name,
    COUNT.name,
    LOOKUP.name,
    START.name,
    DURATION.name,
    RECURRENCE.name,
    PERCENT.name,
    SIZE.name,
];

struct RealisticInviter {
    habit: Habit,
    name: &'static str,
    send: Numbers,
    invitees: Invitees,
    count: Numbers,
    lookup: f64,
    planned: Planned,
    files: SomeFiles,
}

fn build(params: &Table<'_>, around: Surroundings) -> Option<Built> {
    make(params, around, ENTRY.name, ENTRY.name)
}

/// Makes it under the name by which the configuration calls it.
pub fn make(
    params: &Table<'_>,
    around: Surroundings,
    name: &'static str,
    title: &'static str,
) -> Option<Built> {
    let habit = Habit::timed(params, name);
    let send = defaults::or(params, SEND.name, || defaults::normal(600.0, 60.0));
    let invitees = Invitees::decode(params, params.or(CLUMPING.name, true));
    let count = defaults::or(params, COUNT.name, || defaults::log_normal(1.2, 1.2));
    let lookup = percent(params, LOOKUP.name, if around.servers { 50.0 } else { 100.0 });
    let planned = Planned::decode(params);
    let files = SomeFiles::decode(params, around);
    let inviter = RealisticInviter {
        habit: habit.clone(),
        name,
        send: send?,
        invitees: invitees?,
        count: count?,
        lookup: lookup?,
        planned: planned?,
        files: files?,
    };
    Some(Built::new(title, &habit, inviter))
}

impl RealisticInviter {
    async fn invite(&self, cx: &Context, memory: &mut CalendarMemory) -> Result<Outcome, Trouble> {
        let Some(me) = organizer(cx, memory) else {
            return Ok(Outcome::Idle("the user has no address to invite from"));
        };
        let stream = self.habit.draws(cx, "calendar");
        let Some(calendar) = choosing::calendar(stream, choosing::owned(memory)) else {
            return Ok(Outcome::Idle("there is no calendar of one's own that takes events"));
        };
        let place = calendar.href.clone();
        let count = self.count.count(&self.habit.draw(cx, "invitee count")).map_err(no_value)?;
        let chosen = self.invitees.choose(&self.habit, cx, count, |_| false)?;
        if chosen.is_empty() && count > 0 {
            return Ok(Outcome::Idle("there is nobody to invite"));
        }
        let people: Vec<_> =
            chosen.iter().filter_map(|index| cx.run.accounts.get(*index)).map(|a| person(a)).collect();
        let uid = self.habit.uuid(cx, "uid");
        cx.operation(INVITE, async {
            let mut event = self.planned.compose(&self.habit, cx, &uid, None)?;
            event.invite(&me, &people);
            look_up(&self.habit, cx, memory, &chosen, self.lookup, (&uid, day_of(&event, cx))).await?;
            let label = labels::put_organizer(event.attendees().count());
            let href = wire::put_new_event(cx, memory, &place, &uid, event.to_bytes(), label).await?;
            self.files.attach(&self.habit, cx, memory, &href).await
        })
        .await?;
        Ok(Outcome::Done)
    }
}

/// The day an event begins, as it states it; today if it states none.
pub fn day_of(event: &Calendar, cx: &Context) -> NaiveDate {
    let start = event.master().and_then(|entry| entry.value("DTSTART")).unwrap_or_default().trim();
    let day = start.get(..8).and_then(|day| NaiveDate::parse_from_str(day, "%Y%m%d").ok());
    day.unwrap_or_else(|| NaiveDateTime::date(&cx.run.clock.utc().naive_utc()))
}

impl Profile for RealisticInviter {
    fn name(&self) -> &str {
        self.name
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
