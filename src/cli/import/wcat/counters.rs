//! Performance counters (row 18), as far as they have a name here.

use std::rc::Rc;

use crate::cli::import::words::lines;
use crate::config::{Diagnostics, Source};

/// What of them is read here.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Some of them are the figures of a machine: CPU, memory, load, network.
    pub standard: bool,
    /// Processes that are looked at.
    pub processes: Vec<String>,
}

/// The most counters of a file (row 18).
const MOST: usize = 50;

/// Objects and counters, in small letters, that are figures of a machine here, and their names.
const STANDARD: [(&str, &str, &str); 10] = [
    ("processor", "% processor time", "cpu"),
    ("system", "% total processor time", "cpu"),
    ("memory", "available bytes", "memory, which is what is in use"),
    ("memory", "available kbytes", "memory, which is what is in use"),
    ("memory", "available mbytes", "memory, which is what is in use"),
    ("memory", "committed bytes", "memory, which is what is in use"),
    ("system", "processor queue length", "load"),
    ("network interface", "bytes received/sec", "network in"),
    ("network interface", "bytes sent/sec", "network out"),
    ("network interface", "bytes total/sec", "network in and network out"),
];

/// Counters of a process that are read here.
const OF_PROCESS: [&str; 6] =
    ["% processor time", "% user time", "% privileged time", "working set", "private bytes", "virtual bytes"];

pub fn read(source: &Rc<Source>, diags: &Diagnostics) -> Counters {
    let mut counters = Counters::default();
    let all = lines(source, source, diags);
    if let Some(line) = all.get(MOST) {
        diags.warning(
            &line.whole().at,
            format!("there are more than {MOST} counters, and the ancestor took no more"),
        );
    }
    for line in all {
        let whole = line.whole();
        let bare = whole.text.trim_matches('"').trim_start_matches('\\').replace("\\\\", "\\");
        let Some((object, counter)) = bare.rsplit_once('\\') else {
            diags.error(&whole.at, "this is no counter").help("write object(instance)\\counter");
            continue;
        };
        let (object, instance) = match object.split_once('(') {
            Some((object, instance)) => (object.trim(), instance.trim_end().trim_end_matches(')')),
            None => (object.trim(), ""),
        };
        let (object, counter) = (object.to_ascii_lowercase(), counter.trim().to_ascii_lowercase());
        if let Some((_, _, name)) = STANDARD.iter().find(|(o, c, _)| *o == object && *c == counter) {
            counters.standard = true;
            diags.notice(&whole.at, format!("{} is {name} here", whole.text));
        } else if object == "process" && OF_PROCESS.contains(&counter.as_str()) && !instance.is_empty() {
            if !counters.processes.iter().any(|known| known == instance) {
                counters.processes.push(instance.to_owned());
            }
            diags.notice(
                &whole.at,
                format!("{} is what all processes {instance} take together here", whole.text),
            );
        } else {
            let note = diags.warning(&whole.at, format!("the counter {} is not carried over", whole.text));
            note.help("`files` of the monitor Agent reads any file in which a number stands");
        }
    }
    counters
}
