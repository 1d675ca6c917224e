//! REPORT: one file a report.
//!
//! # Layout
//!
//! | file | reports |
//! |---|---|
//! | `sync` | D:sync-collection of a collection or a whole home |
//! | `multiget` | C:calendar-multiget |
//! | `query` | C:calendar-query, C:free-busy-query |
//! | `filter` | what a query's filter says, and whether an object matches |
//! | `text_match` | its text matches |
//! | `data` | C:calendar-data: whole, in parts, expanded |
//! | `rows` | writes members with their properties and calendar data |
//! | `expand` | D:expand-property |
//! | `search` | principal searches |
mod data;
mod expand;
mod filter;
mod multiget;
mod query;
mod rows;
mod search;
mod sync;
mod text_match;

use super::asked::without_token;
use super::call::Call;
use super::propfind::exists;
use super::reply::{Refusal, Reply};
use super::store::Store;
use crate::dav::names;
use std::rc::Rc;

pub(super) use sync::Sync;

/// The answer to any REPORT.
pub fn report(call: &Call<'_>, store: &Store) -> Result<Reply, Refusal> {
    call.check_access(store, false)?;
    if let Some((token, rest)) = without_token(&call.body)
        && let Some(known) = call.asked.borrow().syncs.get(&rest)
        && exists(store, &call.target)
    {
        return sync::sync(call, store, token, &known);
    }
    let root = call.xml()?;
    if !exists(store, &call.target) {
        return Err(Refusal::status(404));
    }
    let name = &root.name;
    if *name == names::SYNC_COLLECTION {
        let asked = Rc::new(Sync::read(&root)?);
        if let Some((_, rest)) = without_token(&call.body) {
            call.asked.borrow_mut().syncs.keep(&rest, &asked);
        }
        sync::sync(call, store, root.child_text(&names::SYNC_TOKEN).unwrap_or(""), &asked)
    } else if *name == names::CALENDAR_MULTIGET {
        multiget::multiget(call, store, &root)
    } else if *name == names::CALENDAR_QUERY {
        query::query(call, store, &root)
    } else if *name == names::FREE_BUSY_QUERY {
        query::free_busy(call, store, &root)
    } else if *name == names::EXPAND_PROPERTY {
        Ok(expand::expand(call, store, &root))
    } else if *name == names::PRINCIPAL_PROPERTY_SEARCH {
        search::by_property(call, store, &root)
    } else if *name == names::CALENDARSERVER_PRINCIPAL_SEARCH {
        search::by_token(call, store, &root)
    } else if *name == names::PRINCIPAL_SEARCH_PROPERTY_SET {
        Ok(search::properties())
    } else if *name == names::PRINCIPAL_MATCH || *name == names::ACL_PRINCIPAL_PROP_SET {
        Ok(search::myself(call, store, &root))
    } else {
        Err(Refusal::condition(&names::SUPPORTED_REPORT))
    }
}
