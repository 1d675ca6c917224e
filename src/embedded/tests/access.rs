use super::*;
use crate::dav::names;

#[tokio::test]
async fn the_way_from_well_known_to_the_home() {
    let server = server();
    let answer = send(&server, 0, "PROPFIND /.well-known/caldav", "").await;
    assert_eq!((answer.status, answer.header("location")), (301, "http://localhost:8008/principals/"));
    let answer = send(&server, 0, "PROPFIND /principals/", "").await;
    assert_eq!((answer.status, answer.header("www-authenticate")), (401, "basic realm=\"Test Realm\""));
    let body = propfind("<D:current-user-principal/><D:principal-URL/>");
    let first = send(&server, 1, "PROPFIND /principals/\nDepth: 0", &body).await.first();
    assert_eq!(first.path_of(&names::CURRENT_USER_PRINCIPAL), Some(principal(1)));
    assert_eq!(first.missing, [(names::PRINCIPAL_URL.clone(), 404)]);
    let body = propfind("<C:calendar-home-set/><C:calendar-user-address-set/><D:nonsense/>");
    let first = send(&server, 1, &format!("PROPFIND {}\nDepth: 0", principal(1)), &body).await.first();
    assert_eq!(first.path_of(&names::CALENDAR_HOME_SET), Some(home(1)));
    assert_eq!(first.hrefs(&names::CALENDAR_USER_ADDRESS_SET)[0], "mailto:user01@example.com");
    assert_eq!(first.missing.len(), 1);
}

#[tokio::test]
async fn another_users_home_is_closed_and_what_is_not_there_is_404() {
    let server = server();
    let answer = send(&server, 2, &format!("PROPFIND {}\nDepth: 1", home(1)), "").await;
    assert_eq!(answer.status, 403);
    assert!(answer.body.contains("need-privileges"));
    for (user, head, status) in [
        (2, format!("PUT {}calendar/x.ics", home(1)), 403),
        (2, format!("DELETE {}calendar/", home(1)), 403),
        (2, format!("REPORT {}calendar/", home(1)), 403),
        (1, "PROPFIND /nowhere".to_owned(), 404),
        (1, format!("PROPFIND {}nothing/", home(1)), 404),
        (1, format!("GET {}calendar/x.ics", home(1)), 404),
        (1, format!("PUT {}calendar/", home(1)), 405),
        (1, format!("POST {}inbox/", home(1)), 403),
        (1, "PUT /principals/x".to_owned(), 409),
        (1, format!("BREW {}", home(1)), 405),
        (1, format!("PROPFIND {}\nDepth: 2", home(1)), 400),
        (1, format!("PROPFIND {}\nDepth: infinity", home(1)), 403),
        (1, "POST /apns/".to_owned(), 200),
    ] {
        assert_eq!(send(&server, user, &head, "").await.status, status, "{head}");
    }
}

#[tokio::test]
async fn nonsense_is_refused_and_never_a_panic() {
    let server = server_with(|config| Config { max_body: 1000, ..config });
    for method in ["PROPFIND", "PROPPATCH", "REPORT", "POST", "MKCALENDAR", "PUT", "DELETE", "MKCOL"] {
        for path in ["", "calendar/", "inbox/", "outbox/", "notification/", "new/", "calendar/a.ics?action=x"]
        {
            for body in ["", "<", "<a/>", "BEGIN:VCALENDAR\r\nEND:VCALENDAR", "\u{feff}<D:x xmlns:D='DAV:'/>"]
            {
                let answer = send(&server, 1, &format!("{method} {}{path}", home(1)), body).await;
                assert!(answer.status < 500, "{method} {path} {body} {answer:?}");
            }
        }
    }
    let long = "x".repeat(1001);
    assert_eq!(send(&server, 1, &format!("PUT {}calendar/a.ics", home(1)), &long).await.status, 413);
}

#[tokio::test]
async fn every_answer_is_counted_and_told() {
    let server = server();
    let told = Rc::new(std::cell::RefCell::new(Vec::new()));
    let keep = Rc::clone(&told);
    server
        .on_served(Box::new(move |served| keep.borrow_mut().push((served.name.to_string(), served.status))));
    let changed = Rc::new(std::cell::RefCell::new(Vec::new()));
    let keep = Rc::clone(&changed);
    server.on_change(Box::new(move |keys| keep.borrow_mut().extend(keys)));
    send(&server, 0, "PROPFIND /principals/", "").await;
    put(&server, 1, "a.ics", &event("a", "20260105T100000Z", "")).await;
    let counters = server.counters();
    assert_eq!((counters.requests, counters.statuses[&401], counters.statuses[&201]), (2, 1, 1));
    assert_eq!(*told.borrow(), [("PROPFIND Principals".to_owned(), 401), ("PUT ics".to_owned(), 201)]);
    assert_eq!(*changed.borrow(), ["/CalDAV/localhost/10000000-0000-0000-0000-000000000001/"]);
}

proptest::proptest! {
    #[test]
    fn no_path_header_or_body_makes_it_panic(
        path in "/(calendars|principals|x)?(/(users|__uids__))?(/(user01|10000000-0000-0000-0000-000000000001|%))?(/(calendar|inbox|outbox|dropbox|[%a-z;é]{0,6})){0,3}/?",
        method in "(GET|PUT|POST|DELETE|PROPFIND|PROPPATCH|REPORT|MOVE|MKCALENDAR|MKCOL|OPTIONS)",
        authorization in "(Basic dXNlcjAxOnVzZXIwMQ==|(Digest|Basic|x) [ -~]{0,40})",
        header in "[ -~]{0,20}",
        body in "(<(D|C):(propfind|sync-collection|calendar-query|expand-property|share|mkcol) xmlns:D='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav'>)?[<>/A-Za-z:='\" \r\n-]{0,60}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let server = server();
            let head = format!(
                "{method} {}\nAuthorization: {authorization}\nDepth: {header}\nIf-Match: {header}\nDestination: {header}\n\
                 Content-Disposition: {header}",
                crate::dav::path::canonical(&path).replace("//", "/")
            );
            let answer = send(&server, 0, &head, &body).await;
            assert_ne!(answer.status, 500);
        });
    }
}
