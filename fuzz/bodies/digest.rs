//! WWW-Authenticate: what is understood is answered with a header that can be sent, and that says what it must.
use hyper::header::HeaderValue;
use populace::http::auth::challenge::Challenge;
use populace::http::auth::{Credentials, Scheme};
use populace::http::headers::Headers;

const WHO: Credentials<'_> = Credentials { name: "us\"er\\01", password: "pass:word" };
const PATH: &str = "/calendars/__uids__/user01/a%22b/";

/// The lines of the input are the headers of a 401.
pub fn check(data: &[u8]) {
    let mut lines = Vec::new();
    for line in data.split(|&byte| byte == b'\n').take(8) {
        let Ok(value) = HeaderValue::from_bytes(line) else { continue };
        if let Ok(text) = value.to_str() {
            parsed(text);
        }
        lines.push(("www-authenticate", value));
    }
    let headers = Headers::from_iter(lines);
    let (Ok(mut scheme), Ok(again)) = (Scheme::choose(&headers), Scheme::choose(&headers)) else { return };
    if scheme.name() == "basic" {
        let answer = scheme.authorize(WHO, "PROPFIND", PATH, 1);
        assert_eq!(answer, "Basic dXMiZXJcMDE6cGFzczp3b3Jk");
        assert!(!scheme.superseded_by(&again), "the same refusal would be answered for ever");
        return;
    }
    let first = answered(&mut scheme, 1);
    let second = answered(&mut scheme, 2);
    assert_eq!(first.param("nonce"), second.param("nonce"));
    let counts = (first.param("nc"), second.param("nc"));
    assert!(counts == (None, None) || counts == (Some("00000001"), Some("00000002")), "{counts:?}");
}

/// A header never holds more than its text.
fn parsed(text: &str) {
    let all = Challenge::parse_all(text);
    let held =
        |one: &Challenge| one.scheme.len() + one.params.iter().map(|(k, v)| k.len() + v.len()).sum::<usize>();
    assert!(all.iter().map(held).sum::<usize>() <= text.len());
    assert!(all.iter().all(|one| !one.scheme.is_empty() && one.scheme == one.scheme.to_ascii_lowercase()));
}

/// The answer to a Digest challenge, read as a server reads it.
fn answered(scheme: &mut Scheme, cnonce: u64) -> Challenge {
    let text = scheme.authorize(WHO, "PROPFIND", PATH, cnonce);
    HeaderValue::from_str(&text).expect("the answer can be sent");
    let mut all = Challenge::parse_all(&text);
    assert_eq!(all.len(), 1, "{text}");
    let answer = all.remove(0);
    let mut names: Vec<&String> = answer.params.iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), answer.params.len(), "a parameter twice in {text}");
    assert_eq!((answer.scheme.as_str(), answer.param("username")), ("digest", Some(WHO.name)), "{text}");
    assert_eq!(answer.param("uri"), Some(PATH), "{text}");
    let response = answer.param("response").expect("a response");
    assert!([32, 64].contains(&response.len()) && response.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert!(answer.param("nonce").is_some() && answer.param("realm").is_some(), "{text}");
    answer
}
