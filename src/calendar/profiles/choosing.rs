//! Which calendar, which event.

use memchr::memchr2_iter;

use crate::calendar::memory::{Calendar, CalendarMemory, Event};
use crate::random::{self, Stream};

/// One of the calendars, each as likely as the others.
pub fn calendar<'m>(stream: Stream, calendars: impl Iterator<Item = &'m Calendar>) -> Option<&'m Calendar> {
    let calendars: Vec<_> = calendars.collect();
    let place = random::below(&mut stream.at(0), calendars.len() as u64);
    calendars.get(place as usize).copied()
}

/// The path of an event that `suits`: from a random calendar of those given, and if none there suits, from the next.
pub fn event<'m>(
    stream: Stream,
    calendars: impl Iterator<Item = &'m Calendar>,
    suits: impl Fn(&Event) -> bool,
) -> Option<String> {
    let mut calendars: Vec<_> = calendars.collect();
    random::shuffle(&mut stream.at(0), &mut calendars);
    calendars.into_iter().zip(1..).find_map(|(calendar, n)| {
        let mut events: Vec<&Event> = calendar.events().iter().collect();
        random::shuffle(&mut stream.at(n), &mut events);
        events.into_iter().find(|event| suits(event)).map(|event| calendar.href_of(event))
    })
}

/// The user's own calendars that take events.
pub fn owned(memory: &CalendarMemory) -> impl Iterator<Item = &Calendar> {
    memory.calendars_for("VEVENT").filter(|calendar| calendar.is_owned())
}

/// Whether the body of an event, if it is known, has this word anywhere: most have not, and need not be parsed.
pub fn mentions(event: &Event, word: &[u8]) -> bool {
    let body = event.body.as_deref().unwrap_or_default();
    let Some(first) = word.first() else { return true };
    let mut places = memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), body);
    places.any(|at| body[at..].get(..word.len()).is_some_and(|text| text.eq_ignore_ascii_case(word)))
}

/// Whether an event is the user's private one: its body is known, and it has no part in scheduling. (The ancestor
/// asks for the lack of a Schedule-Tag, which only some servers give, and others give to every event.)
pub fn is_private(event: &Event) -> bool {
    event.calendar().is_some_and(|calendar| {
        let mut entries = calendar.entries().peekable();
        entries.peek().is_some()
            && entries.all(|entry| {
                entry.is("VEVENT") && entry.get("ORGANIZER").is_none() && entry.get("ATTENDEE").is_none()
            })
    })
}
