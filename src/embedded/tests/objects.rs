use super::*;

#[tokio::test]
async fn an_object_is_put_read_changed_and_deleted() {
    let server = server_with(|config| Config { put_etag: true, ..config });
    let body = event("a", "20260105T100000Z", "");
    let answer = put(&server, 1, "a.ics", &body).await;
    assert_eq!(answer.status, 201);
    let etag = answer.header("etag").to_owned();
    let path = format!("{}calendar/a.ics", home(1));
    let answer = send(&server, 1, &format!("GET {path}"), "").await;
    assert_eq!((answer.status, answer.body.as_str(), answer.header("etag")), (200, body.as_str(), &*etag));
    assert_eq!(send(&server, 1, &format!("GET {path}\nIf-None-Match: {etag}"), "").await.status, 304);
    let changed = event("a", "20260105T110000Z", "");
    for (condition, status) in [
        ("If-None-Match: *", 412),
        ("If-Match: \"other\"", 412),
        ("If-Schedule-Tag-Match: \"x\"", 412),
        (&format!("If-Match: {etag}"), 204),
        (&format!("If-Match: {etag}"), 412),
    ] {
        let answer = send(&server, 1, &format!("PUT {path}\n{condition}"), &changed).await;
        assert_eq!(answer.status, status, "{condition}");
    }
    assert_eq!(send(&server, 1, &format!("DELETE {path}\nIf-Match: {etag}"), "").await.status, 412);
    assert_eq!(send(&server, 1, &format!("DELETE {path}"), "").await.status, 204);
    assert_eq!(send(&server, 1, &format!("DELETE {path}"), "").await.status, 404);
}

#[tokio::test]
async fn what_is_no_calendar_object_is_refused_with_the_reason() {
    let server = server();
    put(&server, 1, "a.ics", &event("a", "20260105T100000Z", "")).await;
    let task = "BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\nEND:VCALENDAR\r\n";
    let with_method = event("m", "20260105T100000Z", "").replace("VERSION", "METHOD:REQUEST\r\nVERSION");
    for (name, body, condition) in [
        ("b.ics", "garbage".to_owned(), "valid-calendar-data"),
        ("b.ics", "BEGIN:VCALENDAR\r\nEND:VCALENDAR".to_owned(), "valid-calendar-data"),
        ("b.ics", event("a", "20260105T100000Z", ""), "no-uid-conflict"),
        ("a.ics", event("b", "20260105T100000Z", ""), "no-uid-conflict"),
        ("b.ics", task.to_owned(), "supported-calendar-component"),
        ("b.ics", with_method, "valid-calendar-object-resource"),
    ] {
        let answer = put(&server, 1, name, &body).await;
        assert_eq!(answer.status, 403, "{body}");
        assert!(answer.body.contains(condition), "{condition}: {}", answer.body);
    }
}

#[tokio::test]
async fn the_answer_to_put_is_that_of_calendarserver() {
    let server = server();
    let answer = put(&server, 1, "a.ics", &event("a", "20260105T100000Z", "")).await;
    assert_eq!((answer.status, answer.header("etag"), answer.header("schedule-tag")), (201, "", ""));
    let meeting = event(
        "m",
        "20260105T100000Z",
        "ORGANIZER:mailto:user01@example.com\r\nATTENDEE:mailto:user01@example.com\r\n\
         ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:user02@example.com\r\n",
    );
    let answer = put(&server, 1, "m.ics", &meeting).await;
    assert_eq!(answer.status, 201);
    assert_ne!(answer.header("schedule-tag"), "");
    assert_eq!(server.counters().methods["PUT Organizer"], 1);
    let head = format!("PUT {}calendar/p.ics\nPrefer: return=representation", home(1));
    let answer = send(&server, 1, &head, &event("p", "20260105T100000Z", "")).await;
    assert_eq!(answer.status, 201);
    assert!(answer.body.contains("UID:p") && !answer.header("etag").is_empty());
    let answer = send(
        &server,
        1,
        &format!("POST {}calendar/;add-member", home(1)),
        &event("n", "20260106T100000Z", ""),
    )
    .await;
    assert_eq!(answer.status, 201);
    let location = answer.header("location").strip_prefix("http://localhost:8008").unwrap().to_owned();
    assert_eq!(send(&server, 1, &format!("GET {location}"), "").await.status, 200);
}

#[tokio::test]
async fn an_invitation_is_delivered_and_answered() {
    let server = server();
    let meeting = event(
        "m",
        "20260105T100000Z",
        "ORGANIZER:mailto:user01@example.com\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:user01@example.com\r\n\
         ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:user02@example.com\r\n",
    );
    put(&server, 1, "m.ics", &meeting).await;
    let list = |place: &str| format!("PROPFIND {}{place}/\nDepth: 1", home(2));
    let body = propfind("<D:getetag/><C:schedule-tag/>");
    assert_eq!(send(&server, 2, &list("inbox"), &body).await.hrefs().len(), 2);
    let copies = send(&server, 2, &list("calendar"), &body).await.multistatus();
    let copy = &copies.responses[1];
    let tag = copy.text(&crate::dav::names::SCHEDULE_TAG).unwrap();
    let answer = send(&server, 2, &format!("GET {}", copy.href), "").await;
    let accepted = answer.body.replace("NEEDS-ACTION", "ACCEPTED");
    let head = format!("PUT {}\nIf-Schedule-Tag-Match: \"{tag}\"", copy.href);
    assert_eq!(send(&server, 2, &head, &accepted).await.status, 204);
    let mine = send(&server, 1, &format!("GET {}calendar/m.ics", home(1)), "").await.body;
    assert!(!mine.contains("NEEDS-ACTION"), "{mine}");
    assert_eq!(send(&server, 1, &format!("DELETE {}calendar/m.ics", home(1)), "").await.status, 204);
    let after = send(&server, 2, &format!("GET {}", copy.href), "").await;
    assert!(after.status == 404 || after.body.contains("CANCELLED"), "{after:?}");
}

#[tokio::test]
async fn an_object_moves_to_another_calendar() {
    let server = server();
    let h = home(1);
    send(&server, 1, &format!("MKCALENDAR {h}other/"), "").await;
    put(&server, 1, "a.ics", &event("a", "20260105T100000Z", "")).await;
    put(&server, 1, "b.ics", &event("b", "20260105T100000Z", "")).await;
    for (name, destination, status) in [
        ("a.ics", format!("{h}tasks/a.ics"), 403),
        ("a.ics", format!("{h}nowhere/a.ics"), 409),
        ("a.ics", format!("{}calendar/a.ics", home(2)), 403),
        ("c.ics", format!("{h}other/c.ics"), 404),
        ("a.ics", format!("http://localhost:8008{h}other/x.ics"), 201),
        ("b.ics", format!("{h}other/x.ics\nOverwrite: F"), 412),
        ("b.ics", format!("{h}other/x.ics"), 204),
    ] {
        let head = format!("MOVE {h}calendar/{name}\nDestination: {destination}");
        assert_eq!(send(&server, 1, &head, "").await.status, status, "{name} {destination}");
    }
    assert_eq!(send(&server, 1, &format!("GET {h}calendar/a.ics"), "").await.status, 404);
    assert!(send(&server, 1, &format!("GET {h}other/x.ics"), "").await.body.contains("UID:b"));
}
