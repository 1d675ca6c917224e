//! An entry of the clients plist, ready to act.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use super::turns::{ProfileMix, Turns};
use crate::client::{Actor, Pacing, Profile, Software, StartWith, Timer};
use crate::event::Who;
use crate::label::Label;
use crate::random::{Seed, Stream};

/// A client program with its habits: all of its clients share it.
pub struct Population {
    /// The title in reports, as `10.7`.
    pub title: Rc<str>,
    /// The software's registered name, as `OS_X_10_7`.
    pub software_name: Rc<str>,
    /// The software as it speaks to each pod.
    pub software: BTreeMap<Rc<str>, Rc<dyn Software>>,
    /// The enabled profiles.
    pub profiles: Vec<Rc<dyn Profile>>,
    /// Their names.
    names: Vec<Rc<str>>,
    /// The labels that what they did not come to do is counted under.
    labels: Vec<Label>,
    /// What its clients know when they come.
    pub start_with: StartWith,
    timers: Vec<ActorTimer>,
    /// None: the profiles run side by side, each by its own timer.
    turns: Option<Turns>,
}

/// The timer of an actor. When it is due is a pure function of the seed and of who it is (design, decision 4).
pub struct ActorTimer {
    pub actor: Actor,
    pub timer: Timer,
    /// What its draws are for (design, decision 4).
    pub purpose: String,
    pub label: Label,
}

impl ActorTimer {
    /// When the first occurrence is due, for a client that arrived at `arrived`.
    pub fn first(&self, seed: Seed, who: &Who, arrived: Duration) -> Duration {
        arrived.saturating_add(self.timer.pace.gap(0, self.stream(seed, who)))
    }

    /// The time from occurrence `n - 1` to occurrence `n`. Two occurrences at one moment would never let time pass.
    pub fn gap(&self, seed: Seed, who: &Who, n: u32) -> Duration {
        self.timer.pace.gap(u64::from(n), self.stream(seed, who)).max(Duration::from_millis(1))
    }

    fn stream(&self, seed: Seed, who: &Who) -> Stream {
        seed.stream(who.user, who.client, &self.purpose)
    }
}

impl Population {
    pub fn new(
        title: Rc<str>,
        software_name: Rc<str>,
        software: BTreeMap<Rc<str>, Rc<dyn Software>>,
        profiles: Vec<Rc<dyn Profile>>,
    ) -> Population {
        let mut timers = Vec::new();
        if let Some(program) = software.values().next()
            && let Some(timer) = program.timer()
        {
            let purpose = "due of the software".to_owned();
            timers.push(ActorTimer { actor: Actor::SOFTWARE, timer, purpose, label: program.timer_label() });
        }
        for (index, profile) in profiles.iter().enumerate() {
            if let (Some(timer), Some(label)) = (profile.timer(), profile.operations().first().copied()) {
                let purpose = format!("due of profile {index}, {}", profile.name());
                timers.push(ActorTimer { actor: Actor::profile(index), timer, purpose, label });
            }
        }
        let names = profiles.iter().map(|profile| profile.name().into()).collect();
        let first = |profile: &Rc<dyn Profile>| profile.operations().first().copied();
        let labels = profiles.iter().map(|profile| first(profile).unwrap_or(Label::of("reaction"))).collect();
        let start_with = StartWith::Cold;
        Population {
            title,
            software_name,
            software,
            profiles,
            names,
            labels,
            start_with,
            timers,
            turns: None,
        }
    }

    /// The same, its clients using their profiles like this.
    pub fn mixed(mut self, mix: &ProfileMix) -> Population {
        self.turns = Turns::of(mix, &self.profiles);
        if self.turns.is_some() {
            self.timers.retain(|timer| timer.actor == Actor::SOFTWARE);
        }
        self
    }

