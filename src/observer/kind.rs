//! Which events an observer wants.

use serde::{Deserialize, Serialize};

use crate::config::{Table, did_you_mean};
use crate::event::What;

/// The kinds of events, by the names that plug-ins and the parameter `events` know (spec 7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Request,
    Response,
    Operation,
    Missed,
    Status,
    Left,
    Delayed,
    ClientFailure,
    SimFailure,
    SwitchedOff,
    Idle,
    SimExpired,
    Notice,
    Check,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 14] = [
        Kind::Request,
        Kind::Response,
        Kind::Operation,
        Kind::Missed,
        Kind::Status,
        Kind::Left,
        Kind::Delayed,
        Kind::ClientFailure,
        Kind::SimFailure,
        Kind::SwitchedOff,
        Kind::Idle,
        Kind::SimExpired,
        Kind::Notice,
        Kind::Check,
    ];

    /// The kind of an event.
    pub fn of(what: &What) -> Kind {
        match what {
            What::Request(_) => Kind::Request,
            What::Response(_) => Kind::Response,
            What::OperationStart(_) | What::OperationEnd(_) => Kind::Operation,
            What::Missed(_) => Kind::Missed,
            What::Arrived { .. } => Kind::Status,
            What::Left { .. } => Kind::Left,
            What::Delayed(_) => Kind::Delayed,
            What::ClientFailure { .. } => Kind::ClientFailure,
            What::SimFailure { .. } => Kind::SimFailure,
            What::SwitchedOff { .. } => Kind::SwitchedOff,
            What::Idle { .. } => Kind::Idle,
            What::ServerFigures { .. } => Kind::SimExpired,
            What::Notice { .. } => Kind::Notice,
            What::Checked(_) => Kind::Check,
        }
    }

    /// The name.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Request => "request",
            Kind::Response => "response",
            Kind::Operation => "operation",
            Kind::Missed => "missed",
            Kind::Status => "status",
            Kind::Left => "left",
            Kind::Delayed => "delayed",
            Kind::ClientFailure => "client-failure",
            Kind::SimFailure => "sim-failure",
            Kind::SwitchedOff => "switched-off",
            Kind::Idle => "idle",
            Kind::SimExpired => "sim-expired",
            Kind::Notice => "notice",
            Kind::Check => "check",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kinds(u16);

impl Kinds {
    /// No kind.
    pub const NONE: Kinds = Kinds(0);
    /// Every kind.
    pub const ALL: Kinds = Kinds((1 << Kind::ALL.len()) - 1);

    /// The kinds of the parameter `events`, an array of names; all kinds without it. None after it said what is wrong.
    pub fn decode(params: &Table) -> Option<Kinds> {
        let Some(names) = params.optional::<Vec<String>>("events") else {
            return if params.has("events") { None } else { Some(Kinds::ALL) };
        };
        let mut kinds = Kinds::NONE;
        for name in &names {
            let Some(kind) = Kind::named(name) else {
                params
                    .error_at_key("events", format!("no event is called `{name}`"))
                    .help(did_you_mean(name, Kind::ALL.iter().map(|kind| kind.as_str())));
                return None;
            };
            kinds = kinds.with(kind);
        }
        Some(kinds)
    }

    /// The set with this kind too.
    pub const fn with(self, kind: Kind) -> Kinds {
        Kinds(self.0 | 1 << kind as u16)
    }

    /// All kinds that are in either.
    pub const fn union(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }

    pub const fn contains(self, kind: Kind) -> bool {
        self.0 & 1 << kind as u16 != 0
    }

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// What must reach an observer while the run goes on. Statistics cost nothing more: they are kept
/// anyway, and every observer gets them at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needs {
    /// The kinds of events; a worker relays only these.
    pub events: Kinds,
    /// Responses shall come with their bodies.
    pub bodies: bool,
}

impl Needs {
    /// What satisfies both.
    pub fn union(self, other: Needs) -> Needs {
        Needs { events: self.events.union(other.events), bodies: self.bodies || other.bodies }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What users are told has every kind, under its name, and no other: the parameter `events`, and the table of the lines.
    #[test]
    fn the_kinds_are_told() {
        let mut all = Kind::ALL.map(Kind::as_str).to_vec();
        all.sort_unstable();
        let guide = include_str!("../../CONFIGURATION.md");
        let (_, listed) = guide.split_once("an array of the kinds of events that it gets: ").unwrap();
        let (listed, _) = listed.split_once(" |\n").unwrap();
        let mut listed: Vec<_> = listed.split(", ").map(|name| name.trim_matches('`')).collect();
        listed.sort_unstable();
        assert_eq!(listed, all);
        let protocol = include_str!("../../observers/README.md");
        let (_, table) = protocol.split_once("| `type` | further fields |\n|---|---|\n").unwrap();
        let (table, _) = table.split_once("\n\n").unwrap();
        let mut rows: Vec<_> =
            table.lines().map(|line| line.strip_prefix("| `").unwrap().split('`').next().unwrap()).collect();
        rows.sort_unstable();
        assert_eq!(rows, all);
    }

    #[test]
    fn names_and_sets_know_every_kind() {
        for kind in Kind::ALL {
            assert_eq!(Kind::named(kind.as_str()), Some(kind));
            assert!(Kinds::ALL.contains(kind) && !Kinds::NONE.contains(kind));
            assert!(Kinds::NONE.with(kind).contains(kind));
        }
        assert!(!Kinds::NONE.with(Kind::Idle).contains(Kind::Notice));
        assert_eq!(Kind::named("respnse"), None);
    }
}
