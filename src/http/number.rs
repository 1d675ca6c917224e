//! Numbers as they stand in answers.

/// The most digits of a number: that is 2^64 - 1 in hexadecimal.
pub const MOST_DIGITS: usize = 16;

/// A number without a sign, of at most [`MOST_DIGITS`].
pub fn number(digits: &[u8], radix: u32) -> Option<u64> {
    let plain = digits.len() <= MOST_DIGITS && digits.iter().all(|digit| char::from(*digit).is_digit(radix));
    std::str::from_utf8(digits).ok().filter(|_| plain).and_then(|text| u64::from_str_radix(text, radix).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_digits_and_nothing_else() {
        assert_eq!(number(b"0042", 10), Some(42));
        assert_eq!(number(b"ffffFFFFffffFFFF", 16), Some(u64::MAX));
        for digits in [&b""[..], b"+1", b"-1", b" 1", b"1a", b"12345678901234567", "\u{661}".as_bytes()] {
            assert_eq!(number(digits, 10), None, "{digits:?}");
        }
    }
}
