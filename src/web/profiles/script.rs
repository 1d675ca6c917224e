//! Script: does the steps that the property list says, one after the other.

use std::rc::Rc;

use super::registry::{Build, Ready};
use crate::client::habit::{ENABLED, Habit, PACING};
use crate::client::{Acting, Context, Memory, Outcome, Profile, Timer, Trigger, Trouble};
use crate::config::{Entry, Param};
use crate::label::Label;
use crate::web::params::{PARAMS, Pause};
use crate::web::script::Script;
use crate::web::software::WebMemory;
use crate::web::visit::Visit;
use crate::web::walking::{Halt, Walker, reason};

/// The parameters that a script has beside those of a visitor.
const OWN: [Param; 4] = [
    Param { name: "steps", default: "", help: "what is done: an array of dicts with `do`" },
    ENABLED,
    Param {
        name: "interval",
        default: "0",
        help: "how long one turn takes at least, or how long from one session to the next where `mix` is together: seconds, or a distribution of them",
    },
    PACING,
];

const ALL: [Param; OWN.len() + PARAMS.len()] = {
    let mut all = [OWN[0]; OWN.len() + PARAMS.len()];
    let mut n = 0;
    while n < all.len() {
        all[n] = if n < OWN.len() { OWN[n] } else { PARAMS[n - OWN.len()] };
        n += 1;
    }
    all
};

pub const ENTRY: Entry<Build> = Entry {
    name: "Script",
    aliases: &["script"],
    help: "Does steps one after the other: requests, thinking, transactions, loops, variables.",
    params: &ALL,
    build: make,
};

fn make(ready: Ready) -> Rc<dyn Profile> {
    Rc::new(Does { habit: ready.habit, interval: ready.interval, script: ready.script })
}

struct Does {
    habit: Habit,
    interval: Pause,
    script: Rc<Script>,
}

impl Profile for Does {
    fn name(&self) -> &str {
        ENTRY.name
    }

    fn timer(&self) -> Option<Timer> {
        self.habit.drawn(self.interval.gaps()?)
    }

    fn operations(&self) -> Vec<Label> {
        self.script.operations.clone()
    }

    fn thoughtful(&self) -> Vec<Label> {
        self.script.thoughtful.iter().copied().collect()
    }

    fn requests(&self) -> Vec<Label> {
        self.script.requests.iter().copied().collect()
    }

    fn act<'a>(&'a self, cx: &'a Context, memory: &'a mut dyn Memory, _: &'a Trigger) -> Acting<'a> {
        Box::pin(async move {
            let Some(memory) = WebMemory::of(memory) else {
                return Err(Trouble::Content("Script needs the software Web".into()));
            };
            let WebMemory { grounds, browser, visits } = memory;
            browser.belong_to(cx);
            let agent = || self.habit.stream(cx, "user agent");
            let place = match visits.iter().position(|(actor, _)| *actor == cx.actor) {
                Some(place) => place,
                None => {
                    browser.begin(|| self.script.agents.drawn(agent()));
                    visits.reserve_exact(1);
                    visits.push((cx.actor, Box::new(Visit::begin(cx))));
                    visits.len() - 1
                }
            };
            let visit = &mut visits[place].1;
            let mut walker = Walker { cx, habit: &self.habit, grounds, browser, visit };
            let ended = walker.walk(&self.script.program).await;
            let why = match &ended {
                Ok(Halt::Pause(time)) => {
                    cx.journal.tell_begun();
                    return Ok(Outcome::Pause(*time));
                }
                // The visit is told of as cut short when the client leaves.
                Err(Trouble::Stopped) => return Err(Trouble::Stopped),
                Ok(Halt::Done) => None,
                Err(trouble) => Some(reason(trouble)),
            };
            visits.swap_remove(place).1.end(cx, why);
            ended.map(|_| Outcome::Done)
        })
    }
}
