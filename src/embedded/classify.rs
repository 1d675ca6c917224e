//! The name a request is counted under: CalendarServer's adjusted method names (spec 8.2, and as its
//! statistics socket shows them).
use super::paths::Target;
use super::store::{CollectionKind, Store};
use crate::dav::{Name, names};
use hyper::Method;
use std::rc::Rc;

/// The name, from the request alone. PUT of a meeting gets its name later.
pub fn name(store: &Store, method: &Method, target: &Target, query: &str, body: &[u8]) -> Rc<str> {
    let name = match method.as_str() {
        "REPORT" => report(target, body),
        "POST" => post(target, query),
        other => {
            let what = what(store, target);
            return if what.is_empty() { other.into() } else { [other, " ", what].concat().into() };
        }
    };
    name.into()
}

fn what(store: &Store, target: &Target) -> &'static str {
    match target {
        Target::Home(_) => "Calendar Home",
        Target::Principals(_) | Target::Principal(_) => "Principals",
        Target::Outbox(_) => "Outbox",
        Target::Dropbox(_) | Target::Attachment(..) => "dropbox",
        Target::Free(..) => "Calendar",
        Target::Collection(place) => match place.kind(store) {
            CollectionKind::Calendar => "Calendar",
            CollectionKind::Inbox => "Inbox",
            CollectionKind::Notification => "notification",
        },
        Target::Member(place, _) => match place.kind(store) {
            CollectionKind::Calendar => "ics",
            CollectionKind::Inbox => "inbox ics",
            CollectionKind::Notification => "notification",
        },
        _ => "",
    }
}

fn report(target: &Target, body: &[u8]) -> &'static str {
    let root = root_name(body);
    let known: &[(&Name, &str)] = &[
        (&names::CALENDAR_MULTIGET, "REPORT cal-multi"),
        (&names::CALENDAR_QUERY, "REPORT cal-query"),
        (&names::FREE_BUSY_QUERY, "REPORT cal-freebusy"),
        (&names::PRINCIPAL_SEARCH_PROPERTY_SET, "REPORT p-set"),
        (&names::PRINCIPAL_PROPERTY_SEARCH, "REPORT p-search"),
        (&names::CALENDARSERVER_PRINCIPAL_SEARCH, "REPORT calendarserver-principal-search"),
        (&names::PRINCIPAL_MATCH, "REPORT p-match"),
        (&names::EXPAND_PROPERTY, "REPORT expand"),
    ];
    if root == names::SYNC_COLLECTION.local() {
        return if matches!(target, Target::Home(_)) { "REPORT cal-home-sync" } else { "REPORT cal-sync" };
    }
    known.iter().find(|(name, _)| name.local() == root).map_or("REPORT", |(_, counted)| *counted)
}

fn post(target: &Target, query: &str) -> &'static str {
    match target {
        Target::Outbox(_) => "POST Freebusy",
        Target::Home(_) => "POST Calendar Home",
        Target::Collection(_) => "POST Calendar",
        Target::Member(..) if query.contains("attachment-add") => "POST att-add",
        Target::Member(..) if query.contains("attachment-update") => "POST att-update",
        Target::Member(..) if query.contains("attachment-remove") => "POST att-remove",
        Target::Member(..) => "POST ics",
        Target::Apns => "POST apns",
        _ => "POST",
    }
}

/// The local name of a document's root, found without parsing the document.
fn root_name(body: &[u8]) -> &str {
    let text = std::str::from_utf8(body).unwrap_or("");
    let mut rest = text;
    while let Some(i) = rest.find('<') {
        rest = &rest[i + 1..];
        if rest.starts_with(['?', '!']) {
            continue;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/').unwrap_or(rest.len());
        let tag = &rest[..end];
        return tag.rsplit(':').next().unwrap_or(tag);
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::super::store::User;
    use super::*;

    #[test]
    fn names_are_those_of_the_access_log() {
        let store = Store::new(vec![User::numbered(1)], "localhost", Default::default());
        let home = "/calendars/__uids__/10000000-0000-0000-0000-000000000001/";
        let sync = "<?xml version='1.0'?>\n<!-- c --><A:sync-collection xmlns:A='DAV:'/>";
        for (method, path, body, due) in [
            ("PROPFIND", "", "", "PROPFIND Calendar Home"),
            ("PROPFIND", "inbox/", "", "PROPFIND Inbox"),
            ("PUT", "calendar/x.ics", "", "PUT ics"),
            ("POST", "calendar/x.ics?action=attachment-add", "", "POST att-add"),
            ("POST", "calendar/", "", "POST Calendar"),
            ("PROPFIND", "notification/", "", "PROPFIND notification"),
            ("DELETE", "inbox/x.ics", "", "DELETE inbox ics"),
            ("REPORT", "", sync, "REPORT cal-home-sync"),
            ("REPORT", "calendar/", sync, "REPORT cal-sync"),
            ("POST", "outbox/", "BEGIN:VCALENDAR", "POST Freebusy"),
        ] {
            let (path, query) = path.split_once('?').unwrap_or((path, ""));
            let target = Target::find(&store, &format!("{home}{path}"));
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            assert_eq!(&*name(&store, &method, &target, query, body.as_bytes()), due);
        }
    }
}
