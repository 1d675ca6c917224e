//! The home listed, or its changes.

use std::collections::BTreeSet;

use super::seen::{self, Seen};
use super::{refused, tolerate};
use crate::calendar::memory::{CalendarMemory, Home, Keyed, Kind, Listing, Settled, Sorted};
use crate::calendar::model::{Body, Change, Model};
use crate::calendar::wire::{Found, ask_and_read, ask_for, body, labels, parse_only};
use crate::client::{Context, Trouble};
use crate::dav::{Multistatus, Response, names, path};
use crate::http::Call;

/// What one look at the home brought.
#[derive(Debug, Default)]
pub struct Look {
    /// The collections, or of a look at the changes, those that have changed.
    pub seen: Sorted<Seen>,
    /// Collections that are gone; of a whole listing, everything that is not in `seen`.
    pub gone: BTreeSet<String>,
    pub whole: bool,
    /// The home's sync-token after this look.
    pub token: Option<Box<str>>,
    /// The bytes of the listing, if it is of a single home: what the poll has dealt with when it is over.
    pub listing: Option<Listing>,
    /// The notification collection, if it was in the look, and its change token.
    pub notifications: Option<(String, Option<Box<str>>)>,
}

impl Look {
    fn size(&self) -> usize {
        self.seen.as_slice().len() + self.gone.len()
    }
}

impl Keyed for Seen {
    fn key(&self) -> &str {
        &self.calendar.href
    }
}

/// How often the changes of a home are asked for in one go, when the server cuts its answers short.
const PAGES: usize = 100;

/// The most collections of a home that are looked at, the first that the server names; people have a dozen.
pub const COLLECTIONS: usize = 1000;

/// How many collections the pages of one look may name, also those that are gone.
const NAMED: usize = 100_000;

/// Looks at the home, and at an inbox that lies elsewhere.
pub async fn look(cx: &Context, memory: &mut CalendarMemory) -> Result<Look, Trouble> {
    let mut look = look_at_home(cx, memory).await?;
    look_at_inbox(cx, memory, &mut look).await?;
    if look.seen.as_slice().len() >= COLLECTIONS {
        cx.run.notice(format!("a home has {COLLECTIONS} collections or more: the others are not looked at"));
    }
    Ok(look)
}

/// Looks at the inbox that the principal names (RFC 6638 section 2.2.1), where that is not in a home: then no listing
/// of a home shows what changes in it.
async fn look_at_inbox(cx: &Context, memory: &mut CalendarMemory, look: &mut Look) -> Result<(), Trouble> {
    let Some(inbox) = memory.principal.inbox.clone() else { return Ok(()) };
    let in_home = memory.principal.homes.iter().any(|home| seen::is_child(home, &inbox));
    // A home may show the inbox under another path than the principal.
    let seen = look.seen.as_slice().iter().map(|seen| &seen.calendar);
    let mut inboxes = seen.chain(memory.calendars().iter()).filter(|known| known.kind == Kind::Inbox);
    if in_home || inboxes.any(|known| *known.href != *inbox) {
        return Ok(());
    }
    let text = body(memory, Body::Home, &[])?;
    let call = Call::new(labels::INBOX, "PROPFIND", &inbox, &[207]).header("depth", "0");
    let found = tolerate(ask_for(cx, memory, call.body("text/xml", text), &seen::WANTED).await)?;
    let Some(Found::Multistatus(found)) = found else { return Ok(()) };
    let model = memory.program.model.clone();
    let seen = found.find(&inbox).and_then(|response| seen::read(response, &memory.home, &model));
    if let Some(found) = seen {
        look.seen.insert(found);
    }
    Ok(())
}

/// Looks at the home: at its changes if the program does that and the home's token is known, else at all of it.
async fn look_at_home(cx: &Context, memory: &mut CalendarMemory) -> Result<Look, Trouble> {
    let known = memory.home.token.clone();
    let usable = memory.program.model.change == Change::SyncHome
        && memory.home.sync
        && memory.home.sync_works != Some(false);
    if let Some(token) = known.filter(|_| usable) {
        match changes(cx, memory, token).await {
            Ok(Some(look)) => {
                memory.home.sync_works = Some(true);
                return Ok(look);
            }
            // The token is not valid any more, or never was: the whole home is listed again (RFC 6578 section 3.2).
            Ok(None) => {}
            Err(trouble) if refused(&trouble) => {}
            // A server that breaks at the first attempt cannot do it, whatever it says of itself.
            Err(trouble) if trouble.status().is_some() && memory.home.sync_works.is_none() => {
                memory.home.sync_works = Some(false);
            }
            Err(trouble) => return Err(trouble),
        }
        memory.home.token = None;
    }
    whole(cx, memory).await
}

