//! Values that were measured, each with its weight.

use std::path::Path;
use std::rc::Rc;

use super::decode::{self, Build};
use super::{Distribution, Draw, Refusal, Sample, SampleError, SampleKind};
use crate::config::{At, Entry, Param, Table, find_file, read_text};
use crate::random;

pub const ENTRY: Entry<Build> = Entry {
    name: "Empirical",
    aliases: &["EmpiricalDistribution"],
    help: "Draws among given values by weight, each draw by itself.",
    params: &[
        Param { name: "values", default: "none", help: "the values: numbers, or texts, or dates" },
        Param { name: "weights", default: "1 each", help: "a weight of 0 or more for each value" },
        Param {
            name: "path",
            default: "none",
            help: "instead of both: a file with a number, or number,weight, a line; # begins a comment",
        },
    ],
    build,
};

/// The largest file that is read.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// Draws with replacement among weighted values.
#[derive(Clone, Debug)]
pub struct Empirical {
    values: Vec<Sample>,
    /// Where each value's share of the weights ends.
    ends: Vec<f64>,
}

impl Empirical {
    /// `values` of one kind, with a weight each.
    pub fn new(values: Vec<Sample>, weights: &[f64]) -> Result<Empirical, Refusal> {
        decode::same_kind("values", &values)?;
        if weights.len() != values.len() {
            let why = format!("there are {} weights for {} values", weights.len(), values.len());
            return Err(Refusal::new("weights", why));
        }
        if let Some(bad) = weights.iter().find(|weight| !weight.is_finite() || **weight < 0.0) {
            return Err(Refusal::new("weights", format!("{bad} is not a weight of 0 or more")));
        }
        let mut end = 0.0;
        let ends: Vec<f64> = weights
            .iter()
            .map(|weight| {
                end += weight;
                end
            })
            .collect();
        if end > 0.0 && end.is_finite() {
            Ok(Empirical { values, ends })
        } else {
            Err(Refusal::new("weights", format!("the weights add up to {end}")))
        }
    }

    /// The value at `point` of the weights laid end to end. Values without weight are passed by,
    /// also when rounding brings the point to the very end.
    fn pick(&self, point: f64) -> &Sample {
        let total = self.ends[self.ends.len() - 1];
        let place = self.ends.partition_point(|end| *end <= point);
        let last = self.ends.partition_point(|end| *end < total);
        &self.values[place.min(last)]
    }
}

fn build(params: &Table<'_>) -> Option<Rc<dyn Distribution>> {
    let path: Option<String> = params.optional("path");
    if let Some(path) = path {
        for name in ["values", "weights"] {
            if params.value(name).is_some() {
                params.error_at_key(name, format!("{name} and path exclude each other"));
            }
        }
        return from_file(params, &path);
    }
    if params.has("path") {
        return None;
    }
    if !params.has("values") {
        params.error_at_key("values", "one of values and path is needed");
        return None;
    }
    let values = decode::samples(params, "values")?;
    let weights = match params.has("weights") {
        true => params.optional("weights")?,
        false => vec![1.0; values.len()],
    };
    decode::made(params, Empirical::new(values, &weights))
}

/// Reads the file that `path` names; its faults are reported with file and line.
fn from_file(params: &Table<'_>, path: &str) -> Option<Rc<dyn Distribution>> {
    let beside = params.at().source().name().to_owned();
    let text = find_file(path, Path::new(&beside)).and_then(|found| read(&found));
    let text = match text {
        Ok(text) => text,
        Err(why) => {
            params.error_at_key("path", why);
            return None;
        }
    };
    match parse(&text) {
        Ok((values, weights)) => decode::made(
            params,
            Empirical::new(values, &weights).map_err(|refusal| Refusal { param: "path", ..refusal }),
        ),
        Err(faults) => {
            for (line, why) in faults {
                params
                    .diags()
                    .error(&At::named(format!("{path}:{line}")), why)
                    .also(&params.value_at("path"), "named here");
            }
            None
        }
    }
}

fn read(path: &Path) -> Result<String, String> {
    read_text(path, MAX_BYTES).map_err(|why| format!("{}: {why}", path.display()))
}

type Columns = (Vec<Sample>, Vec<f64>);

/// One `value` or `value,weight` a line; or the faults by line number. After ten faults the rest
/// of the file is not looked at.
fn parse(text: &str) -> Result<Columns, Vec<(usize, String)>> {
    let (mut columns, mut faults) = (Columns::default(), vec![]);
    for (line, number) in text.lines().zip(1..) {
        let content = line.split('#').next().unwrap_or_default().trim();
        if content.is_empty() {
            continue;
        }
        match parse_line(content) {
            Ok((value, weight)) => {
                columns.0.push(Sample::Number(value));
                columns.1.push(weight);
            }
            Err(why) => faults.push((number, why)),
        }
        if faults.len() >= 10 {
            break;
        }
    }
    if faults.is_empty() { Ok(columns) } else { Err(faults) }
}

