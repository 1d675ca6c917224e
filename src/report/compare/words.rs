//! What the written comparisons say in words.

use super::{Change, Compared, Comparison, Finding, Kind, Outcome};
use crate::label::Label;
use crate::report::general;

/// One line: what came of it.
pub fn verdict(comparison: &Comparison) -> String {
    if let Some(why) = comparison.incomparable {
        return format!("CANNOT TELL: {why}");
    }
    let allowed = match comparison.settings.max_regression {
        0.0 => String::new(),
        allowed => format!(" (up to {} is allowed)", part(allowed)),
    };
    match comparison.outcome {
        Outcome::Equal => "EQUAL: every figure of B is that of A".to_owned(),
        Outcome::NoDifference => {
            format!("NO DIFFERENCE: nothing in B is for sure unlike A{}", open(comparison))
        }
        Outcome::Better => format!("BETTER: {}", named(comparison, Finding::Better)),
        Outcome::Slower => {
            format!(
                "SLOWER, but not for sure by more than {}: {}",
                part(comparison.settings.max_regression),
                named(comparison, Finding::Slower)
            )
        }
        Outcome::Worse => {
            let found = named(comparison, Finding::Worse);
            let reasons = comparison.failed.into_iter().chain((!found.is_empty()).then_some(&*found));
            format!("WORSE{allowed}: {}", reasons.collect::<Vec<_>>().join("; "))
        }
        Outcome::CannotTell if comparison.labels.is_empty() => {
            "CANNOT TELL: no label came to an end in both runs".to_owned()
        }
        Outcome::CannotTell => "CANNOT TELL: no time has enough samples in both to say how it changed; \
                                longer runs or more users give more"
            .to_owned(),
    }
}

/// Of how many labels nothing is known, if that is so of any.
fn open(comparison: &Comparison) -> String {
    match comparison.labels.iter().filter(|label| is_unknown(label)).count() {
        0 => String::new(),
        few => format!(
            ", as far as can be told: {few} of {} labels have too few samples",
            comparison.labels.len()
        ),
    }
}

/// The labels with a finding, and the figures that show it: `request PUT{event} (p50 +20 %), ...`.
fn named(comparison: &Comparison, finding: Finding) -> String {
    let labels = comparison.labels.iter().filter_map(|label| {
        let found = label.changes().filter(|(_, change)| change.finding == finding);
        let found: Vec<String> =
            found.map(|(name, change)| format!("{} {}", title(name), size(name, change.change))).collect();
        (!found.is_empty()).then(|| format!("{} ({})", label.name(), few(found, MOST_FIGURES, ", ", "more")))
    });
    few(labels.collect(), MOST_LABELS, "; ", "more labels")
}

/// The most labels that the verdict names, and figures of each.
const MOST_LABELS: usize = 4;
const MOST_FIGURES: usize = 2;

/// The first of a list in one line, and how many more there are.
fn few(mut all: Vec<String>, most: usize, between: &str, what: &str) -> String {
    let more = all.len().saturating_sub(most);
    if more > 0 {
        all.truncate(most);
        all.push(format!("and {more} {what}"));
    }
    all.join(between)
}

/// The figures of a label that a short table has: those that differ for sure, or else the one that says most of it; and
/// what failed. None where nothing is known of how it changed.
pub fn short(label: &Compared) -> Vec<(&'static str, &Change)> {
    let found = |change: &Change| !matches!(change.finding, Finding::None | Finding::TooFew);
    let usual = || {
        let of = |name: &&str| label.percentiles.iter().find(|(figure, _)| figure == name);
        let whole = |change: &Change| change.lower.is_some() && change.upper.is_some();
        let first = |wanted: &dyn Fn(&Change) -> bool| {
            SAYING.iter().filter_map(of).find(|(_, change)| wanted(change))
        };
        first(&whole).or_else(|| first(&known)).map(|(name, _)| *name)
    };
    let usual = if label.changes().any(|(_, change)| found(change)) { None } else { usual() };
    long(label)
        .into_iter()
        .filter(|(name, change)| found(change) || Some(*name) == usual || *name == "failed")
        .collect()
}

/// Percentiles, the one that says most of a label first.
const SAYING: [&str; 5] = ["p95", "p90", "p50", "p99", "p999"];

/// All figures of a label of which something is known.
pub fn long(label: &Compared) -> Vec<(&'static str, &Change)> {
    label.changes().filter(|(_, change)| known(change)).collect()
}

/// The labels of which nothing is known, with how many there were in A and B.
pub fn too_few(comparison: &Comparison) -> String {
    let few = comparison.labels.iter().filter(|label| is_unknown(label));
    let few =
        few.map(|label| (label.kind, format!("{} {}/{}", label.label, label.counts[0], label.counts[1])));
    by_kind(few)
}

