//! RealisticInviter: plans events and invites people to them. The ancestor's last state calls it Inviter.

use chrono::{NaiveDate, NaiveDateTime};

use super::attaching::{PERCENT, SIZE, SomeFiles};
use super::choosing;
use super::defaults;
use super::habit::{ENABLED, Habit, PACING, percent};
use super::invitees::{INVITEE, Invitees, person};
use super::inviting::{self, look_up, organizer};
use super::planned::{DURATION, Planned, RECURRENCE, START, no_value};
use super::registry::{Build, Built, Surroundings};
use super::timed::{Acted, Deed, Timed};
use crate::calendar::memory::CalendarMemory;
use crate::calendar::wire::{self, labels};
use crate::client::{Context, Outcome};
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
    let send = defaults::or(params, SEND.name, || defaults::normal(600.0, 60.0));
    let timed = Timed::drawn(params, name, send);
    let invitees = Invitees::decode(params, params.or(CLUMPING.name, true));
    let count = defaults::or(params, COUNT.name, || defaults::log_normal(1.2, 1.2));
    let lookup = percent(params, LOOKUP.name, if around.servers { 50.0 } else { 100.0 });
    let planned = Planned::decode(params);
    let files = SomeFiles::decode(params, around);
    let inviter = RealisticInviter {
        invitees: invitees?,
        count: count?,
        lookup: lookup?,
        planned: planned?,
        files: files?,
    };
    Some(timed?.does(inviter).titled(title))
}

impl Deed for RealisticInviter {
    const OPERATIONS: &'static [Label] = &[INVITE];

    fn requests(&self) -> Vec<Label> {
        [
            labels::of_all_sizes(labels::put_organizer),
            inviting::requests(),
            vec![labels::GET_EVENT],
            self.files.requests(),
        ]
        .concat()
    }

