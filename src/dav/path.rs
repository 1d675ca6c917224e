//! Hrefs to paths. Servers write one resource as an absolute URL, as a path, with more or fewer characters
//! percent-encoded; a cache needs one key. The canonical form is the path with every octet decoded that may
//! stand for itself, so `/a%2Db/%C3%A9.ics`, `http://h:80/a-b/%c3%a9.ics` are both `/a-b/%C3%A9.ics`.
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// The longest path that is taken from an answer, bytes. Servers choose the paths that their relative hrefs stand
/// beside, so a short answer could ask for much memory.
pub const MAX_PATH: usize = 4096;

/// The longest href that is looked at: every octet of the path may be encoded, and a host and a query may stand there too.
const LONGEST_HREF: usize = 4 * MAX_PATH;

/// The canonical path of an href: scheme, host, query and fragment are dropped. A relative reference stays
/// relative; see [`resolve`].
pub fn canonical(href: &str) -> String {
    let path = strip_authority(href.trim());
    let end = path.bytes().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(path.len());
    let mut path = encode(&path[..end]);
    // Two slashes at the front would be read as the beginning of a host.
    let doubled = path.bytes().take_while(|byte| *byte == b'/').count().saturating_sub(1);
    path.drain(..doubled);
    path
}

/// The canonical path of an href found in the answer to a request for `base` (RFC 3986 section 5, without
/// schemes other than the base's). None: it would be longer than [`MAX_PATH`].
pub fn resolve(base: &str, href: &str) -> Option<String> {
    if href.len() > LONGEST_HREF {
        return None;
    }
    let path = canonical(href);
    let path = match path.as_str() {
        "" => canonical(base),
        absolute if absolute.starts_with('/') => path,
        relative => beside(&canonical(base), relative),
    };
    (path.len() <= MAX_PATH).then_some(path)
}

/// A relative path beside the canonical path of a request.
fn beside(base: &str, path: &str) -> String {
    let folder = base.rfind('/').map_or("/", |i| &base[..=i]);
    let mut segments: Vec<&str> = folder.trim_end_matches('/').split('/').collect();
    let mut rest = path;
    loop {
        if let Some(r) = rest.strip_prefix("./") {
            rest = r;
        } else if let Some(r) = rest.strip_prefix("../") {
            if segments.len() > 1 {
                segments.pop();
            }
            rest = r;
        } else {
            break;
        }
    }
    format!("{}/{}", segments.join("/"), rest.trim_start_matches('/'))
}

/// The last segment of a path, decoded, without a trailing slash.
pub fn last_segment(path: &str) -> String {
    let trimmed = path.trim_end_matches('/');
    let last = trimmed.rsplit('/').next().unwrap_or("");
    percent_decode_str(last).decode_utf8_lossy().into_owned()
}

/// `path` with a slash at its end.
pub fn with_slash(path: &str) -> String {
    if path.ends_with('/') { path.to_owned() } else { format!("{path}/") }
}

/// The folder a path stands in: `/a/b.ics` and `/a/b/` both give `/a/`.
pub fn parent(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    trimmed.rfind('/').map_or("/", |i| &trimmed[..=i])
}

/// Encodes one decoded segment so that it may stand in a path.
pub fn encode_segment(segment: &str) -> Cow<'_, str> {
    if segment.bytes().all(|byte| byte != b'/' && stands_for_itself(byte)) {
        return Cow::Borrowed(segment);
    }
    let mut out = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if byte != b'/' && stands_for_itself(byte) {
            out.push(char::from(byte));
        } else {
            push_encoded(&mut out, byte);
        }
    }
    Cow::Owned(out)
}

fn strip_authority(href: &str) -> &str {
    // A path, as most are.
    if href.starts_with('/') && !href.starts_with("//") {
        return href;
    }
    let rest = match href.find("://") {
        Some(i) if href[..i].bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b)) => {
            &href[i + 3..]
        }
        _ => match href.strip_prefix("//") {
            Some(rest) => rest,
            None => return href,
        },
    };
    rest.find('/').map_or("/", |i| &rest[i..])
}

