//! Data within a script element, and texts with code in them.

use minijinja::HtmlEscape;
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

/// A text as HTML, in which what stands between backticks is code; one backtick alone is itself.
pub fn code(text: &str) -> String {
    let (mut html, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once('`') {
        html.push_str(&HtmlEscape(before).to_string());
        rest = match after.split_once('`') {
            Some((inside, after)) if !inside.is_empty() && inside.trim() == inside => {
                html.push_str(&format!("<code class=\"only\">{}</code>", HtmlEscape(inside)));
                after
            }
            _ => {
                html.push('`');
                after
            }
        };
    }
    html + &HtmlEscape(rest).to_string()
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

    #[test]
    fn code_is_shown_as_code_and_everything_is_escaped() {
        assert_eq!(
            code("see `a < b`, or `<i>`"),
            "see <code class=\"only\">a &lt; b</code>, or <code class=\"only\">&lt;i&gt;</code>"
        );
        assert_eq!(code("one ` only & ``"), "one ` only &amp; ``");
    }

    proptest! {
        #[test]
        fn no_text_becomes_an_element(text in "[`<>a&\"']{0,20}") {
            let html = code(&text).replace("<code class=\"only\">", "").replace("</code>", "");
            prop_assert!(!html.contains(['<', '>', '"']), "{}", html);
        }

        #[test]
        fn it_says_the_same(text in any::<String>()) {
            let json = json(&text);
            prop_assert!(!json.contains(['<', '>', '&']));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
