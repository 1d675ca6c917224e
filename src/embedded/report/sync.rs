//! D:sync-collection (RFC 6578), of a collection or, as CalendarServer does, of the collections of a home.
use super::super::call::Call;
use super::super::paths::{Place, Target};
use super::super::properties::{home_id, home_token, read_token, sync_token, token};
use super::super::propfind::{What, tagged, write};
use super::super::reply::{self, Refusal, Reply};
use super::super::store::Store;
use super::super::store::collection::Change;
use crate::dav::{Element, MultistatusWriter, names, path};

/// What a report asks for, but for its token.
pub struct Sync {
    wanted: What,
    limit: usize,
    infinite: bool,
}

impl Sync {
    /// Reads it. Without D:sync-level it is 1: the ancestor leaves it out.
    pub fn read(root: &Element) -> Result<Sync, Refusal> {
        let limit = limit(root)?;
        let infinite = match root.child_text(&names::SYNC_LEVEL) {
            None | Some("1") => false,
            Some("infinite" | "infinity") => true,
            Some(_) => return Err(Refusal::status(400)),
        };
        Ok(Sync { wanted: What::of_report(root), limit, infinite })
    }
}

/// The whole answer: the changes since the token `from`.
pub fn sync(call: &Call<'_>, store: &Store, from: &str, asked: &Sync) -> Result<Reply, Refusal> {
    let Sync { wanted, limit, infinite } = asked;
    let mut out = call.multistatus();
    let new_token = match &call.target {
        Target::Collection(place) => members(call, store, place, from, *limit, wanted, &mut out)?,
        Target::Home(_) => home(call, store, from, *infinite, wanted, &mut out)?,
        _ => return Err(Refusal::condition(&names::SUPPORTED_REPORT)),
    };
    out.sync_token(&new_token);
    Ok(tagged(reply::multistatus(out.finish()), store, &call.target))
}

fn limit(root: &Element) -> Result<usize, Refusal> {
    match root.child(&names::LIMIT).and_then(|l| l.child_text(&names::NRESULTS)) {
        None => Ok(usize::MAX),
        Some(text) => text.parse().ok().filter(|n| *n > 0).ok_or(Refusal::status(400)),
    }
}

/// The changed members of one collection; returns the new token.
fn members(
    call: &Call<'_>,
    store: &Store,
    place: &Place,
    from: &str,
    limit: usize,
    wanted: &What,
    out: &mut MultistatusWriter,
) -> Result<String, Refusal> {
    let context = call.context(store);
    let stale = Refusal::condition(&names::VALID_SYNC_TOKEN);
    let collection = place.get(store).ok_or(Refusal::status(404))?;
    let id = collection.id.index().to_string();
    let revision = read_token(&context, &id, from).ok_or(stale)?;
    let (changes, reached, more) = collection.changes(revision, limit).ok_or(stale)?;
    for change in changes {
        match change {
            Change::Changed(name, _) => {
                write(&context, out, &Target::Member(place.clone(), name.to_string()), wanted);
            }
            Change::Removed(name) => {
                out.status(&place.member(store, &path::encode_segment(name)), 404, None);
            }
        }
    }
    if more {
        out.status(&place.href(store), 507, Some(&names::NUMBER_OF_MATCHES_WITHIN_LIMITS));
        return Ok(token(&context, &id, reached));
    }
    if from.is_empty() {
        // CalendarServer lists the collection itself in a first sync.
        write(&context, out, &call.target, wanted);
    }
    Ok(sync_token(&context, collection))
}

/// The collections of a home that changed, with their changed members if the level is infinite.
fn home(
    call: &Call<'_>,
    store: &Store,
    from: &str,
    infinite: bool,
    wanted: &What,
    out: &mut MultistatusWriter,
) -> Result<String, Refusal> {
    let context = call.context(store);
    let stale = Refusal::condition(&names::VALID_SYNC_TOKEN);
    let Target::Home(owner) = call.target else {
        return Err(Refusal::status(403));
    };
    let revision = read_token(&context, &home_id(owner.id), from).ok_or(stale)?;
    let shown = store.home(owner.id);
    if revision > shown.revision {
        return Err(stale);
    }
    for place in Place::all(store, owner) {
        let Some(collection) = place.get(store) else {
            continue;
        };
        let since = place.binding(store).map_or(0, |b| b.since);
        if collection.revision().max(since) <= revision {
            continue;
        }
        write(&context, out, &Target::Collection(place.clone()), wanted);
        if infinite {
            let begin = if since > revision { 0 } else { revision };
            let changes = collection.changes(begin, usize::MAX).ok_or(stale)?.0;
            for change in changes {
                match change {
                    Change::Changed(name, _) => {
                        write(&context, out, &Target::Member(place.clone(), name.to_string()), wanted);
                    }
                    Change::Removed(name) => {
                        out.status(&place.member(store, &path::encode_segment(name)), 404, None);
                    }
                }
            }
        }
    }
    if revision > 0 {
        let gone: Vec<String> = shown.unbound_since(revision).map(str::to_owned).collect();
        for name in gone {
            out.status(&(call.target.href(store) + &path::encode_segment(&name) + "/"), 404, None);
        }
    }
    Ok(home_token(&context, owner.id))
}
