//! The property lists of the run: the usual mix with shorter times, and a config with long answers.

use std::path::Path;

use plist::{Dictionary, Value};

use super::{Connections, Plan};

/// Parameters of a distribution that are times, where the distribution is of times.
const TIMES: [&str; 4] = ["mu", "sigma", "mode", "median"];

/// Seconds after which the shipped client programs close an idle connection (clients/models).
const IDLE_CLOSE: f64 = 60.0;

pub fn write(plan: &Plan, connections: Connections, folder: &Path) -> Result<(), String> {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/clients.plist");
    let mut clients = Value::from_file(shipped).map_err(|why| why.to_string())?;
    hurry(&mut clients, plan.faster);
    if connections == Connections::AsAtRealSpeed {
        close_idle(&mut clients, IDLE_CLOSE / plan.faster)?;
    }
    clients.to_file_xml(folder.join("clients.plist")).map_err(|why| why.to_string())?;
    config(plan).to_file_xml(folder.join("config.plist")).map_err(|why| why.to_string())
}

/// Lets every population close idle connections after so many seconds.
fn close_idle(clients: &mut Value, seconds: f64) -> Result<(), String> {
    let populations = clients.as_dictionary_mut().and_then(|clients| clients.get_mut("clients"));
    for population in populations.and_then(Value::as_array_mut).ok_or("the mix has no clients")? {
        let params = population.as_dictionary_mut().and_then(|population| population.get_mut("params"));
        let params = params.and_then(Value::as_dictionary_mut).ok_or("a population has no parameters")?;
        params.insert("connections".to_owned(), dict([("idleClose", Value::Real(seconds))]));
    }
    Ok(())
}

/// Divides every time below `value`.
fn hurry(value: &mut Value, by: f64) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| hurry(value, by)),
        Value::Dictionary(dict) => {
            for (key, value) in dict.iter_mut() {
                match key.as_str() {
                    "interval" | "calendarHomePollInterval" => shorten(value, by),
                    "sendInvitationDistribution" | "acceptDelayDistribution" => distribution(value, by),
                    _ => hurry(value, by),
                }
            }
        }
        _ => {}
    }
}

fn distribution(value: &mut Value, by: f64) {
    let params = value.as_dictionary_mut().and_then(|dict| dict.get_mut("params"));
    let Some(params) = params.and_then(Value::as_dictionary_mut) else { return };
    params
        .iter_mut()
        .filter(|(key, _)| TIMES.contains(&key.as_str()))
        .for_each(|(_, value)| shorten(value, by));
}

fn shorten(value: &mut Value, by: f64) {
    if value.as_dictionary().is_some() {
        return distribution(value, by);
    }
    let seconds = match value {
        Value::String(text) => {
            let (number, unit) = text.split_at(text.len().saturating_sub(1));
            let unit = [("s", 1.0), ("m", 60.0), ("h", 3600.0)].into_iter().find(|(name, _)| *name == unit);
            unit.and_then(|(_, unit)| Some(number.parse::<f64>().ok()? * unit))
        }
        Value::Integer(number) => number.as_signed().map(|number| number as f64),
        Value::Real(number) => Some(*number),
        _ => None,
    };
    if let Some(seconds) = seconds {
        *value = Value::Real(seconds / by);
    }
}

fn dict(pairs: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::Dictionary(Dictionary::from_iter(pairs))
}

fn config(plan: &Plan) -> Value {
    let text = |text: &str| Value::String(text.to_owned());
    let accounts = [
        ("count", Value::from(plan.users)),
        ("uidPattern", text("user%04d")),
        ("passwordPattern", text("user%04d")),
        ("namePattern", text("User %04d")),
        ("emailPattern", text("user%04d@example.com")),
        ("guidPattern", text("user%04d")),
    ];
    let arrival = [
        ("groups", Value::from(plan.users)),
        ("groupSize", Value::from(1)),
        ("interval", Value::Real(f64::from(plan.seconds) / 3.0 / f64::from(plan.users))),
        ("clientsPerUser", Value::from(1)),
    ];
    let mut prepare = Vec::new();
    if plan.large {
        prepare.extend(["calendar", "tasks"].map(describe));
    }
    dict([
        ("server", text("embedded")),
        ("principalPathTemplate", text("/principals/users/%s/")),
        ("accounts", dict([("loader", text("generateRecords")), ("params", dict(accounts))])),
        ("arrival", dict([("factory", text("SmoothRampUp")), ("params", dict(arrival))])),
        ("prepare", Value::Array(prepare)),
        ("observers", Value::Array(Vec::new())),
    ])
}

/// Gives a calendar a long description.
fn describe(calendar: &str) -> Value {
    let lines = "X-LINE:0123456789012345678901234567890\n".repeat(290);
    let body = format!(
        "<D:propertyupdate xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\"><D:set><D:prop>\
         <C:calendar-description>{lines}</C:calendar-description></D:prop></D:set></D:propertyupdate>"
    );
    dict([
        ("method", Value::String("PROPPATCH".to_owned())),
        ("path", Value::String(format!("/calendars/users/%s/{calendar}/"))),
        ("body", Value::String(body)),
    ])
}
