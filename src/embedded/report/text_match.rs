//! C:text-match (RFC 4791 section 9.7.5) with the collations of RFC 4790.
use crate::dav::{Element, Name, names};

/// A wanted text.
pub struct TextMatch {
    wanted: String,
    ignore_case: bool,
    negate: bool,
    kind: Kind,
}

enum Kind {
    Contains,
    Equals,
    StartsWith,
    EndsWith,
}

impl TextMatch {
    /// Reads a C:text-match. The error is the violated precondition.
    pub fn read(element: &Element) -> Result<TextMatch, &'static Name> {
        let ignore_case = match element.attribute("collation").unwrap_or("i;ascii-casemap") {
            "i;octet" => false,
            "i;ascii-casemap" | "i;unicode-casemap" | "default" => true,
            _ => return Err(&names::SUPPORTED_COLLATION),
        };
        let kind = match element.attribute("match-type").unwrap_or("contains") {
            "equals" => Kind::Equals,
            "starts-with" => Kind::StartsWith,
            "ends-with" => Kind::EndsWith,
            _ => Kind::Contains,
        };
        let negate = element.attribute("negate-condition") == Some("yes");
        let wanted = fold(&element.text, ignore_case);
        Ok(TextMatch { wanted, ignore_case, negate, kind })
    }

    /// Whether a text matches.
    pub fn matches(&self, text: &str) -> bool {
        let text = fold(text, self.ignore_case);
        let found = match self.kind {
            Kind::Contains => text.contains(&self.wanted),
            Kind::Equals => text == self.wanted,
            Kind::StartsWith => text.starts_with(&self.wanted),
            Kind::EndsWith => text.ends_with(&self.wanted),
        };
        found != self.negate
    }
}

fn fold(text: &str, ignore_case: bool) -> String {
    if ignore_case { text.to_lowercase() } else { text.to_owned() }
}
