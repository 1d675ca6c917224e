//! One act: from its trigger to what follows from it.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use tracing::debug;

use super::engine::Engine;
use super::population::Occurrences;
use super::resting::{Resting, Waiting};
use super::schedule::{Cause, Due};
use super::turn::Turn;
use crate::client::{Actor, Context, Memory, Outcome, Pace, Pacing, Trigger, Trouble};
use crate::event::{What, Who};
use crate::journal::Journal;

/// How soon the next turn follows one that failed: a server that refuses at once is not stormed.
pub(super) const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// When an act took place, and how it ended.
struct Acted {
    begun: Duration,
    ended: Duration,
    failed: bool,
}

impl Engine {
    /// Does what waits for the client at `place`, one after the other, until nothing does.
    pub(super) async fn acts(self: Rc<Self>, place: u32) -> u32 {
        while let Some(mut turn) = Turn::take(&self, place) {
            if let Some(memory) = turn.memory.as_deref_mut() {
                self.act(place, &turn.waiting, memory).await;
            }
        }
        if self.comings_and_goings && !self.is_over() {
            self.let_go(place);
        }
        place
    }

    async fn act(&self, place: u32, waiting: &Waiting, memory: &mut dyn Memory) {
        let (cx, software, population) = {
            let clients = self.clients.borrow();
            let client = &clients[place as usize];
            (self.context(client, waiting), client.software.clone(), client.population)
        };
        let profiles = &self.populations[population as usize].profiles;
        let begun = match waiting.trigger {
            Trigger::Resumed => self.clients.borrow_mut()[place as usize].resume(waiting.actor),
            _ => None,
        };
        let begun = begun.unwrap_or_else(|| self.run.clock.elapsed());
        if waiting.trigger == Trigger::Timer && (waiting.actor == Actor::SOFTWARE || memory.is_started()) {
            self.run.sink.begun(cx.journal.phase, self.populations[population as usize].label(waiting.actor));
        }
        let result = match waiting.actor.profile_index() {
            None => software.act(&cx, memory, &waiting.trigger).await,
            Some(index) => match profiles.get(index) {
                Some(profile) if memory.is_started() => profile.act(&cx, memory, &waiting.trigger).await,
                Some(_) => Ok(self.too_early(&cx, population, waiting)),
                None => return,
            },
        };
        for (index, profile) in profiles.iter().enumerate() {
            profile.notice(&cx, memory, Actor::profile(index));
        }
        memory.forget_news();
        let now = self.run.clock.elapsed();
        for reaction in cx.take_reactions() {
            let at = now.saturating_add(reaction.delay);
            self.schedule_reaction(place, reaction.actor, at, reaction.topic);
        }
        let (failed, pause) = match &result {
            Ok(Outcome::Pause(after)) => (false, Some(*after)),
            ended => (ended.is_err(), None),
        };
        self.conclude(place, waiting, result, memory.is_started());
        let timed = waiting.trigger.is_timed();
        match pause {
            Some(after) if timed => self.pause(place, waiting, begun, now.saturating_add(after)),
            _ if timed => self.plan_closed(place, waiting, Acted { begun, ended: now, failed }),
            _ => {}
        }
    }

    /// Plans that what an act has paused goes on at `at`.
    fn pause(&self, place: u32, waiting: &Waiting, begun: Duration, at: Duration) {
        self.clients.borrow_mut()[place as usize].pause(waiting.actor, begun);
        self.schedule(Due::new(at, place, waiting.actor, waiting.n, Cause::Resumed));
    }

    /// A habit whose client is not started has nothing to work with: counted as skipped.
    fn too_early(&self, cx: &Context, population: u16, waiting: &Waiting) -> Outcome {
        if waiting.trigger == Trigger::Timer {
            self.missed(&cx.journal.who, (population, waiting.actor), waiting.due, 0, 1);
        }
        Outcome::Done
    }

    fn context(&self, client: &Resting, waiting: &Waiting) -> Context {
        let run = &self.run;
        let population = &self.populations[client.population as usize];
        let (account_index, who) = self.identity(client, waiting);
        let journal = Journal {
            profile: population.profile_name(waiting.actor).cloned(),
            due: Cell::new(waiting.due),
            ..run.journal(who, run.phase(waiting.due))
        };
        let account = run.accounts[account_index].clone();
        let scheduled = waiting.trigger.is_timed();
        // Timers, reactions and the arrival are numbered apart, and so must be their draws.
        let sort = match waiting.trigger {
            Trigger::Timer | Trigger::Resumed => 0,
            Trigger::Reaction(_) => 1 << 32,
            Trigger::Arrival => 2 << 32,
        };
        let occurrence = sort | u64::from(waiting.n);
        Context::new(run.clone(), account, account_index, journal, occurrence, scheduled).of(waiting.actor)
    }

