//! iCalendar: what parses is written byte for byte; an edit changes what it should, stays when it is written and read
//! again, and leaves every other line alone.
use populace::icalendar::compose::Person;
use populace::icalendar::{Addresses, Calendar, Component, Item, PartStat};

const ME: &str = "mailto:user01@example.com";
const OTHER: &str = "mailto:user02@example.com";

/// Up to a NUL the input is the text that a user types; what follows is the object. Without NUL it is the object.
pub fn check(data: &[u8]) {
    let zero = data.iter().position(|&byte| byte == 0);
    let (typed, object) =
        zero.map_or((&b"Gr\xc3\xbcn; a, b\\\n"[..], data), |at| (&data[..at], &data[at + 1..]));
    let typed = String::from_utf8_lossy(typed);
    let Ok(calendar) = Calendar::parse(object) else { return };
    assert!(calendar.to_bytes() == object, "not written byte for byte");
    look(&calendar);
    let mut edited = calendar;
    answer(&mut edited);
    invite(&mut edited);
    retitle(&mut edited, &typed);
    acknowledge(&mut edited);
    stays(&edited);
}

/// What the client programs ask of an object.
fn look(calendar: &Calendar) {
    let me = Addresses::new([ME]);
    let entries = calendar.entries().count();
    assert_eq!(calendar.master().is_some(), entries > 0);
    assert!(calendar.overrides().count() <= entries);
    let _ = (calendar.uid(), calendar.method(), calendar.sequence(), calendar.is_organizer(&me));
    let _ = (calendar.attendees().count(), calendar.organizer(), calendar.managed_attachments().count());
    for line in calendar.entries().flat_map(Component::lines) {
        for name in line.param_names().collect::<Vec<_>>() {
            assert!(line.param(name).is_some());
        }
        let _ = line.text_value();
    }
}

/// Once answered, nobody is asked again: another answer would change nothing.
fn answer(calendar: &mut Calendar) {
    let me = Addresses::new([ME]);
    let expected: Vec<_> =
        calendar.entries().map(|entry| entry.partstat(&me).map(|_| PartStat::Accepted)).collect();
    let changed = calendar.answer(&me, PartStat::Accepted);
    assert!(changed <= expected.len());
    for (entry, expected) in calendar.entries().zip(expected) {
        assert_eq!(entry.partstat(&me), expected, "{entry:?}");
    }
    assert_eq!(calendar.answer(&me, PartStat::Accepted), 0, "answered twice");
}

/// Who was invited is on the list, once.
fn invite(calendar: &mut Calendar) {
    let person = |address: &str, name: &str| Person { address: address.into(), name: name.into() };
    let (me, other) = (person(ME, "User 01"), person(OTHER, "User: 02; \"the\" second"));
    calendar.invite(&me, std::slice::from_ref(&other));
    let who = Addresses::new([OTHER]);
    assert!(calendar.entries().all(|entry| entry.partstat(&who).is_some() && entry.organizer().is_some()));
    let attendees =
        |calendar: &Calendar| calendar.entries().map(|entry| entry.attendees().count()).sum::<usize>();
    let once = attendees(calendar);
    calendar.invite(&me, &[other]);
    assert_eq!(attendees(calendar), once, "invited twice");
}

/// The title is what was typed; other lines are as they were.
fn retitle(calendar: &mut Calendar, typed: &str) {
    let Some(master) = calendar.master_mut() else { return };
    let others = |component: &Component| -> Vec<String> {
        component.lines().filter(|line| !line.is("SUMMARY")).map(|line| line.as_str().to_owned()).collect()
    };
    let before = others(master);
    master.set_text("SUMMARY", typed);
    assert_eq!(others(master), before);
    assert_eq!(master.all("SUMMARY").count(), 1);
    // A line break is one LF.
    assert_eq!(master.text("SUMMARY").as_deref(), Some(typed.replace('\r', "").as_str()));
}

fn acknowledge(calendar: &mut Calendar) {
    let alarms = calendar.acknowledge_alarms("20260105T090000Z");
    let all = calendar.entries().flat_map(Component::components).filter(|inner| inner.is("VALARM"));
    assert_eq!(all.filter(|alarm| alarm.value("ACKNOWLEDGED") == Some("20260105T090000Z")).count(), alarms);
}

/// Written and read, an edited object is the same tree of the same lines.
fn stays(edited: &Calendar) {
    let bytes = edited.to_bytes();
    let shown = || String::from_utf8_lossy(&bytes).into_owned();
    let read = Calendar::parse(&bytes).unwrap_or_else(|why| panic!("{why} in {}", shown()));
    assert!(read.to_bytes() == bytes);
    assert!(same(read.root(), edited.root()), "{:?} is read from {:?}", read.root(), shown());
}

fn same(one: &Component, other: &Component) -> bool {
    let (one_items, other_items) = (one.items(), other.items());
    one.name() == other.name()
        && one_items.len() == other_items.len()
        && one_items.iter().zip(other_items).all(|pair| match pair {
            (Item::Line(one), Item::Line(other)) => one.as_str() == other.as_str(),
            (Item::Component(one), Item::Component(other)) => same(one, other),
            _ => false,
        })
}
