//! Servers that put things elsewhere, or have less.

use populace::client::Trigger;

use crate::stage::{Reply, Sent, Stage, home, play};

fn moved(status: u16, to: &str) -> Option<Reply> {
    Some(Reply(status, vec![("location", to.to_owned())], String::new()))
}

#[test]
fn every_kind_of_redirect_is_followed_by_its_path() {
    for status in [301, 302, 303, 307, 308] {
        play(async {
            let stage = Stage::new();
            stage.script(move |sent| match sent.path.as_str() {
                "/.well-known/caldav/" => moved(status, "https://elsewhere:9/hop/"),
                "/hop/" => moved(status, "/principals/"),
                _ => None,
            });
            let mut client = stage.client("OS_X_10_7", 1);
            stage.arrive(&mut client).await;
            assert_eq!(
                stage.labels()[..4],
                ["PROPFIND{well-known}"; 3]
                    .iter()
                    .map(|l| l.to_string())
                    .chain(["PROPFIND{principal}".to_owned()])
                    .collect::<Vec<_>>()
            );
        });
    }
}

#[test]
fn circles_of_redirects_end() {
    play(async {
        let stage = Stage::new();
        stage.script(|sent| match sent.path.as_str() {
            "/.well-known/caldav/" => moved(301, "/circle/"),
            "/circle/" => moved(301, "/.well-known/caldav/"),
            _ => None,
        });
        let mut client = stage.client("OS_X_10_7", 1);
        stage.arrive(&mut client).await;
        let labels = stage.labels();
        assert_eq!(labels.iter().filter(|label| *label == "PROPFIND{well-known}").count(), 6);
        assert_eq!(labels[6], "PROPFIND{find-principal}");
    });
}

#[test]
fn without_a_well_known_place_the_template_and_then_the_root_are_asked() {
    play(async {
        let stage = Stage::new();
        let gone = |sent: &Sent| match sent.path.as_str() {
            "/.well-known/caldav/" => Reply::status(404),
            _ => None,
        };
        stage.script(gone);
        let mut client = stage.client("OS_X_10_7", 1);
        stage.arrive(&mut client).await;
        let sent = stage.take();
        assert_eq!((sent[0].status, sent[0].success), (404, true));
        assert_eq!(
            (sent[1].label.as_str(), sent[1].path.as_str()),
            ("PROPFIND{find-principal}", "/principals/users/user01/")
        );

        stage.script(move |sent| match sent.path.as_str() {
            "/principals/users/user02/" => Reply::status(403),
            "/" => Reply::xml(207, "<multistatus xmlns='DAV:'><response><href>/</href><propstat><prop><current-user-principal>\
                <href>/principals/__uids__/10000000-0000-0000-0000-000000000002/</href></current-user-principal></prop>\
                <status>HTTP/1.1 200 OK</status></propstat></response></multistatus>"),
            _ => gone(sent),
        });
        let mut client = stage.client("OS_X_10_7", 2);
        stage.arrive(&mut client).await;
        assert_eq!(client.known().principal.homes[0].as_ref(), home(2));
    });
}

