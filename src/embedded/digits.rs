//! Numbers and dates as texts. They stand many times in an answer, where the general formatting costs more than all else.
use chrono::{DateTime, Datelike, Timelike, Utc};

use crate::hex::DIGITS;

/// Appends a number.
pub fn push_decimal(out: &mut String, mut number: u64) {
    let mut digits = [b'0'; 20];
    let mut begin = digits.len();
    loop {
        begin -= 1;
        digits[begin] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    digits[begin..].iter().for_each(|digit| out.push(char::from(*digit)));
}

/// A date as in HTTP headers (RFC 9110 section 5.6.7), as `Sun, 06 Nov 1994 08:49:37 GMT`.
pub fn http_date(time: DateTime<Utc>) -> String {
    const DAYS: [&str; 7] = ["Mon, ", "Tue, ", "Wed, ", "Thu, ", "Fri, ", "Sat, ", "Sun, "];
    const MONTHS: [&str; 12] = [
        " Jan ", " Feb ", " Mar ", " Apr ", " May ", " Jun ", " Jul ", " Aug ", " Sep ", " Oct ", " Nov ",
        " Dec ",
    ];
    let Ok(year @ 1000..=9999) = u64::try_from(time.year()) else {
        return time.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    };
    let mut out = String::with_capacity(29);
    let two = |out: &mut String, number: u32| {
        out.push(char::from(DIGITS[(number / 10 % 10) as usize]));
        out.push(char::from(DIGITS[(number % 10) as usize]));
    };
    out.push_str(DAYS[time.weekday().num_days_from_monday() as usize % 7]);
    two(&mut out, time.day());
    out.push_str(MONTHS[time.month0() as usize % 12]);
    push_decimal(&mut out, year);
    for (before, number) in [(' ', time.hour()), (':', time.minute()), (':', time.second())] {
        out.push(before);
        two(&mut out, number);
    }
    out.push_str(" GMT");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn texts_are_those_of_the_general_formatting(number: u64, shift in 0_u32..64, second in -70_000_000_000_i64..300_000_000_000) {
            let number = number >> shift;
            let mut decimal = String::new();
            push_decimal(&mut decimal, number);
            prop_assert_eq!(decimal, number.to_string());
            let time = DateTime::from_timestamp(second, 0).unwrap();
            prop_assert_eq!(http_date(time), time.format("%a, %d %b %Y %H:%M:%S GMT").to_string());
        }
    }
}