    async fn act(&self, habit: &Habit, cx: &Context, memory: &mut CalendarMemory) -> Acted {
        let me = match organizer(cx, memory) {
            Ok(me) => me,
            Err(outcome) => return Ok(outcome),
        };
        let stream = habit.draws(cx, "calendar");
        let Some(calendar) = choosing::calendar(stream, choosing::owned(memory)) else {
            return Ok(Outcome::Idle("there is no calendar of one's own that takes events"));
        };
        let place = calendar.href.clone();
        let count = self.count.count(&habit.draw(cx, "invitee count")).map_err(no_value)?;
        let chosen = self.invitees.choose(habit, cx, count, |_| false)?;
        if chosen.is_empty() && count > 0 {
            return Ok(Outcome::Idle("there is nobody to invite"));
        }
        let people: Vec<_> =
            chosen.iter().filter_map(|index| cx.run.accounts.get(*index)).map(|a| person(a)).collect();
        let uid = habit.uuid(cx, "uid");
        cx.operation(INVITE, async {
            let mut event = self.planned.compose(habit, cx, &uid, None)?;
            event.invite(&me, &people);
            look_up(habit, cx, memory, &chosen, self.lookup, (&uid, day_of(&event, cx))).await?;
            let label = labels::put_organizer(event.attendees().count());
            let href = wire::put_new_event(cx, memory, &place, &uid, event.to_bytes(), label).await?;
            self.files.attach(habit, cx, memory, &href).await
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::profiles::testing::{Stage, decode, play};
    use crate::client::Trigger;

    fn params(count: i32, invitee: &str, more: &str) -> String {
        format!(
            "<key>inviteeCountDistribution</key><integer>{count}</integer><key>inviteeDistribution</key>{invitee}{more}"
        )
    }

    fn in_turn(samples: &[i32]) -> String {
        let values: String =
            samples.iter().rev().map(|sample| format!("<integer>{sample}</integer>")).collect();
        format!(
            "<dict><key>type</key><string>UniformDiscrete</string><key>params</key><dict><key>values</key>\
             <array>{values}</array><key>randomize</key><false/></dict></dict>"
        )
    }

    /// The attendees of the event that was stored.
    async fn invited(stage: &Stage, params: &str) -> (Outcome, Vec<String>) {
        let inviter = decode("RealisticInviter", params).unwrap();
        let (outcome, _) = stage.act(&inviter, &mut stage.memory(), Trigger::Timer).await;
        let stored = stage.server.resources.borrow().values().next().map(|(body, _)| body.clone());
        let attendees = stored.map_or(vec![], |body| {
            let calendar = Calendar::parse(body.as_bytes()).unwrap();
            calendar.attendees().map(|attendee| attendee.address).collect()
        });
        (outcome.unwrap(), attendees)
    }

    /// Spec 13, 28.
    #[test]
    fn a_new_event_has_its_organizer_and_who_was_drawn() {
        play(async {
            let (sixteen, seventeen) = ("mailto:user16@example.com", "mailto:user17@example.com");
            for samples in [&[1][..], &[0, 1]] {
                let stage = Stage::new(16);
                let (outcome, attendees) = invited(&stage, &params(1, &in_turn(samples), "")).await;
                assert_eq!((outcome, attendees), (Outcome::Done, vec![sixteen.into(), seventeen.into()]));
            }
            let (outcome, attendees) = invited(&Stage::new(16), &params(2, &in_turn(&[1]), "")).await;
            assert_eq!((outcome, attendees), (Outcome::Done, vec![sixteen.into(), seventeen.into()]));
        });
    }

    #[test]
    fn a_server_without_scheduling_switches_the_profile_off() {
        play(async {
            for class in ["RealisticInviter", "Inviter"] {
                let (stage, inviter) = (Stage::new(16), decode(class, "").unwrap());
                let mut memory = stage.memory();
                memory.principal.outbox = None;
                memory.calendars.retain(|calendar| &*calendar.href != "/c/inbox/");
                let (outcome, _) = stage.act(&inviter, &mut memory, Trigger::Timer).await;
                assert!(matches!(outcome, Ok(Outcome::Off(_))), "{class}: {outcome:?}");
            }
        });
    }

    #[test]
    fn nobody_to_invite_is_neither_success_nor_failure() {
        play(async {
            let stage = Stage::new(16);
            let (outcome, attendees) = invited(&stage, &params(2, "<integer>0</integer>", "")).await;
            assert_eq!((outcome, attendees), (Outcome::Idle("there is nobody to invite"), vec![]));
            assert_eq!(stage.seen.labels(), [""; 0]);
        });
    }

    /// Spec 13, 35: a look-up and a free-busy request for each invitee, one after the other, then the event.
    #[test]
    fn every_invitee_is_looked_up_before_the_event_is_stored() {
        play(async {
            let stage = Stage::new(1);
            invited(&stage, &params(2, &in_turn(&[1, 2]), "")).await;
            let asked = stage.server.take();
            let methods: Vec<_> = asked.iter().map(|asked| asked.method.as_str()).collect();
            assert_eq!(methods, ["REPORT", "POST", "REPORT", "POST", "PUT"]);
            assert!(asked[1].body.contains("ATTENDEE:mailto:user02@example.com"));
            assert!(asked[3].body.contains("ATTENDEE:mailto:user03@example.com"));
            assert_eq!(asked[3].headers["recipient"], "mailto:user01@example.com, mailto:user03@example.com");
            assert_eq!(asked[3].headers["originator"], "mailto:user01@example.com");
            let labels = ["PUT{organizer-small}", "[invite]"];
            assert_eq!(stage.seen.labels()[4..], labels);
        });
    }

    /// A server with another idea of the search refuses: the invitation goes out, and the search is not tried again.
    #[test]
    fn a_refused_look_up_leaves_the_invitation_without_one() {
        play(async {
            let inviter = decode("RealisticInviter", &params(2, &in_turn(&[1, 2]), "")).unwrap();
            let stage = Stage::new(1);
            stage.server.refuse("REPORT", 400);
            let (outcome, _) = stage.act(&inviter, &mut stage.memory(), Trigger::Timer).await;
            assert_eq!(outcome.unwrap(), Outcome::Done);
            let methods: Vec<_> = stage.server.take().iter().map(|asked| asked.method.clone()).collect();
            assert_eq!(methods, ["REPORT", "POST", "POST", "PUT"]);
            assert!(!stage.seen.labels().iter().any(|label| label.ends_with('!')), "a refusal is no failure");
        });
    }

    #[test]
    fn the_share_of_look_ups_is_exact() {
        play(async {
            let look_ups = async |percent: u32| {
                let more = format!("<key>inviteeLookupPercentage</key><integer>{percent}</integer>");
                let clumped = "<dict><key>type</key><string>UniformInteger</string><key>params</key><dict>\
                               <key>min</key><integer>0</integer><key>max</key><integer>99</integer></dict></dict>";
                let inviter = decode("RealisticInviter", &params(8, clumped, &more)).unwrap();
                let (stage, mut invited) = (Stage::new(0), 0);
                let mut memory = stage.memory();
                for _ in 0..40 {
                    stage.act(&inviter, &mut memory, Trigger::Timer).await.0.unwrap();
                }
                for (body, _) in stage.server.resources.borrow().values() {
                    invited += Calendar::parse(body.as_bytes()).unwrap().attendees().count() - 1;
                }
                (invited, stage.server.lines().iter().filter(|line| line.starts_with("REPORT")).count())
            };
            assert_eq!(look_ups(0).await, (320, 0));
            assert_eq!(look_ups(100).await, (320, 320));
            let (_, half) = look_ups(50).await;
            assert!((125..195).contains(&half), "{half}");
        });
    }
}
