//! What clients asked for lately: all clients of a program send the same texts again and again, in the reports of what has
//! changed but for the token.
use super::propfind::What;
use super::report::Sync;
use bytes::Bytes;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The most texts of a kind that are kept; there are a few for each client program.
const MOST: usize = 64;
/// The longest text that is kept, bytes.
const LONGEST: usize = 8192;

/// Request bodies and what they ask for.
#[derive(Default)]
pub struct Asked {
    /// Of PROPFIND.
    pub propfinds: Kept<What>,
    /// Of D:sync-collection, the bodies without their tokens.
    pub syncs: Kept<Sync>,
}

/// Bodies of one kind and what they ask for.
pub struct Kept<T>(BTreeMap<Bytes, Rc<T>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Kept(BTreeMap::new())
    }
}

impl<T> Kept<T> {
    /// What a body asks for, if it was kept.
    pub fn get(&self, body: &[u8]) -> Option<Rc<T>> {
        self.0.get(body).cloned()
    }

    /// Keeps it for the next request with the same body.
    pub fn keep(&mut self, body: &[u8], what: &Rc<T>) {
        if body.len() > LONGEST {
            return;
        }
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(Bytes::copy_from_slice(body), Rc::clone(what));
    }
}

/// The token of a D:sync-collection, and its body with an empty token. None where that cannot be told without parsing.
pub fn without_token(body: &[u8]) -> Option<(&str, Vec<u8>)> {
    const NAME: &str = "sync-token>";
    let text = std::str::from_utf8(body).ok().filter(|text| text.len() <= LONGEST && !declares(text))?;
    let name = text.find(NAME)?;
    // It must be a start tag, with a prefix or without one.
    let tag = &text[text[..name].rfind('<')? + 1..name];
    let prefix = tag.strip_suffix(':').unwrap_or(tag);
    if !prefix.bytes().all(|byte| byte.is_ascii_alphanumeric()) || (prefix == tag && !tag.is_empty()) {
        return None;
    }
    let begin = name + NAME.len();
    let end = begin + text[begin..].find('<')?;
    let token = &text[begin..end];
    if token.contains(['&', '\r']) {
        return None;
    }
    Some((token.trim(), [&body[..begin], &body[end..]].concat()))
}

/// Whether there is a `<!`. Without a way out of the loop the compiler looks at many bytes in a step.
fn declares(text: &str) -> bool {
    let bytes = text.as_bytes();
    let pairs = bytes.iter().zip(bytes.iter().skip(1));
    pairs.fold(false, |found, (first, second)| found | ((*first == b'<') & (*second == b'!')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_short_texts_are_kept() {
        let (mut kept, what) = (Kept::default(), Rc::new(()));
        for number in 0..1000 {
            kept.keep(format!("<propfind {number}/>").as_bytes(), &what);
            assert!(kept.0.len() <= MOST);
        }
        assert!(kept.get(b"<propfind 999/>").is_some());
        kept.keep(&[b' '; LONGEST + 1], &what);
        assert!(kept.get(&[b' '; LONGEST + 1]).is_none());
    }

    #[test]
    fn tokens_are_cut_out_where_that_is_sure() {
        let body =
            b"<A:s xmlns:A='DAV:'><A:sync-token> t 1</A:sync-token><A:prop><A:sync-token/></A:prop></A:s>";
        let (token, rest) = without_token(body).unwrap();
        assert_eq!(token, "t 1");
        assert_eq!(
            std::str::from_utf8(&rest).unwrap(),
            "<A:s xmlns:A='DAV:'><A:sync-token></A:sync-token><A:prop><A:sync-token/></A:prop></A:s>"
        );
        assert_eq!(without_token(b"<s><sync-token></sync-token></s>").unwrap().0, "");
        for unsure in [
            "<s><sync-token >t</sync-token ></s>",
            "<s><x-sync-token>t</x-sync-token></s>",
            "<s><sync-token>&lt;</sync-token></s>",
            "<s><!-- <sync-token>t</sync-token> --></s>",
            "<s a='sync-token>'/>",
            "<s><sync-token >t</sync-token></s>",
            "<s/>",
        ] {
            assert!(without_token(unsure.as_bytes()).is_none(), "{unsure}");
        }
    }
}