/// Lists every home. Only a single home can be synchronised as one, and have a listing that says nothing new.
async fn whole(cx: &Context, memory: &mut CalendarMemory) -> Result<Look, Trouble> {
    let mut look = Look { whole: true, ..Look::default() };
    let homes = memory.principal.homes.clone();
    let settled = Settled::listing(memory).filter(|_| homes.len() == 1);
    for home in homes.iter() {
        let (listing, found) = list(cx, memory, home, settled).await?;
        look.listing = Some(listing).filter(|_| homes.len() == 1);
        let Some(found) = found else {
            return Ok(Look { token: memory.home.token.clone(), listing: look.listing, ..Look::default() });
        };
        let own = found.find(home).map(|response| facts(response, &memory.home)).unwrap_or_default();
        let (single, token) = (homes.len() == 1, own.token.clone());
        if look.seen.as_slice().is_empty() || own.pushkey.is_some() {
            memory.home.pushkey = own.pushkey;
            memory.home.sync = own.sync;
        }
        look.token = token.filter(|_| single);
        let model = memory.program.model.clone();
        found.responses.iter().for_each(|response| take(response, home, &memory.home, &model, &mut look));
    }
    Ok(look)
}

/// Lists one home. None: it is the listing that says nothing new.
async fn list(
    cx: &Context,
    memory: &mut CalendarMemory,
    home: &str,
    settled: Option<Listing>,
) -> Result<(Listing, Option<Multistatus>), Trouble> {
    let text = body(memory, Body::Home, &[])?;
    let call = Call::new(labels::HOME, "PROPFIND", home, &[207]).header("depth", "1");
    let read = |body: &[u8], path: &str| {
        let listing = Listing::of(body);
        let found = match settled == Some(listing) {
            true => None,
            false => Some(parse_only(body, path, &seen::WANTED)?),
        };
        Ok((listing, found))
    };
    match ask_and_read(cx, memory, call.body("text/xml", text), read).await? {
        Found::Multistatus(found) => Ok(found),
        Found::Other(_) => Err(Trouble::Content(format!("{home} is not listed"))),
    }
}

/// Asks for the changes of the home. None: the server does not take this token.
async fn changes(
    cx: &Context,
    memory: &mut CalendarMemory,
    mut token: Box<str>,
) -> Result<Option<Look>, Trouble> {
    let Some(home) = memory.principal.home().cloned() else { return Ok(None) };
    let mut look = Look::default();
    for _ in 0..PAGES {
        let text = body(memory, Body::SyncHome, &[("token", &token)])?;
        // RFC 6578 section 3.2 asks for Depth 0; the ancestor sent 1.
        let call = Call::new(labels::SYNC_HOME, "REPORT", &home, &[207, 403, 409, 412]).header("depth", "0");
        let Found::Multistatus(found) =
            ask_for(cx, memory, call.body("text/xml", text), &seen::WANTED).await?
        else {
            return Ok(None);
        };
        let model = memory.program.model.clone();
        let before = look.size();
        found.responses.iter().for_each(|response| take(response, &home, &memory.home, &model, &mut look));
        let Some(next) = next_token(&found) else { return Ok(None) };
        look.token = Some(next.clone());
        // A page that brings nothing new is followed by no other.
        if !found.truncated() || next == token || look.size() == before || look.size() > NAMED {
            return Ok(Some(look));
        }
        token = next;
    }
    Ok(Some(look))
}

fn next_token(found: &Multistatus) -> Option<Box<str>> {
    found.sync_token.as_deref().filter(|token| !token.is_empty()).map(Box::from)
}

/// What the home says of itself.
fn facts(response: &Response, before: &Home) -> Home {
    let text = |name| response.text(name).filter(|text| !text.is_empty());
    Home {
        token: text(&names::SYNC_TOKEN).map(Box::from),
        pushkey: text(&names::PUSHKEY).map(Into::into),
        sync: response.supports_report(&names::SYNC_COLLECTION),
        ..before.clone()
    }
}

/// Puts what is said of one child of the home where it belongs.
fn take(response: &Response, home: &str, known: &Home, model: &Model, look: &mut Look) {
    if !seen::is_child(home, &response.href) || response.status == 507 {
        return;
    }
    let href = path::with_slash(&response.href);
    if !response.is_ok() {
        look.seen.remove(&href);
        look.gone.insert(href);
    } else if response.has_type(&names::NOTIFICATION) {
        let change = response.text(&names::SYNC_TOKEN).or(response.text(&names::GETCTAG));
        look.notifications = Some((href, change.map(Box::from)));
    } else if let Some(found) = seen::read(response, known, model) {
        look.gone.remove(&href);
        if look.seen.as_slice().len() < COLLECTIONS || look.seen.get(&href).is_some() {
            look.seen.insert(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::profiles::testing::Stage;

    #[test]
    fn a_home_without_end_is_cut_short() {
        let memory = Stage::new(1).memory();
        let responses: String = (0..3 * COLLECTIONS).rev().map(calendar).collect();
        let body =
            format!("<multistatus xmlns='DAV:'>{responses}{}</multistatus>", calendar(3 * COLLECTIONS - 1));
        let found = Multistatus::parse(&body, "/c/").unwrap();
        let mut look = Look::default();
        for response in &found.responses {
            take(response, "/c/", &memory.home, &memory.program.model, &mut look);
        }
        assert_eq!(look.seen.as_slice().len(), COLLECTIONS);
        assert_eq!(&*look.seen.as_slice()[0].calendar.href, "/c/2000/");
    }

    fn calendar(n: usize) -> String {
        format!(
            "<response><href>/c/{n:04}/</href><propstat><prop><resourcetype><collection/>\
             <calendar xmlns='urn:ietf:params:xml:ns:caldav'/></resourcetype></prop></propstat></response>"
        )
    }
}
