//! A whole calendar object: one VCALENDAR and what identifies it.
use super::component::Item;
use super::fold::unfold;
use super::{Component, Error, Line, MAX_DEPTH, MAX_SIZE};

/// The iCalendar object of one resource. Parsed and written without a change it is the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Lines before BEGIN:VCALENDAR; normally none.
    before: Vec<Line>,
    root: Component,
    /// Lines after END:VCALENDAR: blank ones, or a second object that nobody looks at.
    after: Vec<Line>,
}

/// About how many lines and components stand in a component.
const USUAL: usize = 12;

impl Calendar {
    /// Reads a text. A missing END is forgiven; lines without `:` are kept and ignored.
    ///
    /// # Errors
    /// No VCALENDAR, an END that closes nothing, too large, nested too deep.
    pub fn parse(source: &[u8]) -> Result<Calendar, Error> {
        if source.len() > MAX_SIZE {
            return Err(Error::TooLarge(source.len()));
        }
        let mut lines = unfold(source).enumerate();
        let mut before = Vec::new();
        let begin = loop {
            let (_, line) = lines.next().ok_or(Error::NoCalendar)?;
            if line.is("BEGIN") && line.value().trim().eq_ignore_ascii_case("VCALENDAR") {
                break line;
            }
            before.push(line);
        };
        let mut stack = Vec::new();
        let mut root = Component { begin, items: Vec::new(), end: None };
        for (index, line) in lines.by_ref() {
            if line.is("BEGIN") {
                if stack.len() + 1 >= MAX_DEPTH {
                    return Err(Error::TooDeep { line: index + 1 });
                }
                let inner = Component { begin: line, items: Vec::with_capacity(USUAL), end: None };
                stack.push(std::mem::replace(&mut root, inner));
            } else if line.is("END") {
                root = close(root, &mut stack, line, index + 1)?;
                if stack.is_empty() && root.end.is_some() {
                    break;
                }
            } else {
                root.items.push(Item::Line(line));
            }
        }
        while let Some(outer) = stack.pop() {
            root = adopt(outer, root);
        }
        let after = lines.map(|(_, line)| line).collect();
        Ok(Calendar { before, root, after })
    }

    /// An empty object with the properties every one has: VERSION, PRODID and CALSCALE.
    pub fn new(prodid: &str) -> Calendar {
        let mut root = Component::new("VCALENDAR");
        root.push(Line::new("VERSION", "2.0"));
        root.push(Line::text("PRODID", prodid));
        root.push(Line::new("CALSCALE", "GREGORIAN"));
        Calendar { before: Vec::new(), root, after: Vec::new() }
    }

    /// The text, to be sent: what was not changed byte for byte, the rest folded, with CRLF.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(1024);
        self.before.iter().for_each(|line| line.write(&mut out));
        self.root.write(&mut out);
        self.after.iter().for_each(|line| line.write(&mut out));
        out
    }

    /// The VCALENDAR component.
    pub fn root(&self) -> &Component {
        &self.root
    }

    /// The VCALENDAR component, to be changed.
    pub fn root_mut(&mut self) -> &mut Component {
        &mut self.root
    }

    /// The iTIP method (RFC 5546), which only inbox items and messages have.
    pub fn method(&self) -> Option<&str> {
        self.root.value("METHOD").map(str::trim)
    }

    /// What the object is about: VEVENT, VTODO, VJOURNAL and VFREEBUSY, not time zones.
    pub fn entries(&self) -> impl Iterator<Item = &Component> {
        self.root.components().filter(|component| is_entry(component))
    }

    /// What the object is about, to be changed.
    pub fn entries_mut(&mut self) -> impl Iterator<Item = &mut Component> {
        self.root.components_mut().filter(|component| is_entry(component))
    }

    /// The master of a recurring entry, or the only entry, or else the first override.
    pub fn master(&self) -> Option<&Component> {
        self.entries().find(|entry| !is_override(entry)).or_else(|| self.entries().next())
    }

    /// The master, to be changed.
    pub fn master_mut(&mut self) -> Option<&mut Component> {
        let place = self.entries().position(|entry| !is_override(entry)).unwrap_or(0);
        self.entries_mut().nth(place)
    }

    /// The overrides: entries with a RECURRENCE-ID.
    pub fn overrides(&self) -> impl Iterator<Item = &Component> {
        self.entries().filter(|entry| is_override(entry))
    }

    /// The UID that all entries share.
    pub fn uid(&self) -> Option<&str> {
        self.entries().find_map(|entry| entry.value("UID")).map(str::trim)
    }

    /// SEQUENCE of the master; 0 when it has none (RFC 5545, 3.8.7.4).
    pub fn sequence(&self) -> i64 {
        self.master()
            .and_then(|entry| entry.value("SEQUENCE"))
            .and_then(|value| value.trim().parse().ok())
            .unwrap_or(0)
    }

    /// The managed attachments (RFC 8607): (MANAGED-ID, URL) of each ATTACH that has an id.
    pub fn managed_attachments(&self) -> impl Iterator<Item = (String, &str)> {
        let lines = self.entries().flat_map(|entry| entry.all("ATTACH"));
        lines.filter_map(|line| Some((line.param("MANAGED-ID")?.into_owned(), line.value())))
    }

    /// Marks every alarm of every entry as seen (RFC 9074, section 6). `when` is a UTC date-time
    /// in the basic form. Says how many alarms there were.
    pub fn acknowledge_alarms(&mut self, when: &str) -> usize {
        let alarms =
            self.entries_mut().flat_map(Component::components_mut).filter(|inner| inner.is("VALARM"));
        alarms.map(|alarm| alarm.set_value("ACKNOWLEDGED", when)).count()
    }
}

