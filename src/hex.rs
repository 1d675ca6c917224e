//! Bytes as hexadecimal text, as it stands in hashes, nonces and tags.

/// The digits, in small letters.
pub const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Two digits a byte. The general formatting costs more, and some of these stand in every request.
pub fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_two_digits() {
        assert_eq!(hex(&[0, 0x0a, 0xff, 0x42]), "000aff42");
        assert_eq!(hex(&[]), "");
    }
}