/// Decodes each `%XX` that may stand for itself and writes the others in capitals; a bare `%` becomes `%25`.
fn encode(path: &str) -> String {
    let bytes = path.as_bytes();
    if bytes.iter().all(|byte| stands_for_itself(*byte)) {
        return path.to_owned();
    }
    let mut out = String::with_capacity(path.len());
    let mut i = 0;
    while i < bytes.len() {
        let (byte, escaped) = match (bytes[i], bytes.get(i + 1..i + 3)) {
            (b'%', Some(&[high, low])) => match (hex(high), hex(low)) {
                (Some(high), Some(low)) => (high * 16 + low, true),
                _ => (b'%', false),
            },
            (byte, _) => (byte, false),
        };
        i += if escaped { 3 } else { 1 };
        // An escaped slash is part of a segment and not a separator.
        if stands_for_itself(byte) && !(escaped && byte == b'/') {
            out.push(char::from(byte));
        } else {
            push_encoded(&mut out, byte);
        }
    }
    out
}

/// RFC 3986 pchar without `%`, and the slash.
fn stands_for_itself(byte: u8) -> bool {
    const TABLE: [bool; 256] = {
        let mut table = [false; 256];
        let others = b"-._~!$&'()*+,;=:@/";
        let mut byte = 0;
        while byte < 256 {
            table[byte] = (byte as u8).is_ascii_alphanumeric();
            byte += 1;
        }
        let mut at = 0;
        while at < others.len() {
            table[others[at] as usize] = true;
            at += 1;
        }
        table
    };
    TABLE[usize::from(byte)]
}

fn push_encoded(out: &mut String, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(char::from(HEX[usize::from(byte >> 4)]));
    out.push(char::from(HEX[usize::from(byte & 15)]));
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_same_resource_has_the_same_key() {
        for href in [
            "/a-b/%C3%A9@x.ics",
            "http://h:80/a%2Db/%c3%a9%40x.ics?q=1",
            " /a-b/é@x.ics ",
            "//h/a-b/%C3%a9@x.ics#f",
        ] {
            assert_eq!(canonical(href), "/a-b/%C3%A9@x.ics", "{href}");
        }
        assert_eq!(canonical("/a%2Fb"), "/a%2Fb");
        assert_eq!(canonical("/100%"), "/100%25");
        assert_eq!(canonical("https://h"), "/");
        assert_eq!(canonical("http://h//a//b"), "/a//b");
    }

    #[test]
    fn relative_references_stand_beside_the_request() {
        let resolve = |base, href| resolve(base, href).unwrap();
        assert_eq!(resolve("/cal/home/", "x.ics"), "/cal/home/x.ics");
        assert_eq!(resolve("/cal/home", "./x.ics"), "/cal/x.ics");
        assert_eq!(resolve("/cal/home/", "../y/"), "/cal/y/");
        assert_eq!(resolve("/cal/", "http://h/z"), "/z");
        assert_eq!(resolve("/cal/", ""), "/cal/");
        assert_eq!(resolve("/cal/", "..//x"), "/x");
    }

    #[test]
    fn a_path_without_end_is_none() {
        let folder = format!("/{}/", "f".repeat(MAX_PATH - 3));
        assert_eq!(resolve(&folder, "x").map(|path| path.len()), Some(MAX_PATH));
        assert_eq!(resolve(&folder, "xy"), None);
        assert_eq!(resolve(&folder, "/xy").as_deref(), Some("/xy"));
        assert_eq!(
            resolve("/", &"é".repeat(MAX_PATH / 6)).map(|path| path.len()),
            Some(1 + MAX_PATH / 6 * 6)
        );
        assert_eq!(resolve("/", &"é".repeat(MAX_PATH / 2)), None);
        assert_eq!(resolve("/", &"/".repeat(LONGEST_HREF + 1)), None);
    }

    #[test]
    fn parts_of_a_path() {
        assert_eq!(last_segment("/a/b%20c/"), "b c");
        assert_eq!(parent("/a/b/"), "/a/");
        assert_eq!(parent("/a/b.ics"), "/a/");
        assert_eq!(encode_segment("a/b c"), "a%2Fb%20c");
    }

    proptest! {
        #[test]
        fn canonical_is_stable(href in "[ -~é]{0,40}") {
            let once = canonical(&href);
            prop_assert_eq!(canonical(&once), once);
        }
    }
}
