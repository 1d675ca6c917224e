//! One look at the home and all that has changed in it (spec 5.5).

use super::home::{self, COLLECTIONS, Look};
use super::seen::{self, Seen};
use super::start::find;
use super::{items, notifications, tolerate};
use crate::calendar::memory::{CalendarMemory, Keyed, Kind, Settled};
use crate::calendar::model::{Body, InboxProbe};
use crate::calendar::wire::{ask_for, body, labels, send};
use crate::client::{Context, Trouble};
use crate::http::Call;

/// Looks for changes and reads them into the memory. The first time, calendars are set up as well.
///
/// How far the home is known is written down last: when a request fails, the next poll does it again.
pub async fn poll(cx: &Context, memory: &mut CalendarMemory) -> Result<(), Trouble> {
    let look = home::look(cx, memory).await?;
    let first = !memory.home.visited;
    take_over(memory, &look);
    if first {
        set_up(cx, memory).await?;
    }
    let fetch = !(first && memory.program.model.start.skip_existing);
    let hrefs: Vec<_> =
        memory.calendars().iter().map(|calendar| (calendar.href.clone(), calendar.kind)).collect();
    for (href, kind) in hrefs {
        if let Some(change) = pending(memory, &look, &href) {
            items::sync(cx, memory, &href, change, fetch).await?;
        }
        if kind == Kind::Inbox {
            probe_inbox(cx, memory, &href).await?;
        }
    }
    look_at_notifications(cx, memory, &look).await?;
    if first {
        delegates(cx, memory).await?;
    }
    memory.home.settled = settled(memory, &look);
    memory.home.token = look.token;
    memory.home.visited = true;
    Ok(())
}

/// Finds the user's calendars, without reading what is in them.
pub async fn survey(cx: &Context, memory: &mut CalendarMemory) -> Result<(), Trouble> {
    find(cx, memory).await?;
    let look = home::look(cx, memory).await?;
    take_over(memory, &look);
    Ok(())
}

/// Takes over which collections there are. Their items are synchronised after that.
fn take_over(memory: &mut CalendarMemory, look: &Look) {
    let gone = |href: &str| match look.whole {
        true => look.seen.get(href).is_none(),
        false => look.gone.contains(href),
    };
    memory.calendars.retain(|calendar| !gone(&calendar.href));
    for found in look.seen.as_slice() {
        let full = memory.calendars().len() >= COLLECTIONS;
        match memory.calendars.get_mut(found.key()) {
            Some(known) => seen::merge(known, found.calendar.clone()),
            // One look after the other may show others.
            None if full => {}
            None => {
                memory.calendars.insert(found.calendar.clone());
            }
        }
    }
}

/// Whether a collection must be synchronised, and the change token to remember then: if it is in the look, and shows no
/// token, or one that was not seen before.
fn pending(memory: &CalendarMemory, look: &Look, href: &str) -> Option<Option<Box<str>>> {
    let (found, known) = (look.seen.get(href)?, memory.calendar(href)?);
    let shown = found.change.as_deref();
    let reached = shown.is_some() && (known.change.as_deref() == shown || known.token.as_deref() == shown);
    (!reached).then(|| found.change.clone())
}

/// Whether there is nothing left to do of what a listing shows; then the same one need not be read again.
fn settled(memory: &CalendarMemory, look: &Look) -> Option<Settled> {
    let listing = look.listing?;
    let is_open = |seen: &Seen| {
        let href = &seen.calendar.href;
        memory.calendar(href).is_none() || pending(memory, look, href).is_some()
    };
    let left = look.seen.as_slice().iter().any(is_open) || notified(memory, look).is_some();
    (!left).then(|| Settled::by(listing, memory))
}

/// Sets colour, order and time zone of every calendar, as the program does with a new account.
async fn set_up(cx: &Context, memory: &mut CalendarMemory) -> Result<(), Trouble> {
    let calendars = memory.calendars().iter().filter(|calendar| calendar.kind == Kind::Calendar);
    let hrefs: Vec<_> = calendars.map(|calendar| calendar.href.clone()).collect();
    for href in hrefs {
        for property in memory.program.model.start.proppatches.clone() {
            let text = body(memory, property, &[])?;
            let call = Call::new(labels::PROPPATCH, "PROPPATCH", &href, &[200, 207]).body("text/xml", text);
            tolerate(send(cx, memory, call).await)?;
        }
    }
    Ok(())
}

/// Lists the inbox, if the program does so at every poll. Nobody needs the answer.
async fn probe_inbox(cx: &Context, memory: &mut CalendarMemory, href: &str) -> Result<(), Trouble> {
    match memory.program.model.inbox_probe {
        InboxProbe::Always => {}
        InboxProbe::FirstClient if cx.journal.who.instance == 0 => {}
        _ => return Ok(()),
    }
    let text = body(memory, Body::Inbox, &[])?;
    let call = Call::new(labels::INBOX, "PROPFIND", href, &[207]).header("depth", "1");
    ask_for(cx, memory, call.body("text/xml", text), &[]).await.map(|_| ())
}

/// Synchronises the notification collection if it has something new. A home that shows no notifications has none.
async fn look_at_notifications(
    cx: &Context,
    memory: &mut CalendarMemory,
    look: &Look,
) -> Result<(), Trouble> {
    let Some((href, change)) = notified(memory, look) else { return Ok(()) };
    notifications::sync(cx, memory, href, change.clone()).await
}

/// The notification collection and its change token, if that is new and the program looks at notifications.
fn notified<'l>(memory: &CalendarMemory, look: &'l Look) -> Option<&'l (String, Option<Box<str>>)> {
    let home = &memory.home;
    let is_new = |change: &Option<Box<str>>| {
        change.is_none() || (home.notification_change != *change && home.notification_token != *change)
    };
    let watched = look.notifications.as_ref().filter(|_| memory.program.model.notifications);
    watched.filter(|(_, change)| is_new(change))
}

/// Asks whose delegate the user is. A server that does not know this report says so, which is no failure.
async fn delegates(cx: &Context, memory: &mut CalendarMemory) -> Result<(), Trouble> {
    let Some(principal) = memory.principal.url.clone() else { return Ok(()) };
    if !memory.program.model.start.delegates {
        return Ok(());
    }
    let text = body(memory, Body::Delegates, &[])?;
    let expect = [207, 400, 403, 404, 405, 415, 501];
    let call = Call::new(labels::DELEGATES, "REPORT", &principal, &expect).body("text/xml", text);
    ask_for(cx, memory, call, &[]).await.map(|_| ())
}
