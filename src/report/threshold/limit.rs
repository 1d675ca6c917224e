//! The limit of an expression, by what is measured.

use super::expression::Measure;
use super::parse::Fault;
use super::words::Word;
use crate::config::Seconds;

/// The limit of a measure, and which measure of failures it makes.
pub fn limit(measure: Measure, word: &Word<'_>) -> Result<(Measure, f64), Fault> {
    let text = word.text;
    let fault = |message: String, help: String| Err(Fault::at(&word.place, message, help));
    let wanted =
        |what: &str| fault(format!("`{text}` is no {what}"), format!("{}, for example", example(measure)));
    let whole = || number(text).filter(|number| number.fract() == 0.0);
    match measure {
        Measure::Time(..) if number(text).is_some() => {
            fault(format!("`{text}` has no unit"), format!("write `{text}ms` or `{text}s`"))
        }
        Measure::Time(..) => match text.parse::<Seconds>() {
            // A microsecond is what times are counted in.
            Ok(time) => Ok((measure, (time.as_secs_f64() * 1e6).round() / 1e6)),
            Err(_) if text.ends_with('%') => wanted("time"),
            Err(why) => fault(why.to_string(), String::new()),
        },
        Measure::FailedPercent | Measure::FailedCount => {
            match (text.strip_suffix('%').map(number), whole()) {
                (Some(Some(percent)), _) if percent <= 100.0 => Ok((Measure::FailedPercent, percent)),
                (Some(_), _) => {
                    fault(format!("`{text}` is no percentage: they go from 0% to 100%"), String::new())
                }
                (None, Some(count)) => Ok((Measure::FailedCount, count)),
                (None, None) => wanted("percentage and no number"),
            }
        }
        Measure::Count => whole().map_or_else(|| wanted("whole number"), |count| Ok((measure, count))),
        Measure::Rate => match number(text.strip_suffix("/s").unwrap_or(text)) {
            Some(rate) => Ok((measure, rate)),
            None => wanted("rate"),
        },
    }
}

/// Limits of a measure, for a help text.
pub fn example(measure: Measure) -> &'static str {
    match measure {
        Measure::Time(..) => "`50ms`, `2s` or `1m`",
        Measure::FailedPercent | Measure::FailedCount => "`1%` or `5`",
        Measure::Count => "`100`",
        Measure::Rate => "`10/s`",
    }
}

/// Digits with at most one point: no sign, no exponent.
pub fn number(text: &str) -> Option<f64> {
    let plain = text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    if plain { text.parse().ok().filter(|number: &f64| number.is_finite()) } else { None }
}
