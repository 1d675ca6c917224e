//! `workers`: the processes that bring the population (spec 10.1).

use std::net::IpAddr;

use super::options::{Options, WorkersWanted};
use super::pods::Place;
use crate::config::{Diagnostics, FromValue, Kind, Table, Value};
use crate::population::{Share, Weight};

/// How many workers there may be: each has a block of loopback addresses of its own.
pub const MOST_WORKERS: usize = 256;

/// One worker process.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkerPlan {
    pub name: String,
    /// The shell command that starts it; None: this program, on this machine.
    pub command: Option<String>,
    pub share: Share,
    /// Where its connections come from; empty: wherever the system lets them.
    pub addresses: Vec<IpAddr>,
}

impl WorkerPlan {
    fn local(number: usize) -> WorkerPlan {
        WorkerPlan { name: number.to_string(), command: None, share: Share::default(), addresses: Vec::new() }
    }
}

/// Decodes `workers`; `--workers` wins. Empty: this process does it all.
pub fn decode(table: &Table<'_>, options: &Options, place: Option<&Place>) -> Vec<WorkerPlan> {
    let value = table.value("workers");
    let plans = value.map(|value| list(value, table.diags())).unwrap_or_default();
    if options.rehearse {
        if let Some(value) = value.filter(|_| !plans.is_empty()) {
            let text =
                "a rehearsal is one thread: `workers` is not used (the plan is the same with any number)";
            table.diags().notice(&value.at, text);
        }
        return Vec::new();
    }
    let Some(wanted) = options.workers else { return plans };
    if let Some(value) = value.filter(|_| !plans.is_empty()) {
        table.diags().notice(&value.at, "--workers replaces these `workers`");
    }
    let count = match wanted {
        WorkersWanted::Count(count) => usize::from(count),
        // The embedded server needs a processor too.
        WorkersWanted::Auto => {
            let processors = std::thread::available_parallelism().map_or(1, usize::from);
            let server = usize::from(matches!(place, Some(Place::Embedded)));
            processors.saturating_sub(server).clamp(1, MOST_WORKERS)
        }
    };
    (1..=count).map(WorkerPlan::local).collect()
}

fn list(value: &Value, diags: &Diagnostics) -> Vec<WorkerPlan> {
    let Some(list) = value.as_array() else {
        let _: Option<()> = value.mismatch("an array of shell commands or dicts", diags);
        return Vec::new();
    };
    if list.len() > MOST_WORKERS {
        diags.error(&value.at, format!("{} workers are more than {MOST_WORKERS}", list.len()));
        return Vec::new();
    }
    let plans: Vec<WorkerPlan> =
        list.iter().enumerate().filter_map(|(index, value)| one(value, index + 1, diags)).collect();
    for (index, plan) in plans.iter().enumerate() {
        if plans[..index].iter().any(|other| other.name == plan.name) {
            diags.error(&value.at, format!("two workers are called `{}`", plan.name));
        }
    }
    let of_ancestor = list.iter().filter(|value| value.as_str().is_some_and(is_of_ancestor)).count();
    if of_ancestor > 0 && !diags.has_errors() {
        let text = format!("{of_ancestor} workers run the ancestor's ampsim.py: they are local workers here");
        diags.notice(&value.at, text);
    }
    plans
}

fn one(value: &Value, number: usize, diags: &Diagnostics) -> Option<WorkerPlan> {
    let plan = WorkerPlan::local(number);
    match &value.kind {
        Kind::String(text) => Some(WorkerPlan { command: command(text, value, diags)?, ..plan }),
        Kind::Dict(_) => {
            let table = Table::new(value, diags, "a worker")?;
            let plan = WorkerPlan {
                name: table.optional::<String>("name").unwrap_or(plan.name),
                command: match table.value("command") {
                    Some(given) => command(&String::from_value(given, diags)?, given, diags)?,
                    None => None,
                },
                share: Share {
                    weight: table.or("weight", Weight::default()),
                    max_users: table.optional("maxUsers"),
                },
                addresses: addresses(&table),
            };
            if plan.share.weight == Weight::NOTHING {
                table
                    .error_at_key("weight", "a worker of weight 0 has no users")
                    .help("leave it out of `workers`, or give it a weight above 0");
            }
            if plan.name.trim().is_empty() || plan.name.contains(char::is_control) {
                table.error_at_key("name", "a worker has a name of one line");
            }
            table.finish();
            Some(plan)
        }
        _ => value.mismatch("a shell command or a dict", diags),
    }
}

