//! Numbers and times as the reports write them.

use std::time::Duration;

/// A number as C's `%g` writes it: six significant digits, no zeros at the end.
pub fn general(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    let scientific = format!("{value:.5e}");
    let exponent: i32 = scientific.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    let trimmed = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    if (-4..6).contains(&exponent) {
        return trimmed(&format!("{value:.*}", (5 - exponent).max(0) as usize));
    }
    let mantissa = scientific.split_once('e').map_or("", |(mantissa, _)| mantissa);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", trimmed(mantissa), exponent.abs())
}

/// Hours, minutes and seconds; the hours go on beyond a day.
pub fn clock_time(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Every word with one capital, as the ancestor writes the keys of its blocks: `Qos`, `Run Time`.
pub fn title_case(text: &str) -> String {
    let mut inside = false;
    let mut titled = String::new();
    for letter in text.chars() {
        if inside {
            titled.extend(letter.to_lowercase());
        } else {
            titled.extend(letter.to_uppercase());
        }
        inside = letter.is_alphabetic();
    }
    titled
}

/// A window of time that figures cover, as `5 minutes` or `42 seconds`.
pub fn window(seconds: f64) -> String {
    let whole = seconds.round().max(0.0) as u64;
    match whole {
        7200.. if whole.is_multiple_of(3600) => format!("{} hours", whole / 3600),
        120.. if whole.is_multiple_of(60) => format!("{} minutes", whole / 60),
        1 => "1 second".to_owned(),
        _ => format!("{whole} seconds"),
    }
}

/// Words on lines of at most `width`; the first line is indented by `first`, the others by `rest`.
pub fn wrapped(words: &str, first: usize, rest: usize, width: usize) -> String {
    let mut lines = Vec::new();
    let mut line = " ".repeat(first);
    let mut empty = true;
    for word in words.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::replace(&mut line, " ".repeat(rest)));
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line += word;
        empty = false;
    }
    lines.push(line);
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn general_is_that_of_c() {
        let cases = [
            (0.1, "0.1"),
            (1.0, "1"),
            (0.5, "0.5"),
            (30.0, "30"),
            (100.0, "100"),
            (1.0 / 3.0, "0.333333"),
            (123_456.7, "123457"),
            (1_234_567.0, "1.23457e+06"),
            (0.00001, "1e-05"),
            (0.0, "0"),
        ];
        for (value, text) in cases {
            assert_eq!(general(value), text);
        }
    }

    #[test]
    fn a_run_may_be_longer_than_a_day() {
        assert_eq!(clock_time(Duration::from_secs(25 * 3600 + 61)), "25:01:01");
    }

    #[test]
    fn words_have_one_capital() {
        assert_eq!(title_case("CPU Time"), "Cpu Time");
        assert_eq!(title_case("Req/sec"), "Req/Sec");
        assert_eq!(title_case("Failure #1"), "Failure #1");
    }

    #[test]
    fn windows_say_how_long() {
        let all = [300.0, 60.0, 42.4, 1.0, 3600.0, 7200.0].map(window);
        assert_eq!(all, ["5 minutes", "60 seconds", "42 seconds", "1 second", "60 minutes", "2 hours"]);
    }

    #[test]
    fn words_are_wrapped() {
        assert_eq!(wrapped("a-word-that-is-too-long x", 0, 2, 10), "a-word-that-is-too-long\n  x\n");
        assert_eq!(wrapped("", 4, 4, 10), "    \n");
    }
}
