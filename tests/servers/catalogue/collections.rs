//! The part of the walk about homes, calendars and single events.

use chrono::{Duration, Utc};

use super::answers::{self, text};
use super::walk::{Place, Walk, propfind, report, yes};
use super::{ics, xml};
use crate::http::Request;

pub fn walk(walk: &mut Walk) {
    home(walk);
    let calendar = walk.calendar(&walk.user);
    let event = format!("{calendar}58594261-7f1c-4444-aa86-139c659ddbc4.ics");
    synchronise(walk, &calendar, &event);
    read(walk, &calendar, &event);
    change(walk, &calendar, &event);
}

/// Home, look of the calendars, collections beside them.
fn home(walk: &mut Walk) {
    let Place { home, inbox, notifications, .. } = walk.place.clone();
    walk.ask("PROPFIND{home}", propfind(&home, "1", xml::HOME));
    walk.ask("REPORT{sync-home}", report(&home, Some("1"), &xml::sync_collection("", Some(1), xml::HOME)));

    let calendar = walk.calendar(&walk.user);
    let look = |path: &str, name: &str, value: &str| {
        Request::new("PROPPATCH", path).xml(&xml::propertyupdate(name, value))
    };
    let zone = TIME_ZONE.replace('\n', "&#13;\n");
    let changes = [
        ("PROPPATCH{calendar}, colour", "AI:calendar-color", "#882F00FF"),
        ("PROPPATCH{calendar}, order", "AI:calendar-order", "1"),
        ("PROPPATCH{calendar}, time zone", "C:calendar-timezone", &zone),
    ];
    for (label, name, value) in changes {
        let answer = walk.server.send_as(&walk.user, look(&calendar, name, value));
        let inner = answers::refused(&answer.body).map(|status| format!(" ({status})")).unwrap_or_default();
        walk.note(label, format!("{}{inner}", answer.status));
    }
    walk.ask_at("PROPPATCH{calendar}, of the inbox", inbox.as_deref(), |path| {
        look(path, "AI:calendar-color", "#882F00FF")
    });
    walk.ask_at("PROPFIND{inbox}", inbox.as_deref(), |path| propfind(path, "1", xml::ITEMS));
    walk.ask_at("REPORT{sync-init}, of the inbox", inbox.as_deref(), |path| {
        report(path, Some("1"), &xml::sync_collection("", Some(1), xml::ITEMS))
    });
    walk.ask_at("PROPFIND{notification}", notifications.as_deref(), |path| {
        propfind(path, "0", "CS:getctag D:sync-token")
    });
    walk.ask_at("REPORT{sync-notif-init}", notifications.as_deref(), |path| {
        report(path, Some("1"), &xml::sync_collection("", Some(1), "CS:notificationtype D:getetag"))
    });
}

fn synchronise(walk: &mut Walk, calendar: &str, event: &str) {
    let sync =
        |token: &str, level| report(calendar, Some("1"), &xml::sync_collection(token, level, xml::ITEMS));
    walk.ask("REPORT{sync-init}, without a level", sync("", None));
    let answer = walk.ask("REPORT{sync-init}", sync("", Some(1)));
    let token = text(&answer.body, "sync-token").unwrap_or_default();

    let body = ics::event("58594261-7f1c-4444-aa86-139c659ddbc4", "Simple event", &walk.user, &[]);
    let put = Request::new("PUT", event).header("If-None-Match", "*").calendar(&body);
    let answer = walk.ask("PUT{event}", put.clone());
    walk.note("PUT{event} tells the ETag", yes(answer.header("ETag").is_some()));
    walk.ask("PUT{event}, exists already", put);
    let path = format!("{}a514d29e-12fa-402a-b0eb-7cf6179c5db8.ics", walk.tasks());
    let task = Request::new("PUT", &path).calendar(&ics::task("a514d29e-12fa-402a-b0eb-7cf6179c5db8"));
    walk.ask("PUT{event}, a task", task);

    walk.ask("REPORT{sync}, without a level", sync(&token, None));
    let answer = walk.ask("REPORT{sync}", sync(&token, Some(1)));
    walk.note("REPORT{sync} lists", answers::count(&answer.body).to_string());
    walk.ask("REPORT{sync}, unknown token", sync("http://example.test/no-token-of-yours", Some(1)));
}

fn read(walk: &mut Walk, calendar: &str, event: &str) {
    let missing = format!("{calendar}missing.ics");
    let answer =
        walk.ask("REPORT{multiget-small}", report(calendar, None, &xml::multiget(&[event, &missing])));
    walk.note("REPORT{multiget-small} lists", answers::count(&answer.body).to_string());
    walk.ask("PROPFIND{calendar}", propfind(calendar, "1", xml::ITEMS));
    let month_ago = (Utc::now() - Duration::days(30)).format("%Y%m%dT000000Z");
    let range = format!("<C:time-range start=\"{month_ago}\"/>");
    walk.ask("REPORT{vevent}", report(calendar, Some("1"), &xml::calendar_query("VEVENT", &range)));
    let tasks = walk.tasks();
    walk.ask("REPORT{vtodo}", report(&tasks, Some("1"), &xml::calendar_query("VTODO", "")));
    let (from, to) = (ics::stamp(Utc::now()), ics::stamp(Utc::now() + Duration::days(2)));
    let body = xml::expanded(&from, &to);
    let answer = walk.ask("REPORT{calendar-query}, depth 0", report(calendar, Some("0"), &body));
    walk.note("REPORT{calendar-query}, depth 0 lists", answers::count(&answer.body).to_string());
    walk.ask("REPORT{calendar-query}", report(calendar, Some("1"), &body));
}

fn change(walk: &mut Walk, calendar: &str, event: &str) {
    let answer = walk.ask("GET{event}", Request::new("GET", event));
    let etag = answer.header("ETag").unwrap_or_default().to_owned();
    let body = ics::event("58594261-7f1c-4444-aa86-139c659ddbc4", "Event.....", &walk.user, &[]);
    let put = |etag: &str| Request::new("PUT", event).header("If-Match", etag).calendar(&body);
    walk.ask("PUT{update}", put(&etag));
    walk.ask("PUT{update}, stale ETag", put(&etag));

    let attach = Request::new("POST", &format!("{event}?action=attachment-add"));
    let attach = attach.header("Content-Disposition", "attachment; filename=\"file-5.txt\"");
    walk.ask("POST{attachment}", Request { body: "xxxxx".to_owned(), ..attach });
    let share = Request::new("POST", calendar).xml(&xml::share(&walk.other.email));
    walk.ask("POST{share-calendar}", share);
    let subscribe = Request::new("POST", "/apns/");
    walk.ask(
        "POST{apns}",
        subscribe.content("application/x-www-form-urlencoded", "token=00&key=/CalDAV/example"),
    );

    walk.ask("DELETE{event}", Request::new("DELETE", event));
    walk.ask("DELETE{event}, is gone", Request::new("DELETE", event));
    walk.ask("GET{event}, is gone", Request::new("GET", event));
}

const TIME_ZONE: &str = "BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Apple Inc.//iCal 5.0.2//EN
CALSCALE:GREGORIAN
BEGIN:VTIMEZONE
TZID:America/New_York
BEGIN:DAYLIGHT
TZOFFSETFROM:-0500
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
DTSTART:20070311T020000
TZNAME:EDT
TZOFFSETTO:-0400
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:-0400
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
DTSTART:20071104T020000
TZNAME:EST
TZOFFSETTO:-0500
END:STANDARD
END:VTIMEZONE
END:VCALENDAR
";
