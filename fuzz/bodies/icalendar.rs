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
    answer(&calendar);
    invite(&calendar);
    retitle(&calendar, &typed);
    acknowledge(&calendar);
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
fn answer(calendar: &Calendar) {
    let me = Addresses::new([ME]);
    let mut answered = calendar.clone();
    let changed = answered.answer(&me, PartStat::Accepted);
    assert!(changed <= calendar.entries().count());
    for (before, after) in calendar.entries().zip(answered.entries()) {
        let expected = before.partstat(&me).map(|_| PartStat::Accepted);
        assert_eq!(after.partstat(&me), expected, "{after:?}");
    }
    assert_eq!(answered.answer(&me, PartStat::Accepted), 0, "answered twice");
    if changed == 0 {
        assert_eq!(&answered, calendar);
    }
    stays(&answered);
}

/// Who was invited is on the list, once.
fn invite(calendar: &Calendar) {
    let person = |address: &str, name: &str| Person { address: address.into(), name: name.into() };
    let (me, other) = (person(ME, "User 01"), person(OTHER, "User: 02; \"the\" second"));
    let mut invited = calendar.clone();
    invited.invite(&me, std::slice::from_ref(&other));
    let who = Addresses::new([OTHER]);
    assert!(invited.entries().all(|entry| entry.partstat(&who).is_some() && entry.organizer().is_some()));
    let once = invited.clone();
    invited.invite(&me, &[other]);
    assert_eq!(invited, once, "invited twice");
    stays(&invited);
}

/// The title is what was typed; other lines are as they were.
fn retitle(calendar: &Calendar, typed: &str) {
    let mut edited = calendar.clone();
    let Some(master) = edited.master_mut() else { return };
    let others = |component: &Component| -> Vec<String> {
        component.lines().filter(|line| !line.is("SUMMARY")).map(|line| line.as_str().to_owned()).collect()
    };
    let before = others(master);
    master.set_text("SUMMARY", typed);
    assert_eq!(others(master), before);
    assert_eq!(master.all("SUMMARY").count(), 1);
    // A line break is one LF.
    assert_eq!(master.text("SUMMARY").as_deref(), Some(typed.replace('\r', "").as_str()));
    stays(&edited);
}

fn acknowledge(calendar: &Calendar) {
    let mut seen = calendar.clone();
    let alarms = seen.acknowledge_alarms("20260105T090000Z");
    let all = seen.entries().flat_map(Component::components).filter(|inner| inner.is("VALARM"));
    assert_eq!(all.filter(|alarm| alarm.value("ACKNOWLEDGED") == Some("20260105T090000Z")).count(), alarms);
    stays(&seen);
}

/// Written and read, an edited object is the same tree of the same lines.
fn stays(edited: &Calendar) {
    let bytes = edited.to_bytes();
    let read = match Calendar::parse(&bytes) {
        Ok(read) => read,
        Err(why) => panic!("{why} in {:?}", String::from_utf8_lossy(&bytes)),
    };
    assert!(read.to_bytes() == bytes);
    assert_eq!(tree(read.root()), tree(edited.root()), "{:?}", String::from_utf8_lossy(&bytes));
}

/// The lines with the depth at which they stand.
fn tree(root: &Component) -> Vec<(usize, String)> {
    fn walk(component: &Component, depth: usize, out: &mut Vec<(usize, String)>) {
        out.push((depth, format!("BEGIN:{}", component.name())));
        for item in component.items() {
            match item {
                Item::Line(line) => out.push((depth + 1, line.as_str().to_owned())),
                Item::Component(inner) => walk(inner, depth + 1, out),
            }
        }
    }
    let mut out = Vec::new();
    walk(root, 0, &mut out);
    out
}
