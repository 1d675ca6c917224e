//! Over how many connections a visit goes.

use std::time::Duration;

use super::{Stage, page, with};
use crate::http::testing::{Seen, text, unauthorized, virtual_time};

#[test]
fn connections_are_kept_or_not() {
    virtual_time(async {
        for (params, connections) in [
            ("", 1),
            ("http=<real>1.0</real>", 1),
            ("keepAlive=false", 3),
            ("http=1.0", 1),
            ("http=1.0, keepAlive=false", 3),
            ("idleClose=1", 2),
        ] {
            let steps = "do=GET, url=/\ndo=GET, url=/\ndo=think, time=2\ndo=GET, url=/";
            let mut stage = Stage::new(params, steps, |_| text(200, "ok"));
            stage.visit().await.unwrap();
            assert_eq!(stage.server.connections.get(), connections, "{params}");
        }
    });
}

#[test]
fn what_is_embedded_comes_over_several_connections() {
    virtual_time(async {
        let html: String = (0..10).map(|n| format!("<img src='i{n}.png'>")).collect();
        let respond = move |seen: &Seen| if seen.path == "/" { page(html.clone()) } else { text(200, "x") };
        let mut stage = Stage::new("embedded=true", "do=GET, url=/", respond);
        stage.server.delay.set(Duration::from_millis(10));
        stage.visit().await.unwrap();
        assert_eq!(stage.server.connections.get(), 6);
        assert_eq!(stage.events.labels().iter().filter(|label| **label == "GET{embedded}").count(), 10);
        // The page, and two rounds of objects.
        assert!(stage.operations().contains(&"page 30".to_owned()), "{:?}", stage.operations());
    });
}

#[test]
fn one_connection_of_http2_carries_all_at_once() {
    virtual_time(async {
        let html: String = (0..10).map(|n| format!("<img src='i{n}.png'>")).collect();
        let respond = move |seen: &Seen| match seen.path.as_str() {
            "/" => page(html.clone()),
            "/private?x=1" if seen.header("authorization").is_none() => unauthorized(&["Basic realm=\"x\""]),
            _ => with(text(200, "x"), &[("set-cookie", "a=1")]),
        };
        let steps = "do=GET, url=/, embedded=true
            do=POST, url=/private?x=1, body=%%uid%%, headers=<dict><key>X-Own</key><string>1</string></dict>";
        let mut stage = Stage::new("http=2", steps, respond);
        stage.server.multiplexed.set(true);
        stage.server.delay.set(Duration::from_millis(10));
        stage.visit().await.unwrap();
        assert_eq!((stage.server.connections.get(), stage.failures()), (1, Vec::new()));
        // The page, all objects at once, the question and the answer with credentials.
        assert_eq!(stage.operations(), ["connect 0", "page 40", "session 40"]);
        assert_eq!(stage.asked()[12], "POST /private?x=1 user1");
        assert_eq!(stage.headers("cookie")[12].as_deref(), Some("a=1"));
        assert_eq!(stage.headers("x-own")[12].as_deref(), Some("1"));
    });
}

#[test]
fn a_visitor_keeps_connections_to_so_many_servers_only() {
    virtual_time(async {
        let respond = |seen: &Seen| match seen.path.strip_prefix('/').and_then(|n| n.parse::<u32>().ok()) {
            Some(0) => text(200, "ok"),
            Some(n) => with(text(302, ""), &[("location", &format!("http://h{n}:80/{}", n - 1))]),
            None => text(200, "ok"),
        };
        let mut stage = Stage::new("redirects=100", "do=GET, url=/\ndo=GET, url=http://server/40", respond);
        stage.visit().await.unwrap();
        assert_eq!((stage.asked().len(), stage.server.connections.get()), (42, 41));
        let memory = crate::web::WebMemory::of(&mut *stage.memory).unwrap();
        assert_eq!(memory.browser.servers(), 32);
    });
}

#[test]
fn headers_beyond_ascii_go_by_any_version() {
    virtual_time(async {
        for version in ["1.1", "2"] {
            let steps = "do=GET, url=/, headers=<dict><key>X-Own</key><string>grün</string></dict>";
            let mut stage = Stage::new(&format!("http={version}"), steps, |_| text(200, "ok"));
            stage.server.multiplexed.set(version == "2");
            stage.visit().await.unwrap();
            assert_eq!((stage.failures(), stage.asked().len()), (Vec::new(), 1), "{version}");
            let sent = stage.server.seen.borrow()[0].headers.get("x-own").unwrap().as_bytes().to_vec();
            assert_eq!(sent, "grün".as_bytes(), "{version}");
        }
    });
}
