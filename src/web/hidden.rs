//! What nobody may see of the URLs of a visitor: passwords that a script sends.

use std::rc::Rc;

use super::place::Place;
use super::script::text::Text;
use super::variables::{MASK, Variables};

/// The values, as bytes, in each reading. Servers may send them back, in redirects and in what a page refers to, and spell
/// them as they like: `%2f` or `%2F`, `+` or `%20`, with letters encoded that need not be, or encoded once more.
#[derive(Clone, Debug, Default)]
pub struct Hidden(Option<Rc<[Rc<[u8]>]>>);

/// The most that are known of a visit: of more the oldest are forgotten.
const MOST: usize = 256;

/// In how many ways a text is read: as it is written, and with its percent signs undone so many times less one.
const READINGS: usize = 4;

impl Hidden {
    /// Those of the texts of a request, where these are known.
    pub fn of<'t>(
        texts: impl Iterator<Item = &'t Text>,
        variables: &Variables<'_>,
        before: &Hidden,
    ) -> Hidden {
        let names = texts.flat_map(Text::variables).filter(|(name, _)| variables.is_secret(name));
        let values = names.filter_map(|(name, _)| variables.get(name).ok()).filter(|value| !value.is_empty());
        let new: Vec<Rc<[u8]>> = values.flat_map(|value| readings(&value)).map(meant).collect();
        let known = before.0.as_deref().unwrap_or_default();
        if new.iter().all(|value| known.contains(value)) {
            return before.clone();
        }
        // The newest last.
        let mut all: Vec<_> = known.iter().filter(|value| !new.contains(value)).cloned().collect();
        for value in new {
            if !all.contains(&value) {
                all.push(value);
            }
        }
        all.drain(..all.len().saturating_sub(MOST));
        Hidden(Some(all.into()))
    }

    /// A text without them; None: there is nothing of them in it.
    pub fn masked(&self, text: &str) -> Option<String> {
        let all = self.0.as_deref()?;
        let mut found: Vec<(usize, usize)> = Vec::new();
        for letters in readings(text) {
            for value in all {
                let is_here = |part: &&[Letter]| {
                    part.iter().zip(&**value).all(|(letter, byte)| plain(letter.meant) == plain(*byte))
                };
                let here = letters.windows(value.len()).filter(is_here);
                found.extend(here.filter_map(|part| Some((part.first()?.from, part.last()?.to))));
            }
        }
        if found.is_empty() {
            return None;
        }
        found.sort_unstable();
        let (mut masked, mut at) = (Vec::new(), 0);
        for (from, to) in found {
            // One that begins within another is hidden with it.
            if from >= at {
                masked.extend_from_slice(&text.as_bytes()[at..from]);
                masked.extend_from_slice(MASK.as_bytes());
            }
            at = at.max(to);
        }
        masked.extend_from_slice(&text.as_bytes()[at..]);
        Some(String::from_utf8_lossy(&masked).into_owned())
    }

    /// The path of a place as it may be shown, if that is another than it has.
    pub fn path(&self, place: &Place) -> Option<Rc<str>> {
        self.masked(&place.path).map(Rc::from)
    }
}

/// A byte that a text means, and where it is written in it.
struct Letter {
    meant: u8,
    from: usize,
    to: usize,
}

/// The readings of a text that differ.
fn readings(text: &str) -> Vec<Vec<Letter>> {
    let written = text.bytes().enumerate().map(|(at, meant)| Letter { meant, from: at, to: at + 1 });
    let mut all: Vec<Vec<Letter>> = vec![written.collect()];
    while all.len() < READINGS
        && let Some(next) = all.last().and_then(|letters| decoded(letters))
    {
        all.push(next);
    }
    all
}

