//! What nobody may see of the URLs of a visitor: passwords that a script puts there.

use std::rc::Rc;

use super::place::Place;
use super::script::text::{Text, as_form, as_url};
use super::variables::{MASK, Variables};

/// The values, in each of the forms that they may have in a URL, the longest first. Servers may send them back, in redirects
/// and in what a page refers to.
#[derive(Clone, Debug, Default)]
pub struct Hidden(Option<Rc<[Rc<str>]>>);

impl Hidden {
    /// Those of a URL that stands somewhere where these are known.
    pub fn of(url: &Text, variables: &Variables<'_>, before: &Hidden) -> Hidden {
        if !url.is_secret(variables) {
            return before.clone();
        }
        let names = url.variables().iter().filter(|(name, _)| variables.is_secret(name));
        let values = names.filter_map(|(name, _)| variables.get(name).ok());
        let mut all: Vec<Rc<str>> = before.0.iter().flat_map(|known| known.iter().cloned()).collect();
        for value in values.filter(|value| !value.is_empty()) {
            all.extend([as_url(&value), as_form(&value).into(), value]);
        }
        all.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        all.dedup();
        Hidden(Some(all.into()).filter(|all: &Rc<[_]>| !all.is_empty()))
    }

    /// A text without them; None: there is nothing of them in it.
    pub fn masked(&self, text: &str) -> Option<String> {
        let all = self.0.as_deref()?;
        let mut masked: Option<String> = None;
        for value in all {
            let text = masked.as_deref().unwrap_or(text);
            if text.contains(&**value) {
                masked = Some(text.replace(&**value, MASK));
            }
        }
        masked
    }

    /// The path of a place as it may be shown, if that is another than it has.
    pub fn path(&self, place: &Place) -> Option<Rc<str>> {
        self.masked(&place.path).map(Rc::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::At;
    use crate::web::variables::Own;

    fn hidden(url: &str, before: &Hidden) -> Hidden {
        let mut own = Own::default();
        own.set("pw", "a b&c".into(), true).unwrap();
        own.set("plain", "x".into(), false).unwrap();
        let variables = Variables { own: &own, account: None, masked: false };
        Hidden::of(&Text::parse(url, &At::named("test")), &variables, before)
    }

    #[test]
    fn a_value_is_found_however_it_is_written() {
        let hidden = hidden("/?p=%%pw%%&q=%%plain%%", &Hidden::default());
        for written in ["a b&c", "a%20b&c", "a+b%26c"] {
            assert_eq!(hidden.masked(&format!("/x?{written}")).as_deref(), Some("/x?***"), "{written}");
        }
        assert_eq!(hidden.masked("/x"), None);
    }

    #[test]
    fn what_was_hidden_before_stays_hidden() {
        let before = hidden("/%%pw%%", &Hidden::default());
        assert_eq!(hidden("?y", &before).masked("/a b&c?y").as_deref(), Some("/***?y"));
        assert_eq!(hidden("/%%plain%%", &Hidden::default()).masked("/x"), None);
    }
}
