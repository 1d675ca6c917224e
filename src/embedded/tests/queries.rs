use super::*;
use crate::dav::names;

async fn query(server: &Server, filter: &str, data: &str) -> Answer {
    let body = format!(
        "<C:calendar-query {NS}><D:prop><D:getetag/>{data}</D:prop><C:filter><C:comp-filter name='VCALENDAR'>\
         {filter}</C:comp-filter></C:filter></C:calendar-query>"
    );
    send(server, 1, &format!("REPORT {}calendar/\nDepth: 1", home(1)), &body).await
}

async fn names_of(server: &Server, filter: &str) -> Vec<String> {
    let prefix = format!("{}calendar/", home(1));
    query(server, filter, "").await.hrefs().iter().map(|h| h.replace(&prefix, "")).collect()
}

async fn filled() -> Rc<Server> {
    let server = server();
    put(&server, 1, "once.ics", &event("once", "20260105T100000Z", "LOCATION:Room 5\r\n")).await;
    put(
        &server,
        1,
        "weekly.ics",
        &event("weekly", "20251201T100000Z", "RRULE:FREQ=WEEKLY\r\nSTATUS:TENTATIVE\r\n"),
    )
    .await;
    let alarm = "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT30M\r\nEND:VALARM\r\n";
    put(&server, 1, "late.ics", &event("late", "20260301T100000Z", alarm)).await;
    server
}

#[tokio::test]
async fn time_ranges_see_instances_and_alarms() {
    let server = filled().await;
    for (range, due) in [
        ("start='20260105T000000Z' end='20260106T000000Z'", &["once.ics", "weekly.ics"][..]),
        ("start='20260106T000000Z' end='20260107T000000Z'", &[]),
        ("start='20260106T000000Z'", &["late.ics", "weekly.ics"]),
        ("end='20260101T000000Z'", &["weekly.ics"]),
    ] {
        let filter = format!("<C:comp-filter name='VEVENT'><C:time-range {range}/></C:comp-filter>");
        assert_eq!(names_of(&server, &filter).await, due, "{range}");
    }
    let alarm = "<C:comp-filter name='VEVENT'><C:comp-filter name='VALARM'>\
                 <C:time-range start='20260301T092000Z' end='20260301T094000Z'/></C:comp-filter></C:comp-filter>";
    assert_eq!(names_of(&server, alarm).await, ["late.ics"]);
    assert_eq!(names_of(&server, &alarm.replace("0301", "0302")).await, Vec::<String>::new());
}

#[tokio::test]
async fn properties_are_matched() {
    let server = filled().await;
    for (condition, due) in [
        ("<C:prop-filter name='LOCATION'/>", &["once.ics"][..]),
        ("<C:prop-filter name='RRULE'><C:is-not-defined/></C:prop-filter>", &["late.ics", "once.ics"]),
        (
            "<C:prop-filter name='SUMMARY'><C:text-match>about W</C:text-match></C:prop-filter>",
            &["weekly.ics"],
        ),
        (
            "<C:prop-filter name='SUMMARY'><C:text-match collation='i;octet'>about W</C:text-match></C:prop-filter>",
            &[],
        ),
        (
            "<C:prop-filter name='UID'><C:text-match negate-condition='yes'>e</C:text-match></C:prop-filter>",
            &[],
        ),
    ] {
        let filter = format!("<C:comp-filter name='VEVENT'>{condition}</C:comp-filter>");
        assert_eq!(names_of(&server, &filter).await, due, "{condition}");
    }
    assert_eq!(names_of(&server, "<C:comp-filter name='VTODO'/>").await, Vec::<String>::new());
    assert_eq!(names_of(&server, "").await.len(), 3);
    let bad = query(&server, "<C:comp-filter name='VEVENT'><C:time-range/></C:comp-filter>", "").await;
    assert_eq!((bad.status, bad.body.contains("valid-filter")), (403, true));
}

