//! What the written comparisons say in words.

use super::{Change, Compared, Comparison, Finding, Kind, Outcome};
use crate::label::Label;
use crate::report::general;

/// One line: what came of it.
pub fn verdict(comparison: &Comparison) -> String {
    let allowed = match comparison.settings.max_regression {
        0.0 => String::new(),
        allowed => format!(" (up to {} is allowed)", part(allowed)),
    };
    match comparison.outcome {
        Outcome::Equal => "EQUAL: every figure of B is that of A".to_owned(),
        Outcome::NoDifference => "NO DIFFERENCE: nothing in B is for sure unlike A".to_owned(),
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

/// The labels with a finding, and the figures that show it: `request PUT{event} (p50 +20 %), ...`.
fn named(comparison: &Comparison, finding: Finding) -> String {
    let labels = comparison.labels.iter().filter_map(|label| {
        let found: Vec<String> = label
            .changes()
            .filter(|(_, change)| change.finding == finding)
            .map(|(name, change)| format!("{} {}", title(name), size(name, change.change)))
            .collect();
        (!found.is_empty()).then(|| format!("{} ({})", label.name(), found.join(", ")))
    });
    labels.collect::<Vec<_>>().join("; ")
}

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

/// The names of labels that only one run has.
pub fn names(labels: &[(Kind, Label)]) -> Vec<String> {
    labels.iter().map(|(kind, label)| name(*kind, *label)).collect()
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

/// The labels of which nothing is known, with how many there were in A and B.
pub fn too_few(comparison: &Comparison) -> Vec<String> {
    let few = comparison.labels.iter().filter(|label| !label.changes().any(|(_, change)| known(change)));
    few.map(|label| format!("{} ({}, {})", label.name(), label.counts[0], label.counts[1])).collect()
}

pub fn finding(finding: Finding) -> &'static str {
    match finding {
        Finding::None => "",
        Finding::TooFew => "too few to say",
        Finding::Better => "BETTER",
        Finding::Slower => "slower",
        Finding::Worse => "WORSE",
    }
}

/// What a reader must know to read the tables, a sentence each.
pub fn legend(comparison: &Comparison) -> Vec<String> {
    let confidence = part(comparison.settings.confidence);
    let mut all = vec![format!(
        "Times are seconds: of requests service times, of operations response times; of those that succeeded. \
         The {} intervals hold all together with {confidence}; percentiles without one have too few samples.",
        comparison.figures
    )];
    let open = |change: &Change| {
        change.finding == Finding::None
            && change.upper.is_some_and(|upper| upper > comparison.settings.max_regression)
    };
    let times = comparison.labels.iter().flat_map(|label| &label.percentiles);
    let open = times.filter(|(_, change)| open(change)).count();
    if comparison.settings.max_regression > 0.0 && open > 0 {
        all.push(format!(
            "Of {open} figures without a finding it cannot be ruled out that they are slower by more than is allowed: \
             their intervals end beyond it. Longer runs make intervals narrower."
        ));
    }
    all
}
