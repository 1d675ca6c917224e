//! How slow is too slow.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use crate::config::{
    Diagnostics, Seconds, Table, Value, find_file, read_json, read_json_file, shipped_beside,
};
use crate::label::Label;
use crate::report::general;
use crate::stats::{Limits, Tally};

/// For each of several limits (durations) the share of requests or operations, in percent, that may be
/// longer; by label, with a default (spec 7.8).
#[derive(Clone, Debug, PartialEq)]
pub struct Thresholds {
    limits: Vec<Limit>,
    rows: BTreeMap<Label, Vec<f64>>,
    default: Vec<f64>,
}

/// A limit as it was written, and as it is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    pub seconds: f64,
    pub duration: Duration,
}

/// A limit of which too many were over: the percentage allowed and the limit in seconds, as `Greater than 5% ... exceeded 3
/// second` wants them, and how many were over it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exceeded {
    pub allowed: String,
    pub limit: String,
    pub over: u64,
}

/// Which part of a file of thresholds counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Requests,
    Operations,
}

impl Part {
    fn key(self) -> &'static str {
        match self {
            Part::Requests => "requests",
            Part::Operations => "operations",
        }
    }
}

const LIMITS: [f64; 7] = [0.1, 0.5, 1.0, 3.0, 5.0, 10.0, 30.0];

impl Thresholds {
    /// What holds when nothing is said: for requests the ancestor's rule, for operations none.
    pub fn standard(part: Part) -> Thresholds {
        let default = match part {
            Part::Requests => vec![100.0, 100.0, 100.0, 5.0, 1.0, 0.5, 0.0],
            Part::Operations => vec![100.0; LIMITS.len()],
        };
        let limit = |seconds| Limit { seconds, duration: Duration::from_secs_f64(seconds) };
        Thresholds { limits: LIMITS.map(limit).to_vec(), rows: BTreeMap::new(), default }
    }

    /// From the parameters `thresholdsPath` or `thresholds` of an observer.
    pub fn from_params(params: &Table, part: Part) -> Option<Thresholds> {
        let path = params.optional::<String>("thresholdsPath");
        let path_given = params.has("thresholdsPath");
        let inline = params.value("thresholds");
        match (path, inline) {
            (Some(_), Some(_)) => {
                params.error_at_key("thresholds", "give either `thresholds` or `thresholdsPath`, not both");
                None
            }
            (Some(path), None) => {
                let value = read_named(&path, params, "thresholdsPath")?;
                Thresholds::decode(&value, part, params.diags())
            }
            (None, Some(value)) => Thresholds::decode(value, part, params.diags()),
            (None, None) if path_given => None,
            (None, None) => Some(Thresholds::standard(part)),
        }
    }

    /// From a dict `{requests: {limits, thresholds}, operations: {..}}`, of which this part is used and
    /// the other is checked too.
    fn decode(value: &Value, part: Part, diags: &Diagnostics) -> Option<Thresholds> {
        let table = Table::new(value, diags, "the thresholds")?;
        let decode = |wanted: Part| match table.value(wanted.key()) {
            Some(value) => Thresholds::decode_part(value, wanted, diags),
            None => Some(Thresholds::standard(wanted)),
        };
        let (requests, operations) = (decode(Part::Requests), decode(Part::Operations));
        table.finish();
        match part {
            Part::Requests => requests,
            Part::Operations => operations,
        }
    }

    fn decode_part(value: &Value, part: Part, diags: &Diagnostics) -> Option<Thresholds> {
        let table = Table::new(value, diags, &format!("the thresholds of {}", part.key()))?;
        let limits = table.required::<Vec<Seconds>>("limits");
        let rows_value = table.required_value("thresholds");
        let limits_at = table.value_at("limits");
        table.finish();
        let limits: Vec<Limit> = limits?
            .into_iter()
            .map(|limit| Limit { seconds: limit.as_secs_f64(), duration: limit.0 })
            .collect();
        if limits.windows(2).any(|pair| pair[0].duration >= pair[1].duration) {
            diags.error(&limits_at, "the limits must grow");
        }
        let rows_table = Table::new(rows_value?, diags, "the table of thresholds")?;
        let mut rows = BTreeMap::new();
        let mut default = None;
        let mut sound = true;
        for pair in rows_table.pairs() {
            let Some(row) = decode_row(&pair.value, limits.len(), diags) else {
                sound = false;
                continue;
            };
            let label = Label::canonical(&pair.key);
            match pair.key.as_str() {
                "default" => default = Some(row),
                // Of an old name and the new one in one file the new one is meant.
                key if key == label.as_str() => drop(rows.insert(label, row)),
                _ => drop(rows.entry(label).or_insert(row)),
            }
        }
        if default.is_none() && sound {
            diags
                .error(&rows_value?.at, "`default` is missing in the table of thresholds")
                .help("add a row `default`: the percentages that hold for labels without a row of their own");
        }
        Some(Thresholds { limits, rows, default: default? }).filter(|_| sound)
    }

    pub fn limits(&self) -> &[Limit] {
        &self.limits
    }

