//! The whole of what is counted in a run.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::{Alike, Bits, Crowd, Delays, Habits, Limits, Period, Server, Texts, Timeline};
use crate::event::{Event, Phase, What};
use crate::label::Label;

/// All counts of a run or of a part of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    limits: Limits,
    periods: BTreeMap<Phase, Period>,
    timeline: Timeline,
    arrived_users: Bits,
    arrived_clients: Bits,
    /// The title of a population to who of it has come.
    crowds: BTreeMap<Rc<str>, Crowd>,
    delays: Delays,
    answered_users: Bits,
    answered_clients: Bits,
    waiting_clients: Bits,
    client_failures: Alike,
    sim_failures: Texts,
    wants_end: Option<Rc<str>>,
    switched_off: Habits,
    idle: Habits,
    notices: Texts,
    servers: BTreeMap<Rc<str>, Server>,
    gave_way: u64,
}

/// Two statistics count over different limits and cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these statistics count over different limits")]
pub struct LimitsDiffer;

impl Statistics {
    /// Nothing yet; durations will be counted over these limits.
    pub fn new(limits: Limits) -> Statistics {
        Statistics { limits, ..Statistics::default() }
    }

    /// Takes one event.
    pub fn take(&mut self, event: &Event) {
        self.timeline.take(event);
        match &event.what {
            What::Response(response) => {
                // What came to nothing, as a connection that was refused, is no answer. Not every protocol has codes.
                if response.status.is_some() || response.success {
                    self.answered_users.insert(response.who.user);
                    self.answered_clients.insert(response.who.client);
                }
                if !response.ended() {
                    self.waiting_clients.insert(response.who.client);
                }
                self.periods.entry(event.phase).or_default().take(event, &self.limits);
            }
            What::OperationStart(_) | What::OperationEnd(_) | What::Missed(_) | What::Checked(_) => {
                self.periods.entry(event.phase).or_default().take(event, &self.limits);
            }
            What::Arrived { who, .. } => {
                self.arrived_users.insert(who.user);
                self.arrived_clients.insert(who.client);
                match self.crowds.get_mut(&who.title) {
                    Some(crowd) => crowd.arrived(who),
                    None => self.crowds.entry(who.title.clone()).or_default().arrived(who),
                }
            }
            What::Delayed(delayed) => self.delays.take(delayed),
            What::ClientFailure { reason, .. } => self.client_failures.add(event.at, reason),
            What::SimFailure { label, reason } => {
                self.sim_failures.add(&format!("{label}: {reason}").into(), 1);
                if *label == Label::ABORT {
                    self.want_end(reason);
                }
            }
            What::SwitchedOff { profile, reason, .. } => self.switched_off.add(profile, reason),
            What::Idle { profile, reason, .. } => self.idle.add(profile, reason),
            What::Notice { text } => self.notices.add(text, 1),
            What::ServerFigures { pod, figures } => {
                self.servers.entry(pod.clone()).or_default().take(event.at, event.phase, figures);
            }
            What::Request(_) | What::Left { .. } => {}
        }
    }

    /// Counts that something has begun that was planned, whatever comes of it.
    pub fn begun(&mut self, phase: Phase, label: Label) {
        let begun = self.periods.entry(phase).or_default().begun.entry(label).or_insert(0);
        *begun = begun.saturating_add(1);
    }

    /// Adds what another part of the run counted.
    pub fn merge(&mut self, other: &Statistics) -> Result<(), LimitsDiffer> {
        if self.limits != other.limits {
            return Err(LimitsDiffer);
        }
        for (phase, period) in &other.periods {
            self.periods.entry(*phase).or_default().merge(period);
        }
        self.timeline.merge(&other.timeline);
        self.arrived_users.merge(&other.arrived_users);
        self.arrived_clients.merge(&other.arrived_clients);
        for (title, theirs) in &other.crowds {
            self.crowds.entry(title.clone()).or_default().merge(theirs);
        }
        self.delays.merge(&other.delays);
        self.answered_users.merge(&other.answered_users);
        self.answered_clients.merge(&other.answered_clients);
        self.waiting_clients.merge(&other.waiting_clients);
        self.client_failures.merge(&other.client_failures);
        self.sim_failures.merge(&other.sim_failures);
        other.wants_end.iter().for_each(|reason| self.want_end(reason));
        self.switched_off.merge(&other.switched_off);
        self.idle.merge(&other.idle);
        self.notices.merge(&other.notices);
        for (pod, server) in &other.servers {
            self.servers.entry(pod.clone()).or_default().merge(server);
        }
        self.add_gave_way(other.gave_way);
        Ok(())
    }

