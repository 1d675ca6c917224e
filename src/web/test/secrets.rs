//! What nobody may see: passwords in URLs and bodies, and where servers send them back.

use super::{Stage, page, with};
use crate::event::What;
use crate::http::testing::{Seen, text, virtual_time};

impl Stage {
    /// The URLs that events show of requests and of their answers.
    fn shown(&self) -> Vec<String> {
        self.events.each(|_, what| match what {
            What::Request(begun) => Some(begun.url.to_string()),
            What::Response(answered) => Some(answered.url.to_string()),
            _ => None,
        })
    }

    /// All that events say, as a text.
    fn told(&self) -> String {
        self.events.each(|_, what| Some(format!("{what:?}"))).join("\n")
    }
}

#[test]
fn a_password_in_a_url_is_shown_to_nobody() {
    virtual_time(async {
        let steps = "do=set, name=copy, value=<string>-%%password%%-</string>
            do=GET, url=/a?u=%%uid%%&p=%%password%%
            do=GET, url=<string>?again=%%copy%%</string>
            do=GET, url=/b";
        let mut stage = Stage::new("", steps, |_| text(200, "ok"));
        stage.visit().await.unwrap();
        assert_eq!(stage.asked(), ["GET /a?u=user1&p=secret", "GET /a?again=-secret-", "GET /b"]);
        let urls = ["/a?u=user1&p=***", "/a?again=***", "/b"].map(|path| format!("http://server{path}"));
        // Of each request, and of its answer.
        let expected: Vec<String> = urls.into_iter().flat_map(|url| [url.clone(), url]).collect();
        assert_eq!(stage.shown(), expected);
        assert!(!stage.told().contains("secret"), "{}", stage.told());
    });
}

#[test]
fn nor_is_one_that_a_server_sends_back() {
    virtual_time(async {
        let respond = |seen: &Seen| match seen.path.as_str() {
            "/in?p=secret" => with(text(302, ""), &[("location", "/home/secret")]),
            "/home/secret" => page("<img src='secret.png'><img src='/plain.png'>"),
            _ => text(404, "no"),
        };
        let mut stage = Stage::new("embedded=true", "do=GET, url=/in?p=%%password%%", respond);
        let _ = stage.visit().await;
        assert_eq!(stage.asked()[..2], ["GET /in?p=secret", "GET /home/secret"]);
        assert!(stage.shown().iter().any(|url| url.ends_with("/home/***")), "{:?}", stage.shown());
        assert!(stage.shown().iter().any(|url| url.ends_with("/plain.png")));
        assert!(!stage.told().contains("secret"), "{}", stage.told());
    });
}

#[test]
fn nor_is_one_that_a_server_spells_in_its_own_way() {
    virtual_time(async {
        let respond = |seen: &Seen| match seen.path.as_str() {
            "/in" => with(text(303, ""), &[("location", "/at/%73ecret%2f?next=%2573ecret")]),
            path if path.starts_with("/at/") => page("<img src='%73ecret.png'><img src='&#115;ecret'>"),
            _ => text(404, "no"),
        };
        let step = "do=POST, url=/in, form=<dict><key>p</key><string>%%password%%</string></dict>";
        let mut stage = Stage::new("embedded=true", step, respond);
        let _ = stage.visit().await;
        assert_eq!(stage.asked()[1], "GET /at/%73ecret%2f?next=%2573ecret");
        let shown = stage.shown();
        assert!(shown.contains(&"http://server/at/***%2f?next=***".to_owned()), "{shown:?}");
        assert!(!shown.iter().any(|url| url.contains("ecret")), "{shown:?}");
    });
}

#[test]
fn nor_is_one_of_which_a_fault_tells() {
    virtual_time(async {
        let fault = "<s:Envelope><s:Body><s:Fault><faultstring>user1 is not secret</faultstring></s:Fault>\
                     </s:Body></s:Envelope>";
        let step = "do=POST, url=/, soap=1.1, body=<string>pw: %%password%%</string>";
        let mut stage = Stage::new("", step, move |_| text(500, fault));
        let _ = stage.visit().await;
        assert!(
            stage.failures()[0].ends_with("status 500, and a fault: user1 is not ***"),
            "{}",
            stage.told()
        );
        assert!(!stage.told().contains("secret"), "{}", stage.told());
    });
}

