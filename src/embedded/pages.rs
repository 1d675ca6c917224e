//! Pages for visitors: the answers where there is nothing of a calendar, for those who have no web server at hand.
use std::rc::Rc;

use hyper::Method;
use hyper::header::{ETAG, HeaderMap, IF_NONE_MATCH};

use super::paths::Target;
use super::reply::{self, Reply};
use crate::config::{Diagnostics, FromValue, Kind, Table, Value};
use crate::distribution::{Draw, Numbers};
use crate::random::Seed;

/// What every path has that names nothing of a calendar: a page in HTML, whoever asks for it by whichever method of the
/// web.
#[derive(Clone, Debug)]
pub struct Pages {
    /// How long a page is, bytes; each path has one length.
    size: Numbers,
    /// What stands in every page, as a form that scripts look for.
    text: Rc<str>,
}

/// The length of a page of which nothing is said, and of the longest, bytes.
const SIZE: f64 = 10_000.0;
const LONGEST: u64 = 8 << 20;

impl Default for Pages {
    fn default() -> Pages {
        Pages { size: Numbers::fixed(SIZE), text: "".into() }
    }
}

impl FromValue for Pages {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Pages> {
        let size = |value: &Value| Numbers::from_value(value, diags);
        match &value.kind {
            Kind::Dict(pairs) if pairs.iter().all(|pair| pair.key != "type") => {
                let table = Table::new(value, diags, "pages")?;
                let usual = Pages::default();
                let size = table.value("size").map_or(Some(usual.size), size);
                let text = table.optional::<String>("text").map_or(usual.text, Rc::from);
                table.finish();
                Some(Pages { size: size?, text })
            }
            _ => size(value).map(|size| Pages { size, text: "".into() }),
        }
    }
}

impl Pages {
    /// Whether a request is for a page.
    pub fn have(method: &Method, target: &Target) -> bool {
        const METHODS: [Method; 7] = [
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::OPTIONS,
        ];
        matches!(target, Target::Root | Target::Missing) && METHODS.contains(method)
    }

    /// The page of a path, or 304 where the client has it.
    pub fn answer(&self, seed: Seed, path: &str, headers: &HeaderMap) -> Reply {
        let now = chrono::DateTime::UNIX_EPOCH;
        let draw = Draw::new(seed.stream(0, 0, path), 0, now);
        let size = self.size.count(&draw).unwrap_or(LONGEST).min(LONGEST) as usize;
        let tag = format!("\"{size}\"");
        let known = headers.get(IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
        let reply = if known { reply::empty(304) } else { reply::body(200, HTML, self.page(size)) };
        reply::with(reply, ETAG, &tag)
    }

    /// A page that is so long, or as long as it must be.
    fn page(&self, size: usize) -> String {
        let (head, text) = ("<!DOCTYPE html>\n<html><head><title>A page</title></head><body>\n", &*self.text);
        let (before, end) = ("\n<p>", "</p></body></html>\n");
        let filling = size.saturating_sub(head.len() + text.len() + before.len() + end.len());
        let mut page = String::with_capacity(size);
        page.extend([head, text, before]);
        page.extend("The server has no other page than this. ".chars().cycle().take(filling));
        page.push_str(end);
        page
    }
}

const HTML: &str = "text/html;charset=utf-8";

#[cfg(test)]
mod tests {
    use super::super::service::ServiceModel;
    use super::super::tests::{send, server_with};
    use super::*;
    use crate::config::{read_bytes, render};

    fn model(pages: &str) -> Option<ServiceModel> {
        let diags = Diagnostics::new();
        let text = format!("<plist version=\"1.0\"><dict><key>pages</key>{pages}</dict></plist>");
        let value = read_bytes("model", text.as_bytes(), &diags).unwrap();
        let model = ServiceModel::decode(&value, &[], &diags);
        assert_eq!(diags.has_errors(), model.is_none(), "{}", render(&diags));
        model
    }

    #[tokio::test]
    async fn whoever_asks_for_whatever_gets_a_page() {
        let text =
            "<dict><key>size</key><integer>500</integer><key>text</key><string>&lt;b&gt;</string></dict>";
        for (pages, length) in [("<integer>2000</integer>", 2000), (text, 500), ("<dict/>", 10_000)] {
            let server = server_with(|config| super::super::Config { service: model(pages), ..config });
            for asked in ["GET /", "POST /a/b.php?c=d", "PUT /x", "GET /calendars/none/"] {
                let answer = send(&server, 0, asked, "").await;
                assert_eq!((answer.status, answer.body.len()), (200, length), "{asked}");
                assert!(answer.body.starts_with("<!DOCTYPE html>") && answer.body.ends_with("</html>\n"));
            }
            let again = format!("GET /\nIf-None-Match: \"{length}\"");
            assert_eq!(send(&server, 0, &again, "").await.status, 304);
            // What is a calendar's stays one.
            assert_eq!(send(&server, 0, "PROPFIND /", "").await.status, 401);
            assert_eq!(send(&server, 0, "GET /principals/", "").await.status, 401);
        }
        let server = server_with(|config| config);
        assert_eq!(send(&server, 0, "GET /none", "").await.status, 401, "without pages there are none");
    }
}
