//! Texts with dynamic parts: `%%name%%` stands for the value of a variable of the session.

use std::borrow::Cow;
use std::rc::Rc;

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::config::{At, Diagnostics, FromValue, Value};
use crate::web::variables::Variables;

/// Where a variable stands.
const MARK: &str = "%%";

/// What may not stand in a URL as it is (RFC 3986); what is reserved may have its meaning.
const NOT_IN_URLS: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// What stays as it is in a form (URL standard, application/x-www-form-urlencoded).
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_');

/// A text with variables in it, or without.
#[derive(Clone, Debug)]
pub struct Text {
    parts: Rc<[Part]>,
    /// The variables, and where they stand.
    names: Rc<[(Rc<str>, At)]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Plain(Rc<str>),
    Variable(Rc<str>),
}

/// A variable that has no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the variable `{0}` has no value")]
pub struct NoValue(pub Rc<str>);

impl Text {
    /// Reads a text. Two marks with a name between them are a variable; a name is letters, digits, `_`, `-`, `.` and `:`.
    /// Whatever else stands between two marks is text, as a percent sign that is encoded may be.
    pub fn parse(text: &str, place: &At) -> Text {
        let (mut parts, mut names, mut plain, mut at) = (Vec::new(), Vec::new(), String::new(), 0);
        while let Some(from) = text[at..].find(MARK).map(|found| at + found) {
            let name_at = from + MARK.len();
            let name = text[name_at..].find(MARK).map(|length| &text[name_at..name_at + length]);
            match name.filter(|name| is_name(name)) {
                Some(name) => {
                    plain.push_str(&text[at..from]);
                    if !plain.is_empty() {
                        parts.push(Part::Plain(std::mem::take(&mut plain).into()));
                    }
                    at = name_at + name.len() + MARK.len();
                    let name: Rc<str> = name.into();
                    names.push((name.clone(), place.part(text, from..at)));
                    parts.push(Part::Variable(name));
                }
                None => {
                    plain.push_str(&text[at..from + 1]);
                    at = from + 1;
                }
            }
        }
        plain.push_str(&text[at..]);
        if !plain.is_empty() {
            parts.push(Part::Plain(plain.into()));
        }
        Text { parts: parts.into(), names: names.into() }
    }

    /// The names of its variables, and where they stand.
    pub fn variables(&self) -> &[(Rc<str>, At)] {
        &self.names
    }

    /// The whole text if there are no variables in it.
    pub fn plain(&self) -> Option<Rc<str>> {
        match &*self.parts {
            [] => Some("".into()),
            [Part::Plain(text)] => Some(text.clone()),
            _ => None,
        }
    }

    /// Whether there is a password in it, once its variables have their values.
    pub fn is_secret(&self, variables: &Variables<'_>) -> bool {
        self.names.iter().any(|(name, _)| variables.is_secret(name))
    }

    /// The text with the values of its variables.
    pub fn fill(&self, variables: &Variables<'_>) -> Result<Rc<str>, NoValue> {
        match &*self.parts {
            [] => Ok("".into()),
            [Part::Plain(text)] => Ok(text.clone()),
            [Part::Variable(name)] => variables.get(name),
            parts => {
                let mut filled = String::new();
                for part in parts {
                    match part {
                        Part::Plain(text) => filled.push_str(text),
                        Part::Variable(name) => filled.push_str(&variables.get(name)?),
                    }
                }
                Ok(filled.into())
            }
        }
    }

    /// The same in a URL, where some letters cannot stand as they are.
    pub fn fill_url(&self, variables: &Variables<'_>) -> Result<Rc<str>, NoValue> {
        let text = self.fill(variables)?;
        match encoded_url(&text) {
            Cow::Borrowed(_) => Ok(text),
            Cow::Owned(url) => Ok(url.into()),
        }
    }
}

/// A URL as it can be sent.
pub fn as_url(text: &str) -> Rc<str> {
    encoded_url(text).into()
}

fn encoded_url(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, NOT_IN_URLS).into()
}

/// A name or a value of a form as it is sent.
pub fn as_form(text: &str) -> String {
    utf8_percent_encode(text, FORM).to_string().replace("%20", "+")
}

/// Whether this may be the name of a variable.
pub fn is_name(name: &str) -> bool {
    let may = |letter: char| letter.is_alphanumeric() || "_-.:".contains(letter);
    !name.is_empty() && name.len() <= 64 && name.chars().all(may)
}

impl FromValue for Text {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Text> {
        Some(Text::parse(&String::from_value(value, diags)?, &value.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn filled(text: &str) -> String {
        let mut own = crate::web::variables::Own::default();
        own.set("a", "1".into(), false).unwrap();
        own.set("b", "x y".into(), false).unwrap();
        let variables = Variables { own: &own, account: None, masked: false };
        Text::parse(text, &At::named("test"))
            .fill(&variables)
            .map_or_else(|why| why.to_string(), |text| text.to_string())
    }

    #[test]
    fn variables_are_filled_in() {
        assert_eq!(filled("%%a%%"), "1");
        assert_eq!(filled("-%%a%%%%b%%-"), "-1x y-");
        assert_eq!(filled("100%% of %20 and %%%a%%%"), "100%% of %20 and %1%");
        assert_eq!(filled("%%c%%"), "the variable `c` has no value");
        assert_eq!(&*as_url("/a b?c=ä%20%"), "/a%20b?c=%C3%A4%20%");
    }

    proptest! {
        /// What has no variables in it stays as it is.
        #[test]
        fn plain_text_stays(text in "[%a ]{0,12}") {
            let read = Text::parse(&text, &At::named("test"));
            let expected = if read.variables().is_empty() { Some(text.as_str().into()) } else { None };
            prop_assert_eq!(read.plain(), expected);
        }
    }
}
