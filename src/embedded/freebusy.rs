//! Free-busy: the POST to the outbox (RFC 6638 section 5) and the free-busy-query REPORT (RFC 4791, 7.10).
use super::instances::{instances, utc};
use super::scheduling::party;
use super::store::{CollectionId, PrincipalId, Store};
use crate::dav::xml::XmlWriter;
use crate::dav::{Name, names};
use crate::icalendar::{Calendar, Component, Line, PartStat, compose};
use chrono::{DateTime, Utc};

/// When somebody is taken, as merged periods that do not touch.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Busy {
    /// Certainly.
    pub busy: Vec<Period>,
    /// Perhaps: STATUS or PARTSTAT is TENTATIVE.
    pub tentative: Vec<Period>,
}

/// A begin and an end, exclusive.
pub type Period = (DateTime<Utc>, DateTime<Utc>);

/// Answers a request for the free-busy times of one or many users with a C:schedule-response.
///
/// # Errors
/// The body is no such request, or asks in somebody else's name.
pub fn post(store: &Store, by: PrincipalId, body: &[u8]) -> Result<String, &'static Name> {
    let request = Calendar::parse(body).map_err(|_| &names::VALID_CALENDAR_DATA)?;
    let asked =
        request.entries().find(|entry| entry.is("VFREEBUSY")).ok_or(&names::VALID_SCHEDULING_MESSAGE)?;
    let bound = |name| asked.value(name).and_then(utc).ok_or(&names::VALID_SCHEDULING_MESSAGE);
    let (from, to) = (bound("DTSTART")?, bound("DTEND")?);
    let is_request = request.method().is_some_and(|method| method.eq_ignore_ascii_case("REQUEST"));
    let organizer = asked.get("ORGANIZER").ok_or(&names::VALID_SCHEDULING_MESSAGE)?;
    if !is_request || from >= to {
        return Err(&names::VALID_SCHEDULING_MESSAGE);
    }
    if party::principal_of(store, organizer) != Some(by) {
        return Err(&names::ORGANIZER_ALLOWED);
    }
    let masked: Vec<&str> = asked.all("X-CALENDARSERVER-MASK-UID").map(|line| line.value().trim()).collect();
    let mut xml = XmlWriter::document(&names::SCHEDULE_RESPONSE);
    for attendee in asked.all("ATTENDEE") {
        let times = party::principal_of(store, attendee)
            .map(|user| busy(store, &store.free_busy_calendars(user), from, to, &masked));
        write_response(&mut xml, attendee, times.map(|times| reply(store.now(), asked, attendee, &times)));
    }
    Ok(xml.finish(&names::SCHEDULE_RESPONSE))
}

/// Answers a free-busy-query REPORT: one VFREEBUSY.
pub fn query(store: &Store, calendars: &[CollectionId], start: DateTime<Utc>, end: DateTime<Utc>) -> Vec<u8> {
    let times = busy(store, calendars, start, end, &[]);
    let mut component = Component::new("VFREEBUSY");
    component.push(Line::new("DTSTAMP", &compose::time::utc(store.now())));
    component.push(Line::new("DTSTART", &compose::time::utc(start)));
    component.push(Line::new("DTEND", &compose::time::utc(end)));
    push_times(&mut component, &times);
    let mut calendar = Calendar::new(compose::PRODID);
    calendar.root_mut().push_component(component);
    calendar.to_bytes()
}

