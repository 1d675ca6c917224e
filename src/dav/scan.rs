//! Looks for bytes of some kinds in text, many bytes at a time.

/// How many bytes are looked at before the next decision: without one inside, the compiler takes sixteen in a step.
const STRIDE: usize = 64;

/// Whether some byte is of this kind. `kind` should have no branches: `|` and `&` instead of `||` and `&&`.
pub fn any(text: &str, kind: impl Fn(u8) -> bool) -> bool {
    text.as_bytes().chunks(STRIDE).any(|chunk| chunk.iter().fold(false, |found, byte| found | kind(*byte)))
}

/// A control character other than those that text may have as they are.
pub fn is_control(byte: u8) -> bool {
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
}
