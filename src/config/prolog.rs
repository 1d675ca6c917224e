//! Which document types the XML reader accepts.

/// The byte offset of a document type's own declarations (its `[`), if there are any.
///
/// Property lists carry Apple's document type, which only names an address. One that declares entities
/// can make a small file expand without bound, so it is refused before anything is expanded. Empty brackets declare nothing.
pub(super) fn internal_subset(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        let skipped = if trimmed.starts_with("<?") {
            trimmed.find("?>")? + 2
        } else if let Some(comment) = trimmed.strip_prefix("<!--") {
            comment.find("-->")? + 7
        } else if trimmed.starts_with("<!DOCTYPE") {
            return bracket(trimmed).map(|found| at + found);
        } else {
            return None;
        };
        at += skipped;
    }
}

/// The first `[` of a document type that stands outside of quotes and before its end.
fn bracket(doctype: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in doctype.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'[') => return (!is_empty(&doctype[at + 1..])).then_some(at),
            (None, b'>') => return None,
            (None, _) => {}
        }
    }
    None
}

/// Whether the brackets of a document type, open here, are closed at once, and so is it.
fn is_empty(rest: &str) -> bool {
    let closed = rest.trim_start().strip_prefix(']');
    closed.is_some_and(|rest| rest.trim_start().starts_with('>'))
}

#[cfg(test)]
mod tests {
    use super::internal_subset;

    #[test]
    fn only_declarations_are_found() {
        let apple = "<?xml version=\"1.0\"?>\n<!-- [ --><!DOCTYPE plist PUBLIC \"-//[Apple//\" \"http://x/[\">\n<plist/>";
        assert_eq!(internal_subset(apple), None);
        let own = "<!DOCTYPE plist [<!ENTITY a \"b\">]><plist/>";
        assert_eq!(internal_subset(own), Some(16));
        assert_eq!(internal_subset("<!DOCTYPE plist SYSTEM \"x\" [ ] ><plist/>"), None);
        assert_eq!(internal_subset("<!DOCTYPE plist [] [<!ENTITY a \"b\">]><plist/>"), Some(16));
        assert_eq!(internal_subset("<plist>[</plist>"), None);
        assert_eq!(internal_subset("<!-- "), None);
    }
}