fn parse_line(line: &str) -> Result<(f64, f64), String> {
    let number = |text: &str| match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err(format!("`{}` is not a number", text.trim().chars().take(40).collect::<String>())),
    };
    match line.split_once(',') {
        None => Ok((number(line)?, 1.0)),
        Some((value, weight)) => match (number(value)?, number(weight)?) {
            (_, weight) if weight < 0.0 => Err(format!("the weight {weight} is below 0")),
            pair => Ok(pair),
        },
    }
}

impl Distribution for Empirical {
    fn kind(&self) -> SampleKind {
        self.values[0].kind()
    }

    fn sample(&self, draw: &Draw) -> Result<Sample, SampleError> {
        let total = self.ends[self.ends.len() - 1];
        Ok(self.pick(random::unit(&mut draw.rng()) * total).clone())
    }

    fn mean(&self) -> Option<f64> {
        let starts = std::iter::once(&0.0).chain(&self.ends);
        let weighted =
            self.values.iter().zip(starts.zip(&self.ends)).map(|(value, (start, end))| match value {
                Sample::Number(number) => Some(number * (end - start)),
                _ => None,
            });
        Some(weighted.sum::<Option<f64>>()? / self.ends[self.ends.len() - 1])
    }

    fn name(&self) -> &'static str {
        ENTRY.name
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::config::{Diagnostics, read_file};

    fn empirical(values: &[f64], weights: &[f64]) -> Result<Empirical, Refusal> {
        Empirical::new(values.iter().map(|v| Sample::Number(*v)).collect(), weights)
    }

    #[test]
    fn every_value_has_its_weight() {
        let made = empirical(&[1.0, 2.0, 3.0, 4.0], &[1.0, 0.0, 2.0, 1.0]).unwrap();
        assert_mean(&made, 11.0 / 4.0, 0.03);
        let samples = numbers(&made, 20_000);
        let share = |value| samples.iter().filter(|s| **s == value).count() as f64 / 20_000.0;
        assert_eq!(share(2.0), 0.0);
        assert_close(share(1.0), 0.25, 0.01);
        assert_close(share(3.0), 0.5, 0.01);
    }

    #[test]
    fn a_point_at_the_very_end_is_the_last_value_with_a_weight() {
        let made = empirical(&[1.0, 2.0, 3.0], &[1.0, 1.0, 0.0]).unwrap();
        assert_eq!(
            [made.pick(0.0), made.pick(1.0), made.pick(2.0)],
            [1.0, 2.0, 2.0].map(Sample::Number).each_ref()
        );
    }

    #[test]
    fn bad_weights_are_refused() {
        for weights in [&[1.0][..], &[0.0, 0.0], &[1.0, -1.0], &[1.0, f64::NAN], &[f64::MAX, f64::MAX]] {
            assert_eq!(empirical(&[1.0, 2.0], weights).unwrap_err().param, "weights", "{weights:?}");
        }
        assert_eq!(empirical(&[], &[]).unwrap_err().param, "values");
    }

    /// Decodes a plist beside a file of values: the distribution, or the errors.
    fn from_files(values: &str) -> Result<Rc<dyn Distribution>, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("sizes.csv"), values).unwrap();
        let plist = "<plist><dict><key>type</key><string>Empirical</string><key>params</key>\
                     <dict><key>path</key><string>sizes.csv</string></dict></dict></plist>";
        let config = folder.path().join("c.plist");
        std::fs::write(&config, plist).unwrap();
        let diags = Diagnostics::new();
        let value = read_file(&config, &diags).unwrap();
        let made = crate::config::FromValue::from_value(&value, &diags);
        made.ok_or(diags.all().iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    }

    #[test]
    fn a_file_gives_values_and_weights() {
        let made = from_files("# sizes\n10\n\n20, 3  # often\n").unwrap();
        assert_eq!(made.mean(), Some(17.5));
    }

    #[test]
    fn faults_of_a_file_are_named_with_their_lines() {
        assert_eq!(
            from_files("1\nx\n2,-1\n3,4,5\n").unwrap_err(),
            "sizes.csv:2: error: `x` is not a number; sizes.csv:3: error: the weight -1 is below 0; \
             sizes.csv:4: error: `4,5` is not a number"
        );
        assert!(from_files("# nothing\n").unwrap_err().contains("there is no value to draw"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[0-9,.#x \n-]{0,40}") {
            let _ = parse(&text);
        }
    }
}
