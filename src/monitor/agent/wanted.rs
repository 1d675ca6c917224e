//! What an agent is asked for, and what it reads then. Both ends of the pipe know this and nothing else of each other.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::proc;
use super::processes::Ledger;
use crate::event::Unit;
use crate::monitor::Value;

/// One line of the monitor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// CPU, memory, load and network of the machine.
    pub standard: bool,
    /// Files that hold a number, by the names of the figures.
    pub files: BTreeMap<String, File>,
    /// Names of processes, as `ps -o comm` shows them.
    pub processes: Vec<String>,
}

/// A file that holds a number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct File {
    pub path: String,
    pub unit: Unit,
    /// The number only grows.
    pub total: bool,
}

/// One line of the agent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    pub values: Vec<Value>,
    /// What could not be read, and why.
    pub lacking: Option<String>,
}

impl Wanted {
    /// Reads it now, below this folder: `/proc` but in tests.
    pub fn read(&self, root: &Path, ledger: &mut Ledger) -> Told {
        let mut told = Told::default();
        if self.standard {
            told.values.extend(machine(root));
            if told.values.is_empty() {
                told.lacking = Some(format!("{} tells nothing of this machine", root.display()));
            }
        }
        for (name, file) in &self.files {
            match file.number() {
                Ok(number) if file.total => {
                    told.values.push(Value::total(name, file.unit.per_second(), number))
                }
                Ok(number) => told.values.push(Value::now(name, file.unit, number)),
                Err(why) => told.lacking = Some(format!("{}: {why}", file.path)),
            }
        }
        if !self.processes.is_empty() {
            told.values.extend(ledger.read(root, &self.processes));
        }
        told
    }
}

/// The most that is read of a file in which a number stands, bytes.
const LONGEST: u64 = 4096;

impl File {
    /// The first number in it.
    fn number(&self) -> Result<f64, String> {
        use std::io::Read;
        let mut text = String::new();
        let file = fs::File::open(&self.path).map_err(|why| why.to_string())?;
        file.take(LONGEST).read_to_string(&mut text).map_err(|why| why.to_string())?;
        let number = text
            .split_ascii_whitespace()
            .find_map(|word| word.parse().ok().filter(|number: &f64| number.is_finite()));
        number.ok_or_else(|| "there is no number in it".to_owned())
    }
}

fn machine(root: &Path) -> Vec<Value> {
    let text = |name: &str| fs::read_to_string(root.join(name)).unwrap_or_default();
    let (ticks, _) = proc::stat(&text("stat"));
    let cpu = (ticks.all > 0).then(|| Value::share("cpu", ticks.busy as f64, ticks.all as f64));
    let memory =
        proc::memory(&text("meminfo")).map(|(used, _)| Value::now("memory", Unit::Bytes, used as f64));
    let load = proc::load(&text("loadavg")).map(|load| Value::now("load", Unit::Number, load));
    let network = proc::network(&text("net/dev")).map(|(received, sent)| {
        [("network in", received), ("network out", sent)]
            .map(|(name, bytes)| Value::total(name, Unit::BytesPerSecond, bytes as f64))
    });
    [cpu, memory, load].into_iter().flatten().chain(network.into_iter().flatten()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let put = |name: &str, text: &str| {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        put("stat", "cpu  100 0 100 800 0 0 0 0\n");
        put("net/dev", "eth0: 10 1 0 0 0 0 0 0 20 1\n");
        for (id, name) in [("7", "web"), ("8", "web"), ("9", "db")] {
            put(
                &format!("{id}/stat"),
                &format!("{id} ({name}) S 7 40 40 0 -1 0 0 0 0 0 30 20 0 0 20 0 1 0 77 0"),
            );
            put(&format!("{id}/status"), "VmRSS:\t 2 kB\n");
        }
        put("count", "sockets: 5\n");
        let file = |name: &str, total| {
            let path = root.join(name).display().to_string();
            (name.to_owned(), File { path, unit: Unit::Number, total })
        };
        let wanted = Wanted {
            standard: true,
            files: BTreeMap::from([file("count", true), file("nothing", false)]),
            processes: vec!["web".into()],
        };
        let told = wanted.read(root, &mut Ledger::default());
        let expected = [
            Value::share("cpu", 200.0, 1000.0),
            Value::total("network in", Unit::BytesPerSecond, 10.0),
            Value::total("network out", Unit::BytesPerSecond, 20.0),
            Value::total("count", Unit::PerSecond, 5.0),
            Value::now("web processes", Unit::Number, 2.0),
            Value::total("web cpu", Unit::Percent, 0.0),
            Value::now("web memory", Unit::Bytes, 4096.0),
        ];
        assert_eq!(told.values, expected);
        assert!(told.lacking.unwrap().contains("nothing: No such file"));
        // Both go through a pipe as a line.
        let line = serde_json::to_string(&Told { values: expected.into(), lacking: None }).unwrap();
        assert!(!line.contains('\n'), "{line}");
        assert_eq!(serde_json::from_str::<Told>(&line).unwrap().values.len(), 7);
    }
}
