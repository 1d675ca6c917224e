//! Bytes and numbers as hexadecimal text, as it stands in hashes, nonces and tags.

/// The digits, in small letters.
pub const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Two digits a byte. The general formatting costs more, and some of these stand in every request.
pub fn hex(bytes: &[u8]) -> String {
    let mut out = vec![0; 2 * bytes.len()];
    for (digits, byte) in out.chunks_exact_mut(2).zip(bytes) {
        digits.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    // They are ASCII.
    String::from_utf8(out).unwrap_or_default()
}

/// Appends a number of `width` hexadecimal digits in small letters; more when it has more.
pub fn push_hex(out: &mut String, number: u64, width: usize) {
    let width = width.max((16 - number.leading_zeros() as usize / 4).max(1));
    for place in (0..width).rev() {
        let digit = if place < 16 { number >> (4 * place) & 15 } else { 0 };
        out.push(char::from(DIGITS[digit as usize]));
    }
}

/// The same as a text of its own.
pub fn number(number: u64, width: usize) -> String {
    let mut out = String::with_capacity(width.max(16));
    push_hex(&mut out, number, width);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_are_those_of_the_general_formatting(number: u64, shift in 0_u32..64, width in 0_usize..18) {
            let number = number >> shift;
            prop_assert_eq!(super::number(number, width), format!("{number:0width$x}"));
            prop_assert_eq!(hex(&number.to_be_bytes()), format!("{number:016x}"));
        }
    }

    #[test]
    fn every_byte_has_two_digits() {
        assert_eq!(hex(&[0, 0x0a, 0xff, 0x42]), "000aff42");
        assert_eq!(hex(&[]), "");
    }
}
