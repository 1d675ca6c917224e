//! The phases of the load (rows 16 to 19).

use super::element::Element;
use super::parts::Parts;
use crate::cli::import::plist::{Filling, Node};
use crate::config::Diagnostics;

/// The most phases, with those that are repeated.
const MOST: f64 = 10_000.0;

/// A phase as it is written here.
struct Phase {
    number: f64,
    line: String,
    dict: Node,
}

/// The arrival of all users.
pub fn arrival(parts: &Parts<'_>, diags: &Diagnostics) -> Option<Node> {
    let mut phases: Vec<Phase> = parts.phases.iter().filter_map(phase).collect();
    if phases.is_empty() {
        if parts.phases.is_empty() {
            let note = diags.error(&parts.root.at(), "there is no <arrivalphase>: nobody comes");
            note.help("add one with a `duration` and its <users>");
        }
        return None;
    }
    phases.sort_by(|one, other| one.number.total_cmp(&other.number));
    let rounds = 1.0 + parts.load.as_ref().and_then(|load| load.number("loop", 0.0)).unwrap_or(0.0).floor();
    if rounds * phases.len() as f64 > MOST {
        diags.error(
            &parts.root.at(),
            format!("there are more than {MOST} phases, with those that are repeated"),
        );
        return None;
    }
    let one = |phase: &Phase| crate::cli::import::plist::Item {
        comment: Some(phase.line.clone()),
        value: phase.dict.clone(),
    };
    let all = (0..rounds as usize).flat_map(|_| phases.iter().map(one)).collect();
    let params = Filling::default().with("phases", Node::Array(all)).dict();
    Some(Filling::default().with("factory", Node::text("Poisson")).with("params", params).dict())
}

fn phase(element: &Element<'_>) -> Option<Phase> {
    let diags = element.diags();
    let number = element.number("phase", 0.0)?;
    let duration = times(element.number("duration", 0.0), seconds(element, "second"));
    let mut users = None;
    for child in element.children() {
        match child.name() {
            "users" if users.is_none() => users = Some(child),
            "session_setup" => {
                child.not_carried_over().help("the mix of the sessions is the same in all phases");
            }
            _ => drop(child.not_carried_over()),
        }
    }
    if element.attribute("wait_all_sessions_end").is_some_and(|word| word.text == "true") {
        let message = "`wait_all_sessions_end` is not carried over: the next phase begins by the clock";
        diags.warning(&element.at(), message);
    }
    let Some(users) = users else {
        diags
            .error(&element.at(), "this phase has no <users>")
            .help("<users interarrival=\"2\" unit=\"second\"/>");
        return None;
    };
    let unit = seconds(&users, "second");
    let gap = times(users.number("interarrival", 0.0), unit);
    let rate = users.number("arrivalrate", 0.0).zip(unit).map(|(count, unit)| count / unit);
    let rate = match (gap, rate) {
        (Some(gap), None) if gap > 0.0 => 1.0 / gap,
        (None, Some(rate)) => rate,
        _ => {
            let note = diags.error(&users.at(), "<users> has no `interarrival` above 0 and no `arrivalrate`");
            note.help("one of the two says how often users come");
            return None;
        }
    };
    let duration = duration?;
    // A phase ends when its users are there (row 19).
    let most = users.number("maxnumber", 1.0);
    let short = most.map(|most| most / rate).filter(|short| *short < duration);
    if let Some(short) = short {
        let message = format!("`maxnumber` makes the phase shorter: {short} s bring as many on average");
        diags.notice(&users.at(), message);
    }
    let dict = Filling::default().with("duration", Node::Number(short.unwrap_or(duration)));
    let dict = match gap {
        Some(gap) => dict.with("interarrival", Node::Number(gap)),
        None => dict.with("rate", Node::Number(rate)),
    };
    users.finish();
    let line = element.line().map(|line| format!("line {line}")).unwrap_or_default();
    Some(Phase { number, line, dict: dict.dict() })
}

/// How long the load lasts at most, seconds.
pub fn longest(parts: &Parts<'_>) -> Option<f64> {
    let load = parts.load.as_ref()?;
    times(load.number("duration", 0.001), seconds(load, "second"))
}

fn times(number: Option<f64>, unit: Option<f64>) -> Option<f64> {
    Some(number? * unit?)
}

/// The seconds that the `unit` of an element stands for.
fn seconds(element: &Element<'_>, usual: &str) -> Option<f64> {
    const UNITS: [(&str, f64); 4] =
        [("hour", 3600.0), ("minute", 60.0), ("second", 1.0), ("millisecond", 0.001)];
    let word = element.attribute("unit");
    let name = word.as_ref().map_or(usual, |word| word.text.trim());
    let found = UNITS.iter().find(|(known, _)| *known == name).map(|(_, seconds)| *seconds);
    if let (None, Some(word)) = (found, &word) {
        let note = element.diags().error(&word.at, format!("{name:?} is no unit of time"));
        note.help("write hour, minute, second or millisecond");
    }
    found
}