/// When events of the calendars take time in `from..to`. Transparent and cancelled ones, those the user has
/// declined and those of the `masked` UIDs take none.
pub fn busy(
    store: &Store,
    calendars: &[CollectionId],
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    masked: &[&str],
) -> Busy {
    let mut times = Busy::default();
    for collection in calendars.iter().filter_map(|id| store.collection(*id)) {
        let owner = party::addresses(store, collection.owner);
        for (_, resource) in collection.resources() {
            if resource.component != "VEVENT" || masked.contains(&&*resource.uid) {
                continue;
            }
            let once = resource.when();
            if once.is_some_and(|(start, end)| start >= to || end <= from) {
                continue;
            }
            let Ok(calendar) = Calendar::parse(&resource.bytes) else { continue };
            let entries: Vec<&Component> = calendar.entries().collect();
            let found = match once {
                Some((start, end)) => vec![(0, start, end)],
                None => {
                    let found = instances(&calendar, from, to).into_iter();
                    found.map(|instance| (instance.entry, instance.start, instance.end)).collect()
                }
            };
            for (entry, start, end) in found {
                let Some(entry) = entries.get(entry) else { continue };
                let period = (start.max(from), end.min(to));
                match taken(entry, entry.partstat(&owner)) {
                    Some(true) => times.busy.push(period),
                    Some(false) => times.tentative.push(period),
                    None => {}
                }
            }
        }
    }
    times.busy = merge(times.busy);
    times.tentative = merge(times.tentative);
    times
}

/// Whether an entry takes its time: certainly, perhaps, or not at all.
fn taken(entry: &Component, answer: Option<PartStat>) -> Option<bool> {
    let is =
        |name: &str, value: &str| entry.value(name).is_some_and(|v| v.trim().eq_ignore_ascii_case(value));
    if is("TRANSP", "TRANSPARENT") || is("STATUS", "CANCELLED") || answer == Some(PartStat::Declined) {
        return None;
    }
    Some(!is("STATUS", "TENTATIVE") && answer != Some(PartStat::Tentative))
}

