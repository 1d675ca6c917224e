//! The end of the run, and of clients before it.

use tokio::task::{JoinError, JoinSet};
use tokio::time::timeout;

use std::time::Duration;

use super::engine::{Census, Engine};
use super::population::Population;
use super::resting::{Resting, State};
use crate::client::{Actor, Trigger};
use crate::event::What;
use crate::label::Label;

/// How long requests under way may still be answered after the end (design, decision 8). All that comes then has the rest
/// of the 5 s in which a run is to be over.
pub const DRAIN: Duration = Duration::from_secs(4);

impl Engine {
    /// Notes the end of a client's acts. A panic in one is a defect of this program, and the end of that client only.
    pub(super) fn settle(&self, ended: Result<u32, JoinError>) {
        let Err(why) = ended else { return };
        let Ok(payload) = why.try_into_panic() else { return };
        let said = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
            (Some(said), _) => said,
            (_, Some(said)) => said.as_str(),
            _ => "no message",
        };
        tracing::error!(target: "client", "a defect of populace has ended a client: {said}");
        let reason: std::rc::Rc<str> = format!("a defect of populace ended this client: {said}").into();
        self.run.emit(What::SimFailure { label: Label::of("panic"), reason: reason.clone() });
        for place in self.broken.take() {
            let gone = self.clients.borrow_mut().get_mut(place as usize).map(|client| {
                client.memory = None;
                (client.who.clone(), std::mem::take(&mut client.waiting), client.population)
            });
            let Some((who, waiting, population)) = gone else { continue };
            // Whoever waits for room need not wait for this one.
            self.presence.borrow_mut().lose(who.user, self.run.clock.elapsed());
            for waiting in waiting.iter().filter(|waiting| waiting.trigger == Trigger::Timer) {
                self.missed(&who, (population, waiting.actor), waiting.due, 0, 1);
            }
            self.run.emit(What::ClientFailure { who, reason: reason.clone() });
        }
    }

    /// Lets acts under way end for a while, and drops the rest: their requests are unanswered.
    pub(super) async fn drain(&self, mut acts: JoinSet<u32>) {
        self.run.stopped.set(true);
        let all = async {
            while let Some(ended) = acts.join_next().await {
                self.settle(ended);
            }
        };
        // What has not ended by then is dropped, which tells of each request and operation by itself.
        let _ = timeout(DRAIN, all).await;
        acts.shutdown().await;
    }

    /// Lets every client leave, and counts what was never served.
    pub(super) fn see_off(&self) -> Census {
        let ((users, clients), (_, started)) = {
            let presence = self.presence.borrow();
            (presence.came(), presence.left())
        };
        let mut census = Census { users, clients, started, plan: self.plan() };
        for client in self.clients.take().into_iter().filter(|client| client.state != State::Left) {
            census.started += u32::from(client.started);
            self.leave(client);
        }
        *self.run.waker.borrow_mut() = None;
        census
    }

    /// A profile that never acted is not idle in silence.
    fn tell_idle(&self, client: &Resting) {
        let population = &self.populations[client.population as usize];
        for index in 0..population.profiles.len() {
            let actor = Actor::profile(index);
            let watched = client.is_idle(actor) && population.may_act(actor);
            let Some(profile) = population.profile_name(actor).filter(|_| watched) else {
                continue;
            };
            let reason = match population.occurrences(actor) {
                Some(_) => "it was not due before the end",
                None => "nothing came that it reacts to",
            };
            let (who, profile) = (client.who.clone(), profile.clone());
            self.run.emit(What::Idle { who, profile, reason: reason.into() });
        }
    }

    /// Whether nobody is there and nobody will come, where everybody leaves at some time.
    pub(super) fn all_have_left(&self) -> bool {
        self.populations.iter().all(Population::ends)
            && self.presence.borrow().is_empty()
            && self.arrivals_are_over()
    }

    /// Lets a client leave that has done all it came for; where nothing more is due for one that has left, the place is
    /// vacant.
    pub(super) fn let_go(&self, place: u32) {
        let (left, vacant) = {
            let mut clients = self.clients.borrow_mut();
            let Some(client) = clients.get_mut(place as usize) else { return };
            let done = client.has_no_turn() && self.populations[client.population as usize].ends();
            let left = done.then(|| client.take_leave());
            (left, client.is_vacant())
        };
        if vacant {
            self.presence.borrow_mut().vacate(place);
        }
        let Some(client) = left else { return };
        let (who, started) = (client.who.clone(), client.started);
        self.places.borrow_mut().remove(&who.client);
        self.leave(client);
        let user = self.presence.borrow_mut().leave(who.user, started, self.run.clock.elapsed());
        self.run.emit(What::Left { who, user });
    }

    fn leave(&self, client: Resting) {
        for waiting in client.waiting.iter().filter(|waiting| waiting.trigger == Trigger::Timer) {
            self.missed(&client.who, (client.population, waiting.actor), waiting.due, 0, 1);
        }
        if client.started {
            self.tell_idle(&client);
        }
        let never_started = client.state != State::Gone && !client.started;
        if let Some(reason) = client.trouble.filter(|_| never_started) {
            self.run.emit(What::ClientFailure { who: client.who.clone(), reason });
        }
        if let Some(mut memory) = client.memory {
            let remark = client.software.leave(&client.who, &mut *memory);
            remark.into_iter().for_each(|text| self.run.notice(text));
        }
    }
}
