//! What the calendars of a server say of meetings, read by plain HTTP and by nothing of the program under test.

use std::collections::BTreeSet;

use roxmltree::{Document, Node};

use super::ran::Ran;
use crate::http::Request;
use crate::running::{Running, User};

/// Somebody who has accepted a meeting: its UID and the attendee's address.
type Accepted = BTreeSet<(String, String)>;

/// Sees that at least three answers went from the attendee's calendar to the organizer's: both say PARTSTAT=ACCEPTED.
pub fn assert_answers_arrived(server: &Running, ran: &Ran) {
    let (mut with_organizers, mut with_attendees) = (Accepted::new(), Accepted::new());
    for user in (1..=ran.number("users") as usize).map(|n| server.user(n)) {
        for event in events(server, &user) {
            let lines = unfold(&event);
            let mine = lines.iter().any(|line| line.starts_with("ORGANIZER") && names(line, &user.email));
            let accepted = accepted(&lines);
            if mine {
                with_organizers.extend(accepted.into_iter().filter(|(_, who)| *who != user.email));
            } else {
                with_attendees.extend(accepted.into_iter().filter(|(_, who)| *who == user.email));
            }
        }
    }
    let arrived = with_organizers.intersection(&with_attendees).count();
    println!("{}: {arrived} answers arrived of {}", server.name, with_attendees.len());
    assert!(arrived >= 3, "{}\n{with_organizers:?}\n{with_attendees:?}\n{}", server.name, ran.said());
}

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<D:propfind xmlns:D="DAV:"><D:prop><D:resourcetype/></D:prop></D:propfind>"#;

const BODIES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
  <D:prop><C:calendar-data/></D:prop>
  <C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"/></C:comp-filter></C:filter>
</C:calendar-query>"#;

/// The events in all calendars of a user.
fn events(server: &Running, user: &User) -> Vec<String> {
    let home = server.send_as(user, Request::new("PROPFIND", &server.home(user)).depth("1").xml(TYPES));
    assert_eq!(home.status, 207, "{}", home.body);
    let mut events = Vec::new();
    for calendar in read(&home.body, calendar) {
        let found = server.send_as(user, Request::new("REPORT", &calendar).depth("1").xml(BODIES));
        assert_eq!(found.status, 207, "{calendar}: {}", found.body);
        events.extend(read(&found.body, body));
    }
    events
}

/// What `of` finds in each response of a multistatus.
fn read(multistatus: &str, of: fn(Node) -> Option<String>) -> Vec<String> {
    let document = Document::parse(multistatus).expect("a multistatus is XML");
    document.descendants().filter(|node| node.tag_name().name() == "response").filter_map(of).collect()
}

/// The path of a calendar; None for any other collection.
fn calendar(response: Node) -> Option<String> {
    child(response, "resourcetype")?.children().find(|kind| kind.tag_name().name() == "calendar")?;
    Some(child(response, "href")?.text()?.trim().to_owned())
}

fn body(response: Node) -> Option<String> {
    Some(child(response, "calendar-data")?.text()?.to_owned())
}

fn child<'a>(node: Node<'a, 'a>, name: &str) -> Option<Node<'a, 'a>> {
    node.descendants().find(|inner| inner.tag_name().name() == name)
}

/// The lines of a calendar object, put together again (RFC 5545 section 3.1).
fn unfold(event: &str) -> Vec<String> {
    let text = event.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "");
    text.lines().map(str::to_owned).collect()
}

/// Whether a line ends in this address, in whatever case.
fn names(line: &str, address: &str) -> bool {
    line.to_ascii_lowercase().ends_with(&format!("mailto:{address}"))
}

/// Who has accepted, in one event.
fn accepted(lines: &[String]) -> Accepted {
    let uid = lines.iter().find_map(|line| line.strip_prefix("UID:")).unwrap_or_default();
    let accepts = |line: &&String| line.starts_with("ATTENDEE") && line.contains("PARTSTAT=ACCEPTED");
    let address = |line: &String| line.to_ascii_lowercase().rsplit_once("mailto:").map(|(_, a)| a.to_owned());
    let people = lines.iter().filter(accepts).filter_map(address);
    people.map(|address| (uid.to_owned(), address)).collect()
}

#[test]
fn an_accepted_attendee_is_found_in_folded_lines() {
    let event = "BEGIN:VEVENT\r\nUID:1\r\nORGANIZER;CN=A:mailto:a@x\r\nATTENDEE;PARTSTAT=ACCE\r\n PTED:MAILTO:B@x\r\n\
                 ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:c@x\r\n";
    let lines = unfold(event);
    assert_eq!(accepted(&lines), Accepted::from([("1".to_owned(), "b@x".to_owned())]));
    assert!(names(&lines[2], "a@x") && !names(&lines[2], "b@x"));
}
