//! What a run tells of itself.

use serde::{Deserialize, Serialize};

use crate::cli::view::{State, progress_line};
use crate::event::Phase;
use crate::report::page::numbers::moment;
use crate::scenario::Moment;

/// A run as it answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Told {
    pub pid: u32,
    pub version: String,
    /// The figures; null before the first user may come.
    pub now: Option<Now>,
}

/// The figures of a moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Now {
    pub config: String,
    pub clients_file: String,
    pub servers: Vec<String>,
    /// `warmup`, `measured`, `cooldown` or `ending`.
    pub phase: String,
    pub elapsed_s: f64,
    /// Until nothing new begins; null: until somebody ends it.
    pub left_s: Option<f64>,
    pub users: u64,
    pub users_expected: u64,
    pub clients: u64,
    /// Requests that came to an end so far, and those that failed.
    pub requests: u64,
    pub failed: u64,
    /// In the last ten seconds.
    pub requests_per_s: f64,
    /// All this in a line.
    pub text: String,
}

impl Told {
    pub fn of(now: Option<Now>) -> Told {
        Told { pid: std::process::id(), version: env!("CARGO_PKG_VERSION").to_owned(), now }
    }

    /// One line.
    pub fn to_json(&self) -> String {
        // Texts and numbers can always be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// For people.
    pub fn to_text(&self) -> String {
        match &self.now {
            Some(now) => format!(
                "populace {} on {}: {} with {}\n{}\n",
                self.pid,
                now.servers.join(", "),
                now.config,
                now.clients_file,
                now.text
            ),
            None => format!("populace {} is getting ready: no user has come yet\n", self.pid),
        }
    }

    /// Which run this is, in a few words.
    pub fn in_short(&self) -> String {
        match &self.now {
            Some(now) => {
                format!("{} with {}, {} so far", now.config, now.clients_file, moment(now.elapsed_s))
            }
            None => "getting ready".to_owned(),
        }
    }
}

impl Now {
    pub fn of(moment: &Moment<'_>) -> Now {
        // Rehearsals, which have a pace, are not asked.
        let (state, about) = (State::of(moment, 0, None), moment.about());
        Now {
            config: about.config.clone(),
            clients_file: about.clients.clone(),
            servers: about.servers.clone(),
            phase: state.phase.map_or("ending", Phase::as_str).to_owned(),
            elapsed_s: state.elapsed.as_secs_f64(),
            left_s: state.left.map(|left| left.as_secs_f64()),
            users: state.users.there,
            users_expected: state.users.expected,
            clients: state.clients.there,
            requests: state.requests,
            failed: state.failed,
            requests_per_s: state.recent.rate(),
            text: progress_line(&state),
        }
    }
}
