//! The properties that resources do not have. Resources of a kind lack the same ones, so what an answer says of them is
//! written once.
use super::properties::Wanted;
use crate::dav::Name;
use crate::dav::writer::{self, Absent};
use std::cell::RefCell;
use std::rc::Rc;

/// Requests for more properties than this have it written for each resource.
const MOST_PROPERTIES: usize = 128;
/// The most texts that are kept of a request; a home has resources of six kinds.
const MOST_TEXTS: usize = 16;

/// Which of the properties of a request a resource lacks.
#[derive(Default)]
pub struct Missing {
    /// Bits by position.
    positions: u128,
    beyond: Vec<usize>,
    /// How many they are.
    pub count: usize,
}

impl Missing {
    /// The property at this position.
    pub fn add(&mut self, position: usize) {
        self.count += 1;
        match position {
            ..MOST_PROPERTIES => self.positions |= 1 << position,
            _ => self.beyond.push(position),
        }
    }

    fn names<'w>(&self, wanted: &'w [Wanted]) -> Vec<&'w Name> {
        let first = (0..MOST_PROPERTIES).filter(|position| self.positions >> position & 1 == 1);
        let positions = first.chain(self.beyond.iter().copied());
        positions.filter_map(|position| Some(&wanted.get(position)?.name)).collect()
    }
}

/// What was written of the missing properties of a request.
#[derive(Default)]
pub struct Written(RefCell<Vec<(u128, Rc<str>)>>);

impl Written {
    /// What an answer says of those that are missing.
    pub fn of<'w>(&self, wanted: &'w [Wanted], missing: &Missing) -> Absent<'w> {
        if wanted.len() > MOST_PROPERTIES {
            return Absent::Names(missing.names(wanted));
        }
        let mut texts = self.0.borrow_mut();
        let known = texts.iter().find(|(positions, _)| *positions == missing.positions);
        if let Some((_, text)) = known {
            return Absent::Written(Rc::clone(text));
        }
        let text = writer::absent(&missing.names(wanted));
        if texts.len() < MOST_TEXTS {
            texts.push((missing.positions, Rc::clone(&text)));
        }
        Absent::Written(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_in_the_order_of_the_request() {
        let wanted: Vec<Wanted> =
            (0..200).map(|n| Wanted::new(Name::read("DAV:", &format!("n{n}")))).collect();
        for length in [3, 200] {
            let mut missing = Missing::default();
            [2, 0].into_iter().for_each(|position| missing.add(position));
            if length > 3 {
                missing.add(150);
            }
            let names: Vec<&str> = missing.names(&wanted[..length]).iter().map(|name| name.local()).collect();
            assert_eq!(names, ["n0", "n2", "n150"][..missing.count]);
            let written = Written::default();
            match written.of(&wanted[..length], &missing) {
                Absent::Names(names) => assert_eq!((names.len(), length), (3, 200)),
                Absent::Written(text) => {
                    assert!(text.contains("<D:n0/><D:n2/></D:prop>"), "{text}");
                    let Absent::Written(again) = written.of(&wanted[..length], &missing) else { panic!() };
                    assert!(Rc::ptr_eq(&text, &again));
                }
            }
        }
    }

    #[test]
    fn few_texts_are_kept() {
        let wanted: Vec<Wanted> = (0..8).map(|n| Wanted::new(Name::read("DAV:", &format!("n{n}")))).collect();
        let written = Written::default();
        for positions in 0..256 {
            let missing = Missing { positions, ..Missing::default() };
            written.of(&wanted, &missing);
        }
        assert_eq!(written.0.borrow().len(), MOST_TEXTS);
    }
}