    /// Adds the limits to those over which statistics count.
    pub fn add_limits(&self, part: Part, limits: &mut Limits) {
        let durations: Vec<Duration> = self.limits.iter().map(|limit| limit.duration).collect();
        match part {
            Part::Requests => limits.add_requests(&durations),
            Part::Operations => limits.add_operations(&durations),
        }
    }

    /// How many of the tally were over each limit.
    pub fn over(&self, tally: &Tally, part: Part, limits: &Limits) -> Vec<u64> {
        let place = |limit: &Limit| match part {
            Part::Requests => limits.request(limit.duration),
            Part::Operations => limits.operation(limit.duration),
        };
        self.limits.iter().map(|limit| place(limit).map_or(0, |place| tally.over(place))).collect()
    }

    /// Every limit of which too many were over.
    pub fn exceeded(&self, label: Label, count: u64, over: &[u64]) -> Vec<Exceeded> {
        let row = self.rows.get(&label).unwrap_or(&self.default);
        let too_many = |(&over, &allowed): (&u64, &f64)| over as f64 * 100.0 / count as f64 > allowed;
        over.iter()
            .zip(row)
            .zip(&self.limits)
            .filter(|((over, allowed), _)| count > 0 && too_many((over, allowed)))
            .map(|((over, allowed), limit)| Exceeded {
                allowed: general(*allowed),
                limit: general(limit.seconds),
                over: *over,
            })
            .collect()
    }
}

fn decode_row(value: &Value, expected: usize, diags: &Diagnostics) -> Option<Vec<f64>> {
    let row: Vec<f64> = crate::config::FromValue::from_value(value, diags)?;
    if row.len() != expected {
        diags.error(
            &value.at,
            format!("{} percentages for {expected} limits; there must be one for each", row.len()),
        );
        return None;
    }
    if let Some(bad) = row.iter().find(|percent| !(0.0..=100.0).contains(*percent)) {
        diags.error(&value.at, format!("{bad} is no percentage; they go from 0 to 100"));
        return None;
    }
    Some(row)
}

/// Reads the JSON file that the parameter `key` names; it is also looked for beside the configuration.
pub fn read_named(path: &str, params: &Table, key: &str) -> Option<Value> {
    let beside = params.at().source().name();
    if let Some((name, text)) = shipped_beside(path, beside) {
        return read_json(&name, text, params.diags());
    }
    match find_file(path, Path::new(beside)) {
        Ok(found) => read_json_file(&found, params.diags()),
        Err(fault) => {
            params.error_at_key(key, fault);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &str) -> (Option<Thresholds>, Vec<String>) {
        let diags = Diagnostics::new();
        let value = read_json("t.json", text, &diags).unwrap();
        let decoded = Thresholds::decode(&value, Part::Requests, &diags);
        (decoded, diags.all().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn old_names_of_labels_are_the_new_ones() {
        let (thresholds, faults) = decode(
            r#"{"requests": {"limits": [0.1, 3], "thresholds":
              {"default": [100, 5], "REPORT{sync}": [100, 50], "REPORT{sync-coll}": [100, 20]}}}"#,
        );
        assert!(faults.is_empty(), "{faults:?}");
        let thresholds = thresholds.unwrap();
        let exceeded = thresholds.exceeded(Label::new("REPORT{sync-coll}"), 100, &[100, 21]);
        assert_eq!(exceeded, [Exceeded { allowed: "20".to_owned(), limit: "3".to_owned(), over: 21 }]);
        assert!(thresholds.exceeded(Label::new("GET{event}"), 100, &[100, 5]).is_empty());
        assert_eq!(thresholds.limits().len(), 2);
    }

    /// A label may be there with what was missed alone, or with requests that had no answer.
    #[test]
    fn what_did_not_come_to_an_end_is_not_judged() {
        let (thresholds, _) = decode(
            r#"{"requests": {"limits": [0.1, 3], "thresholds": {"default": [0, 0], "PUT{event}": [0, 0]}}}"#,
        );
        let thresholds = thresholds.unwrap();
        for label in ["PUT{event}", "GET{event}"] {
            assert!(thresholds.exceeded(Label::new(label), 0, &[0, 0]).is_empty());
            assert!(!thresholds.exceeded(Label::new(label), 1, &[1, 0]).is_empty());
        }
    }

    #[test]
    fn faults_are_at_their_place() {
        let part = |rows: &str| format!(r#"{{"requests": {{"limits": [1, 3], "thresholds": {rows}}}}}"#);
        let fault = |rows: &str| {
            let (decoded, faults) = decode(&part(rows));
            assert!(decoded.is_none());
            faults.join("; ")
        };
        assert_eq!(
            fault(r#"{"default": [1]}"#),
            "t.json:1:59: error: 1 percentages for 2 limits; there must be one for each"
        );
        assert_eq!(fault("{}"), "t.json:1:47: error: `default` is missing in the table of thresholds");
        assert!(fault(r#"{"default": [1, 101]}"#).contains("101 is no percentage"));
        let (_, faults) = decode(r#"{"request": {}}"#);
        assert_eq!(faults, ["t.json:1:2: error: unknown key `request` in the thresholds"]);
        let (_, faults) = decode(r#"{"requests": {"limits": [3, 1], "thresholds": {"default": [1, 1]}}}"#);
        assert_eq!(faults, ["t.json:1:25: error: the limits must grow"]);
    }
}
