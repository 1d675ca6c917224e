//! Processes by name: how many there are, what CPU time they use, and their memory.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::proc::{self, Process};
use crate::event::Unit;
use crate::monitor::Value;

/// The CPU time of processes by name, from one reading to the next. What is told of a name only grows: by what its processes
/// have used since the reading before, also those that began since, and those that ended and were waited for by one of them.
#[derive(Debug, Default)]
pub struct Ledger {
    before: Option<Processes>,
    /// Ticks since the first reading.
    totals: BTreeMap<String, u64>,
}

/// By their numbers.
type Processes = BTreeMap<u32, Process>;

/// How many generations may have ended between two readings.
const GENERATIONS: usize = 64;

impl Ledger {
    /// What is told of these names, below this folder: `/proc` but in tests.
    pub fn read(&mut self, root: &Path, names: &[String]) -> Vec<Value> {
        let now = all(root);
        let grown = self.before.as_ref().map(|before| grown(before, &now)).unwrap_or_default();
        let mut values = Vec::new();
        for name in names {
            let own = || now.iter().filter(|(_, process)| process.name == *name).map(|(number, _)| number);
            let total = self.totals.entry(name.clone()).or_default();
            *total += own().filter_map(|number| grown.get(number)).sum::<u64>();
            let memory: u64 = own().map(|number| memory(root, *number)).sum();
            values.push(Value::now(&format!("{name} processes"), Unit::Number, own().count() as f64));
            let percent = *total as f64 / proc::TICKS * 100.0;
            values.push(Value::total(&format!("{name} cpu"), Unit::Percent, percent));
            values.push(Value::now(&format!("{name} memory"), Unit::Bytes, memory as f64));
        }
        self.before = Some(now);
        values
    }
}

fn all(root: &Path) -> Processes {
    let folders = fs::read_dir(root).into_iter().flatten().flatten();
    let process = |number: u32| {
        // It may end while it is read.
        let stat = fs::read_to_string(root.join(number.to_string()).join("stat")).ok()?;
        Some((number, Process::parse(&stat)?))
    };
    folders.filter_map(|entry| process(entry.file_name().to_str()?.parse().ok()?)).collect()
}

/// Resident, in bytes.
fn memory(root: &Path, number: u32) -> u64 {
    let status = fs::read_to_string(root.join(number.to_string()).join("status")).unwrap_or_default();
    proc::kilobytes(&status, "VmRSS:").unwrap_or(0)
}

/// The ticks that each process has used since then. What its children have used that it has waited for meanwhile is among
/// them, but for what was counted of these before.
fn grown(before: &Processes, now: &Processes) -> BTreeMap<u32, u64> {
    let old =
        |number: &u32, process: &Process| before.get(number).filter(|old| old.started == process.started);
    let mut counted: BTreeMap<u32, u64> = BTreeMap::new();
    for (number, gone) in before.iter().filter(|(number, process)| !is_there(now, number, process)) {
        if let Some(heir) = heir(before, now, *number) {
            *counted.entry(heir).or_default() += gone.own.saturating_add(gone.waited);
        }
    }
    let ticks = |(number, process): (&u32, &Process)| {
        let (own, waited) = old(number, process).map_or((0, 0), |old| (old.own, old.waited));
        let waited = process.waited.saturating_sub(waited);
        let counted = counted.get(number).copied().unwrap_or(0);
        (*number, process.own.saturating_sub(own).saturating_add(waited.saturating_sub(counted)))
    };
    now.iter().map(ticks).collect()
}

fn is_there(now: &Processes, number: &u32, process: &Process) -> bool {
    now.get(number).is_some_and(|found| found.started == process.started)
}

/// Who has what a process had used that has ended: the nearest of its ancestors that is still there.
fn heir(before: &Processes, now: &Processes, gone: u32) -> Option<u32> {
    let mut number = gone;
    for _ in 0..GENERATIONS {
        let parent = before.get(&number)?.parent;
        if is_there(now, &parent, before.get(&parent)?) {
            return Some(parent);
        }
        number = parent;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::Count;

    /// Number, name, parent, own time, time of children.
    type One = (u32, &'static str, u32, u64, u64);

    /// A machine that has these processes.
    fn machine(processes: &[One]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (number, name, parent, own, waited) in processes {
            let own_folder = folder.path().join(number.to_string());
            fs::create_dir(&own_folder).unwrap();
            let stat = format!(
                "{number} ({name}) S {parent} 1 1 0 -1 0 0 0 0 0 {own} 0 {waited} 0 20 0 1 0 {number} 0"
            );
            fs::write(own_folder.join("stat"), stat).unwrap();
        }
        folder
    }

    /// The CPU time of `web` after each of the machine's states; 100 ticks are 100 %.
    fn cpu(states: &[&[One]]) -> Vec<f64> {
        let mut ledger = Ledger::default();
        let read = |state: &&[One]| {
            let values = ledger.read(machine(state).path(), &["web".to_owned()]);
            match values[1].count {
                Count::Total(total) => total,
                other => panic!("{other:?}"),
            }
        };
        states.iter().map(read).collect()
    }

    #[test]
    fn children_that_came_and_went_count_once() {
        let found = cpu(&[
            &[(2, "web", 1, 50, 0), (3, "web", 2, 1000, 0)],
            &[(2, "web", 1, 60, 0), (3, "web", 2, 1100, 0), (4, "web", 2, 30, 0)],
            // 3 has used 20 more and ended, as one that nobody has seen: that used 7.
            &[(2, "web", 1, 60, 1127), (4, "web", 2, 40, 0)],
            // Another has got its number.
            &[(2, "web", 1, 60, 1127), (4, "web", 2, 40, 0), (3, "web", 2, 5, 0)],
        ]);
        assert_eq!(found, [0.0, 140.0, 177.0, 182.0]);
    }

    #[test]
    fn whoever_is_waited_for_by_another_leaves_no_hole() {
        let found = cpu(&[
            &[(2, "master", 1, 5, 0), (3, "web", 2, 900, 0), (4, "web", 2, 10, 0)],
            &[(2, "master", 1, 5, 950), (4, "web", 2, 25, 0)],
            // One that ran for long under another name is no jump.
            &[(2, "web", 1, 6, 950), (4, "web", 2, 25, 0)],
        ]);
        assert_eq!(found, [0.0, 15.0, 16.0]);
    }

    #[test]
    fn a_long_child_of_another_name_is_no_jump() {
        let found = cpu(&[
            &[(2, "web", 1, 5, 0), (3, "sh", 2, 1, 0), (4, "perl", 3, 800, 0)],
            &[(2, "web", 1, 5, 811)],
        ]);
        assert_eq!(found, [0.0, 10.0]);
    }
}
