//! How an event recurs.

use std::rc::Rc;

use super::decode::{self, Build};
use super::{Distribution, Draw, Refusal, Sample, SampleError, SampleKind};
use crate::config::{Entry, Param, Table};
use crate::random;

pub const ENTRY: Entry<Build> = Entry {
    name: "Recurrence",
    aliases: &["RecurrenceDistribution"],
    help: "A recurrence rule, or none, by weight.",
    params: &[
        Param { name: "allowRecurrence", default: "", help: "if false, never a rule" },
        Param {
            name: "weights",
            default: "none",
            help: "a weight for each of daily, dailylimit, monthly, none, weekly, weeklylimit, workdays, yearly",
        },
    ],
    build,
};

/// The names in alphabetical order (the order in which the ancestor lists them), with the value
/// of the RRULE property each stands for (spec 4.3).
pub const RULES: [(&str, Option<&str>); 8] = [
    ("daily", Some("FREQ=DAILY")),
    ("dailylimit", Some("FREQ=DAILY;COUNT=14")),
    ("monthly", Some("FREQ=MONTHLY")),
    ("none", None),
    ("weekly", Some("FREQ=WEEKLY")),
    ("weeklylimit", Some("FREQ=WEEKLY;COUNT=4")),
    ("workdays", Some("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR")),
    ("yearly", Some("FREQ=YEARLY")),
];

/// Each rule with exactly its weight; the ancestor never draws the last one (spec 4.3, 12.1.10).
#[derive(Clone, Debug)]
pub struct Recurrence {
    /// Weight of each rule of [`RULES`], in that order; empty if recurrence is not allowed.
    weights: Vec<f64>,
}

impl Recurrence {
    /// Never a rule.
    pub fn never() -> Recurrence {
        Recurrence { weights: vec![] }
    }

    /// By the weights of the named rules; names that are left out have none.
    pub fn weighted(named: &[(&str, f64)]) -> Result<Recurrence, Refusal> {
        let mut weights = vec![0.0; RULES.len()];
        for (name, weight) in named {
            let Some(place) = RULES.iter().position(|(rule, _)| rule == name) else {
                return Err(Refusal::new("weights", format!("there is no recurrence `{name}`")));
            };
            if !weight.is_finite() || *weight < 0.0 {
                return Err(Refusal::new("weights", format!("the weight of {name}, {weight}, is below 0")));
            }
            weights[place] += weight;
        }
        if weights.iter().sum::<f64>() > 0.0 {
            Ok(Recurrence { weights })
        } else {
            Err(Refusal::new("weights", "recurrence is allowed, but no rule has a weight above 0"))
        }
    }

    /// The rule at `point` of the weights laid end to end.
    fn pick(&self, point: f64) -> Option<&'static str> {
        let mut end = 0.0;
        for (weight, (_, rule)) in self.weights.iter().zip(RULES) {
            end += weight;
            if point < end {
                return rule;
            }
        }
        // Rounding brought the point to the very end: the last rule that has a weight.
        self.weights.iter().zip(RULES).rfind(|(weight, _)| **weight > 0.0).and_then(|(_, (_, rule))| rule)
    }
}

fn build(params: &Table<'_>) -> Option<Rc<dyn Distribution>> {
    let allowed = params.required("allowRecurrence");
    let weights = match params.value("weights") {
        Some(value) => decode::weights(value, params.diags(), "recurrence", &RULES.map(|(name, _)| name)),
        None => Some(vec![]),
    };
    let (allowed, weights) = (allowed?, weights?);
    let weights: Vec<(&str, f64)> = weights.iter().map(|(name, weight)| (name.as_str(), *weight)).collect();
    decode::made(params, if allowed { Recurrence::weighted(&weights) } else { Ok(Recurrence::never()) })
}

impl Distribution for Recurrence {
    fn kind(&self) -> SampleKind {
        SampleKind::Rule
    }

    fn sample(&self, draw: &Draw) -> Result<Sample, SampleError> {
        let total: f64 = self.weights.iter().sum();
        Ok(Sample::Rule(self.pick(random::unit(&mut draw.rng()) * total)))
    }

    fn name(&self) -> &'static str {
        ENTRY.name
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn rules(recurrence: &Recurrence, n: u64) -> Vec<Option<&'static str>> {
        let rule = |n| match recurrence.sample(&draw(n)).unwrap() {
            Sample::Rule(rule) => rule,
            other => panic!("{other:?}"),
        };
        (0..n).map(rule).collect()
    }

    /// Spec 13, test_stats 6.
    #[test]
    fn without_recurrence_there_is_never_a_rule() {
        assert_eq!(rules(&Recurrence::never(), 100), vec![None; 100]);
    }

    /// Spec 13, test_stats 7: the weights daily 1, none 2, weekly 1 stand for the list daily,
    /// none, none, weekly, and the indexes 0, 1, 2, 3, 0 of it are these.
    #[test]
    fn weights_stand_for_a_list_in_alphabetical_order() {
        let recurrence = Recurrence::weighted(&[("weekly", 1.0), ("daily", 1.0), ("none", 2.0)]).unwrap();
        let picked = [0.0, 1.0, 2.0, 3.0, 0.0].map(|index| recurrence.pick(index));
        let (daily, weekly) = (Some("FREQ=DAILY"), Some("FREQ=WEEKLY"));
        assert_eq!(picked, [daily, None, None, weekly, daily]);
        assert_eq!(recurrence.pick(4.0), weekly, "beyond the end");
    }

    /// The weights of the shipped plist; the ancestor drew `yearly` 0 times in 200,000.
    #[test]
    fn every_rule_is_drawn_with_its_weight() {
        let weights = [
            ("none", 50.0),
            ("daily", 10.0),
            ("weekly", 20.0),
            ("monthly", 2.0),
            ("yearly", 1.0),
            ("dailylimit", 2.0),
            ("weeklylimit", 5.0),
            ("workdays", 10.0),
        ];
        let drawn = rules(&Recurrence::weighted(&weights).unwrap(), 100_000);
        for (name, weight) in weights {
            let rule = RULES.iter().find(|(rule, _)| *rule == name).unwrap().1;
            let share = drawn.iter().filter(|r| **r == rule).count() as f64 / 1000.0;
            assert_close(share, weight, 0.5);
        }
    }

    #[test]
    fn bad_weights_are_refused() {
        for weights in [
            vec![],
            vec![("daily", 0.0)],
            vec![("dayly", 1.0)],
            vec![("daily", -1.0)],
            vec![("daily", f64::NAN)],
        ] {
            assert_eq!(Recurrence::weighted(&weights).unwrap_err().param, "weights", "{weights:?}");
        }
        assert_eq!(rules(&Recurrence::weighted(&[("daily", 1.0)]).unwrap(), 3), [Some("FREQ=DAILY"); 3]);
    }
}
