//! What a visitor has got before, so that only what has changed is sent again (RFC 9110 13).

use std::rc::Rc;

use super::place::Place;
use crate::http::Answer;

/// The marks of what was got, the newest last.
#[derive(Clone, Debug, Default)]
pub struct Known(Vec<Marks>);

#[derive(Clone, Debug)]
struct Marks {
    place: Place,
    tag: Option<Rc<str>>,
    modified: Option<Rc<str>>,
}

/// How many are kept of a visitor.
const MOST: usize = 300;

impl Known {
    /// The header with which a server is asked whether something has changed: the entity tag, or else the date.
    pub fn condition(&self, place: &Place) -> Option<(&'static str, Rc<str>)> {
        let marks = self.0.iter().find(|marks| marks.place == *place)?;
        let tag = marks.tag.clone().map(|tag| ("if-none-match", tag));
        tag.or_else(|| marks.modified.clone().map(|date| ("if-modified-since", date)))
    }

    /// Notes what an answer says of itself.
    pub fn take(&mut self, place: &Place, answer: &Answer) {
        if answer.status != 200 {
            return;
        }
        let mark = |name| answer.header(name).map(Rc::from);
        let (tag, modified) = (mark("etag"), mark("last-modified"));
        let old = self.0.iter().position(|marks| marks.place == *place);
        old.map(|old| self.0.remove(old));
        if tag.is_some() || modified.is_some() {
            if self.0.len() == MOST {
                self.0.remove(0);
            }
            self.0.push(Marks { place: place.clone(), tag, modified });
        }
    }
}
