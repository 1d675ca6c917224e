//! What a client does for each invitee before it invites: who is it, and is there time (spec 5.7).

use chrono::NaiveDate;

use super::habit::{Habit, falls_within};
use super::invitees;
use crate::calendar::memory::{CalendarMemory, Kind};
use crate::calendar::wire::{self, labels};
use crate::client::{Context, Outcome, Trouble};
use crate::icalendar::compose::Person;
use crate::label::Label;

/// Looks up each of these accounts with the probability `percent`, one after the other: first the person, then when
/// the person and the user are free on the event's day. Servers without a search or an outbox are not asked.
pub async fn look_up(
    habit: &Habit,
    cx: &Context,
    memory: &mut CalendarMemory,
    accounts: &[usize],
    percent: f64,
    event: (&str, NaiveDate),
) -> Result<(), Trouble> {
    let (uid, day) = event;
    let draws = habit.draws(cx, "whether to look up");
    for (index, n) in accounts.iter().zip(0..) {
        let Some(account) = cx.run.accounts.get(*index).filter(|_| falls_within(percent, draws, n)) else {
            continue;
        };
        wire::lookup_attendee(cx, memory, account).await?;
        if let Some(own) = memory.address().map(str::to_owned) {
            let invitee = invitees::address(account);
            wire::free_busy(cx, memory, &[&own, &invitee], &[uid], day).await?;
        }
    }
    Ok(())
}

/// The labels of the requests with which invitees are looked up; a client program makes those of its own search.
pub fn requests() -> Vec<Label> {
    // It is asked for the organizer and one invitee at a time.
    vec![labels::PROPERTY_SEARCH, labels::CALENDARSERVER_SEARCH, labels::free_busy(2)]
}

/// The reason why inviting is pointless on this server, if it is: one that knows neither an inbox nor an outbox for
/// scheduling (RFC 6638 section 2) delivers no invitation.
fn undelivered(memory: &CalendarMemory) -> Option<Outcome> {
    let principal = &memory.principal;
    let knows_scheduling = principal.inbox.is_some()
        || principal.outbox.is_some()
        || memory.calendars().iter().any(|calendar| calendar.kind == Kind::Inbox);
    (!knows_scheduling).then(|| {
        let reason = "the server delivers no invitations: it has neither a scheduling inbox nor an outbox";
        Outcome::Off(reason.to_owned())
    })
}

/// The user as organizer: under the address that the server knows, with the account's name. Otherwise what becomes of an
/// invitation that cannot be sent.
pub fn organizer(cx: &Context, memory: &CalendarMemory) -> Result<Person, Outcome> {
    if let Some(off) = undelivered(memory) {
        return Err(off);
    }
    let Some(address) = memory.address() else {
        return Err(Outcome::Idle("the user has no address to invite from"));
    };
    Ok(Person { address: address.to_owned(), name: cx.account.common_name.to_string() })
}
