//! OPTIONS and the redirect of well-known paths.
use super::call::Call;
use super::paths::Target;
use super::reply::{self, Reply};
use super::store::{CollectionKind, Store};
use hyper::header::{ALLOW, HeaderName, LOCATION};

/// What this server can do (RFC 4791 section 5.1, RFC 6638, RFC 8607 and CalendarServer's extensions).
const FEATURES: &str = "1, 3, access-control, calendar-access, calendar-schedule, calendar-auto-schedule, \
    calendar-managed-attachments, calendarserver-sharing, extended-mkcol, \
    calendarserver-principal-property-search, calendarserver-principal-search, calendarserver-home-sync";

/// The answer to OPTIONS.
pub fn options(call: &Call<'_>, store: &Store) -> Reply {
    let reply = reply::with(reply::empty(200), HeaderName::from_static("dav"), FEATURES);
    reply::with(reply, ALLOW, allowed(store, &call.target))
}

/// The methods of a resource.
pub fn allowed(store: &Store, target: &Target) -> &'static str {
    match target {
        Target::Home(_) => "DELETE, GET, HEAD, OPTIONS, POST, PROPFIND, PROPPATCH, REPORT",
        Target::Collection(place) => match place.kind(store) {
            CollectionKind::Calendar => {
                "DELETE, GET, HEAD, MKCALENDAR, MKCOL, OPTIONS, POST, PROPFIND, PROPPATCH, REPORT"
            }
            _ => "GET, HEAD, OPTIONS, PROPFIND, PROPPATCH, REPORT",
        },
        Target::Member(..) => "DELETE, GET, HEAD, MOVE, OPTIONS, POST, PROPFIND, PUT",
        Target::Outbox(_) | Target::Apns => "OPTIONS, POST, PROPFIND",
        Target::Free(..) => "MKCALENDAR, MKCOL, OPTIONS",
        _ => "GET, HEAD, OPTIONS, PROPFIND, REPORT",
    }
}

/// `/.well-known/caldav` leads to the principals (RFC 6764 section 5), with no credentials asked for.
pub fn well_known(base: &str) -> Reply {
    let location = format!("{base}/principals/");
    let page = format!(
        "<html><head><title>Moved Permanently</title></head><body><h1>Moved Permanently</h1>\
         <p>Document moved to {location}.</p></body></html>"
    );
    reply::with(reply::body(301, "text/html;charset=utf-8", page), LOCATION, &location)
}

/// 405 with what would be allowed.
pub fn not_allowed(store: &Store, target: &Target) -> Reply {
    reply::with(reply::html(405), ALLOW, allowed(store, target))
}
