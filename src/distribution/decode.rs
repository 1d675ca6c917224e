//! From the dict `type`, `params` of a configuration to a distribution.

use std::rc::Rc;

use super::{ALL, Distribution, EventTime, Refusal, Sample};
use crate::config::{Diagnostics, FromValue, Kind, Table, Value, did_you_mean, find_suffixed};

/// Makes a distribution from its `params`; what is wrong with them goes to the table's diagnostics.
pub type Build = fn(&Table<'_>) -> Option<Rc<dyn Distribution>>;

impl FromValue for Rc<dyn Distribution> {
    /// A dict with the keys `type` and `params`; or a bare number or date, which is always itself.
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Rc<dyn Distribution>> {
        match &value.kind {
            Kind::Dict(_) => from_dict(value, diags),
            Kind::Integer(_) | Kind::Real(_) | Kind::Date(_) => {
                Some(Rc::new(super::Fixed { value: sample(value, diags)? }))
            }
            _ => value.mismatch("a distribution: a dict with `type` and `params`, or a number", diags),
        }
    }
}

fn from_dict(value: &Value, diags: &Diagnostics) -> Option<Rc<dyn Distribution>> {
    let dict = Table::new(value, diags, "the distribution")?;
    let name: Option<String> = dict.required("type");
    let entry = name.and_then(|name| match find_suffixed(ALL, &name, "Distribution") {
        Ok(entry) => Some(entry),
        Err(help) => {
            dict.error_at_key("type", format!("there is no distribution `{name}`")).help(help);
            None
        }
    });
    let what =
        entry.map_or("the distribution".to_owned(), |entry| format!("the distribution {}", entry.name));
    let params = dict.table("params", &what);
    dict.finish();
    let (entry, params) = (entry?, params?);
    let errors = diags.count(crate::config::Level::Error);
    let made = (entry.build)(&params);
    params.finish();
    // A parameter that is broken or unknown is reported, and then no guess is made from the others.
    made.filter(|_| diags.count(crate::config::Level::Error) == errors)
}

/// Hands on what a constructor made, or reports its refusal at the parameter it names.
pub(super) fn made<D: Distribution + 'static>(
    params: &Table<'_>,
    made: Result<D, Refusal>,
) -> Option<Rc<dyn Distribution>> {
    match made {
        Ok(distribution) => Some(Rc::new(distribution)),
        Err(Refusal { param, why }) => {
            params.error_at_key(param, why);
            None
        }
    }
}

/// A number, text or date as a sample.
pub(super) fn sample(value: &Value, diags: &Diagnostics) -> Option<Sample> {
    match &value.kind {
        Kind::Integer(number) => Some(Sample::Number(*number as f64)),
        Kind::Real(number) => Some(Sample::Number(*number)),
        Kind::String(text) => Some(Sample::Text(text.clone())),
        Kind::Date(date) => Some(Sample::When(EventTime::Utc(*date))),
        _ => value.mismatch("a number, a string or a date", diags),
    }
}

/// The elements of the array `name` as samples.
pub(super) fn samples(params: &Table<'_>, name: &str) -> Option<Vec<Sample>> {
    let value = params.required_value(name)?;
    let Some(items) = value.as_array() else { return value.mismatch("an array", params.diags()) };
    let decoded: Vec<_> = items.iter().map(|item| sample(item, params.diags())).collect();
    decoded.into_iter().collect()
}

/// A dict of names and weights, where every name is one of `known`; `what` is what they name.
pub(super) fn weights(
    value: &Value,
    diags: &Diagnostics,
    what: &str,
    known: &[&str],
) -> Option<Vec<(String, f64)>> {
    let table = Table::new(value, diags, "the weights")?;
    let mut all = Some(vec![]);
    for pair in table.pairs() {
        if !known.contains(&pair.key.as_str()) {
            let note = diags.error(&pair.key_at, format!("there is no {what} `{}`", pair.key));
            note.help(did_you_mean(&pair.key, known.iter().copied()));
            all = None;
        }
        let weight = f64::from_value(&pair.value, diags);
        if let Some(weight) = weight.filter(|weight| *weight < 0.0) {
            diags.error(&pair.value.at, format!("the weight of {}, {weight}, is below 0", pair.key));
            all = None;
        }
        all = all.zip(weight).map(|(mut all, weight)| {
            all.push((pair.key.clone(), weight));
            all
        });
    }
    all
}

/// Refuses `param` unless it has at least one value and all are of one kind.
pub(super) fn same_kind(param: &'static str, values: &[Sample]) -> Result<(), Refusal> {
    let Some(first) = values.first() else { return Err(Refusal::new(param, "there is no value to draw")) };
    match values.iter().find(|value| value.kind() != first.kind()) {
        None => Ok(()),
        Some(other) => {
            let (one, two) = (first.kind().plural(), other.kind().plural());
            Err(Refusal::new(param, format!("{one} and {two} are mixed")))
        }
    }
}