/// Names by kind: `requests A, B; operations C`; empty without any.
fn by_kind(all: impl Iterator<Item = (Kind, String)>) -> String {
    let all: Vec<(Kind, String)> = all.collect();
    let kinds = [(Kind::Request, "requests"), (Kind::Operation, "operations")].map(|(kind, title)| {
        let names: Vec<&str> =
            all.iter().filter(|(of, _)| *of == kind).map(|(_, name)| name.as_str()).collect();
        if names.is_empty() { String::new() } else { format!("{title} {}", names.join(", ")) }
    });
    kinds.into_iter().filter(|names| !names.is_empty()).collect::<Vec<_>>().join("; ")
}

fn is_unknown(label: &Compared) -> bool {
    !label.changes().any(|(_, change)| known(change))
}

/// The title of that list.
pub const TOO_FEW: &str = "Too few samples to say how it changed (how many in A / in B)";

impl Compared {
    /// `request PUT{event}`.
    pub fn name(&self) -> String {
        name(self.kind, self.label)
    }
}

fn name(kind: Kind, label: Label) -> String {
    match kind {
        Kind::Request => format!("request {label}"),
        Kind::Operation => format!("operation {label}"),
    }
}

/// The names of labels that only one run has; empty without any.
pub fn names(labels: &[(Kind, Label)]) -> String {
    by_kind(labels.iter().map(|(kind, label)| (*kind, label.to_string())))
}

/// One line: how fast B is beside A, all in all.
pub fn quality(comparison: &Comparison) -> Option<String> {
    let quality = general(comparison.quality?);
    Some(format!("QoS of B with A as the benchmark: {quality} (1 is as A, less is faster)"))
}

/// The title of a figure.
pub fn title(name: &str) -> &str {
    match name {
        "p999" => "p99.9",
        name => name,
    }
}

/// A change of a time in percent, or of a rate in points of percent, with its sign.
pub fn size(name: &str, change: Option<f64>) -> String {
    let unit = if name == "failed" { " points" } else { " %" };
    change.map_or("-".to_owned(), |change| {
        let percent = change * 100.0;
        let digits = if percent.abs() < 9.95 || name == "failed" { 1 } else { 0 };
        // Nothing has no sign.
        let percent = if percent.abs() < 0.05 { 0.0 } else { percent };
        let sign = if percent == 0.0 {
            ""
        } else if percent > 0.0 {
            "+"
        } else {
            "-"
        };
        format!("{sign}{:.digits$}{unit}", percent.abs())
    })
}

/// What a change lies between.
pub fn between(name: &str, change: &Change) -> String {
    match (change.lower, change.upper) {
        (Some(lower), Some(upper)) => format!("{} to {}", size(name, Some(lower)), size(name, Some(upper))),
        (Some(lower), None) => format!("at least {}", size(name, Some(lower))),
        (None, Some(upper)) => format!("at most {}", size(name, Some(upper))),
        (None, None) => "-".to_owned(),
    }
}

/// The value in one run: seconds, or percent of all.
pub fn value(name: &str, value: Option<f64>) -> String {
    match value {
        None => "-".to_owned(),
        Some(value) if name == "failed" => part(value),
        Some(seconds) => format!("{seconds:.4}"),
    }
}

/// A part of one in percent.
pub fn part(part: f64) -> String {
    format!("{} %", general((part * 1e4).round() / 100.0))
}

/// Whether anything is known of how a figure changed.
pub fn known(change: &Change) -> bool {
    change.lower.is_some() || change.upper.is_some()
}

pub fn finding(finding: Finding) -> &'static str {
    match finding {
        Finding::None => "",
        Finding::TooFew => "too few",
        Finding::Better => "BETTER",
        Finding::Slower => "slower",
        Finding::Worse => "WORSE",
    }
}

/// What a reader must know to read the tables, a sentence each.
pub fn legend(comparison: &Comparison) -> Vec<String> {
    let mut all = vec![
        "Times are in seconds, of what succeeded: of requests the service time, of operations the response time.".to_owned(),
    ];
    if comparison.figures > 0 {
        let confidence = part(comparison.settings.confidence);
        all.push(format!("What stands under “between” holds for all figures at once with {confidence}."));
    }
    let open = |change: &Change| {
        comparison.incomparable.is_none()
            && change.finding == Finding::None
            && change.upper.is_some_and(|upper| upper > comparison.settings.max_regression)
    };
    let times = || comparison.labels.iter().flat_map(|label| &label.percentiles);
    let (open, known) = (
        times().filter(|(_, change)| open(change)).count(),
        times().filter(|(_, change)| known(change)).count(),
    );
    if comparison.settings.max_regression > 0.0 && open > 0 {
        let allowed = part(comparison.settings.max_regression);
        all.push(format!(
            "Of {open} of the {known} times it is open whether they are slower by more than {allowed}: longer runs say more."
        ));
    }
    all
}
