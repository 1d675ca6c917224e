//! Looking for people and for their time before an invitation.

use chrono::NaiveDate;

use super::labels;
use super::send::{Asked, Found, ask_for, body, send};
use crate::calendar::memory::CalendarMemory;
use crate::calendar::model::{Body, Search};
use crate::client::{Context, Trouble};
use crate::http::Call;
use crate::icalendar::compose::freebusy::FreeBusyRequest;
use crate::population::Account;
use crate::random::{below, uuid};

/// A server without that search, or with another idea of it, refuses.
const LOOKUP_EXPECTED: [u16; 7] = [207, 400, 403, 404, 405, 415, 501];

/// Looks an invitee up, as a person does who types the beginning of a name. False: this client program never does,
/// or the server does not offer that search. A refusal is no failure, since invitations go out without; it is noted,
/// and this client does not ask again.
pub async fn lookup_attendee(
    cx: &Context,
    memory: &mut CalendarMemory,
    invitee: &Account,
) -> Result<bool, Trouble> {
    let label = match memory.program.model.search {
        Search::None => return Ok(false),
        Search::PropertySearch => labels::PROPERTY_SEARCH,
        Search::CalendarServerSearch => labels::CALENDARSERVER_SEARCH,
    };
    let Some(collection) = memory.principal.collection.clone().filter(|_| memory.principal.searchable) else {
        return Ok(false);
    };
    let extra = below(&mut cx.draws(&format!("lookup of {}", invitee.uid)).at(0), 3);
    let typed = prefix(invitee, extra as usize);
    let text = body(memory, Body::Search, &[("prefix", &typed)])?;
    let call = Call::new(label, "REPORT", &collection, &LOOKUP_EXPECTED).body("text/xml", text);
    let found = ask_for(cx, memory, call, &[]).await?;
    if let Found::Other(answer) = &found
        && let Asked::Refused(status) = Asked::of(answer)
    {
        memory.principal.searchable = false;
        cx.run.notice(format!("the server refuses {label} (status {status}): invitees are not looked up"));
        return Ok(false);
    }
    Ok(true)
}

/// The beginning of a name that a person types: three letters and up to two more; all of it when the name
/// ends in a number, since then its beginning is everybody's.
fn prefix(invitee: &Account, extra: usize) -> String {
    let mail = invitee.email.split('@').next().unwrap_or_default();
    let name = if mail.is_empty() { &*invitee.uid } else { mail };
    if name.ends_with(|c: char| c.is_ascii_digit()) {
        return name.to_owned();
    }
    name.chars().take(3 + extra).collect()
}

/// Asks when people are free on one day, oneself among them (spec 5.4.4). `masked` are the UIDs of events that do
/// not count as busy. False: nothing was sent, since this client program does not ask, the server has no outbox, or the
/// user no address.
pub async fn free_busy(
    cx: &Context,
    memory: &mut CalendarMemory,
    addresses: &[&str],
    masked: &[&str],
    day: NaiveDate,
) -> Result<bool, Trouble> {
    if memory.program.model.search == Search::None {
        return Ok(false);
    }
    let (Some(outbox), Some(own)) = (memory.principal.outbox.clone(), memory.principal.address.clone())
    else {
        return Ok(false);
    };
    let purpose = format!("free-busy uid for {}", addresses.join(" "));
    let uid = uuid(&mut cx.draws(&purpose).at(0)).to_uppercase();
    let request = FreeBusyRequest {
        prodid: PRODID,
        uid: &uid,
        now: cx.journal.clock.utc(),
        day,
        organizer: &own,
        attendees: addresses,
        masked,
    };
    let call = Call::new(labels::free_busy(addresses.len()), "POST", &outbox, &[200])
        .header("originator", &*own)
        .header("recipient", request.recipients())
        .body("text/calendar", request.compose());
    send(cx, memory, call).await?;
    Ok(true)
}

/// The product that the ancestor's bodies name.
const PRODID: &str = "-//Apple Inc.//iCal 4.0.3//EN";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::Password;

    #[test]
    fn what_is_typed_fits_the_name() {
        let account = |email: &str| Account {
            uid: "u7".into(),
            password: Password::new("p"),
            common_name: "".into(),
            email: email.into(),
            guid: "".into(),
            pod: "PodA".into(),
        };
        assert_eq!(prefix(&account("wolfgang@example.com"), 1), "wolf");
        assert_eq!(prefix(&account("user07@example.com"), 1), "user07");
        assert_eq!(prefix(&account(""), 0), "u7");
    }
}
