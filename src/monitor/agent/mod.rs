//! Figures of a machine that this program reads there itself: `populace agent`, started by any command, as by ssh.
//!
//! For each line on its standard input, which says what is wanted, the agent writes a line. It keeps nothing in mind but which
//! processes there were, as those that have ended between two readings have used CPU time too. It
//! ends when its standard input does, and so when the run does, however that ends.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | [`Agent`], the monitor, and its parameters |
//! | `running.rs` | an agent that runs, as a process here |
//! | `answering.rs` | [`answer`], the agent's side |
//! | `wanted.rs` | what is asked, and what is read then |
//! | `processes.rs` | processes by name, and their CPU time from reading to reading |
//! | [`proc`] | what the kernel tells of a machine |

mod answering;
pub mod proc;
mod processes;
mod running;
mod wanted;

pub use answering::answer;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::timeout;

use self::running::Running;
use self::wanted::{File, Told, Wanted};
use super::chosen::{self, STANDARD};
use super::registry::{Answer, Asked, Monitor, MonitorError};
use crate::clock::Clock;
use crate::command::shown;
use crate::config::{Param, Table};

/// The parameters.
pub const PARAMS: &[Param] = &[
    Param {
        name: "command",
        default: "an agent on this machine",
        help: "what starts it, for /bin/sh, as `ssh web1 populace agent`",
    },
    STANDARD,
    Param {
        name: "files",
        default: "none",
        help: "further figures: dicts of name, path of a file in which a number stands, unit, total (it only grows)",
    },
    Param {
        name: "processes",
        default: "none",
        help: "names of processes: of each is read how many there are, their CPU time (100 % is one CPU) and memory",
    },
];

/// The monitor of one machine.
pub struct Agent {
    command: Option<String>,
    /// What it is asked, a line.
    question: String,
    running: RefCell<Option<Running>>,
}

/// Reads the parameters; see [`PARAMS`].
pub fn build(params: &Table, _: &str) -> Option<Rc<dyn Monitor>> {
    let command = params.optional::<String>("command");
    let standard = params.or(STANDARD.name, true);
    let files = chosen::list(params, "files", "a file", |table| {
        let (name, path) = (table.required::<String>("name"), table.required::<String>("path"));
        let (unit, total) = (chosen::unit(table), table.or("total", false));
        Some((name?, File { path: path?, unit: unit?, total }))
    });
    // Named twice, each would count twice.
    let processes: BTreeSet<String> = params.or("processes", Vec::new()).into_iter().collect();
    let wanted =
        Wanted { standard, files: files?.into_iter().collect(), processes: processes.into_iter().collect() };
    // Texts and numbers can always be written.
    let question = serde_json::to_string(&wanted).unwrap_or_default();
    Some(Rc::new(Agent { command, question, running: RefCell::default() }))
}

impl Agent {
    fn who(&self) -> String {
        match &self.command {
            Some(command) => format!("the agent `{}`", shown(command)),
            None => "the agent".to_owned(),
        }
    }

    /// Asks the agent that runs, or a new one.
    async fn read(&self) -> Result<Told, MonitorError> {
        let broken = |reason| MonitorError::Broken { who: self.who(), reason };
        // Whoever gives up before the answer has no agent any more: it would answer the next question with this answer.
        let mut running = match self.running.take() {
            Some(running) => running,
            None => {
                let refused =
                    |why: std::io::Error| MonitorError::Connect { who: self.who(), reason: why.to_string() };
                Running::start(self.command.as_deref()).map_err(refused)?
            }
        };
        let line = match running.ask(&self.question).await {
            Ok(line) => line,
            Err(why) => return Err(broken(running.last_words(&why).await)),
        };
        let told = serde_json::from_slice(&line)
            .map_err(|why| MonitorError::Nonsense { who: self.who(), reason: why.to_string() })?;
        self.running.replace(Some(running));
        Ok(told)
    }
}

impl Monitor for Agent {
    fn ask(&self, _: Clock, patience: Duration) -> Asked<'_> {
        Box::pin(async move {
            let late = |_| MonitorError::Timeout { who: self.who(), limit: patience };
            let told = timeout(patience, self.read()).await.map_err(late)??;
            Ok(match told.lacking {
                None => Answer::Values(told.values),
                Some(reason) => {
                    Answer::Partly(told.values, MonitorError::Refused { who: self.who(), reason })
                }
            })
        })
    }
}
