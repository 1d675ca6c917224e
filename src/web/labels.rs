//! What operations and requests of visitors are counted under.

use crate::label::Label;

/// What every profile brings. A transaction is an operation under its own name.
pub const OPERATIONS: [Label; 3] = [Label::SESSION, Label::PAGE, Label::CONNECT];

/// What a person calls these.
pub const WORDS: &[(Label, &str)] = &[
    (Label::SESSION, "Visit the site"),
    (Label::PAGE, "Wait for a page"),
    (Label::CONNECT, "Connect to the site"),
];

/// A request to where an answer has sent the client.
pub const REDIRECT: Label = Label::of("GET{redirect}");
/// A picture, a script, a style sheet or a frame of a page.
pub const EMBEDDED: Label = Label::of("GET{embedded}");

/// `METHOD{shape}` for a request without a name: its path, without host and query, what varies in it being `*`.
pub fn of_path(method: &str, url: &str) -> Label {
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |slash| &rest[slash..]),
        None => url,
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let segment = |segment: &str| if varies(segment) { "*".to_owned() } else { segment.to_owned() };
    let shape: Vec<String> = path.split('/').map(segment).collect();
    let shape = shape.join("/");
    Label::request(method, if shape.is_empty() { "/" } else { &shape })
}

/// Whether a segment of a path names one of many things: it has a variable in it, or is a number, a UUID or the like.
fn varies(segment: &str) -> bool {
    let digits = segment.bytes().filter(u8::is_ascii_digit).count();
    let hexadecimal = segment.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    segment.contains("%%") || digits > 0 && (digits == segment.len() || hexadecimal && segment.len() >= 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_gives_a_label() {
        for (url, label) in [
            ("/", "GET{/}"),
            ("", "GET{/}"),
            ("http://h:8080/a/b.html?c=d#e", "GET{/a/b.html}"),
            ("http://h", "GET{/}"),
            ("/order/17/item/%%item%%", "GET{/order/*/item/*}"),
            ("/x/6ba7b810-9dad-11d1-80b4-00c04fd430c8", "GET{/x/*}"),
            ("/v2/deadbeef/page1", "GET{/v2/deadbeef/page1}"),
        ] {
            assert_eq!(of_path("GET", url).as_str(), label);
        }
    }
}
