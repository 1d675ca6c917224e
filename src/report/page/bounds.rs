//! How much of a list and of a text is shown: the results file has the rest.

use serde::Serialize;

/// The first of a list, and how many there are beside them.
#[derive(Debug, Serialize)]
pub struct Few<T> {
    pub shown: Vec<T>,
    pub more: usize,
}

impl<T> Few<T> {
    /// The first `most` of them.
    pub fn of(all: impl IntoIterator<Item = T>, most: usize) -> Few<T> {
        let mut all = all.into_iter();
        let shown: Vec<T> = all.by_ref().take(most).collect();
        Few { shown, more: all.count() }
    }
}

/// The first `most` letters of a text; an ellipsis says that there was more.
pub fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{} \u{2026}", &text[..end]),
        None => text.to_owned(),
    }
}

/// The most letters of a sentence, as an error or a note.
pub const SENTENCE: usize = 160;

/// The most letters of what stands beside the verdict, which is to be read to its end.
pub const REMARK: usize = 360;

/// The most letters of a name, as that of a label or a population.
pub const NAME: usize = 80;

/// A sentence that is not too long.
pub fn sentence(text: &str) -> String {
    short(text, SENTENCE)
}

/// A name that is not too long.
pub fn name(text: &str) -> String {
    short(text, NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_is_counted() {
        let few = Few::of(0..10, 3);
        assert_eq!((few.shown, few.more), (vec![0, 1, 2], 7));
        assert_eq!((short("äöü", 2), short("äöü", 3)), ("äö \u{2026}".to_owned(), "äöü".to_owned()));
    }
}
