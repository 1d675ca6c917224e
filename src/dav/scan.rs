//! Looks for bytes of some kinds in text, many bytes at a time.

/// How many bytes are looked at before the next decision: without one inside, the compiler takes sixteen in a step.
const STRIDE: usize = 64;

/// Whether some byte is of this kind. `kind` should have no branches: `|` and `&` instead of `||` and `&&`.
pub fn any(text: &str, kind: impl Fn(u8) -> bool) -> bool {
    text.as_bytes().chunks(STRIDE).any(|chunk| chunk.iter().fold(false, |found, byte| found | kind(*byte)))
}

/// Where the first such byte, an ASCII character, stands. It is mostly near, so that the first bytes are looked at one
/// by one.
pub fn find(text: &str, byte: u8) -> Option<usize> {
    const NEAR: usize = 24;
    let bytes = text.as_bytes();
    if let Some(at) = bytes.iter().take(NEAR).position(|found| *found == byte) {
        return Some(at);
    }
    memchr::memchr(byte, bytes.get(NEAR..)?).map(|at| at + NEAR)
}

/// What stands before the first such byte, an ASCII character, and what stands behind it.
pub fn split_at_byte(text: &str, byte: u8) -> Option<(&str, &str)> {
    let at = find(text, byte)?;
    Some((&text[..at], &text[at + 1..]))
}

/// A control character other than those that text may have as they are.
pub const fn is_control(byte: u8) -> bool {
    (byte < 0x20) & (byte != b'\n') & (byte != b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_is_found_wherever_it_stands() {
        for length in [1, 63, 64, 65, 200] {
            for at in 0..length {
                let mut text = vec![b'a'; length];
                text[at] = b'\r';
                let text = String::from_utf8(text).unwrap();
                assert!(any(&text, is_control) && !any(&text, |byte| byte == b'b'));
            }
        }
        assert!(!any("", |_| true));
    }

    #[test]
    fn a_character_is_found_near_and_far() {
        for length in [0, 1, 22, 23, 24, 25, 60] {
            for filler in ["a", "é", "€"] {
                let text = filler.repeat(length) + "=x=";
                assert_eq!(find(&text, b'='), text.find('='));
                assert_eq!(split_at_byte(&text, b'='), text.split_once('='));
            }
            assert_eq!(find(&"é".repeat(length), b'='), None);
        }
    }
}
