//! Prometheus' text format, version 0.0.4 ("Exposition formats", prometheus.io): families of samples, each with its help
//! and its type, all samples of a family together.

use std::fmt::Write;

use crate::stats::Histogram;

/// The text, as far as it is written.
#[derive(Default)]
pub struct Exposition(String);

/// What a family is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Goes up only.
    Counter,
    Gauge,
    Histogram,
}

/// The labels of a sample: names that we choose, values that come from anywhere.
pub type Labels<'a> = &'a [(&'a str, &'a str)];

/// A family; samples are added to it. One without any leaves no trace.
pub struct Family<'e> {
    out: &'e mut String,
    name: &'static str,
    head: Option<String>,
}

impl Exposition {
    /// Begins a family. `name` and the names of labels are as the format wants them: letters, digits and underscores.
    pub fn family(&mut self, name: &'static str, kind: Kind, help: &str) -> Family<'_> {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let head = format!("# HELP {name} {}\n# TYPE {name} {kind}\n", escaped(help, false));
        Family { out: &mut self.0, name, head: Some(head) }
    }

    pub fn text(self) -> String {
        self.0
    }
}

impl Family<'_> {
    pub fn sample(&mut self, labels: Labels<'_>, value: f64) -> &mut Self {
        self.line("", labels, None, value)
    }

    /// A histogram: so many durations, their sum in seconds, and how they lie. Buckets end at `bounds`, in seconds.
    pub fn histogram(
        &mut self,
        labels: Labels<'_>,
        histogram: &Histogram,
        count: u64,
        sum: f64,
        bounds: &[f64],
    ) {
        let mut values = histogram.counts().peekable();
        let mut below = 0u64;
        for bound in bounds {
            let micros = (bound * 1e6).round() as u64;
            while let Some((_, count)) = values.next_if(|(value, _)| *value <= micros) {
                below += u64::from(count);
            }
            self.line("_bucket", labels, Some(&bound.to_string()), below.min(count) as f64);
        }
        self.line("_bucket", labels, Some("+Inf"), count as f64);
        self.line("_sum", labels, None, sum).line("_count", labels, None, count as f64);
    }

    fn line(&mut self, suffix: &str, labels: Labels<'_>, bound: Option<&str>, value: f64) -> &mut Self {
        if let Some(head) = self.head.take() {
            self.out.push_str(&head);
        }
        let labels = labels.iter().copied().chain(bound.map(|bound| ("le", bound)));
        let labels: Vec<String> =
            labels.map(|(name, value)| format!("{name}=\"{}\"", escaped(value, true))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        // Writing to a String cannot fail.
        let _ = writeln!(self.out, "{}{suffix}{labels} {}", self.name, number(value));
        self
    }
}

fn number(value: f64) -> String {
    match value {
        f64::INFINITY => "+Inf".to_owned(),
        f64::NEG_INFINITY => "-Inf".to_owned(),
        // Not a number is written as here.
        _ => value.to_string(),
    }
}

/// Backslashes and ends of lines; in values of labels quotation marks too. Nothing else of what ends a line for some
/// reader may stand in it either.
fn escaped(text: &str, value: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '"' if value => escaped.push_str("\\\""),
            _ if letter.is_control() => escaped.push(' '),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_family_is_written_as_the_format_says() {
        let mut out = Exposition::default();
        out.family("a_total", Kind::Counter, "What \\ it is\nin words")
            .sample(&[("label", "a\"b\\c\nd\re")], 3.0)
            .sample(&[], 0.5);
        out.family("b", Kind::Gauge, "Nothing");
        let expected = "# HELP a_total What \\\\ it is\\nin words\n# TYPE a_total counter\n\
                        a_total{label=\"a\\\"b\\\\c\\nd e\"} 3\na_total 0.5\n";
        assert_eq!(out.text(), expected);
    }

    #[test]
    fn buckets_count_all_below() {
        let mut histogram = Histogram::default();
        for ms in [1, 2, 500, 4_000] {
            histogram.record(Duration::from_millis(ms));
        }
        let mut out = Exposition::default();
        out.family("t", Kind::Histogram, "T").histogram(&[], &histogram, 4, 4.503, &[0.0015, 1.0, 2.5]);
        let text = out.text();
        let samples: Vec<&str> = text.lines().skip(2).collect();
        assert_eq!(
            samples,
            [
                "t_bucket{le=\"0.0015\"} 1",
                "t_bucket{le=\"1\"} 3",
                "t_bucket{le=\"2.5\"} 3",
                "t_bucket{le=\"+Inf\"} 4",
                "t_sum 4.503",
                "t_count 4"
            ]
        );
    }
}
