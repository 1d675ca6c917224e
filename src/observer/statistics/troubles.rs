//! What a reader must know to trust the figures: errors, what was not served, lag, idle profiles.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::GRAIN;
use crate::event::Phase;
use crate::label::Label;
use crate::report::{About, DelayFigures, Summary, Table, general};
use crate::stats::{Alike, Habits, Period, Samples, Statistics, Tally, Texts};

/// All blocks that have something to say.
pub fn blocks(summary: &Summary, period: &Period) -> String {
    let stats = summary.stats;
    let mut text = String::new();
    text.push_str(&block("Load", load(summary, period)));
    text.push_str(&block("Errors, with the first example of those that are alike", errors(period)));
    text.push_str(&block("Why operations failed", reasons(&period.reasons)));
    text.push_str(&unserved(period));
    text.push_str(&lag(period));
    text.push_str(&block(
        "Profiles that are off on this server, for so many clients",
        habits(stats.switched_off()),
    ));
    text.push_str(&block("Profiles that had nothing to do, so often", habits(stats.idle())));
    text.push_str(&block("Notices", stats.notices().iter().map(|(text, _)| text.to_string()).collect()));
    text
}

fn block(title: &str, lines: Vec<String>) -> String {
    if lines.is_empty() {
        return String::new();
    }
    format!("\n* {title}\n  {}\n", lines.join("\n  "))
}

/// How much was asked, and what of it is not judged.
fn load(summary: &Summary, period: &Period) -> Vec<String> {
    let stats = summary.stats;
    let seconds = summary.measured_time.as_secs_f64();
    let rate = if seconds > 0.0 { period.answered() as f64 / seconds } else { 0.0 };
    let mut lines = about(&summary.about);
    lines.push(format!(
        "{} requests in {} s that were measured: {rate:.2} each second",
        period.answered(),
        general(seconds)
    ));
    let others = stats.periods().filter(|(phase, _)| *phase != Phase::Measured);
    for (phase, period) in others {
        let name = phase.words();
        lines.push(format!("{} requests in the {name}, which is not judged", period.answered()));
    }
    if summary.prepared > 0 {
        lines.push(prepared(summary));
    }
    lines.push(format!("{} requests had no answer when the run ended", stats.unanswered()));
    lines.push(statuses(period));
    lines.push(arrivals(stats));
    let delays = DelayFigures::from(stats.delays());
    lines.extend([delays.late(seconds_of), delays.waiting(seconds_of)].into_iter().flatten());
    lines.extend((stats.gave_way() > 0).then(|| gave_way(stats.gave_way())));
    for (title, group) in period.groups.iter().filter(|_| period.groups.len() > 1) {
        lines.push(format!("{title}: {}", shares(&group.requests, &group.operations)));
    }
    for (profile, group) in &period.profiles {
        lines.push(format!("{profile}: {}", shares(&group.requests, &group.operations)));
    }
    lines
}