/// Sorted, without empty ones, and one for those that overlap or touch.
fn merge(mut periods: Vec<Period>) -> Vec<Period> {
    periods.retain(|(start, end)| start < end);
    periods.sort_unstable();
    let mut merged: Vec<Period> = Vec::with_capacity(periods.len());
    for (start, end) in periods {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

fn push_times(component: &mut Component, times: &Busy) {
    for (kind, periods) in [("BUSY", &times.busy), ("BUSY-TENTATIVE", &times.tentative)] {
        let texts: Vec<String> = periods
            .iter()
            .map(|(start, end)| format!("{}/{}", compose::time::utc(*start), compose::time::utc(*end)))
            .collect();
        if !texts.is_empty() {
            let mut line = Line::new("FREEBUSY", &texts.join(","));
            line.set_param("FBTYPE", kind);
            component.push(line);
        }
    }
}

/// The VFREEBUSY about one attendee.
fn reply(now: DateTime<Utc>, asked: &Component, attendee: &Line, times: &Busy) -> Calendar {
    let mut component = Component::new("VFREEBUSY");
    let repeat = |component: &mut Component, name: &str| {
        asked.get(name).into_iter().for_each(|line| component.push(line.clone()));
    };
    ["UID", "DTSTART", "DTEND"].iter().for_each(|name| repeat(&mut component, name));
    component.push(attendee.clone());
    component.push(Line::new("DTSTAMP", &compose::time::utc(now)));
    push_times(&mut component, times);
    repeat(&mut component, "ORGANIZER");
    let mut calendar = Calendar::new(compose::PRODID);
    calendar.root_mut().push(Line::new("METHOD", "REPLY"));
    calendar.root_mut().push_component(component);
    calendar
}

fn write_response(xml: &mut XmlWriter, attendee: &Line, found: Option<Calendar>) {
    xml.open(&names::CALDAV_RESPONSE);
    xml.open(&names::RECIPIENT);
    xml.text(&names::HREF, attendee.value().trim());
    xml.close(&names::RECIPIENT);
    let status = if found.is_some() { "2.0;Success" } else { "3.7;Invalid Calendar User" };
    xml.text(&names::REQUEST_STATUS, status);
    if let Some(calendar) = &found {
        xml.text(&names::CALENDAR_DATA, &String::from_utf8_lossy(&calendar.to_bytes()));
    }
    // CalendarServer adds a D:responsedescription here, at which the Python library caldav stumbles. RFC 6638
    // section 10.1 leaves it to the server.
    xml.close(&names::CALDAV_RESPONSE);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dav::Element;
    use crate::embedded::store::{Object, User};

    fn store() -> (Store, PrincipalId) {
        let user = |n: usize| User {
            uid: format!("user0{n}"),
            password: String::new(),
            common_name: format!("User 0{n}"),
            email: format!("user0{n}@example.com"),
            guid: format!("1000000{n}"),
        };
        let mut store = Store::new(vec![user(1), user(2)], "h", utc("20260105T090000Z").unwrap());
        let first = store.principal_by_uid("user01").unwrap();
        let calendar = store.default_calendar(first).unwrap();
        let events = [
            ("a", "DTSTART:20260105T100000Z\r\nDTEND:20260105T110000Z\r\nRRULE:FREQ=DAILY\r\n"),
            ("b", "DTSTART:20260105T103000Z\r\nDTEND:20260105T120000Z\r\n"),
            ("c", "DTSTART:20260105T130000Z\r\nDTEND:20260105T140000Z\r\nTRANSP:TRANSPARENT\r\n"),
            ("d", "DTSTART:20260105T150000Z\r\nDTEND:20260105T160000Z\r\nSTATUS:TENTATIVE\r\n"),
            ("e", "DTSTART:20260105T230000Z\r\nDTEND:20260106T010000Z\r\n"),
        ];
        for (uid, lines) in events {
            let body = format!(
                "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:{uid}\r\n{lines}END:VEVENT\r\nEND:VCALENDAR\r\n"
            );
            store.put(calendar, &format!("{uid}.ics"), Object::calendar(body, uid, "VEVENT"));
        }
        (store, first)
    }

    fn ask(masked: &[&str], organizer: &str) -> String {
        let request = compose::FreeBusyRequest {
            prodid: compose::PRODID,
            uid: "FB",
            now: utc("20260105T090000Z").unwrap(),
            day: utc("20260105T000000Z").unwrap().date_naive(),
            organizer,
            attendees: &[
                "mailto:user01@example.com",
                "mailto:user02@example.com",
                "mailto:nobody@example.com",
            ],
            masked,
        };
        request.compose()
    }

    #[test]
    fn each_recipient_has_its_own_answer() {
        let (store, first) = store();
        let xml = post(&store, first, ask(&["b"], "mailto:user01@example.com").as_bytes()).unwrap();
        let root = Element::parse(&xml).unwrap();
        let responses: Vec<_> = root.all(&names::CALDAV_RESPONSE).collect();
        let statuses: Vec<_> =
            responses.iter().map(|r| r.child_text(&names::REQUEST_STATUS).unwrap()).collect();
        assert_eq!(statuses, ["2.0;Success", "2.0;Success", "3.7;Invalid Calendar User"]);
        let data =
            responses[0].child_text(&names::CALENDAR_DATA).unwrap().replace("\r\n ", "").replace("\n ", "");
        assert!(
            data.contains(
                "FREEBUSY;FBTYPE=BUSY:20260105T100000Z/20260105T110000Z,20260105T230000Z/20260106T000000Z"
            ),
            "{data}"
        );
        assert!(data.contains("FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260105T150000Z/20260105T160000Z"), "{data}");
        assert!(!responses[1].child_text(&names::CALENDAR_DATA).unwrap().contains("FREEBUSY;"));
    }

    #[test]
    fn overlapping_events_are_one_period_and_strangers_may_not_ask() {
        let (store, first) = store();
        let calendars = store.free_busy_calendars(first);
        let (from, to) = (utc("20260105T090000Z").unwrap(), utc("20260105T123000Z").unwrap());
        let text = String::from_utf8(query(&store, &calendars, from, to)).unwrap();
        assert!(text.contains("FREEBUSY;FBTYPE=BUSY:20260105T100000Z/20260105T120000Z\r\n"), "{text}");
        let refused = post(&store, first, ask(&[], "mailto:user02@example.com").as_bytes()).unwrap_err();
        assert_eq!(refused.local(), "organizer-allowed");
        assert_eq!(post(&store, first, b"nonsense").unwrap_err().local(), "valid-calendar-data");
    }
}