#[test]
fn a_server_with_less_is_lived_with() {
    // No sync, no tags, no component sets, no inbox, no outbox, no mail address, absolute hrefs, a home without a slash.
    const PRINCIPAL: &str = "<multistatus xmlns='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav'><response><href>/p/1/</href>\
        <propstat><prop><C:calendar-home-set><href>http://localhost:8008/h/1</href></C:calendar-home-set>\
        <principal-URL><href>/p/1/</href></principal-URL></prop><status>HTTP/1.1 200 OK</status></propstat></response></multistatus>";
    const HOME: &str = "<multistatus xmlns='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav'>\
        <response><href>/h/1</href><propstat><prop><resourcetype><collection/></resourcetype></prop><status>HTTP/1.1 200 OK</status></propstat></response>\
        <response><href>http://localhost:8008/h/1/c%20al/</href><propstat><prop><resourcetype><collection/><C:calendar/></resourcetype></prop>\
        <status>HTTP/1.1 200 OK</status></propstat></response></multistatus>";
    const CALENDAR: &str = "<multistatus xmlns='DAV:'><response><href>http://localhost:8008/h/1/c%20al/a%26b.ics</href><propstat><prop>\
        <getetag>\"1\"</getetag></prop><status>HTTP/1.1 200 OK</status></propstat></response></multistatus>";
    const ITEM: &str = "<multistatus xmlns='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav'><response><href>/h/1/c%20al/a&amp;b.ics</href><propstat><prop>\
        <getetag>\"1\"</getetag><C:calendar-data>BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\nEND:VEVENT\nEND:VCALENDAR\n</C:calendar-data></prop>\
        <status>HTTP/1.1 200 OK</status></propstat></response></multistatus>";
    for model in ["OS_X_10_6", "OS_X_10_7", "OS_X_10_11", "iOS_5"] {
        play(async {
            let stage = Stage::new();
            stage.script(|sent| match (sent.method.as_str(), sent.path.as_str()) {
                (_, "/.well-known/caldav/" | "/principals/users/user01/" | "/p/1/")
                    if sent.method == "PROPFIND" =>
                {
                    Reply::xml(207, PRINCIPAL)
                }
                ("PROPFIND", "/h/1/") => Reply::xml(207, HOME),
                ("REPORT", "/h/1/c%20al/") if sent.body.contains("multiget") => {
                    assert!(sent.body.contains("/h/1/c%20al/a&amp;b.ics"), "{}", sent.body);
                    Reply::xml(207, ITEM)
                }
                ("PROPFIND" | "REPORT", "/h/1/c%20al/") => Reply::xml(207, CALENDAR),
                _ => Reply::status(403),
            });
            let mut client = stage.client(model, 1);
            stage.act(&mut client, Trigger::Arrival).await.unwrap();
            stage.poll(&mut client).await;
            let memory = client.known();
            assert_eq!(memory.calendars_for("VTODO").count(), 1, "{model}");
            let calendar = &memory.calendars()[0];
            assert_eq!((calendar.href.as_ref(), calendar.name.as_ref()), ("/h/1/c%20al/", "c al"));
            assert_eq!(memory.address(), Some("mailto:user01@example.com"));
            let event = memory.event("/h/1/c%20al/a&b.ics").unwrap().1;
            assert_eq!(event.etag.as_deref(), Some("\"1\""));
            // The model of 10.11 lists what is there already and does not download it.
            let downloaded = !memory.program.model.start.skip_existing;
            assert_eq!(event.uid.as_deref(), downloaded.then_some("u"), "{model}");
        });
    }
}

#[test]
fn a_start_that_fails_is_tried_again_at_the_next_poll() {
    play(async {
        let stage = Stage::new();
        stage.script(|sent| if sent.path.starts_with("/calendars/") { Reply::status(500) } else { None });
        let mut client = stage.client("OS_X_10_7", 1);
        assert!(stage.act(&mut client, Trigger::Arrival).await.is_err());
        assert_eq!(stage.operations(), [("poll".to_owned(), false), ("startup".to_owned(), false)]);
        assert!(!client.memory.is_started());
        stage.take();
        stage.unscript();
        stage.poll(&mut client).await;
        assert!(client.memory.is_started());
        assert_eq!(stage.labels()[0], "PROPFIND{principal}");
        assert_eq!(stage.operations(), [("poll".to_owned(), true), ("startup".to_owned(), true)]);
    });
}

#[test]
fn an_answer_that_makes_no_sense_fails_the_operation() {
    play(async {
        let stage = Stage::new();
        stage.script(|sent| {
            (sent.path.starts_with("/calendars/")).then_some(Reply(207, Vec::new(), "<html>".to_owned()))
        });
        let mut client = stage.client("OS_X_10_7", 1);
        let trouble = stage.act(&mut client, Trigger::Arrival).await.unwrap_err().to_string();
        assert!(trouble.contains("the answer makes no sense"), "{trouble}");
        stage.script(|sent| {
            (sent.path.contains("principals"))
                .then(|| Reply::xml(207, "<multistatus xmlns='DAV:'/>").unwrap())
        });
        assert!(stage.act(&mut client, Trigger::Timer).await.is_err());
    });
}