/// What was run; nothing where it is not known.
fn about(about: &About) -> Vec<String> {
    let line = |text: String, known: bool| known.then_some(text);
    let servers = about.servers.join(", ");
    [
        line(
            format!("populace {}, {} and {}", about.version, about.config, about.clients),
            !about.version.is_empty(),
        ),
        line(format!("against {servers}"), !servers.is_empty()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn statuses(period: &Period) -> String {
    let each: Vec<String> =
        period.statuses.iter().map(|(status, count)| format!("{status}: {count}")).collect();
    if each.is_empty() { "no status came".to_owned() } else { format!("statuses: {}", each.join(", ")) }
}

/// What came before the first user, and what of it is there now.
fn prepared(summary: &Summary) -> String {
    let made = summary.made_beforehand.iter().filter(|(what, count)| **what != "requests" && **count > 0);
    let noun = |what: &'static str, count: u64| what.strip_suffix('s').filter(|_| count == 1).unwrap_or(what);
    let made: Vec<String> = made.map(|(what, count)| format!("{count} {}", noun(what, *count))).collect();
    let text = format!("{} requests came before the first user, to prepare it", summary.prepared);
    if made.is_empty() { text } else { format!("{text}: {}", made.join(", ")) }
}

fn arrivals(stats: &Statistics) -> String {
    let silent = stats.clients().saturating_sub(stats.clients_seen());
    let clients = format!("{} users with {} clients arrived", stats.users(), stats.clients());
    if silent == 0 { clients } else { format!("{clients}; {silent} clients never had an answer") }
}

/// A time to the millisecond.
fn seconds_of(seconds: f64) -> String {
    format!("{} s", general((seconds * 1e3).round() / 1e3))
}

fn gave_way(connections: u64) -> String {
    let were = if connections == 1 { "connection was" } else { "connections were" };
    format!("{connections} idle {were} closed, as all were taken and somebody else needed one")
}

fn shares(requests: &Tally, operations: &Tally) -> String {
    format!(
        "{} requests, {} failed; {} operations, {} failed",
        requests.count(),
        requests.failures(),
        operations.count(),
        operations.failures()
    )
}

/// The most sorts of errors of one kind that are shown one by one.
const MOST_SORTS: usize = 12;

/// A line for each kind; and where its errors are of several sorts, one for each of these.
fn errors(period: &Period) -> Vec<String> {
    let mut lines = Vec::new();
    for (kind, errors) in &period.errors {
        let (kind, sorts) = (kind.as_str(), errors.sorts());
        if let ([_] | [], Some((_, first))) = (sorts.as_slice(), &errors.first) {
            lines.push(format!("{kind:<15} {:>8}  {first}", errors.count));
            continue;
        }
        lines.push(format!("{kind:<15} {:>8}  of several sorts:", errors.count));
        let shown = &sorts[..sorts.len().min(MOST_SORTS)];
        lines.extend(shown.iter().map(|(_, sort)| format!("{:<15} {:>8}  {}", "", sort.count, sort.text())));
        let others = shown.iter().fold(errors.count, |others, (_, sort)| others.saturating_sub(sort.count));
        lines.extend((others > 0).then(|| format!("{:<15} {others:>8}  others", "")));
    }
    lines
}

/// Why operations failed, with the first of the reasons that are alike.
fn reasons(reasons: &BTreeMap<Label, Alike>) -> Vec<String> {
    let of_label = |(label, alike): (&Label, &Alike)| {
        let sorts = alike.sorts().into_iter().map(|sort| (&**sort.text(), sort.count));
        counted(label.as_str(), sorts, alike.others())
    };
    reasons.iter().flat_map(of_label).collect()
}

fn habits(habits: &Habits) -> Vec<String> {
    let of_habit = |(profile, texts): (&std::rc::Rc<str>, &Texts)| {
        counted(profile, texts.iter().map(|(text, count)| (&**text, count)), texts.others())
    };
    habits.iter().flat_map(of_habit).collect()
}

/// A line for each text, and one for those that were not kept.
fn counted<'a>(name: &str, texts: impl Iterator<Item = (&'a str, u64)>, others: u64) -> Vec<String> {
    let others = (others > 0).then_some(("other reasons", others));
    texts.chain(others).map(|(text, count)| format!("{name:<20} {count:>8}  {text}")).collect()
}

/// The operations that were not served one by one, or not to their end.
fn unserved(period: &Period) -> String {
    let mut table = Table::new("operation", 30)
        .column("served", 8)
        .column("late", 8)
        .column("skipped", 8)
        .column("unfinished", 10);
    for (label, tally) in &period.operations {
        if tally.late + tally.skipped + tally.unfinished > 0 {
            let numbers = [tally.count(), tally.late, tally.skipped, tally.unfinished];
            table.row(std::iter::once(label.to_string()).chain(numbers.map(|n| n.to_string())).collect());
        }
    }
    if table.is_empty() {
        return String::new();
    }
    let title = "Not served (late: merged into one that waited; unfinished: cut by the end)";
    format!("\n* {title}\n{}", table.render())
}

/// How late requests and operations began, where that is more than the timer's grain.
fn lag(period: &Period) -> String {
    let all = period.requests.iter().chain(&period.operations);
    let late: Vec<_> = all.filter(|(_, tally)| tally.lag.max() >= GRAIN).collect();
    if late.is_empty() {
        return "\n* Lag\n  nothing began 1 ms late or more; less is the timer's grain, not lag\n".to_owned();
    }
    let mut table = Table::new("request or operation", 30);
    for column in ["p50", "p95", "p99", "max"] {
        table = table.column(column, 8);
    }
    for (label, tally) in late {
        let lag: &Samples = &tally.lag;
        let times = [lag.median(), lag.quantile(0.95), lag.quantile(0.99), Some(lag.max())];
        table.row(std::iter::once(label.to_string()).chain(times.map(milliseconds)).collect());
    }
    format!("\n* Lag, ms: begun after due; under 1 ms is the timer's grain\n{}", table.render())
}

fn milliseconds(time: Option<Duration>) -> String {
    match time {
        Some(time) if time >= GRAIN => format!("{:.1}", time.as_secs_f64() * 1000.0),
        _ => "<1".to_owned(),
    }
}
