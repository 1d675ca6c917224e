//! What PROPFIND asked for lately: all clients of a program send the same text again and again.
use super::propfind::What;
use bytes::Bytes;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The most texts that are kept; there are a few for each client program.
const MOST: usize = 64;
/// The longest text that is kept, bytes.
const LONGEST: usize = 8192;

/// Request bodies and what they ask for.
#[derive(Default)]
pub struct Asked(BTreeMap<Bytes, Rc<What>>);

impl Asked {
    /// What a body asks for, if it was kept.
    pub fn get(&self, body: &[u8]) -> Option<Rc<What>> {
        self.0.get(body).cloned()
    }

    /// Keeps it for the next request with the same body.
    pub fn keep(&mut self, body: &[u8], what: &Rc<What>) {
        if body.len() > LONGEST {
            return;
        }
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(Bytes::copy_from_slice(body), Rc::clone(what));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_short_texts_are_kept() {
        let (mut asked, what) = (Asked::default(), Rc::new(What::All(Vec::new())));
        for number in 0..1000 {
            asked.keep(format!("<propfind {number}/>").as_bytes(), &what);
            assert!(asked.0.len() <= MOST);
        }
        assert!(asked.get(b"<propfind 999/>").is_some());
        asked.keep(&[b' '; LONGEST + 1], &what);
        assert!(asked.get(&[b' '; LONGEST + 1]).is_none());
    }
}