    /// What is due first for a client that arrived at `arrived`: of each timer, and the first turn.
    pub fn first(&self, seed: Seed, who: &Who, arrived: Duration) -> Vec<(Duration, Actor)> {
        let timers = self.timers.iter().map(|timer| (timer.first(seed, who, arrived), timer.actor));
        let turn = self.turns.as_ref().and_then(|turns| turns.actor(seed, who, 0));
        timers.chain(turn.map(|actor| (arrived, actor))).collect()
    }

    /// Whether an actor can act at all: a profile without a share of the turns is for others.
    pub fn may_act(&self, actor: Actor) -> bool {
        self.turns.as_ref().is_none_or(|turns| turns.may_be(actor))
    }

    /// Whether its clients leave once they have done all of their turns.
    pub fn ends(&self) -> bool {
        self.turns.as_ref().is_some_and(Turns::end)
    }

    /// Whether what is due follows from the seed alone: occurrences of an open timer, and of others the first; where clients
    /// leave at times that hang on the server, only turns.
    pub(super) fn is_planned(&self, actor: Actor, n: u32) -> bool {
        let open = || self.occurrences(actor).is_some_and(|all| all.pacing(actor) == Pacing::Open);
        (self.is_in_turns(actor) || !self.ends()) && (n == 0 || open())
    }

    /// Whether an actor acts in turns.
    pub fn is_in_turns(&self, actor: Actor) -> bool {
        self.turns.is_some() && actor != Actor::SOFTWARE
    }

    /// How occurrences of an actor follow each other; None: they are none of a timer.
    pub(super) fn occurrences(&self, actor: Actor) -> Option<Occurrences<'_>> {
        match &self.turns {
            Some(turns) if self.is_in_turns(actor) => Some(Occurrences::Turns(turns)),
            _ => self.timer(actor).map(Occurrences::Timer),
        }
    }

    /// The timer of one actor.
    fn timer(&self, actor: Actor) -> Option<&ActorTimer> {
        self.timers.iter().find(|timer| timer.actor == actor)
    }

    /// The name of the profile that an actor is; None for the software.
    pub fn profile_name(&self, actor: Actor) -> Option<&Rc<str>> {
        self.names.get(actor.profile_index()?)
    }

    /// The label that what an actor did not come to do is counted under.
    pub fn label(&self, actor: Actor) -> Label {
        match actor.profile_index() {
            Some(index) => self.labels.get(index).copied().unwrap_or(Label::of("reaction")),
            None => self.timer(actor).map_or(Label::of("push"), |timer| timer.label),
        }
    }
}

/// How what is due follows each other.
pub(super) enum Occurrences<'a> {
    /// By a timer: the same actor each time.
    Timer(&'a ActorTimer),
    /// In turns: each time it is some profile.
    Turns(&'a Turns),
}

impl Occurrences<'_> {
    pub fn is_turns(&self) -> bool {
        matches!(self, Occurrences::Turns(_))
    }

    /// What the draws are for (design, decision 4).
    pub fn purpose(&self) -> &str {
        match self {
            Occurrences::Timer(timer) => &timer.purpose,
            Occurrences::Turns(_) => Turns::PURPOSE,
        }
    }

    /// What the occurrence after one of `actor` is counted from.
    pub fn pacing(&self, actor: Actor) -> Pacing {
        match self {
            Occurrences::Timer(timer) => timer.timer.pacing,
            Occurrences::Turns(turns) => turns.pacing(actor),
        }
    }

    /// After occurrence `n`, one of `actor`: how long to the next at least, and who that is. None: it was the last.
    pub fn next(&self, seed: Seed, who: &Who, actor: Actor, n: u32) -> Option<(Duration, Actor)> {
        match self {
            Occurrences::Timer(timer) => Some((timer.gap(seed, who, n + 1), actor)),
            Occurrences::Turns(turns) => {
                let next = turns.actor(seed, who, n + 1)?;
                // Two occurrences at one moment would never let time pass.
                Some((turns.gap(seed, who, actor, n).max(Duration::from_millis(1)), next))
            }
        }
    }
}