/// The letters with what is percent-encoded undone once; None: nothing is.
fn decoded(letters: &[Letter]) -> Option<Vec<Letter>> {
    let digit = |letter: &Letter| char::from(letter.meant).to_digit(16);
    let mut all = Vec::with_capacity(letters.len());
    let mut rest = letters;
    while let [first, others @ ..] = rest {
        rest = others;
        let (mut meant, mut to) = (first.meant, first.to);
        if let (b'%', [high, low, behind @ ..]) = (first.meant, others)
            && let (Some(tens), Some(ones)) = (digit(high), digit(low))
        {
            (meant, to, rest) = ((tens << 4 | ones) as u8, low.to, behind);
        }
        all.push(Letter { meant, from: first.from, to });
    }
    (all.len() < letters.len()).then_some(all)
}

fn meant(letters: Vec<Letter>) -> Rc<[u8]> {
    letters.into_iter().map(|letter| letter.meant).collect()
}

/// A plus sign may stand for a space.
fn plain(byte: u8) -> u8 {
    if byte == b'+' { b' ' } else { byte }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::At;
    use crate::web::variables::{Own, PASSWORD};

    fn hidden(url: &str, before: &Hidden) -> Hidden {
        let mut own = Own::default();
        own.set("pw", "a b&c".into(), true).unwrap();
        own.set("plain", "x".into(), false).unwrap();
        let variables = Variables { own: &own, account: None, masked: false };
        Hidden::of([Text::parse(url, &At::named("test"))].iter(), &variables, before)
    }

    #[test]
    fn a_value_is_found_however_it_is_written() {
        let hidden = hidden("/?p=%%pw%%&q=%%plain%%", &Hidden::default());
        let once = ["a b&c", "a%20b&c", "a+b%26c", "%61+%62%26c", "a%20b%26%63", "a%2Bb&c"];
        for written in once.into_iter().chain(["a%2520b%2526c", "%2561+b%26c"]) {
            let masked = hidden.masked(&format!("/x?{written}/y"));
            assert_eq!(masked.as_deref(), Some("/x?***/y"), "{written}");
        }
        assert_eq!(hidden.masked("/x?a%2b&c%"), None);
    }

    #[test]
    fn a_value_that_is_encoded_already_is_found_as_what_it_means() {
        let mut own = Own::default();
        own.set(PASSWORD, "p%2fq%C3%A4".into(), false).unwrap();
        let variables = Variables { own: &own, account: None, masked: false };
        let text = Text::parse("%%password%%", &At::named("test"));
        let hidden = Hidden::of([text].iter(), &variables, &Hidden::default());
        for written in ["p%2fq%C3%A4", "p%2Fq%c3%a4", "p/qä", "%70/q%C3%A4"] {
            let twice = hidden.masked(&format!("/{written}ö-{written}"));
            assert_eq!(twice.as_deref(), Some("/***ö-***"), "{written}");
        }
        // What lies over one another is hidden as one.
        own.set(PASSWORD, "aa".into(), false).unwrap();
        let variables = Variables { own: &own, account: None, masked: false };
        let text = Text::parse("%%password%%", &At::named("test"));
        assert_eq!(Hidden::of([text].iter(), &variables, &hidden).masked("/aaab").as_deref(), Some("/***b"));
    }

    #[test]
    fn what_was_hidden_before_stays_hidden() {
        let before = hidden("/%%pw%%", &Hidden::default());
        assert_eq!(hidden("?y", &before).masked("/a b&c?y").as_deref(), Some("/***?y"));
        assert_eq!(hidden("/%%plain%%", &Hidden::default()).masked("/x"), None);
    }

    #[test]
    fn a_visit_that_sends_ever_others_takes_no_more_room() {
        let (text, mut own, mut all) =
            (Text::parse("%%pw%%", &At::named("test")), Own::default(), Hidden::default());
        for n in 0..1000 {
            own.set("pw", format!("{n}-s3cret").into(), true).unwrap();
            let variables = Variables { own: &own, account: None, masked: false };
            all = Hidden::of(std::iter::once(&text), &variables, &all);
        }
        assert_eq!(all.0.as_ref().map(|all| all.len()), Some(MOST));
        assert_eq!(all.masked("/999-s3cret/900-s3cret").as_deref(), Some("/***/***"));
    }
}
