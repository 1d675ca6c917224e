//! What manager and worker say to each other.

use serde::{Deserialize, Serialize};

use super::brief::Brief;
use super::roster::Record;
use crate::event::Event;
use crate::report::Cost;
use crate::simulation::Census;
use crate::stats::Statistics;

/// The version of all that is said after the greeting.
pub const PROTOCOL: u32 = 7;

/// What a greeting begins with.
const GREETING: &str = "populace worker";

/// The first frame of a worker. Its form is that of every version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    pub greeting: String,
    pub protocol: u32,
    /// The version of the program.
    pub program: String,
}

impl Hello {
    /// The greeting of this program.
    pub fn ours() -> Hello {
        Hello {
            greeting: GREETING.to_owned(),
            protocol: PROTOCOL,
            program: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// Whether somebody with this greeting can work for us. Even with one protocol two versions of the program need
    /// not agree on what the clients do.
    pub fn check(&self) -> Result<(), String> {
        let ours = Hello::ours();
        match self {
            Hello { greeting, .. } if *greeting != ours.greeting => {
                Err("it is no populace worker".to_owned())
            }
            _ if *self != ours => Err(format!(
                "it is populace {} with protocol {}, and this is populace {} with protocol {}",
                crate::stats::one_line(&self.program),
                self.protocol,
                ours.program,
                ours.protocol
            )),
            _ => Ok(()),
        }
    }
}

/// What the manager says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ToWorker {
    /// The next accounts of the run, in their order.
    Accounts(Vec<Record>),
    /// After all accounts: what the run is.
    Configure(Box<Brief>),
    /// Clients that do not begin cold learn what they know from yesterday.
    Warm,
    /// The run begins so many milliseconds after this has come, by the worker's own clock.
    Start { in_ms: u32 },
    /// The run ends now.
    Stop,
}

/// What a worker says after its greeting.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum FromWorker {
    /// It has resolved the scenario and waits for the start.
    Ready,
    /// Clients are learning; every second.
    Warming,
    /// They have learnt, with so many requests.
    Warmed(u64),
    /// What was counted since the last time; every second, whether there is something or not.
    Delta(Box<Statistics>),
    /// What happened, if the manager wants to hear it.
    Events(Vec<Event>),
    /// Its part of the run is over, and everything is told.
    Done(Done),
    /// It cannot work.
    Failed(String),
}

/// How a worker ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Done {
    pub census: Census,
    pub cost: Cost,
    pub end: End,
}

/// Why a worker ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// The time of the run was over.
    Over,
    /// The manager said so.
    Stopped,
    /// It heard no more of the manager: why.
    Deaf(String),
    /// Somebody else told it to terminate.
    Terminated,
}

impl End {
    /// What is wrong with it, if the manager did not want the run to end.
    pub fn fault(&self) -> Option<String> {
        match self {
            End::Over => None,
            End::Stopped => Some("it stopped before its time".to_owned()),
            End::Deaf(why) => Some(crate::stats::one_line(why)),
            End::Terminated => Some("somebody told it to terminate".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_version_is_refused_by_name() {
        assert_eq!(Hello::ours().check(), Ok(()));
        let older = Hello { program: "0.0.9".into(), protocol: 0, ..Hello::ours() };
        assert!(older.check().unwrap_err().contains("populace 0.0.9 with protocol 0"));
        let other = Hello { greeting: "hello".into(), ..Hello::ours() };
        assert_eq!(other.check().unwrap_err(), "it is no populace worker");
    }
}
