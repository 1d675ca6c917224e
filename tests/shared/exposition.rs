//! Reads Prometheus' text format (version 0.0.4), and takes nothing that its description does not allow.

use std::collections::{BTreeMap, BTreeSet};

/// One line with a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    pub name: String,
    pub labels: BTreeMap<String, String>,
    pub value: f64,
}

/// All samples, by name and labels.
pub struct Samples(pub Vec<Sample>);

impl Samples {
    /// The value of the sample with this name and, among others, these labels.
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let fits = |sample: &&Sample| {
            sample.name == name
                && labels
                    .iter()
                    .all(|(label, value)| sample.labels.get(*label).is_some_and(|own| own == value))
        };
        self.0.iter().find(fits).map(|sample| sample.value)
    }

    /// The sum of all samples with this name.
    pub fn sum(&self, name: &str) -> f64 {
        self.0.iter().filter(|sample| sample.name == name).map(|sample| sample.value).sum()
    }
}

/// # Errors
/// The line that is wrong, and why.
pub fn parse(text: &str) -> Result<Samples, String> {
    if !text.ends_with('\n') || text.contains('\r') {
        return Err("the last line has no end, or a line has another one".into());
    }
    let mut families = BTreeSet::new();
    let mut samples: Vec<Sample> = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let wrong = |why: &str| format!("{why}: {line}");
        let (name, help) =
            line.strip_prefix("# HELP ").and_then(|rest| rest.split_once(' ')).ok_or(wrong("no HELP"))?;
        unescape(help, false).ok_or(wrong("the help"))?;
        let kind =
            lines.next().and_then(|line| line.strip_prefix("# TYPE ")).ok_or(wrong("no TYPE after it"))?;
        let kind =
            kind.strip_prefix(name).and_then(|rest| rest.strip_prefix(' ')).ok_or(wrong("another TYPE"))?;
        if !is_name(name, true) || !families.insert(name.to_owned()) {
            return Err(wrong("a bad name, or one that was there already"));
        }
        if !["counter", "gauge", "histogram"].contains(&kind)
            || (kind == "counter") != name.ends_with("_total")
        {
            return Err(wrong("a bad type for this name"));
        }
        let mut family = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with('#')) {
            family.push(sample(line).ok_or(format!("a bad sample: {line}"))?);
        }
        check(name, kind, &family).map_err(|why| format!("{name}: {why}"))?;
        samples.extend(family);
    }
    let known: BTreeSet<_> = samples.iter().map(|sample| (&sample.name, &sample.labels)).collect();
    if known.len() != samples.len() {
        return Err("a sample is there twice".into());
    }
    Ok(Samples(samples))
}

fn check(name: &str, kind: &str, family: &[Sample]) -> Result<(), String> {
    if family.is_empty() {
        return Err("no samples".into());
    }
    if kind == "histogram" {
        return histograms(name, family);
    }
    let fits = |sample: &Sample| {
        sample.name == name && (kind == "gauge" || (sample.value.is_finite() && sample.value >= 0.0))
    };
    family.iter().find(|sample| !fits(sample)).map_or(Ok(()), |sample| Err(format!("{sample:?}")))
}

fn histograms(name: &str, family: &[Sample]) -> Result<(), String> {
    let mut rest = family;
    while let Some(first) = rest.first() {
        let mut own = first.labels.clone();
        own.remove("le").ok_or("a histogram begins with a bucket")?;
        let (mut bound, mut count) = (f64::NEG_INFINITY, 0.0);
        let mut buckets = 0;
        for sample in rest.iter().take_while(|sample| sample.name == format!("{name}_bucket")) {
            let mut labels = sample.labels.clone();
            let le = labels.remove("le").and_then(|le| value(&le)).ok_or("a bucket without its bound")?;
            if labels != own || le <= bound || sample.value < count {
                break;
            }
            (bound, count, buckets) = (le, sample.value, buckets + 1);
        }
        let [sum, all] = rest.get(buckets..buckets + 2).ok_or("no sum and count")? else {
            return Err("".into());
        };
        let named = sum.name == format!("{name}_sum") && all.name == format!("{name}_count");
        if !named || sum.labels != own || all.labels != own || bound != f64::INFINITY || all.value != count {
            return Err(format!("{first:?} to {all:?}"));
        }
        rest = &rest[buckets + 2..];
    }
    Ok(())
}

fn sample(line: &str) -> Option<Sample> {
    let end = line.find(['{', ' '])?;
    let (name, rest) = line.split_at(end);
    let (labels, number) = match rest.strip_prefix('{') {
        Some(inside) => {
            let (labels, rest) = labels(inside)?;
            (labels, rest.strip_prefix(' ')?)
        }
        None => (BTreeMap::new(), rest.strip_prefix(' ')?),
    };
    is_name(name, true).then_some(())?;
    Some(Sample { name: name.to_owned(), labels, value: value(number)? })
}

/// `a="b",c="d"}` and what comes after.
fn labels(mut rest: &str) -> Option<(BTreeMap<String, String>, &str)> {
    let mut found = BTreeMap::new();
    loop {
        let (name, quoted) = rest.split_once("=\"")?;
        let mut escaped = false;
        let end = quoted.char_indices().find_map(|(at, letter)| {
            let ends = letter == '"' && !escaped;
            escaped = letter == '\\' && !escaped;
            ends.then_some(at)
        })?;
        let text = unescape(&quoted[..end], true)?;
        (is_name(name, false) && !name.starts_with("__")).then_some(())?;
        found.insert(name.to_owned(), text).is_none().then_some(())?;
        rest = &quoted[end + 1..];
        match rest.strip_prefix(',') {
            Some(more) => rest = more,
            None => return Some((found, rest.strip_prefix('}')?)),
        }
    }
}

/// What is meant; None where something is escaped that need not be, or is not and must.
fn unescape(text: &str, value: bool) -> Option<String> {
    let mut meant = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        meant.push(match letter {
            '\\' => match letters.next()? {
                '\\' => '\\',
                'n' => '\n',
                '"' if value => '"',
                _ => return None,
            },
            '"' if value => return None,
            _ => letter,
        });
    }
    Some(meant)
}

fn value(text: &str) -> Option<f64> {
    match text {
        "+Inf" => Some(f64::INFINITY),
        "-Inf" => Some(f64::NEG_INFINITY),
        "NaN" => Some(f64::NAN),
        _ => text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+-.e".contains(&byte))
            .then(|| text.parse().ok())?,
    }
}

fn is_name(name: &str, colons: bool) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || (colons && byte == b':');
    name.bytes().all(good) && name.bytes().next().is_some_and(|first| !first.is_ascii_digit())
}
