//! Data within a script element.

use serde::Serialize;

/// JSON that can stand between `<script type="application/json">` and its end, whatever it says: what could end the
/// element, begin a comment or an entity is written as an escape of JSON.
pub fn json(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            // None of these stands outside of texts in JSON.
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                safe.push_str(&format!("\\u{:04x}", u32::from(letter)))
            }
            _ => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_ends_the_element() {
        let text = json(&"</script><!-- &amp; \u{2028}");
        assert_eq!(text, r#""\u003c/script\u003e\u003c!-- \u0026amp; \u2028""#);
    }

    proptest! {
        #[test]
        fn it_says_the_same(text in any::<String>()) {
            let json = json(&text);
            prop_assert!(!json.contains(['<', '>', '&']));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