#[tokio::test]
async fn a_series_is_expanded_in_utc() {
    let server = server();
    let series = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nEND:VTIMEZONE\r\n\
        BEGIN:VEVENT\r\nUID:s\r\nDTSTART;TZID=Europe/Berlin:20260105T100000\r\nDTEND;TZID=Europe/Berlin:20260105T110000\r\n\
        RRULE:FREQ=DAILY;COUNT=4\r\nEXDATE;TZID=Europe/Berlin:20260106T100000\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nUID:s\r\nRECURRENCE-ID;TZID=Europe/Berlin:20260107T100000\r\n\
        DTSTART;TZID=Europe/Berlin:20260107T150000\r\nDTEND;TZID=Europe/Berlin:20260107T160000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    put(&server, 1, "s.ics", series).await;
    let range = "start='20260105T000000Z' end='20260120T000000Z'";
    let filter = format!("<C:comp-filter name='VEVENT'><C:time-range {range}/></C:comp-filter>");
    let data = format!("<C:calendar-data><C:expand {range}/></C:calendar-data>");
    let first = query(&server, &filter, &data).await.first();
    let text = first.text(&names::CALENDAR_DATA).unwrap();
    let lines = |name: &str| text.lines().filter(|l| l.starts_with(name)).collect::<Vec<_>>();
    assert_eq!(lines("RECURRENCE-ID").len(), 3, "{text}");
    assert_eq!(
        lines("DTSTART"),
        ["DTSTART:20260105T090000Z", "DTSTART:20260107T140000Z", "DTSTART:20260108T090000Z"]
    );
    assert!(text.contains("RECURRENCE-ID:20260107T090000Z"), "{text}");
    assert!(!text.contains("RRULE") && !text.contains("VTIMEZONE"));
}

#[tokio::test]
async fn only_the_wanted_parts_of_the_data() {
    let server = filled().await;
    let data = "<C:calendar-data><C:comp name='VCALENDAR'><C:prop name='VERSION'/><C:comp name='VEVENT'>\
                <C:prop name='UID'/></C:comp></C:comp></C:calendar-data>";
    let filter = "<C:comp-filter name='VEVENT'><C:prop-filter name='LOCATION'/></C:comp-filter>";
    let first = query(&server, filter, data).await.first();
    let text = first.text(&names::CALENDAR_DATA).unwrap();
    assert!(text.contains("UID:once") && text.contains("VERSION") && !text.contains("SUMMARY"), "{text}");
}

#[tokio::test]
async fn multiget_answers_each_href() {
    let server = filled().await;
    let body = format!(
        "<C:calendar-multiget {NS}><D:prop><D:getetag/><C:calendar-data/></D:prop>\
         <D:href>{h}calendar/once.ics</D:href><D:href>http://localhost:8008{h}calendar/weekly.ics</D:href>\
         <D:href>{h}calendar/gone.ics</D:href><D:href>{h}tasks/x.ics</D:href></C:calendar-multiget>",
        h = home(1)
    );
    let answer = send(&server, 1, &format!("REPORT {}calendar/", home(1)), &body).await;
    let h = home(1);
    assert_eq!(
        answer.hrefs(),
        [
            format!("{h}calendar/once.ics"),
            format!("{h}calendar/weekly.ics"),
            format!("{h}calendar/gone.ics 404"),
            format!("{h}tasks/x.ics 404")
        ]
    );
    assert!(answer.first().text(&names::CALENDAR_DATA).unwrap().contains("UID:once"));
}

#[tokio::test]
async fn free_busy_is_reported_and_posted() {
    let server = filled().await;
    let body = format!(
        "<C:free-busy-query {NS}><C:time-range start='20260105T000000Z' end='20260106T000000Z'/></C:free-busy-query>"
    );
    let answer = send(&server, 1, &format!("REPORT {}calendar/", home(1)), &body).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("20260105T100000Z"), "{}", answer.body);
    let request = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VFREEBUSY\r\nUID:f\r\nDTSTAMP:20260105T000000Z\r\n\
        DTSTART:20260105T000000Z\r\nDTEND:20260106T000000Z\r\nORGANIZER:mailto:user02@example.com\r\n\
        ATTENDEE:mailto:user01@example.com\r\nATTENDEE:mailto:nobody@example.com\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n";
    let answer = send(&server, 2, &format!("POST {}outbox/", home(2)), request).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains("2.0;Success") && answer.body.contains("20260105T100000Z"));
    assert_eq!(send(&server, 1, &format!("POST {}outbox/", home(2)), request).await.status, 403);
}
