//! C:calendar-query (RFC 4791 section 7.8) and C:free-busy-query (section 7.10).
use super::super::call::Call;
use super::super::freebusy;
use super::super::paths::{Owner, Place, Target};
use super::super::propfind::tagged;
use super::super::reply::{self, Refusal, Reply};
use super::super::store::{CollectionId, CollectionKind, Store};
use super::filter::{Filter, Range};
use super::rows::Rows;
use crate::dav::{Element, names};
use crate::icalendar::Calendar;

/// The members that match. As Depth says: 0 looks at the collection itself, which is no calendar object.
pub fn query(call: &Call<'_>, store: &Store, root: &Element) -> Result<Reply, Refusal> {
    let rows = Rows::read(root);
    let filter = root.child(&names::FILTER).ok_or(Refusal::condition(&names::VALID_FILTER))?;
    let filter = Filter::read(filter).map_err(Refusal::condition)?;
    let context = call.context(store);
    let mut out = call.multistatus();
    for place in searched(call, store)? {
        let members = place.get(store).into_iter().flat_map(|c| c.resources());
        for (name, resource) in members {
            let matches = filter.may_match(resource)
                && Calendar::parse(&resource.bytes).is_ok_and(|calendar| filter.matches(&calendar));
            if matches {
                let target = Target::Member(place.clone(), name.to_string());
                rows.write(&context, &mut out, &target, resource);
            }
        }
    }
    Ok(tagged(reply::multistatus(out.finish()), store, &call.target))
}

/// The collections whose members the request looks at.
fn searched(call: &Call<'_>, store: &Store) -> Result<Vec<Place>, Refusal> {
    let depth = call.depth(Some(0))?;
    Ok(match (&call.target, depth) {
        (_, Some(0)) => Vec::new(),
        (Target::Collection(place), _) => vec![place.clone()],
        (Target::Home(owner), None) => Place::all(store, *owner)
            .into_iter()
            .filter(|place| place.kind(store) == CollectionKind::Calendar)
            .collect(),
        (Target::Home(_), _) => Vec::new(),
        _ => return Err(Refusal::condition(&names::SUPPORTED_REPORT)),
    })
}

/// The busy times of one calendar, or of all that count in a home.
pub fn free_busy(call: &Call<'_>, store: &Store, root: &Element) -> Result<Reply, Refusal> {
    let invalid = Refusal::condition(&names::VALID_FILTER);
    let range = root.child(&names::TIME_RANGE).ok_or(invalid)?;
    let range = Range::read(range).ok_or(invalid)?;
    let calendars: Vec<CollectionId> = match &call.target {
        Target::Collection(place) => vec![place.collection],
        Target::Home(Owner { id, .. }) => store.free_busy_calendars(*id),
        _ => return Err(Refusal::condition(&names::SUPPORTED_REPORT)),
    };
    let body = freebusy::query(store, &calendars, range.from, range.to);
    Ok(reply::body(200, "text/calendar;charset=utf-8", body))
}
