//! The bodies of what has changed.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::calendar::memory::{CalendarMemory, Event};
use crate::calendar::model::Body;
use crate::calendar::wire::{Found, ask_for, labels};
use crate::client::{Context, Trouble};
use crate::dav::{Name, Response, escape, names};
use crate::http::Call;

/// What is read of an item.
const WANTED: [&Name; 3] = [&names::CALENDAR_DATA, &names::GETETAG, &names::SCHEDULE_TAG];

/// Reads these items of the calendar `href` into the memory, a batch a request, and tells the profiles that they
/// changed. What is gone meanwhile is left out.
pub async fn multiget(
    cx: &Context,
    memory: &mut CalendarMemory,
    href: &str,
    items: &[String],
) -> Result<(), Trouble> {
    for batch in items.chunks(memory.program.model.multiget) {
        let lines: String = batch
            .iter()
            .map(|item| format!("  <D:href xmlns:D=\"DAV:\">{}</D:href>\n", escape(item)))
            .collect();
        let text = memory.program.model.templates.fill_raw(Body::Multiget, &[("hrefs", &lines)]);
        let text = text.map_err(|why| Trouble::Content(why.to_string()))?;
        let label = labels::multiget(batch.len());
        let call = Call::new(label, "REPORT", href, &[207]).body("text/xml", text);
        let Found::Multistatus(found) = ask_for(cx, memory, call, &WANTED).await? else {
            return Err(Trouble::Content(format!("{label} of {href}: no list came")));
        };
        keep_all(memory, href, &found.responses, batch);
    }
    Ok(())
}

/// Takes over what is said of the items that were asked for, each once: nobody waits for others.
fn keep_all(memory: &mut CalendarMemory, calendar: &str, responses: &[Response], batch: &[String]) {
    let mut asked: BTreeSet<&str> = batch.iter().map(String::as_str).collect();
    for response in responses.iter().filter(|response| asked.remove(&*response.href)) {
        keep(memory, calendar, response);
    }
}

/// Remembers one item, or forgets it if it is gone.
fn keep(memory: &mut CalendarMemory, calendar: &str, response: &Response) {
    let Some(known) = memory.calendar(calendar) else { return };
    let Some(name) = known.name_in(&response.href) else { return };
    let Some(data) = response.prop(&names::CALENDAR_DATA).filter(|_| response.is_ok()) else {
        memory.drop_event(&response.href, true);
        return;
    };
    let mut event = known.events.get(name).cloned().unwrap_or_else(|| Event::named(name));
    let text = |name| response.text(name).filter(|text| !text.is_empty()).map(Box::from);
    event.etag = text(&names::GETETAG);
    event.schedule_tag = text(&names::SCHEDULE_TAG);
    event.set_body(with_crlf(&data.text));
    memory.keep(&response.href, event);
    // No other answer of this act is about it, so that the news, of which there may be many, need not be searched.
    memory.tell_new(&response.href);
}

/// XML parsers turn CR LF into LF (XML 1.0 section 2.11); iCalendar lines end with CR LF (RFC 5545 section 3.1).
fn with_crlf(text: &str) -> Rc<[u8]> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 32);
    for line in text.split_inclusive('\n') {
        match line.strip_suffix('\n') {
            Some(bare) => {
                out.extend_from_slice(bare.strip_suffix('\r').unwrap_or(bare).as_bytes());
                out.extend_from_slice(b"\r\n");
            }
            None => out.extend_from_slice(line.as_bytes()),
        }
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::memory::News;
    use crate::calendar::profiles::testing::{EVENT, Stage, play};
    use crate::dav::Multistatus;

    #[test]
    fn only_what_was_asked_for_is_taken_and_only_once() {
        play(async {
            let mut memory = Stage::new(1).memory();
            let one = |name: &str| {
                format!(
                    "<response><href>/c/events/{name}.ics</href><propstat><prop><getetag>\"{name}\"</getetag>\
                     <C:calendar-data>{EVENT}</C:calendar-data></prop></propstat></response>"
                )
            };
            let others: String = (0..1000).map(|n| one(&format!("other{n}"))).collect();
            let body = format!(
                "<multistatus xmlns='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav'>{others}{}{}{}</multistatus>",
                one("2"),
                one("1"),
                one("2")
            );
            let found = Multistatus::parse(&body, "/c/events/").unwrap();
            let asked = ["1", "2", "3"].map(|name| format!("/c/events/{name}.ics"));
            keep_all(&mut memory, "/c/events/", &found.responses, &asked);
            assert_eq!(memory.calendar("/c/events/").unwrap().events().len(), 2);
            let told = memory.news().iter().map(|news| -> &str {
                match news {
                    News::Changed { href, .. } | News::Removed { href, .. } => href,
                }
            });
            assert_eq!(told.collect::<Vec<_>>(), ["/c/events/2.ics", "/c/events/1.ics"]);
        });
    }

    #[test]
    fn lines_end_as_icalendar_wants_them() {
        assert_eq!(&*with_crlf("A\nB\r\nC"), b"A\r\nB\r\nC");
        assert_eq!(&*with_crlf(""), b"");
    }
}
