//! C:calendar-multiget (RFC 4791 section 7.9).
use super::super::call::Call;
use super::super::paths::Target;
use super::super::propfind::tagged;
use super::super::reply::{self, Refusal, Reply};
use super::super::store::Store;
use super::rows::Rows;
use crate::dav::{Element, names, path};

/// One response for each href; 404 for what is not there or is not below the request's path.
pub fn multiget(call: &Call<'_>, store: &Store, root: &Element) -> Result<Reply, Refusal> {
    let rows = Rows::read(root);
    let context = call.context(store);
    let below = call.target.href(store);
    let mut out = call.multistatus();
    for href in root.all(&names::HREF) {
        let href = href.text.trim();
        let Some(wanted) = path::resolve(&call.path, href) else {
            // Nothing here has a path as long as this.
            out.status(&path::canonical(href), 404, None);
            continue;
        };
        let target = Target::find(store, &wanted);
        let found = match &target {
            Target::Member(place, name) if target.href(store).starts_with(&below) => {
                store.resource(place.collection, name)
            }
            _ => None,
        };
        match found {
            Some(resource) => rows.write(&context, &mut out, &target, resource),
            None => out.status(&wanted, 404, None),
        }
    }
    Ok(tagged(reply::multistatus(out.finish()), store, &call.target))
}
