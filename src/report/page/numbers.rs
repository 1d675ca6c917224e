//! Times, counts and shares as the page writes them: a number and its unit stay on one line.

/// A duration of so many seconds: three digits at most, in the unit that a person would take; `-` without one.
pub fn time(seconds: impl Into<Option<f64>>) -> String {
    let Some(seconds) = seconds.into().filter(|seconds| seconds.is_finite()) else {
        return "\u{2013}".to_owned();
    };
    match seconds {
        0.0 => "0\u{a0}ms".to_owned(),
        ..0.000_999_5 => format!("{}\u{a0}\u{b5}s", digits(seconds * 1e6, 0)),
        ..0.009_995 => format!("{}\u{a0}ms", digits(seconds * 1e3, 1)),
        ..0.999_5 => format!("{}\u{a0}ms", digits(seconds * 1e3, 0)),
        ..9.95 => format!("{}\u{a0}s", digits(seconds, 1)),
        ..99.5 => format!("{}\u{a0}s", digits(seconds, 0)),
        _ => length(seconds),
    }
}

fn digits(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}")
}

/// How long something went on: whole seconds, minutes or hours, in words.
pub fn length(seconds: f64) -> String {
    let whole = seconds.clamp(0.0, 1e12).round() as u64;
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60);
    match (hours, minutes, rest) {
        (0, 0, _) if seconds < 9.95 => format!("{}\u{a0}s", digits(seconds, 1).trim_end_matches(".0")),
        (0, 0, rest) => format!("{rest}\u{a0}s"),
        (0, minutes, 0) => format!("{minutes}\u{a0}min"),
        (0, minutes, rest) => format!("{minutes}\u{a0}min {rest}\u{a0}s"),
        (hours, 0, _) => format!("{}\u{a0}h", count(hours)),
        (hours, minutes, _) => format!("{}\u{a0}h {minutes}\u{a0}min", count(hours)),
    }
}

/// A moment of the run, as `4:07` or `13:04:07`.
pub fn moment(seconds: f64) -> String {
    let whole = seconds.clamp(0.0, 1e12).floor() as u64;
    match whole / 3600 {
        0 => format!("{}:{:02}", whole / 60, whole % 60),
        hours => format!("{hours}:{:02}:{:02}", whole / 60 % 60, whole % 60),
    }
}

/// A count with its thousands apart, as `12,345`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 user`, `2 users`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// A rate or another figure without a unit: two digits after the point below ten, none from a hundred.
pub fn plain(value: f64) -> String {
    match value {
        _ if !value.is_finite() => "\u{2013}".to_owned(),
        0.0 => "0".to_owned(),
        ..9.995 => digits(value, 2),
        ..99.95 => digits(value, 1),
        _ => count(value.clamp(0.0, 1e15).round() as u64),
    }
}

/// So many bytes, in the unit that a person would take: powers of a thousand.
pub fn bytes(bytes: f64) -> String {
    match bytes {
        _ if !bytes.is_finite() => "\u{2013}".to_owned(),
        ..999.5 => format!("{}\u{a0}B", digits(bytes, 0)),
        ..999_500.0 => format!("{}\u{a0}kB", plain(bytes / 1e3)),
        ..999_500_000.0 => format!("{}\u{a0}MB", plain(bytes / 1e6)),
        _ => format!("{}\u{a0}GB", plain(bytes / 1e9)),
    }
}

/// How many percent `part` is of `whole`; a share that is not nothing is never shown as 0 %, nor one that is not all
/// as 100 %.
pub fn share(part: u64, whole: u64) -> String {
    let percent = part as f64 * 100.0 / whole.max(1) as f64;
    match part {
        0 => "0\u{a0}%".to_owned(),
        _ if percent < 0.01 => "below\u{a0}0.01\u{a0}%".to_owned(),
        _ if percent < 1.0 => format!("{percent:.2}\u{a0}%"),
        _ if percent < 10.0 => format!("{percent:.1}\u{a0}%"),
        _ if part < whole && percent > 99.0 => format!("{:.1}\u{a0}%", percent.min(99.9)),
        _ => format!("{percent:.0}\u{a0}%"),
    }
}

/// A number with four digits that count, so that data stays short.
pub fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return 0.0;
    }
    let places = (3.0 - value.abs().log10().floor()).clamp(-12.0, 12.0);
    let by = 10f64.powi(places as i32);
    (value * by).round() / by
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text as a person reads it.
    fn read(text: String) -> String {
        text.replace('\u{a0}', " ")
    }

    #[test]
    fn times_have_the_unit_of_a_person() {
        let cases = [
            (0.0, "0 ms"),
            (0.000_25, "250 \u{b5}s"),
            (0.004_2, "4.2 ms"),
            (0.0234, "23 ms"),
            (0.999_9, "1.0 s"),
            (2.345, "2.3 s"),
            (42.4, "42 s"),
            (125.0, "2 min 5 s"),
            (7260.0, "2 h 1 min"),
        ];
        for (seconds, text) in cases {
            assert_eq!(read(time(seconds)), text);
        }
        assert_eq!(time(None), "\u{2013}");
        assert_eq!(time(f64::NAN), "\u{2013}");
    }

    #[test]
    fn counts_and_shares() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(read(share(0, 10)), "0 %");
        assert_eq!(read(share(1, 1_000_000)), "below 0.01 %");
        assert_eq!(read(share(1, 300)), "0.33 %");
        assert_eq!(read(share(99_999, 100_000)), "99.9 %");
        assert_eq!(read(share(5, 5)), "100 %");
        assert_eq!([0.0, 1.5, 93.27, 1234.5].map(plain), ["0", "1.50", "93.3", "1,235"]);
    }

    #[test]
    fn bytes_have_the_unit_of_a_person() {
        let all = [0.0, 999.0, 1234.0, 12_345.0, 999_499.0, 2_500_000.0, 7e9].map(|of| read(bytes(of)));
        assert_eq!(all, ["0 B", "999 B", "1.23 kB", "12.3 kB", "999 kB", "2.50 MB", "7.00 GB"]);
        assert_eq!(bytes(f64::NAN), "\u{2013}");
    }

    #[test]
    fn moments_and_lengths() {
        assert_eq!((moment(247.9), moment(47_047.0)), ("4:07".to_owned(), "13:04:07".to_owned()));
        let lengths = [0.5, 2.0, 30.0, 600.0, 86_400.0].map(|seconds| read(length(seconds)));
        assert_eq!(lengths, ["0.5 s", "2 s", "30 s", "10 min", "24 h"]);
    }

    #[test]
    fn data_has_four_digits() {
        assert_eq!([0.0, 123_456.0, 0.001_234_56, -7.0].map(rounded), [0.0, 123_500.0, 0.001_235, -7.0]);
    }
}
