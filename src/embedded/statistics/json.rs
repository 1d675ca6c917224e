//! The figures as JSON, in the shape of each protocol.
use super::meter::Snapshot;
use super::minute::{CLASSES, Minute};
use serde_json::{Map, Value, json};

/// The section's keys: of the 2013 protocol, and of the later one.
const SECTIONS: [(&str, &str); 5] =
    [("System", "system"), ("Current", "current"), ("1 Minute", "1m"), ("5 Minutes", "5m"), ("1 Hour", "1h")];

/// The object that the 2013 protocol sends.
pub fn of_2013(snapshot: &Snapshot) -> Value {
    let section = |minute: &Minute| {
        let mut object = figures(minute);
        object.insert("uid".into(), json!(minute.users));
        object.insert("user-agent".into(), json!(minute.agents));
        Value::Object(object)
    };
    sections(snapshot, section, |(name, _)| name)
}

/// What the later protocol answers to `stats`.
pub fn later(snapshot: &Snapshot) -> Value {
    let section = |minute: &Minute| {
        let mut object = figures(minute);
        object.insert("401".into(), json!(minute.unauthorized));
        object.insert("max-slots".into(), json!(minute.slots_max));
        Value::Object(object)
    };
    sections(snapshot, section, |(_, name)| name)
}

fn sections(
    snapshot: &Snapshot,
    section: impl Fn(&Minute) -> Value,
    name: impl Fn((&'static str, &'static str)) -> &'static str,
) -> Value {
    let minutes = [&snapshot.current, &snapshot.minute, &snapshot.five_minutes, &snapshot.hour];
    let values = std::iter::once(system(snapshot)).chain(minutes.into_iter().map(section));
    SECTIONS.into_iter().zip(values).map(|(names, value)| (name(names).to_owned(), value)).collect()
}

fn system(snapshot: &Snapshot) -> Value {
    json!({
        "cpu count": snapshot.machine.cpus,
        "cpu use": snapshot.machine.cpu_percent,
        "memory used": snapshot.machine.memory_bytes,
        "memory percent": snapshot.machine.memory_percent,
        "start time": snapshot.started.timestamp_millis() as f64 / 1_000.0,
    })
}

fn figures(minute: &Minute) -> Map<String, Value> {
    let counts: Value = minute.methods.iter().map(|(k, v)| (k.to_string(), v.0)).collect();
    let times: Value = minute.methods.iter().map(|(k, v)| (k.to_string(), v.1)).collect();
    // What is put together by `json!` is copied, each part in its turn.
    let figures = [
        ("requests", minute.requests.into()),
        ("method", counts),
        ("method-t", times),
        ("500", minute.errors.into()),
        ("t", minute.time_ms.into()),
        // The time of writing a response is not measured apart.
        ("t-resp-wr", 0.0.into()),
        ("slots", minute.slots.into()),
        ("T", histogram(&minute.classes, minute.over)),
        ("T-RESP-WR", histogram(&[0; 7], [0; 2])),
        ("T-MAX", minute.time_max_ms.into()),
        ("cpu", minute.cpu.into()),
    ];
    figures.into_iter().map(|(name, figure)| (name.to_owned(), figure)).collect()
}

fn histogram(classes: &[u64; 7], over: [u64; 2]) -> Value {
    let names = CLASSES.iter().map(|(_, name)| *name).chain(["Over 1s", "Over 10s"]);
    names
        .zip(classes.iter().copied().chain(over))
        .map(|(name, count)| (name.to_owned(), json!(count)))
        .collect()
}
