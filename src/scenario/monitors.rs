//! `monitors`: who reads the servers' own figures, beside `serverStats`.

use std::rc::Rc;
use std::time::Duration;

use super::pods::Place;
use crate::config::{Seconds, Table, Value, find};
use crate::monitor::{ALL, EVERY, Watching};
use crate::population::DEFAULT_POD;

/// The timeline has no shorter rows.
const MOST_OFTEN: Duration = Duration::from_secs(1);

/// Decodes the array `monitors`: dicts of `type`, `params`, `pod` (by default the first), `name` and `interval`.
pub fn decode(table: &Table<'_>, place: Option<&Place>) -> Vec<Watching> {
    let Some(value) = table.value("monitors") else { return Vec::new() };
    let Some(list) = value.as_array() else {
        let _ = value.mismatch::<()>("an array of monitors", table.diags());
        return Vec::new();
    };
    let mut all: Vec<Watching> = Vec::new();
    for value in list {
        all.extend(one(value, table, place, &all));
    }
    all
}

fn one(value: &Value, config: &Table<'_>, place: Option<&Place>, others: &[Watching]) -> Option<Watching> {
    let table = Table::new(value, config.diags(), "a monitor")?;
    let kind = table.required::<String>("type");
    let params = table.table("params", "the parameters of the monitor");
    let wanted = table.optional::<String>("pod");
    let pods = place.map_or(&[][..], Place::pods);
    let pod = match &wanted {
        Some(name) => pods.iter().find(|pod| *pod.name == **name),
        None => pods.first(),
    };
    if let (Some(name), None) = (&wanted, pod) {
        table.error_at_key("pod", format!("there is no server `{name}` that is enabled"));
    }
    let entry = kind.as_deref().and_then(|name| match find(ALL, name) {
        Ok(entry) => Some(entry),
        Err(help) => {
            table.error_at_key("type", format!("no monitor is called `{name}`")).help(help);
            None
        }
    });
    let interval = table.optional::<Seconds>("interval").map_or(EVERY, |seconds| seconds.0);
    if interval < MOST_OFTEN {
        table.error_at_key("interval", "a monitor is asked once a second at most");
    }
    let taken = |name: &str| others.iter().any(|other| *other.name == *name);
    let name = table.optional::<String>("name");
    if let Some(name) = name.as_deref().filter(|name| taken(name)) {
        table.error_at_key("name", format!("another monitor is called `{name}`"));
    }
    table.finish();
    let (params, entry) = (params?, entry?);
    let monitor = (entry.build)(&params, pod.map_or("127.0.0.1", |pod| &pod.target.host));
    params.finish();
    let monitor = monitor?;
    let pod = || pod.map_or(DEFAULT_POD.into(), |pod| pod.name.clone());
    let name: Rc<str> = match name {
        Some(name) => name.into(),
        // What a statistics socket says is about its pod as a whole.
        None if !monitor.by_phase() => pod(),
        None => numbered(entry.name, taken),
    };
    Some(Watching { name, monitor, interval })
}

/// The name, with a number if it is taken.
fn numbered(name: &str, taken: impl Fn(&str) -> bool) -> Rc<str> {
    let numbers = (2..).map(|number| format!("{name} {number}"));
    std::iter::once(name.to_owned()).chain(numbers).find(|name| !taken(name)).unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Diagnostics, read_bytes};

    fn names(monitors: &str) -> Result<Vec<(String, u64)>, String> {
        let text = format!("<plist><dict><key>monitors</key><array>{monitors}</array></dict></plist>");
        let diags = Diagnostics::new();
        let value = read_bytes("c", text.as_bytes(), &diags).unwrap();
        let all = decode(&Table::new(&value, &diags, "the config").unwrap(), None);
        match diags.all().first() {
            Some(first) => Err(first.message.clone()),
            None => Ok(all.iter().map(|one| (one.name.to_string(), one.interval.as_secs())).collect()),
        }
    }

    #[test]
    fn each_has_a_name_of_its_own_and_its_interval() {
        let command = |more: &str| {
            format!(
                "<dict><key>type</key><string>Command</string><key>params</key><dict><key>command</key>\
                 <string>true</string></dict>{more}</dict>"
            )
        };
        let named = |name: &str| command(&format!("<key>name</key><string>{name}</string>"));
        let often = command("<key>interval</key><string>1m</string>");
        let socket = "<dict><key>type</key><string>ServerStats</string></dict>";
        let all = names(&[command(""), named("db"), often, socket.to_owned()].concat()).unwrap();
        let expected = [("Command", 10), ("db", 10), ("Command 2", 60), (DEFAULT_POD, 10)];
        assert_eq!(all, expected.map(|(name, every)| (name.to_owned(), every)));
        let twice = [named("db"), named("db")].concat();
        assert_eq!(names(&twice).unwrap_err(), "another monitor is called `db`");
        let busy = command("<key>interval</key><real>0.5</real>");
        assert_eq!(names(&busy).unwrap_err(), "a monitor is asked once a second at most");
    }
}