#[test]
fn nor_is_a_copy_in_a_body() {
    virtual_time(async {
        let steps = "do=set, name=copy, value=%%password%%
            do=GET, url=/, set=<array><dict><key>name</key><string>found</string><key>form</key><string>none</string>\
            <key>default</key><string>%%copy%%</string></dict></array>
            do=POST, url=/, body=p=%%found%%";
        let mut stage = Stage::new("", steps, |_| text(200, "ok"));
        stage.events.bodies.set(true);
        stage.visit().await.unwrap();
        assert_eq!(stage.asked()[1], "POST / p=secret");
        assert!(!stage.told().contains("secret"), "{}", stage.told());
    });
}

#[test]
fn a_stranger_gets_no_header_with_a_password() {
    virtual_time(async {
        let respond = |seen: &Seen| match seen.path.as_str() {
            "/" => with(text(307, ""), &[("location", "http://other/x")]),
            _ => text(200, "ok"),
        };
        let steps = "do=GET, url=/, headers=<dict><key>X-Token</key><string>%%password%%</string><key>X-Plain</key><string>1</string></dict>";
        let mut stage = Stage::new("", steps, respond);
        stage.visit().await.unwrap();
        assert_eq!(stage.headers("x-token"), [Some("secret".to_owned()), None]);
        assert_eq!(stage.headers("x-plain"), [Some("1".to_owned()), Some("1".to_owned())]);
    });
}

#[test]
fn nor_a_soap_action_with_one() {
    virtual_time(async {
        let respond = |seen: &Seen| match seen.path.as_str() {
            "/" => with(text(307, ""), &[("location", "http://other/x")]),
            _ => text(200, "ok"),
        };
        for (soap, header, sent) in [
            ("1.1", "soapaction", "\"do-secret\""),
            ("1.2", "content-type", "application/soap+xml; charset=utf-8; action=\"do-secret\""),
        ] {
            for (action, there) in
                [("do-%%password%%", None), ("do-%%uid%%", Some(sent.replace("secret", "user1")))]
            {
                let step = format!("do=POST, url=/, soap={soap}, action={action}, body=x");
                let mut stage = Stage::new("", &step, respond);
                stage.visit().await.unwrap();
                let headers = stage.headers(header);
                assert_eq!(
                    headers[0].as_deref().map(|value| value.replace("user1", "secret")),
                    Some(sent.to_owned())
                );
                assert_eq!(headers[1], there, "{soap} {action}");
            }
        }
    });
}

#[test]
fn nor_a_body_with_one() {
    virtual_time(async {
        for (status, location, followed) in [
            (307, "http://other/x", false),
            (308, "http://server:81/x", false),
            (303, "http://other/x", true),
            (307, "/x", true),
        ] {
            let respond = move |seen: &Seen| match seen.path.as_str() {
                "/" => with(text(status, ""), &[("location", location)]),
                _ => text(200, "ok"),
            };
            for (body, private) in
                [("form=<dict><key>p</key><string>%%password%%</string></dict>", true), ("body=x", false)]
            {
                let mut stage = Stage::new("", &format!("do=POST, url=/, {body}\ndo=GET, url=/y"), respond);
                let _ = stage.visit().await;
                let failures = stage.failures();
                if private && !followed {
                    assert_eq!(stage.asked()[1..], ["GET /y"], "{status} {location}: the session goes on");
                    assert!(failures[0].contains("there is a password in the body"), "{failures:?}");
                } else {
                    assert!(
                        stage.asked()[1].contains(" /x") && failures.is_empty(),
                        "{status} {location} {body}"
                    );
                }
            }
        }
    });
}