/// The command of a worker that is not the ancestor's.
fn command(text: &str, value: &Value, diags: &Diagnostics) -> Option<Option<String>> {
    if text.trim().is_empty() {
        diags
            .error(&value.at, "the command of a worker is empty")
            .help("a dict without `command` is a worker on this machine");
        return None;
    }
    if is_of_ancestor(text) {
        return Some(None);
    }
    if text.contains("ampsim.py") {
        diags
            .error(
                &value.at,
                "this starts the ancestor's worker on another machine, which speaks another protocol",
            )
            .help("start this program there: exec ssh HOST exec populace worker");
        return None;
    }
    Some(Some(text.to_owned()))
}

/// Whether a command starts the ancestor's worker on this machine.
fn is_of_ancestor(command: &str) -> bool {
    command.trim_end().ends_with("ampsim.py") && !command.split_whitespace().any(|word| word == "ssh")
}

fn addresses(table: &Table<'_>) -> Vec<IpAddr> {
    let Some(values) = table.optional::<Vec<Value>>("addresses") else { return Vec::new() };
    let one = |value: &Value| {
        let text = String::from_value(value, table.diags())?;
        let parsed = text.trim().parse();
        if parsed.is_err() {
            table.diags().error(&value.at, format!("{text:?} is no IP address"));
        }
        parsed.ok()
    };
    values.iter().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{read_bytes, render};

    fn decoded(body: &str, options: &Options) -> (Vec<WorkerPlan>, String) {
        let diags = Diagnostics::new();
        let text = format!("<plist><dict><key>workers</key>{body}</dict></plist>");
        let value = read_bytes("p", text.as_bytes(), &diags).unwrap();
        let table = Table::new(&value, &diags, "the config").unwrap();
        let plans = decode(&table, options, None);
        (plans, render(&diags))
    }

    #[test]
    fn commands_and_dicts_are_workers() {
        let body = "<array><string>exec ssh a populace worker</string>
            <string>./python contrib/performance/loadtest/ampsim.py</string>
            <dict><key>name</key><string>here</string><key>weight</key><real>0.5</real>
              <key>maxUsers</key><integer>7</integer>
              <key>addresses</key><array><string>127.0.0.9</string></array></dict></array>";
        let (plans, said) = decoded(body, &Options::default());
        assert_eq!(plans[0].command.as_deref(), Some("exec ssh a populace worker"));
        assert_eq!((plans[1].name.as_str(), &plans[1].command), ("2", &None));
        assert!(said.contains("1 workers run the ancestor's"), "{said}");
        assert_eq!((plans[2].name.as_str(), plans[2].share.max_users), ("here", Some(7)));
        assert_eq!(plans[2].addresses, ["127.0.0.9".parse::<IpAddr>().unwrap()]);
    }

    #[test]
    fn faults_are_told_at_their_places() {
        for (body, fault) in [
            ("<string>x</string>", "expected an array"),
            ("<array><integer>2</integer></array>", "a shell command or a dict"),
            ("<array><string> </string></array>", "is empty"),
            ("<array><string>ssh a ampsim.py</string></array>", "exec populace worker"),
            (
                "<array><dict><key>name</key><string>2</string></dict><dict/></array>",
                "two workers are called `2`",
            ),
            ("<array><dict><key>addresses</key><array><string>here</string></array></dict></array>", "no IP"),
            ("<array><dict><key>weight</key><integer>0</integer></dict></array>", "a worker of weight 0"),
            ("<array><dict><key>wieght</key><integer>1</integer></dict></array>", "did you mean `weight`"),
        ] {
            let (_, said) = decoded(body, &Options::default());
            assert!(said.contains(fault), "{fault}: {said}");
        }
    }

    #[test]
    fn the_option_wins_and_a_rehearsal_needs_none() {
        let two = Options { workers: Some(WorkersWanted::Count(2)), ..Options::default() };
        let (plans, said) = decoded("<array><string>x</string></array>", &two);
        assert_eq!(plans, [WorkerPlan::local(1), WorkerPlan::local(2)]);
        assert!(said.contains("--workers replaces"), "{said}");
        let rehearsal = Options { rehearse: true, ..Options::default() };
        assert_eq!(decoded("<array><string>x</string></array>", &rehearsal).0, []);
        let auto = Options { workers: Some(WorkersWanted::Auto), ..Options::default() };
        assert!(!decoded("<array/>", &auto).0.is_empty());
    }
}
