//! One act: from its trigger to what follows from it.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use super::engine::Engine;
use super::resting::Waiting;
use super::schedule::{Cause, Due};
use crate::client::{Actor, Context, Memory, Outcome, Pace, Pacing, Profile, Trigger, Trouble};
use crate::event::{Missed, What, Who};
use crate::http::Journal;
use crate::label::Label;

impl Engine {
    /// Does what waits for the client at `place`, one after the other, until nothing does.
    pub(super) async fn acts(self: Rc<Self>, place: u32) -> u32 {
        loop {
            let taken = {
                let mut clients = self.clients.borrow_mut();
                let client = &mut clients[place as usize];
                match (self.run.stopped.get(), client.memory.take()) {
                    (false, Some(memory)) => match client.unqueue() {
                        Some(waiting) => (waiting, memory),
                        None => {
                            client.memory = Some(memory);
                            return place;
                        }
                    },
                    (_, memory) => {
                        client.memory = memory;
                        return place;
                    }
                }
            };
            let (waiting, mut memory) = taken;
            self.act(place, &waiting, &mut *memory).await;
            self.clients.borrow_mut()[place as usize].memory = Some(memory);
        }
    }

    async fn act(&self, place: u32, waiting: &Waiting, memory: &mut dyn Memory) {
        let (cx, software, profiles) = {
            let clients = self.clients.borrow();
            let client = &clients[place as usize];
            let population = &self.populations[client.population as usize];
            (
                self.context(&client.who, client.account as usize, waiting),
                client.software.clone(),
                &population.profiles,
            )
        };
        let result = match waiting.actor.profile_index() {
            None => software.act(&cx, memory, &waiting.trigger).await,
            Some(index) => match profiles.get(index) {
                Some(profile) if memory.is_started() => profile.act(&cx, memory, &waiting.trigger).await,
                Some(profile) => Ok(self.too_early(&cx, profile, waiting)),
                None => return,
            },
        };
        for (index, profile) in profiles.iter().enumerate() {
            profile.notice(&cx, memory, Actor::profile(index));
        }
        memory.forget_news();
        let now = self.run.clock.elapsed();
        for reaction in cx.take_reactions() {
            self.schedule_reaction(place, reaction.actor, now + reaction.delay, reaction.topic);
        }
        self.conclude(place, waiting, result, memory.is_started(), now);
    }

    /// A habit whose client is not started has nothing to work with: counted as skipped.
    fn too_early(&self, cx: &Context, profile: &Rc<dyn Profile>, waiting: &Waiting) -> Outcome {
        if waiting.trigger == Trigger::Timer {
            let label = profile.operations().first().copied().unwrap_or(Label::of("reaction"));
            cx.journal.emit(What::Missed(Missed { who: cx.journal.who.clone(), label, late: 0, skipped: 1 }));
        }
        Outcome::Done
    }

    fn context(&self, who: &Rc<Who>, account_index: usize, waiting: &Waiting) -> Context {
        let run = &self.run;
        let journal = Journal {
            who: who.clone(),
            seed: run.seed,
            clock: run.clock,
            phase: run.phase(waiting.due),
            sink: run.sink.clone(),
            due: Cell::new(waiting.due),
            stopped: run.stopped.clone(),
        };
        let account = run.accounts[account_index].clone();
        let scheduled = waiting.trigger == Trigger::Timer;
        Context::new(run.clone(), account, account_index, journal, u64::from(waiting.n), scheduled)
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
            client.started |= started;
            let profiles = &self.populations[client.population as usize].profiles;
            let profile = waiting.actor.profile_index().and_then(|index| profiles.get(index));
            let name = || Rc::<str>::from(profile.map_or("software", |profile| profile.name()));
            match result {
                Ok(Outcome::Done) | Err(Trouble::Stopped) => {}
                Ok(Outcome::Idle(reason)) => {
                    news.push(What::Idle { who: client.who.clone(), profile: name(), reason: reason.into() });
                }
                Ok(Outcome::Off(reason)) => {
                    client.switch_off(waiting.actor);
                    news.push(What::SwitchedOff {
                        who: client.who.clone(),
                        profile: name(),
                        reason: reason.into(),
                    });
                }
                Err(trouble) if !client.started => client.trouble = Some(trouble.to_string().into()),
                Err(_) => {}
            }
        }
        news.into_iter().for_each(|what| self.run.emit(what));
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
        let stream = self.run.seed.stream(client.who.user, client.who.client, &timer.purpose);
        let gap = timer.timer.pace.gap(u64::from(n), stream).max(Duration::from_millis(1));
        let mut skipped = 0;
        let next = match timer.timer.pace {
            Pace::Drawn { .. } => now + gap,
            _ => {
                let passed = now.saturating_sub(waiting.due).as_nanos() / gap.as_nanos();
                skipped = u64::try_from(passed).unwrap_or(u64::MAX);
                waiting.due + gap.saturating_mul(u32::try_from(passed).unwrap_or(u32::MAX).saturating_add(1))
            }
        };
        let missed = Missed { who: client.who.clone(), label: timer.label, late: 0, skipped };
        let due = Due::new(next, place, waiting.actor, n, Cause::Timer);
        drop(clients);
        self.schedule(due);
        if skipped > 0 {
            self.run.emit(What::Missed(missed));
        }
    }
}
