//! From values to plain types.

use chrono::{DateTime, Utc};

use super::{Diagnostics, Kind, Value};

/// What can be decoded from a value.
pub trait FromValue: Sized {
    /// Decodes `value`; what is wrong with it goes to `diags`, and then the answer is `None`.
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Self>;
}

impl FromValue for Value {
    fn from_value(value: &Value, _: &Diagnostics) -> Option<Value> {
        Some(value.clone())
    }
}

impl FromValue for String {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<String> {
        match &value.kind {
            Kind::String(text) => Some(text.clone()),
            _ => value.mismatch("a string", diags),
        }
    }
}

impl FromValue for bool {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<bool> {
        match &value.kind {
            Kind::Boolean(truth) => Some(*truth),
            _ => value.mismatch("<true/> or <false/>", diags),
        }
    }
}

impl FromValue for f64 {
    /// Integers and reals alike; readers let only finite reals through.
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<f64> {
        match &value.kind {
            Kind::Integer(number) => Some(*number as f64),
            Kind::Real(number) => Some(*number),
            _ => value.mismatch("a number", diags),
        }
    }
}

impl FromValue for DateTime<Utc> {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<DateTime<Utc>> {
        match &value.kind {
            Kind::Date(date) => Some(*date),
            _ => value.mismatch("a <date>", diags),
        }
    }
}

impl<T: FromValue> FromValue for Vec<T> {
    /// Every element is looked at, so that all bad ones are reported.
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Vec<T>> {
        let Kind::Array(items) = &value.kind else { return value.mismatch("an array", diags) };
        let decoded: Vec<Option<T>> = items.iter().map(|item| T::from_value(item, diags)).collect();
        decoded.into_iter().collect()
    }
}

macro_rules! whole_number {
    ($($type:ty),*) => {$(
        impl FromValue for $type {
            fn from_value(value: &Value, diags: &Diagnostics) -> Option<$type> {
                let Kind::Integer(number) = value.kind else { return value.mismatch("an integer", diags) };
                let fitting = <$type>::try_from(number).ok();
                if fitting.is_none() {
                    // No property list holds more than the largest i64.
                    let most = i64::try_from(<$type>::MAX).unwrap_or(i64::MAX);
                    let least = <$type>::MIN;
                    let message = format!("{number} is out of range: expected {least} to {most}");
                    diags.error(&value.at, message);
                }
                fitting
            }
        }
    )*};
}

whole_number!(i64, i32, u64, u32, u16, u8, usize);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read_bytes;

    fn decode<T: FromValue>(body: &str) -> Result<T, String> {
        let diags = Diagnostics::new();
        let value = read_bytes("t", format!("<plist>{body}</plist>").as_bytes(), &diags);
        let decoded = value.and_then(|value| T::from_value(&value, &diags));
        let messages: Vec<String> = diags.all().iter().map(ToString::to_string).collect();
        decoded.ok_or(messages.join("; "))
    }

    #[test]
    fn plain_types() {
        assert_eq!(decode("<string> a <![CDATA[<b>]]></string>"), Ok(" a <b>".to_owned()));
        assert_eq!(decode("<true/>"), Ok(true));
        assert_eq!(decode("<integer>-3</integer>"), Ok(-3.0));
        assert_eq!(decode("<array><integer>1</integer><integer>2</integer></array>"), Ok(vec![1u32, 2]));
    }

    #[test]
    fn mismatches_say_what_was_found() {
        assert_eq!(
            decode::<u32>("<string>three</string>"),
            Err("t:1:8: error: expected an integer, found the string \"three\"".to_owned())
        );
        assert_eq!(
            decode::<u16>("<integer>-1</integer>"),
            Err("t:1:8: error: -1 is out of range: expected 0 to 65535".to_owned())
        );
        assert_eq!(
            decode::<u64>("<integer>-5</integer>"),
            Err("t:1:8: error: -5 is out of range: expected 0 to 9223372036854775807".to_owned())
        );
    }

    #[test]
    fn all_bad_elements_are_reported_and_broken_ones_once() {
        let message = decode::<Vec<bool>>("<array><integer>x</integer><date/><true/><real>1</real></array>");
        assert_eq!(
            message.unwrap_err(),
            "t:1:15: error: \"x\" is not an integer; \
             t:1:35: error: \"\" is not a date such as 2026-01-05T09:00:00Z; \
             t:1:49: error: expected <true/> or <false/>, found the real 1"
        );
    }
}