    /// Of several reasons the first in order of the alphabet is kept, whoever is merged with whom.
    fn want_end(&mut self, reason: &Rc<str>) {
        let other = self.wants_end.take().filter(|other| other < reason);
        self.wants_end = Some(other.unwrap_or_else(|| reason.clone()));
    }

    /// Counts connections that were closed, idle as they were, because somebody else needed one.
    pub fn add_gave_way(&mut self, connections: u64) {
        self.gave_way = self.gave_way.saturating_add(connections);
    }

    /// Gives what was counted since the last call, and starts again from nothing: what a worker sends.
    pub fn drain(&mut self) -> Statistics {
        let empty = Statistics::new(self.limits.clone());
        std::mem::replace(self, empty)
    }

    /// The limits over which durations are counted.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What was due in this phase; None if nothing was.
    pub fn period(&self, phase: Phase) -> Option<&Period> {
        self.periods.get(&phase)
    }

    /// What is judged.
    pub fn measured(&self) -> Option<&Period> {
        self.period(Phase::Measured)
    }

    /// Every phase in which something was due.
    pub fn periods(&self) -> impl Iterator<Item = (Phase, &Period)> {
        self.periods.iter().map(|(phase, period)| (*phase, period))
    }

    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// How many users have arrived.
    pub fn users(&self) -> u64 {
        self.arrived_users.len()
    }

    /// How many clients have arrived.
    pub fn clients(&self) -> u64 {
        self.arrived_clients.len()
    }

    /// Title of a population to who of it has arrived.
    pub fn crowds(&self) -> &BTreeMap<Rc<str>, Crowd> {
        &self.crowds
    }

    /// Who came later than was due.
    pub fn delays(&self) -> &Delays {
        &self.delays
    }

    /// How many users had an answer, well or not: a status came.
    pub fn users_seen(&self) -> u64 {
        self.answered_users.len()
    }

    /// The same of clients.
    pub fn clients_seen(&self) -> u64 {
        self.answered_clients.len()
    }

    /// How many clients had a request without an answer when the run ended, and how many had either that or an answer.
    pub fn clients_waiting(&self) -> (u64, u64) {
        let mut asked = self.answered_clients.clone();
        asked.merge(&self.waiting_clients);
        (self.waiting_clients.len(), asked.len())
    }

    /// Why clients gave up.
    pub fn client_failures(&self) -> &Alike {
        &self.client_failures
    }

    /// What the simulation itself could not do, each as `label: reason`.
    pub fn sim_failures(&self) -> &Texts {
        &self.sim_failures
    }

    /// Why a client wants that the run ends, if one does.
    pub fn wants_end(&self) -> Option<&Rc<str>> {
        self.wants_end.as_ref()
    }

    /// Profiles that are off because the server lacks what they need: reason to clients.
    pub fn switched_off(&self) -> &Habits {
        &self.switched_off
    }

    /// Profiles that had nothing to do: reason to occurrences.
    pub fn idle(&self) -> &Habits {
        &self.idle
    }

    /// Remarks for the person who runs this.
    pub fn notices(&self) -> &Texts {
        &self.notices
    }

    /// What each pod said of itself.
    pub fn servers(&self) -> &BTreeMap<Rc<str>, Server> {
        &self.servers
    }

    /// How many connections were closed, idle as they were, because somebody else needed one.
    pub fn gave_way(&self) -> u64 {
        self.gave_way
    }

    /// How many requests of all phases were answered as they should; zero means that nothing worked.
    pub fn successes(&self) -> u64 {
        self.periods.values().map(Period::successes).fold(0, u64::saturating_add)
    }

    /// How many requests of all phases were answered, well or not.
    pub fn answered(&self) -> u64 {
        self.periods.values().map(Period::answered).fold(0, u64::saturating_add)
    }

    /// How many requests of all phases had no answer when the run ended.
    pub fn unanswered(&self) -> u64 {
        self.periods.values().map(Period::unanswered).fold(0, u64::saturating_add)
    }
}
