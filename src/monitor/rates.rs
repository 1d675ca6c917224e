//! From values as a server counts them to figures.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use super::registry::{Count, Value};
use crate::event::Figure;

/// The most figures of one monitor in a whole run; further ones are left out.
pub const MOST: usize = 64;

/// What totals were when they were read before.
#[derive(Default)]
pub struct Rates {
    before: BTreeMap<Rc<str>, (Duration, Count)>,
    /// The figures that there were so far.
    names: BTreeSet<Rc<str>>,
    /// A figure was left out.
    left_out: bool,
}

impl Rates {
    /// The figures of what was read at `now`, since the start of the run. A total has none the first time, and none when it
    /// has become less: the server has begun anew then.
    pub fn figures(&mut self, now: Duration, values: Vec<Value>) -> Vec<Figure> {
        let mut figures: Vec<Figure> = Vec::new();
        for value in values {
            if figures.iter().any(|figure| figure.name == value.name) {
                continue;
            }
            if !self.names.contains(&value.name) {
                if self.names.len() == MOST {
                    self.left_out = true;
                    continue;
                }
                self.names.insert(value.name.clone());
            }
            let before = match value.count {
                Count::Now(_) => None,
                _ => self.before.insert(value.name.clone(), (now, value.count)),
            };
            let figure = figure(now, value.count, before).filter(|figure| figure.is_finite());
            figures.extend(figure.map(|found| Figure { name: value.name, unit: value.unit, value: found }));
        }
        figures
    }

    /// Whether one was left out, as there are too many.
    pub fn left_out(&self) -> bool {
        self.left_out
    }
}

fn figure(now: Duration, count: Count, before: Option<(Duration, Count)>) -> Option<f64> {
    if let Count::Now(value) = count {
        return Some(value);
    }
    let (then, before) = before?;
    match (before, count) {
        (Count::Total(before), Count::Total(total)) if total >= before => {
            Some((total - before) / now.checked_sub(then)?.as_secs_f64())
        }
        (Count::Share { part: p0, whole: w0 }, Count::Share { part, whole }) if part >= p0 && whole > w0 => {
            Some(((part - p0) / (whole - w0) * 100.0).min(100.0))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Unit;

    fn read(rates: &mut Rates, seconds: u64, total: f64, busy: f64) -> Vec<(String, f64)> {
        let values = vec![
            Value::total("in", Unit::BytesPerSecond, total),
            Value::share("cpu", busy, seconds as f64 * 4.0),
            Value::now("load", Unit::Number, 1.5),
            Value::now("load", Unit::Number, 9.0),
        ];
        let figures = rates.figures(Duration::from_secs(seconds), values);
        figures.into_iter().map(|figure| (figure.name.to_string(), figure.value)).collect()
    }

    #[test]
    fn totals_become_rates_from_the_second_time_on() {
        let mut rates = Rates::default();
        let load = || ("load".to_owned(), 1.5);
        assert_eq!(read(&mut rates, 10, 1_000.0, 8.0), [load()]);
        let found = read(&mut rates, 20, 6_000.0, 18.0);
        assert_eq!(found, [("in".to_owned(), 500.0), ("cpu".to_owned(), 25.0), load()]);
        // The server was started again.
        assert_eq!(read(&mut rates, 30, 100.0, 2.0), [load()]);
        assert_eq!(
            read(&mut rates, 40, 200.0, 42.0)[..2],
            [("in".to_owned(), 10.0), ("cpu".to_owned(), 100.0)]
        );
    }

    #[test]
    fn what_is_no_number_is_no_figure() {
        let mut rates = Rates::default();
        let mut read = |at, value| {
            let values =
                vec![Value::total("a", Unit::PerSecond, value), Value::now("b", Unit::Number, value)];
            rates.figures(Duration::from_secs(at), values).len()
        };
        assert_eq!((read(1, 1.0), read(1, 2.0), read(2, f64::NAN), read(3, 5.0)), (1, 1, 0, 1));
        let many = (0..MOST + 9).map(|n| Value::now(&n.to_string(), Unit::Number, 1.0)).collect();
        assert_eq!(Rates::default().figures(Duration::ZERO, many).len(), MOST);
    }

    #[test]
    fn no_more_than_so_many_figures_are_kept_of_a_run() {
        let mut rates = Rates::default();
        let mut read = |from: usize, to: usize| {
            let values = (from..to).map(|n| Value::now(&n.to_string(), Unit::Number, 1.0)).collect();
            let names: Vec<String> =
                rates.figures(Duration::ZERO, values).iter().map(|figure| figure.name.to_string()).collect();
            (names.len(), rates.left_out())
        };
        assert_eq!((read(0, MOST - 1), read(0, 5)), ((MOST - 1, false), (5, false)));
        assert_eq!(read(MOST - 1, MOST + 30), (1, true));
        // Those that were there before still are.
        assert_eq!(read(0, MOST + 30), (MOST, true));
    }
}
