//! The text of numbers, dates and data in XML property lists.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};

use super::Kind;

/// A whole number of 64 bits, decimal or `0x` hexadecimal, with an optional sign.
pub(super) fn integer(text: &str) -> Result<Kind, String> {
    let text = text.trim();
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let (digits, radix) = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(hexadecimal) => (hexadecimal, 16),
        None => (digits, 10),
    };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return Err(format!("{text:?} is not an integer"));
    }
    let magnitude = i128::from_str_radix(digits, radix).ok();
    let number = magnitude.and_then(|number| i64::try_from(if negative { -number } else { number }).ok());
    number.map(Kind::Integer).ok_or_else(|| format!("{text} does not fit into 64 bits"))
}

/// `<true/>` or `<false/>`, which have no content.
pub(super) fn boolean(text: &str, truth: bool) -> Result<Kind, String> {
    match text.trim() {
        "" => Ok(Kind::Boolean(truth)),
        _ => Err(format!("<{truth}/> has no content")),
    }
}

/// A finite number.
pub(super) fn real(text: &str) -> Result<Kind, String> {
    match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Kind::Real(number)),
        Ok(_) => Err(format!("{:?} is not a finite number", text.trim())),
        Err(_) => Err(format!("{:?} is not a number", text.trim())),
    }
}

/// A date of the form `2026-01-05T09:00:00Z` (RFC 3339).
pub(super) fn date(text: &str) -> Result<Kind, String> {
    DateTime::parse_from_rfc3339(text.trim())
        .map(|date| Kind::Date(date.with_timezone(&Utc)))
        .map_err(|_| format!("{:?} is not a date such as 2026-01-05T09:00:00Z", text.trim()))
}

/// Bytes in base64, with white space anywhere.
pub(super) fn data(text: &str) -> Result<Kind, String> {
    let compact: String = text.split_whitespace().collect();
    STANDARD.decode(compact).map(Kind::Data).map_err(|fault| format!("the data is not base64: {fault}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_have_64_bits() {
        assert!(matches!(integer(" -9223372036854775808 "), Ok(Kind::Integer(i64::MIN))));
        assert!(matches!(integer("0xff"), Ok(Kind::Integer(255))));
        assert_eq!(integer("3x").unwrap_err(), "\"3x\" is not an integer");
        assert_eq!(integer("").unwrap_err(), "\"\" is not an integer");
        assert_eq!(integer("--1").unwrap_err(), "\"--1\" is not an integer");
        assert_eq!(
            integer("9223372036854775808").unwrap_err(),
            "9223372036854775808 does not fit into 64 bits"
        );
    }

    #[test]
    fn reals_are_finite() {
        assert!(matches!(real("-0.5e1"), Ok(Kind::Real(number)) if number == -5.0));
        assert!(real("nan").is_err());
        assert!(real("1e999").is_err());
        assert!(real("half").is_err());
    }

    #[test]
    fn dates_and_data() {
        assert!(
            matches!(date("2026-01-05T09:00:00Z"), Ok(Kind::Date(date)) if date.timestamp() == 1_767_603_600)
        );
        assert!(date("yesterday").is_err());
        assert!(matches!(data(" aGVs\n bG8= "), Ok(Kind::Data(bytes)) if bytes == b"hello"));
        assert!(data("*").is_err());
    }
}