    /// As whom a client acts: with accounts that are drawn each turn has one of its own.
    fn identity(&self, client: &Resting, waiting: &Waiting) -> (usize, Rc<Who>) {
        let turns = self.populations[client.population as usize].is_in_turns(waiting.actor);
        let drawn =
            (turns && self.crowd.draws).then(|| (self.crowd.account)(client.who.user, waiting.n.into()));
        let Some(index) = drawn.flatten() else { return (client.account as usize, client.who.clone()) };
        let uid = self.run.accounts[index].uid.clone();
        (index, Rc::new(Who { uid, ..(*client.who).clone() }))
    }

    /// Draws the consequences of an act for its client.
    fn conclude(&self, place: u32, waiting: &Waiting, result: Result<Outcome, Trouble>, started: bool) {
        let mut news = Vec::new();
        {
            let mut clients = self.clients.borrow_mut();
            let client = &mut clients[place as usize];
            if started && !client.started {
                client.started = true;
                debug!(target: "client", client = client.who.client, "client {} has started", client.who.client);
            }
            client.has_acted(waiting.actor);
            let population = &self.populations[client.population as usize];
            let name =
                || population.profile_name(waiting.actor).cloned().unwrap_or_else(|| "software".into());
            match result {
                Ok(Outcome::Done | Outcome::Pause(_)) | Err(Trouble::Stopped) => {}
                Ok(Outcome::Idle(reason)) => {
                    news.push(What::Idle { who: client.who.clone(), profile: name(), reason: reason.into() });
                }
                Ok(Outcome::Off(reason)) => {
                    let number = client.who.client;
                    debug!(target: "client", client = number, "client {number}: {} is off: {reason}", name());
                    client.switch_off(waiting.actor);
                    news.push(What::SwitchedOff {
                        who: client.who.clone(),
                        profile: name(),
                        reason: reason.into(),
                    });
                }
                Err(trouble) if !client.started => {
                    let number = client.who.client;
                    debug!(target: "client", client = number, "client {number} has not started: {trouble}");
                    client.trouble = Some(trouble.to_string().into());
                }
                Err(_) => {}
            }
        }
        let phase = self.run.phase(waiting.due);
        news.into_iter().for_each(|what| self.run.sink.emit(phase, what));
    }

    /// Plans what follows an occurrence that is counted from its end. Of a timer with a fixed interval the next of its
    /// times, the missed ones skipped (spec 6), or else a new draw from now; a turn once the one before has taken its
    /// time (mail-web-chat-network, row 39), and no sooner than [`AFTER_FAILURE`] if it failed.
    fn plan_closed(&self, place: u32, waiting: &Waiting, acted: Acted) {
        let clients = self.clients.borrow();
        let client = &clients[place as usize];
        let Some(all) = self.populations[client.population as usize].occurrences(waiting.actor) else {
            return;
        };
        let is_off = client.is_off(waiting.actor) && !all.is_turns();
        if all.pacing(waiting.actor) != Pacing::Closed || is_off {
            return;
        }
        let next = all.next(self.run.seed, &client.who, waiting.actor, waiting.n);
        let (Some((gap, actor)), n) = (next, waiting.n + 1) else { return };
        let now = acted.ended;
        let mut skipped = 0;
        let next = match all {
            Occurrences::Turns(_) => {
                let after = if acted.failed { AFTER_FAILURE } else { Duration::ZERO };
                acted.begun.saturating_add(gap).max(now.saturating_add(after))
            }
            Occurrences::Timer(timer) if matches!(timer.timer.pace, Pace::Drawn { .. }) => {
                now.saturating_add(gap)
            }
            Occurrences::Timer(_) => {
                let passed = now.saturating_sub(waiting.due).as_nanos() / gap.as_nanos();
                let passed = u32::try_from(passed).unwrap_or(u32::MAX);
                skipped = u64::from(passed);
                waiting.due.saturating_add(gap.saturating_mul(passed.saturating_add(1)))
            }
        };
        let (who, whose) = (client.who.clone(), (client.population, waiting.actor));
        drop(clients);
        self.schedule(Due::new(next, place, actor, n, Cause::Timer));
        if skipped > 0 {
            self.missed(&who, whose, waiting.due.saturating_add(gap), 0, skipped);
        }
    }
}
