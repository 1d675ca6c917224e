//! The figures of a window, out of the JSON of either protocol (spec 8.1 and 8.2).
use crate::event::ServerFigures;
use serde_json::Value;

/// Reads an answer as it came; see [`read`] for `now`.
///
/// # Errors
/// No JSON, or one without the figures.
pub fn parse(answer: &[u8], now: f64) -> Result<ServerFigures, String> {
    let value = serde_json::from_slice(answer).map_err(|error| {
        let begin: String = String::from_utf8_lossy(answer).chars().take(40).collect();
        format!("no JSON ({error}): {begin:?}")
    })?;
    read(&value, now)
}

/// Reads an answer. `now` is the wall time in seconds since 1970, which says how much of the current minute is
/// over.
///
/// The window is what the server's section `5 Minutes` really covers: up to five complete minutes, since its
/// start if that was later. While that and the current minute are no longer than five minutes, the current minute belongs to it,
/// so that a server which was started for a run tells of all of it. When all requests fell into the current minute it is that
/// minute as far as it has come.
///
/// # Errors
/// What is missing or is no number.
pub fn read(answer: &Value, now: f64) -> Result<ServerFigures, String> {
    let later = answer.get("stats");
    let figures = later.unwrap_or(answer);
    let section = |later_name: &str, name: &str| {
        let name = if later.is_some() { later_name } else { name };
        figures.get(name).ok_or_else(|| format!("there is no section `{name}`"))
    };
    let (five, current) = (section("5m", "5 Minutes")?, section("current", "Current")?);
    let started = section("system", "System").ok().and_then(|system| system.get("start time")?.as_f64());
    let started = started.filter(|time| time.is_finite()).unwrap_or(0.0);
    let minute = (now / 60.0).floor() * 60.0;
    let complete = minute - started.max(minute - LONGEST);
    let (all, here) = (number(five, "requests")?, number(current, "requests")?);
    // Less than a second says nothing about a rate, so it is taken for one.
    let since = (now - started.max(minute)).clamp(1.0, 60.0);
    if complete <= 0.0 || (all == 0.0 && here > 0.0) {
        over(&[current], since)
    } else if complete + since <= LONGEST {
        over(&[five, current], complete + since)
    } else {
        over(&[five], complete.max(1.0))
    }
}

/// No window is longer, in seconds.
const LONGEST: f64 = 300.0;

/// The figures of sections that cover `window` seconds together; without requests all are 0.
fn over(sections: &[&Value], window: f64) -> Result<ServerFigures, String> {
    let sum = |name: &str| sections.iter().map(|section| number(section, name)).sum::<Result<f64, String>>();
    let requests = sum("requests")?;
    let each = |name: &str| {
        let mean = if requests > 0.0 { sum(name)? / requests } else { 0.0 };
        mean.is_finite().then_some(mean).ok_or_else(|| format!("`{name}` is out of range"))
    };
    Ok(ServerFigures {
        requests_per_s: requests / window,
        response_ms: each("t")?,
        slots: each("slots")?,
        cpu_percent: each("cpu")?,
        window_s: window,
    })
}

fn number(section: &Value, name: &str) -> Result<f64, String> {
    let value = section.get(name).and_then(Value::as_f64).filter(|value| value.is_finite() && *value >= 0.0);
    value.ok_or_else(|| format!("`{name}` is missing or no number"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn figures(requests: u32) -> Value {
        json!({"requests": requests, "t": 12_000.0, "slots": 1_200, "cpu": 24_000.0})
    }

    #[test]
    fn five_complete_minutes_are_divided_by_300() {
        let expected = ServerFigures {
            requests_per_s: 2.0,
            response_ms: 20.0,
            slots: 2.0,
            cpu_percent: 40.0,
            window_s: 300.0,
        };
        let of_2013 = json!({"5 Minutes": figures(600), "Current": figures(0)});
        assert_eq!(read(&of_2013, 1_000_000.0), Ok(expected));
        let later =
            json!({"stats": {"5m": figures(600), "current": figures(9), "system": {"start time": 5.0}}});
        assert_eq!(read(&later, 1_000_000.0), Ok(expected));
    }

    #[test]
    fn a_young_server_is_not_divided_by_300() {
        // The minutes begin at multiples of 60; the server started in the middle of one.
        let young = |started: f64| json!({"5 Minutes": figures(600), "Current": figures(60), "System": {"start time": started}});
        let whole = read(&young(570.0), 630.0).unwrap();
        assert_eq!((whole.window_s, whole.requests_per_s), (60.0, 11.0));
        // Five minutes at most: of an older one they are the complete ones.
        let older = read(&young(310.0), 630.0).unwrap();
        assert_eq!((older.window_s, older.requests_per_s), (290.0, 600.0 / 290.0));
        let first_minute = read(&young(610.0), 630.0).unwrap();
        assert_eq!((first_minute.window_s, first_minute.requests_per_s), (20.0, 3.0));
        let idle_before = json!({"5 Minutes": figures(0), "Current": figures(60)});
        assert_eq!(read(&idle_before, 1_000_015.0).unwrap().window_s, 55.0);
        let idle = json!({"5 Minutes": figures(0), "Current": figures(0)});
        assert_eq!(read(&idle, 1_000_000.0).unwrap().response_ms, 0.0);
    }

    #[test]
    fn nonsense_is_said() {
        assert_eq!(read(&json!([1]), 0.0), Err("there is no section `5 Minutes`".into()));
        let text = json!({"5 Minutes": {"requests": "many"}, "Current": figures(0)});
        assert_eq!(read(&text, 0.0), Err("`requests` is missing or no number".into()));
    }
}