/// Is this component an entry of the calendar, not a time zone or an extension?
fn is_entry(component: &Component) -> bool {
    ["VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"].iter().any(|name| component.is(name))
}

/// Does the entry stand for one instance of a recurring one?
pub fn is_override(entry: &Component) -> bool {
    entry.get("RECURRENCE-ID").is_some()
}

fn adopt(mut outer: Component, inner: Component) -> Component {
    outer.items.push(Item::Component(Box::new(inner)));
    outer
}

/// Closes the component an END names, and with it those inside that have no END of their own.
fn close(
    mut open: Component,
    stack: &mut Vec<Component>,
    end: Line,
    line: usize,
) -> Result<Component, Error> {
    let name = end.value().trim();
    if !open.is(name) && !stack.iter().any(|outer| outer.is(name)) {
        return Err(Error::StrayEnd { line, name: name.chars().take(40).collect() });
    }
    while !open.is(name) {
        match stack.pop() {
            Some(outer) => open = adopt(outer, open),
            None => return Ok(open),
        }
    }
    open.end = Some(end);
    Ok(match stack.pop() {
        Some(outer) => adopt(outer, open),
        None => open,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EVENT: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-odd;p=\"a:b\":c\r\nBEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n\
        BEGIN:VEVENT\r\nUID:one\r\nRECURRENCE-ID:20260101T000000Z\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nUID:one\r\nSEQUENCE:3\r\nSUMMARY:Gr\r\n \u{fc}n\r\nATTACH;MANAGED-ID=7:https://x/7\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nEND:VALARM\r\nEND:VEVENT\r\n\
        BEGIN:X-VENDOR\r\nwhatever\r\nEND:X-VENDOR\r\nEND:VCALENDAR\r\n\r\n";

    #[test]
    fn an_object_is_found_its_way_in_and_kept() {
        let mut calendar = Calendar::parse(EVENT.as_bytes()).unwrap();
        assert_eq!(calendar.to_bytes(), EVENT.as_bytes());
        assert_eq!((calendar.uid(), calendar.sequence(), calendar.overrides().count()), (Some("one"), 3, 1));
        assert_eq!(calendar.master().unwrap().text("SUMMARY").unwrap(), "Gr\u{fc}n");
        assert_eq!(calendar.managed_attachments().collect::<Vec<_>>(), [("7".to_owned(), "https://x/7")]);
        assert_eq!(calendar.acknowledge_alarms("20260101T000000Z"), 1);
        calendar.master_mut().unwrap().set_text("SUMMARY", "New");
        let expected = EVENT
            .replace("Gr\r\n \u{fc}n", "New")
            .replace("ACTION:DISPLAY\r\n", "ACTION:DISPLAY\r\nACKNOWLEDGED:20260101T000000Z\r\n");
        assert_eq!(String::from_utf8(calendar.to_bytes()).unwrap(), expected);
    }

    #[test]
    fn broken_texts_are_read_or_refused() {
        let open = Calendar::parse(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nEND:VCALENDAR").unwrap();
        assert_eq!(open.uid(), Some("1"));
        assert_eq!(open.to_bytes(), b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nEND:VCALENDAR");
        assert_eq!(Calendar::parse(b"<html>"), Err(Error::NoCalendar));
        let stray = Calendar::parse(b"BEGIN:VCALENDAR\nEND:VEVENT\n");
        assert_eq!(stray, Err(Error::StrayEnd { line: 2, name: "VEVENT".into() }));
        let deep = "BEGIN:VCALENDAR\n".to_owned() + &"BEGIN:X\n".repeat(40);
        assert!(matches!(Calendar::parse(deep.as_bytes()), Err(Error::TooDeep { .. })));
        assert!(matches!(Calendar::parse(&vec![b'\n'; MAX_SIZE + 1]), Err(Error::TooLarge(_))));
    }

    proptest! {
        #[test]
        fn what_parses_is_written_byte_for_byte(body in proptest::collection::vec("(BEGIN|END|ATTENDEE|X)?[;=:\", a-z\u{e4}]{0,90}(VEVENT|VCALENDAR)?(\r\n|\n|\r\n )", 0..30)) {
            let text = format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR", body.concat());
            if let Ok(calendar) = Calendar::parse(text.as_bytes()) {
                prop_assert_eq!(calendar.to_bytes(), text.as_bytes());
            }
        }

        #[test]
        fn bytes_never_panic(bytes: Vec<u8>) {
            let text = [b"BEGIN:VCALENDAR\n".as_slice(), &bytes].concat();
            if let Ok(calendar) = Calendar::parse(&text) {
                prop_assert_eq!(calendar.to_bytes(), text);
            }
        }
    }
}
