//! One act: from its trigger to what follows from it.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use tracing::debug;

use super::engine::Engine;
use super::resting::{Resting, Waiting};
use super::schedule::{Cause, Due};
use super::turn::Turn;
use crate::client::{Actor, Context, Memory, Outcome, Pace, Pacing, Trigger, Trouble};
use crate::event::What;
use crate::journal::Journal;

impl Engine {
    /// Does what waits for the client at `place`, one after the other, until nothing does.
    pub(super) async fn acts(self: Rc<Self>, place: u32) -> u32 {
        while let Some(mut turn) = Turn::take(&self, place) {
            if let Some(memory) = turn.memory.as_deref_mut() {
                self.act(place, &turn.waiting, memory).await;
            }
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
        self.conclude(place, waiting, result, memory.is_started(), now);
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
        let account_index = client.account as usize;
        let population = &self.populations[client.population as usize];
        let journal = Journal {
            who: client.who.clone(),
            profile: population.profile_name(waiting.actor).cloned(),
            seed: run.seed,
            clock: run.clock,
            phase: run.phase(waiting.due),
            sink: run.sink.clone(),
            due: Cell::new(waiting.due),
            unsaid: Default::default(),
            stopped: run.stopped.clone(),
        };
        let account = run.accounts[account_index].clone();
        let scheduled = waiting.trigger == Trigger::Timer;
        // Timers, reactions and the arrival are numbered apart, and so must be their draws.
        let sort = match waiting.trigger {
            Trigger::Timer => 0,
            Trigger::Reaction(_) => 1 << 32,
            Trigger::Arrival => 2 << 32,
        };
        let occurrence = sort | u64::from(waiting.n);
        Context::new(run.clone(), account, account_index, journal, occurrence, scheduled)
    }

    /// Draws the consequences of an act for its client.
    fn conclude(
        &self,
        place: u32,
        waiting: &Waiting,
        result: Result<Outcome, Trouble>,
        started: bool,
        now: Duration,
    ) {
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
                Ok(Outcome::Done) | Err(Trouble::Stopped) => {}
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
        if waiting.trigger == Trigger::Timer {
            self.plan_closed(place, waiting, now);
        }
    }

    /// Plans the next occurrence of a closed timer: for a fixed interval the next of its times, the missed ones
    /// skipped (spec 6); else a new draw from now.
    fn plan_closed(&self, place: u32, waiting: &Waiting, now: Duration) {
        let clients = self.clients.borrow();
        let client = &clients[place as usize];
        let Some(timer) = self.populations[client.population as usize].timer(waiting.actor) else { return };
        if timer.timer.pacing != Pacing::Closed || client.is_off(waiting.actor) {
            return;
        }
        let n = waiting.n + 1;
        let gap = timer.gap(self.run.seed, &client.who, n);
        let mut skipped = 0;
        let next = match timer.timer.pace {
            Pace::Drawn { .. } => now.saturating_add(gap),
            _ => {
                let passed = now.saturating_sub(waiting.due).as_nanos() / gap.as_nanos();
                let passed = u32::try_from(passed).unwrap_or(u32::MAX);
                skipped = u64::from(passed);
                waiting.due.saturating_add(gap.saturating_mul(passed.saturating_add(1)))
            }
        };
        let (who, whose) = (client.who.clone(), (client.population, waiting.actor));
        drop(clients);
        self.schedule(Due::new(next, place, waiting.actor, n, Cause::Timer));
        if skipped > 0 {
            self.missed(&who, whose, waiting.due.saturating_add(gap), 0, skipped);
        }
    }
}
