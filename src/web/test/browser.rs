//! What a browser does by itself: redirects, cookies, conditions, credentials.

use super::{Stage, with};
use crate::http::testing::{Seen, text, unauthorized, virtual_time};

#[test]
fn redirects_are_followed() {
    virtual_time(async {
        let respond = |seen: &Seen| match seen.path.as_str() {
            "/303" => with(text(303, ""), &[("location", "b?c")]),
            "/307" => with(text(307, ""), &[("location", "http://server/b")]),
            "/loop" => with(text(302, ""), &[("location", "/loop")]),
            _ => text(200, "ok"),
        };
        for (params, step, asked, fine) in [
            ("", "do=POST, url=/303, body=x", &["POST /303 x", "GET /b?c"][..], true),
            ("", "do=POST, url=/307, body=x", &["POST /307 x", "POST /b x"][..], true),
            ("redirects=0", "do=GET, url=/303", &["GET /303"][..], true),
            ("expect=303", "do=GET, url=/303", &["GET /303"][..], true),
            ("redirects=2, onFailure=abort", "do=GET, url=/loop", &["GET /loop"; 3][..], false),
        ] {
            let mut stage = Stage::new(params, step, respond);
            assert_eq!(stage.visit().await.is_ok(), fine, "{step}");
            assert_eq!(stage.asked(), asked, "{step}");
        }
    });
}

#[test]
fn cookies_conditions_and_credentials_are_the_browsers() {
    virtual_time(async {
        let respond = |seen: &Seen| match seen.header("authorization") {
            None if seen.path == "/private" => unauthorized(&["Basic realm=\"x\""]),
            _ if seen.header("if-none-match") == Some("\"1\"") => text(304, ""),
            _ => with(
                text(200, "ok"),
                &[("set-cookie", "a=1; Path=/"), ("set-cookie", "b=2"), ("etag", "\"1\"")],
            ),
        };
        let steps = "do=GET, url=/
            do=GET, url=/
            do=GET, url=/private, user=Aladdin, password=open sesame";
        let mut stage =
            Stage::new("conditional=true, userAgent=Tester/1, acceptEncoding=gzip", steps, respond);
        stage.visit().await.unwrap();
        assert_eq!(stage.events.labels(), ["GET{/}", "GET{/}", "CHALLENGE{basic}", "GET{/private}"]);
        let statuses: Vec<_> = stage.events.responses().iter().map(|one| one.status.unwrap()).collect();
        assert_eq!(statuses, [200, 304, 401, 200]);
        assert_eq!(stage.headers("cookie")[1].as_deref(), Some("a=1; b=2"));
        assert_eq!(stage.headers("authorization")[3].as_deref(), Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        assert_eq!(stage.headers("user-agent")[0].as_deref(), Some("Tester/1"));
        assert_eq!(stage.headers("accept-encoding")[0].as_deref(), Some("gzip"));
        assert!(stage.failures().is_empty());
    });
}
