//! `monitors`: who reads the servers' own figures, beside `serverStats`.

use std::rc::Rc;

use super::pods::Place;
use crate::config::{Table, Value, find};
use crate::monitor::{ALL, Monitor};
use crate::population::DEFAULT_POD;

/// A monitor, and the pod that it is about.
#[derive(Clone)]
pub struct Monitored {
    pub pod: Rc<str>,
    pub monitor: Rc<dyn Monitor>,
}

/// Decodes the array `monitors`: dicts of `type`, `params`, and `pod` (by default the first).
pub fn decode(table: &Table<'_>, place: Option<&Place>) -> Vec<Monitored> {
    let Some(value) = table.value("monitors") else { return Vec::new() };
    match value.as_array() {
        Some(list) => list.iter().filter_map(|value| one(value, table, place)).collect(),
        None => value
            .mismatch::<()>("an array of monitors", table.diags())
            .map(|()| Vec::new())
            .unwrap_or_default(),
    }
}

fn one(value: &Value, config: &Table<'_>, place: Option<&Place>) -> Option<Monitored> {
    let table = Table::new(value, config.diags(), "a monitor")?;
    let name = table.required::<String>("type");
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
    let entry = name.as_deref().and_then(|name| match find(ALL, name) {
        Ok(entry) => Some(entry),
        Err(help) => {
            table.error_at_key("type", format!("no monitor is called `{name}`")).help(help);
            None
        }
    });
    table.finish();
    let (params, entry) = (params?, entry?);
    let monitor = (entry.build)(&params, pod.map_or("127.0.0.1", |pod| &pod.target.host));
    params.finish();
    let pod = pod.map_or(DEFAULT_POD.into(), |pod| pod.name.clone());
    Some(Monitored { pod, monitor: monitor? })
}
