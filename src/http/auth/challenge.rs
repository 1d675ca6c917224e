//! Reads WWW-Authenticate (RFC 9110 11.6.1): several challenges may share one header.

/// One challenge: a scheme in lower case and its parameters, names in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    pub scheme: String,
    pub params: Vec<(String, String)>,
}

impl Challenge {
    /// All challenges of one header value. What cannot be read is left out.
    pub fn parse_all(text: &str) -> Vec<Challenge> {
        let mut found: Vec<Challenge> = Vec::new();
        for part in split_outside_quotes(text) {
            let part = part.trim();
            if part.is_empty() {
                continue;
            }
            let equals = part.find('=').unwrap_or(part.len());
            let mut param = part;
            // `Digest realm=...` opens a challenge: a word, then a space before any `=`.
            if let Some(space) = part.find(char::is_whitespace)
                && space < equals
                && !part[space..].trim_start().starts_with('=')
            {
                found.push(Challenge { scheme: part[..space].to_ascii_lowercase(), params: Vec::new() });
                param = part[space..].trim();
            } else if equals == part.len() {
                found.push(Challenge { scheme: part.to_ascii_lowercase(), params: Vec::new() });
                continue;
            }
            if let (Some(open), Some((name, value))) = (found.last_mut(), param.split_once('=')) {
                open.params.push((name.trim().to_ascii_lowercase(), unquote(value.trim())));
            }
        }
        found
    }

    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The scheme, with the algorithm when there is one.
    pub fn describe(&self) -> String {
        match self.param("algorithm") {
            Some(algorithm) => format!("{} {algorithm}", self.scheme),
            None => self.scheme.clone(),
        }
    }
}

fn split_outside_quotes(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn unquote(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else { return value.to_owned() };
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(char) = chars.next() {
        out.push(if char == '\\' { chars.next().unwrap_or('\\') } else { char });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn several_challenges_in_one_header() {
        let all = Challenge::parse_all(
            r#"Newauth realm="apps", type=1, title="Login to \"apps\", now", Basic realm="simple", Negotiate"#,
        );
        assert_eq!(all.len(), 3);
        assert_eq!(all[0].param("title"), Some("Login to \"apps\", now"));
        assert_eq!((all[1].scheme.as_str(), all[1].param("realm")), ("basic", Some("simple")));
        assert_eq!(all[2].scheme, "negotiate");
    }

    proptest! {
        #[test]
        fn nothing_panics(text in ".{0,80}") {
            Challenge::parse_all(&text);
        }
    }
}
