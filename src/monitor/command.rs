//! Figures that a command prints.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::timeout;

use super::chosen;
use super::registry::{Answer, Asked, Monitor, MonitorError, Value};
use crate::clock::Clock;
use crate::command::shown;
use crate::config::{Pair, Param, Table};
use crate::event::Unit;
use crate::group::{Started, shell};

/// The most that is read of what it prints, bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// How much of what it says on standard error is kept, bytes.
const LAST_WORDS: usize = 200;

/// The parameters.
pub const PARAMS: &[Param] = &[
    Param {
        name: "command",
        default: "",
        help: "what /bin/sh runs each time; what runs longer than 5 s is ended",
    },
    Param {
        name: "units",
        default: "none",
        help: "dict of figures to units: number, percent, bytes, bytes-per-second, per-second, seconds",
    },
    Param {
        name: "totals",
        default: "none",
        help: "figures that only grow: what is shown is by how much in a second",
    },
];

/// A command that is run each time.
#[derive(Debug)]
pub struct Command {
    command: String,
    units: BTreeMap<String, Unit>,
    totals: BTreeSet<String>,
}

/// Reads the parameters; see [`PARAMS`].
pub fn build(params: &Table, _: &str) -> Option<Rc<dyn Monitor>> {
    let command = params.required::<String>("command");
    let units = params.table("units", "the units of the figures").map(|table| {
        let unit = |pair: &Pair| Some((pair.key.clone(), chosen::unit_named(&pair.value, params.diags())?));
        table.pairs().iter().filter_map(unit).collect()
    });
    let totals = params.or("totals", Vec::new()).into_iter().collect();
    Some(Rc::new(Command { command: command?, units: units?, totals }))
}

impl Command {
    fn who(&self) -> String {
        format!("the command `{}`", shown(&self.command))
    }

    /// Runs it to its end.
    async fn run(&self) -> Result<Vec<u8>, MonitorError> {
        let refused = |error: io::Error| MonitorError::Connect { who: self.who(), reason: error.to_string() };
        let broken = |error: io::Error| MonitorError::Broken { who: self.who(), reason: error.to_string() };
        // What the command starts ends with it.
        let Started { group: _group, mut child, stdout, stderr } =
            Started::start(shell(&self.command)).map_err(refused)?;
        let mut said = Vec::new();
        let mut out = stdout.take(MAX_ANSWER as u64 + 1);
        let read = async {
            match out.read_to_end(&mut said).await.map_err(broken)? {
                ..=MAX_ANSWER => Ok(()),
                _ => Err(MonitorError::TooLong { who: self.who(), limit: MAX_ANSWER }),
            }
        };
        let ((), words) = tokio::try_join!(biased; read, async { Ok(last_words(stderr).await) })?;
        let status = child.wait().await.map_err(broken)?;
        if !status.success() {
            let words = if words.is_empty() { words } else { format!("; it said: {words}") };
            return Err(MonitorError::Refused { who: self.who(), reason: format!("{status}{words}") });
        }
        Ok(said)
    }

    fn values(&self, said: &[u8]) -> Result<Vec<Value>, MonitorError> {
        let nonsense = |reason: String| MonitorError::Nonsense { who: self.who(), reason };
        let found: BTreeMap<String, Option<f64>> = serde_json::from_slice(said)
            .map_err(|why| nonsense(format!("no JSON object of numbers ({why})")))?;
        let value = |(name, value): (&String, &Option<f64>)| {
            let unit = self.units.get(name).copied().unwrap_or_default();
            Some(match self.totals.contains(name) {
                true => Value::total(name, unit.per_second(), (*value)?),
                false => Value::now(name, unit, (*value)?),
            })
        };
        Ok(found.iter().filter_map(value).collect())
    }
}

/// The end of what comes, in one line.
pub async fn last_words(mut from: impl AsyncRead + Unpin) -> String {
    let (mut kept, mut chunk) = (Vec::new(), [0; 1024]);
    while let Ok(count @ 1..) = from.read(&mut chunk).await {
        kept.extend_from_slice(&chunk[..count]);
        kept.drain(..kept.len().saturating_sub(LAST_WORDS));
    }
    String::from_utf8_lossy(&kept).split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Monitor for Command {
    fn ask(&self, _: Clock, patience: Duration) -> Asked<'_> {
        Box::pin(async move {
            let late = |_| MonitorError::Timeout { who: self.who(), limit: patience };
            let said = timeout(patience, self.run()).await.map_err(late)??;
            self.values(&said).map(Answer::Values)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn answer(command: &str) -> Result<Vec<Value>, String> {
        let monitor = Command {
            command: command.to_owned(),
            units: BTreeMap::from([("in".to_owned(), Unit::Bytes), ("cpu".to_owned(), Unit::Percent)]),
            totals: BTreeSet::from(["in".to_owned()]),
        };
        match monitor.ask(Clock::starting_now(), Duration::from_millis(1_500)).await {
            Ok(Answer::Values(values)) => Ok(values),
            Ok(other) => panic!("{other:?}"),
            Err(why) => Err(why.to_string()),
        }
    }

    #[tokio::test]
    async fn a_line_of_json_is_read() {
        let found = answer("echo '{\"in\": 7, \"cpu\": 1.5, \"x\": null, \"n\": -3}'").await.unwrap();
        let expected = [
            Value::now("cpu", Unit::Percent, 1.5),
            Value::total("in", Unit::BytesPerSecond, 7.0),
            Value::now("n", Unit::Number, -3.0),
        ];
        assert_eq!(found, expected);
    }

    #[tokio::test]
    async fn passwords_of_a_command_are_shown_to_nobody() {
        let why = answer("TOKEN=s3cret /bin/false --password s3cret").await.unwrap_err();
        assert_eq!(why, "the command `/bin/false ...` refuses: exit status: 1");
        let why = answer("TOKEN='my s3cret' /bin/false").await.unwrap_err();
        assert_eq!(why, "the command `/bin/false ...` refuses: exit status: 1");
    }

    #[tokio::test]
    async fn what_goes_wrong_is_said() {
        let why = answer("echo no such thing >&2; exit 3").await.unwrap_err();
        assert!(why.ends_with("refuses: exit status: 3; it said: no such thing"), "{why}");
        for nonsense in ["echo cpu 5", "echo '{\"a\": {}}'", "true"] {
            let why = answer(nonsense).await.unwrap_err();
            assert!(why.contains("answers nonsense: no JSON object of numbers"), "{why}");
        }
        let why = answer("yes").await.unwrap_err();
        assert!(why.contains("sends more than 65536 bytes"), "{why}");
    }

    #[tokio::test]
    async fn what_hangs_is_ended_with_all_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let trace = folder.path().join("late");
        let command = format!("(sleep 2; touch {}) & sleep 60", trace.display());
        assert!(answer(&command).await.unwrap_err().ends_with("has not answered within 1.5 s"));
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        assert!(!trace.exists());
    }
}