/// The mean of equally likely values, if they are numbers.
pub(super) fn mean_of(values: &[Sample]) -> Option<f64> {
    let numbers = values.iter().map(|value| match value {
        Sample::Number(number) => Some(*number),
        _ => None,
    });
    Some(numbers.sum::<Option<f64>>()? / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::super::testing::draw;
    use super::super::{Moments, Numbers, Rules, Texts};
    use super::*;
    use crate::config::read_bytes;

    /// What decoding a plist body gives: the distribution's name and mean, or all errors.
    fn decoded<T: FromValue>(body: &str) -> Result<T, String> {
        let diags = Diagnostics::new();
        let text = format!("<plist><dict>\n<key>xDistribution</key>\n{body}\n</dict></plist>");
        let value = read_bytes("t", text.as_bytes(), &diags).unwrap();
        let made = Table::new(&value, &diags, "the test").and_then(|table| table.required("xDistribution"));
        made.ok_or(
            diags
                .all()
                .iter()
                .map(|one| format!("{one}; {}", one.help.join(" ")))
                .collect::<Vec<_>>()
                .join("\n"),
        )
    }

    fn dict(name: &str, params: &str) -> String {
        format!(
            "<dict>\n<key>type</key><string>{name}</string>\n<key>params</key><dict>\n{params}</dict></dict>"
        )
    }

    fn number(key: &str, value: f64) -> String {
        format!("<key>{key}</key><real>{value}</real>\n")
    }

    #[test]
    fn class_paths_and_short_names_are_one() {
        for name in
            ["contrib.performance.stats.NormalDistribution", "NormalDistribution", "Normal", "a.Normal"]
        {
            let made: Numbers = decoded(&dict(name, &(number("mu", 5.0) + &number("sigma", 0.0)))).unwrap();
            assert_eq!(made.number(&draw(0)), Ok(5.0));
        }
    }

    #[test]
    fn a_bare_number_is_fixed() {
        assert_eq!(decoded::<Numbers>("<integer>7</integer>").unwrap().number(&draw(3)), Ok(7.0));
        assert!(
            decoded::<Numbers>("<string>7</string>")
                .unwrap_err()
                .starts_with("t:3:1: error: expected a distribution")
        );
    }

    #[test]
    fn an_unknown_name_is_named_with_the_nearest() {
        let error = decoded::<Numbers>(&dict("LogNromalDistribution", "")).unwrap_err();
        assert_eq!(
            error,
            "t:4:16: error: there is no distribution `LogNromalDistribution`; did you mean `LogNormal`?"
        );
    }

    #[test]
    fn unknown_missing_and_broken_parameters_are_all_reported() {
        let error =
            decoded::<Numbers>(&dict("Normal", "<key>Mu</key><real>1</real>\n<key>sigma</key><true/>\n"))
                .unwrap_err();
        let lines: Vec<&str> = error.lines().collect();
        assert_eq!(lines.len(), 3, "{error}");
        assert!(lines[0].contains("`mu` is missing in the distribution Normal"), "{error}");
        assert!(lines[1].starts_with("t:7:17: error: expected a number, found the boolean true"), "{error}");
        assert!(lines[2].contains("unknown key `Mu`") && lines[2].ends_with("did you mean `mu`?"), "{error}");
    }

    #[test]
    fn a_refusal_points_at_its_parameter() {
        let error = decoded::<Numbers>(&dict("LogNormal", &(number("mode", 5.0) + &number("median", 4.0))))
            .unwrap_err();
        assert!(error.starts_with("t:7:18: error: the median (4) of a log-normal"), "{error}");
        let error =
            decoded::<Numbers>(&dict("Normal", &(number("mu", -50.0) + &number("sigma", 1.0)))).unwrap_err();
        assert!(error.starts_with("t:6:14: error: with mu -50"), "{error}");
    }

    #[test]
    fn the_wrong_sort_is_refused_when_it_is_read() {
        let normal = dict("Normal", &(number("mu", 5.0) + &number("sigma", 1.0)));
        let error = decoded::<Moments>(&normal).unwrap_err();
        assert_eq!(error, "t:3:1: error: xDistribution wants times, Normal draws numbers; ");
        assert!(decoded::<Rules>(&normal).is_err() && decoded::<Texts>(&normal).is_err());
        let error = decoded::<Numbers>(&dict("WorkDistribution", "")).unwrap_err();
        assert!(error.contains("xDistribution wants numbers, Work draws times"), "{error}");
    }

    #[test]
    fn params_may_be_left_out_where_none_are_needed() {
        assert!(
            decoded::<Moments>("<dict><key>type</key><string>NearFutureDistribution</string></dict>").is_ok()
        );
    }

    #[test]
    fn a_misspelt_recurrence_is_named() {
        let params = "<key>allowRecurrence</key><true/>\n<key>weights</key><dict><key>dayly</key><integer>1</integer></dict>\n";
        let error = decoded::<Rules>(&dict("RecurrenceDistribution", params)).unwrap_err();
        assert_eq!(error, "t:7:25: error: there is no recurrence `dayly`; did you mean `daily`?");
        let error = decoded::<Rules>(&dict("Recurrence", "<key>allowRecurrence</key><true/>")).unwrap_err();
        assert!(error.contains("no rule has a weight above 0"), "{error}");
    }

    /// Every entry documents what its constructor asks for: with no parameters at all, exactly
    /// the required ones are reported missing.
    #[test]
    fn the_documented_parameters_are_the_real_ones() {
        for entry in ALL {
            let diags = Diagnostics::new();
            let at = crate::config::At::named("t");
            (entry.build)(&Table::empty(&at, &diags, entry.name));
            for param in entry.params.iter().filter(|param| param.default.is_empty()) {
                let wanted = format!("`{}` is missing", param.name);
                assert!(
                    diags.all().iter().any(|one| one.message.starts_with(&wanted)),
                    "{}: {wanted}",
                    entry.name
                );
            }
        }
    }
}
