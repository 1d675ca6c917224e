//! Prometheus' text format, as far as sums of series need it
//! (<https://prometheus.io/docs/instrumenting/exposition_formats>).

use std::collections::BTreeMap;

/// The series of a text, by metric.
#[derive(Debug, Default)]
pub struct Exposition {
    series: BTreeMap<String, Vec<(Labels, f64)>>,
}

/// Names and values, in their order.
pub type Labels = Vec<(String, String)>;

impl Exposition {
    /// Reads a whole text; the first line that makes no sense is the error.
    pub fn parse(text: &str) -> Result<Exposition, String> {
        let mut read = Exposition::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (name, labels, value) = series(line).ok_or_else(|| {
                let begin: String = line.chars().take(60).collect();
                format!("not Prometheus' text format: {begin:?}")
            })?;
            read.series.entry(name).or_default().push((labels, value));
        }
        Ok(read)
    }

    /// The sum of the series of a metric whose labels are `wanted`; None: there is none.
    pub fn sum(&self, metric: &str, wanted: impl Fn(&[(String, String)]) -> bool) -> Option<f64> {
        let all = self.series.get(metric)?.iter();
        let values = all.filter(|(labels, _)| wanted(labels)).map(|(_, value)| *value);
        values.reduce(|sum, value| sum + value)
    }
}

/// `name{label="value",...} value [timestamp]`, or with any other name `{"name",label="value",...} value`; labels may stand
/// in quotes too.
fn series(line: &str) -> Option<(String, Labels, f64)> {
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':'))?;
    let (name, rest) = line.split_at(end);
    let rest = rest.trim_start();
    let (inside, labels, rest) = match rest.strip_prefix('{') {
        Some(rest) => labels(rest)?,
        None => (None, Labels::new(), rest),
    };
    let value = number(rest.split_ascii_whitespace().next()?)?;
    // It has one name, before the braces or within.
    let name = match inside {
        Some(inside) => Some(inside).filter(|_| name.is_empty()),
        None => Some(name.to_owned()),
    };
    Some((name.filter(|name| !name.is_empty())?, labels, value))
}

/// `+Inf`, `-Inf` and `NaN` are numbers here as there.
fn number(text: &str) -> Option<f64> {
    text.parse().ok()
}

/// The name and the labels up to the brace that ends them, and what follows.
fn labels(mut rest: &str) -> Option<(Option<String>, Labels, &str)> {
    let (mut inside, mut found) = (None, Labels::new());
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix('}') {
            return Some((inside, found, after));
        }
        let (name, after) = match quoted(rest) {
            Some((name, after)) => (name, after.trim_start()),
            None => {
                let end = rest.find('=')?;
                (rest[..end].trim().to_owned(), &rest[end..])
            }
        };
        match after.strip_prefix('=') {
            Some(after) => {
                let (value, after) = quoted(after.trim_start())?;
                found.push((name, value));
                rest = after;
            }
            None if inside.is_none() => (inside, rest) = (Some(name), after),
            None => return None,
        }
        rest = rest.trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest);
    }
}

/// The text in quotes with which this begins, and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let (mut value, mut letters) = (String::new(), text.strip_prefix('"')?.chars());
    loop {
        match letters.next()? {
            '"' => return Some((value, letters.as_str())),
            '\\' => value.push(match letters.next()? {
                'n' => '\n',
                other => other,
            }),
            letter => value.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn series_are_summed_by_labels() {
        let text =
            "# TYPE a counter\na{m=\"x\",d=\"q\\\"\\\\\\n,}\"} 1.5e3 1700\na{m=\"y\"} 2\nb 3\nc{} NaN\n";
        let read = Exposition::parse(text).unwrap();
        assert_eq!(read.sum("a", |_| true), Some(1502.0));
        let odd = ("d".to_owned(), "q\"\\\n,}".to_owned());
        assert_eq!(read.sum("a", |labels| labels.contains(&odd)), Some(1500.0));
        assert_eq!(
            (read.sum("b", |_| true), read.sum("b", |_| false), read.sum("d", |_| true)),
            (Some(3.0), None, None)
        );
        assert!(read.sum("c", |_| true).unwrap().is_nan());
    }

    #[test]
    fn names_may_stand_in_quotes() {
        let text = "{\"my.metric\", a=\"b\", \"c.d\" = \"e\"} 1\n{\"my.metric\"} 2\n{a=\"f\",\"other \\\"1\\\"\"} 4 1700\n";
        let read = Exposition::parse(text).unwrap();
        let has = |name: &str, value: &str| {
            let label = (name.to_owned(), value.to_owned());
            move |labels: &[(String, String)]| labels.contains(&label)
        };
        assert_eq!(read.sum("my.metric", |_| true), Some(3.0));
        assert_eq!(read.sum("my.metric", has("c.d", "e")), Some(1.0));
        assert_eq!(read.sum("other \"1\"", has("a", "f")), Some(4.0));
        for line in ["{\"a\",\"b\"} 1", "a{\"b\"} 1", "{\"a\" 1"] {
            assert!(Exposition::parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn what_is_none_is_said() {
        for line in ["<html>", "a{b=\"c} 1", "a{b} 1", "a", "a x", "{a=\"b\"} 1"] {
            assert!(Exposition::parse(line).unwrap_err().starts_with("not Prometheus"), "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[a-c{}=\"\\\\, 1\n]{0,60}") {
            let _ = Exposition::parse(&text);
        }
    }
}
