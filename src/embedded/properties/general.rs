//! DAV: properties: types, owners, tags, reports.
use super::{Context, Property, hidden, href, nodes, resource, shown, text, user};
use crate::dav::{Name, XmlWriter, names};
use crate::embedded::digits::{http_date, push_decimal};
use crate::embedded::paths::{Place, Target};
use crate::embedded::store::{Collection, CollectionKind, PrincipalId, Store};
use crate::hex::push_hex;
use ahash::RandomState;
use std::sync::LazyLock;

pub(super) static TABLE: &[Property] = &[
    shown(&names::RESOURCETYPE, resourcetype),
    shown(&names::DISPLAYNAME, displayname),
    shown(&names::GETETAG, |c, t, xml| {
        etag(c.store, t).is_some_and(|etag| text(xml, &names::GETETAG, &etag))
    }),
    shown(&names::GETCONTENTTYPE, getcontenttype),
    shown(&names::GETCONTENTLENGTH, |c, t, xml| {
        resource(c.store, t).is_some_and(|r| {
            let length = r.bytes.len().to_string();
            text(xml, &names::GETCONTENTLENGTH, &length)
        })
    }),
    shown(&names::GETLASTMODIFIED, |c, t, xml| {
        resource(c.store, t).is_some_and(|r| {
            let date = http_date(r.modified);
            text(xml, &names::GETLASTMODIFIED, &date)
        })
    }),
    shown(&names::CREATIONDATE, |c, t, xml| {
        let created = match t {
            Target::Collection(place) => place.get(c.store).map(|c| c.created),
            _ => resource(c.store, t).map(|r| r.created),
        };
        created.is_some_and(|created| {
            let date = created.format("%Y-%m-%dT%H:%M:%SZ").to_string();
            text(xml, &names::CREATIONDATE, &date)
        })
    }),
    hidden(&names::OWNER, |c, t, xml| match t {
        Target::Principal(_) => false,
        _ => t.owner().is_some_and(|id| {
            let id = shared_owner(c.store, t).unwrap_or(id);
            user(c, xml, &names::OWNER, id)
        }),
    }),
    hidden(&names::CURRENT_USER_PRINCIPAL, |c, _, xml| user(c, xml, &names::CURRENT_USER_PRINCIPAL, c.by)),
    hidden(&names::PRINCIPAL_COLLECTION_SET, |_, _, xml| {
        href(xml, &names::PRINCIPAL_COLLECTION_SET, &["/principals/"])
    }),
    hidden(&names::RESOURCE_ID, |c, t, xml| match t {
        Target::Principal(owner) => {
            let guid = &c.store.principal(owner.id).guid;
            href(xml, &names::RESOURCE_ID, &["urn:x-uid:", guid])
        }
        _ => calendar(c.store, t)
            .is_some_and(|c| href(xml, &names::RESOURCE_ID, &["urn:uuid:", &c.resource_id])),
    }),
    hidden(&names::ADD_MEMBER, |c, t, xml| match calendar(c.store, t) {
        Some(_) => href(xml, &names::ADD_MEMBER, &[&t.href(c.store), ";add-member"]),
        None => false,
    }),
    hidden(&names::SYNC_TOKEN, |c, t, xml| match t {
        Target::Home(owner) => text(xml, &names::SYNC_TOKEN, &home_token(c, owner.id)),
        Target::Collection(place) => {
            place.get(c.store).is_some_and(|col| text(xml, &names::SYNC_TOKEN, &sync_token(c, col)))
        }
        _ => false,
    }),
    hidden(&names::SUPPORTED_REPORT_SET, supported_reports),
    hidden(&names::QUOTA_AVAILABLE_BYTES, |c, t, xml| {
        used_bytes(c.store, t).is_some_and(|used| {
            let available = QUOTA.saturating_sub(used).to_string();
            text(xml, &names::QUOTA_AVAILABLE_BYTES, &available)
        })
    }),
    hidden(&names::QUOTA_USED_BYTES, |c, t, xml| {
        used_bytes(c.store, t).is_some_and(|used| text(xml, &names::QUOTA_USED_BYTES, &used.to_string()))
    }),
];

/// Attachments of one home, in bytes, as CalendarServer's default. It is shown, and not enforced.
const QUOTA: u64 = 104_857_600;

/// The collection, if the target is a calendar.
pub(super) fn calendar<'s>(store: &'s Store, target: &Target) -> Option<&'s Collection> {
    match target {
        Target::Collection(place) => place.get(store).filter(|c| c.kind == CollectionKind::Calendar),
        _ => None,
    }
}

fn shared_owner(store: &Store, target: &Target) -> Option<PrincipalId> {
    match target {
        Target::Collection(place) | Target::Member(place, _) => place.get(store).map(|c| c.owner),
        _ => None,
    }
}

fn resourcetype(c: &Context<'_>, target: &Target, xml: &mut XmlWriter) -> bool {
    let types: &[&Name] = match target {
        Target::Root | Target::Principals(_) | Target::Calendars(_) | Target::Home(_) => {
            &[&names::COLLECTION]
        }
        Target::Principal(_) => &[&names::PRINCIPAL, &names::COLLECTION],
        Target::Outbox(_) => &[&names::COLLECTION, &names::SCHEDULE_OUTBOX],
        Target::FreeBusy(_) => &[&names::FREE_BUSY_URL],
        Target::Dropbox(_) => &[&names::COLLECTION, &names::DROPBOX_HOME],
        Target::Collection(place) => return collection_type(c.store, place, xml),
        _ => &[],
    };
    nodes(xml, &names::RESOURCETYPE, types)
}

fn collection_type(store: &Store, place: &Place, xml: &mut XmlWriter) -> bool {
    let Some(collection) = place.get(store) else {
        return false;
    };
    let types: &[&Name] = match collection.kind {
        CollectionKind::Inbox => &[&names::COLLECTION, &names::SCHEDULE_INBOX],
        CollectionKind::Notification => &[&names::COLLECTION, &names::NOTIFICATION],
        CollectionKind::Calendar if !place.is_owned(store) => {
            &[&names::COLLECTION, &names::CALENDAR, &names::SHARED]
        }
        CollectionKind::Calendar if collection.invites.is_empty() => &[&names::COLLECTION, &names::CALENDAR],
        CollectionKind::Calendar => &[&names::COLLECTION, &names::CALENDAR, &names::SHARED_OWNER],
    };
    nodes(xml, &names::RESOURCETYPE, types)
}

fn displayname(c: &Context<'_>, target: &Target, xml: &mut XmlWriter) -> bool {
    let name = match target {
        Target::Principal(owner) | Target::Home(owner) => &c.store.principal(owner.id).common_name,
        // A calendar has the name that a client gave it, and none before (spec 5.3).
        _ => return false,
    };
    text(xml, &names::DISPLAYNAME, name)
}

/// The entity tag with its quotes; principals and the notification collection have none.
pub(in crate::embedded) fn etag(store: &Store, target: &Target) -> Option<String> {
    match target {
        Target::Home(owner) => Some(tag("home", owner.id.index(), store.home(owner.id).revision)),
        Target::Collection(place) => collection_etag(place.get(store)?),
        _ => resource(store, target).map(|r| r.etag()),
    }
}

/// The entity tag of a collection: it changes with its properties, not with its members.
pub(in crate::embedded) fn collection_etag(collection: &Collection) -> Option<String> {
    if collection.kind == CollectionKind::Notification {
        return None;
    }
    Some(tag("collection", collection.id.index(), collection.property_revision()))
}

/// As long as CalendarServer's, which is an MD5: a listing of a home has ten of them.
fn tag(kind: &str, index: usize, revision: u64) -> String {
    let hash = |half: u64| RandomState::with_seeds(0, 0, 0, half).hash_one((kind, index, revision));
    let mut tag = String::with_capacity(34);
    tag.push('"');
    push_hex(&mut tag, hash(0), 16);
    push_hex(&mut tag, hash(1), 16);
    tag.push('"');
    tag
}

fn getcontenttype(c: &Context<'_>, target: &Target, xml: &mut XmlWriter) -> bool {
    let kind = match target {
        Target::Member(..) => match resource(c.store, target) {
            Some(resource) => resource.content_type,
            None => return false,
        },
        Target::FreeBusy(_) => "text/calendar;charset=utf-8",
        Target::Attachment(..) | Target::Free(..) | Target::Missing => return false,
        _ => "httpd/unix-directory",
    };
    text(xml, &names::GETCONTENTTYPE, kind)
}

/// `data:,ID_REVISION/SERVER`, the form of CalendarServer's tokens.
pub(in crate::embedded) fn sync_token(c: &Context<'_>, collection: &Collection) -> String {
    let mut id = String::with_capacity(8);
    push_decimal(&mut id, collection.id.index() as u64);
    token(c, &id, collection.revision())
}

/// The token of a whole home, for a sync of its collections.
pub(in crate::embedded) fn home_token(c: &Context<'_>, owner: PrincipalId) -> String {
    token(c, &home_id(owner), c.store.home(owner).revision)
}

/// What stands for a home in its tokens.
pub(in crate::embedded) fn home_id(owner: PrincipalId) -> String {
    let mut id = String::with_capacity(12);
    id.push_str("home");
    push_decimal(&mut id, owner.index() as u64);
    id
}

/// A token for a revision.
pub(in crate::embedded) fn token(c: &Context<'_>, id: &str, revision: u64) -> String {
    let mut token = String::with_capacity(64);
    token.push_str("data:,");
    token.push_str(id);
    token.push('_');
    push_decimal(&mut token, revision);
    token.push('/');
    push_hex(&mut token, c.config.seed ^ 0x6fd6_86e9_00e1_f9d8, 16);
    token
}

/// The revision of a token of this server for this id; 0 for the empty token.
pub(in crate::embedded) fn read_token(c: &Context<'_>, id: &str, text: &str) -> Option<u64> {
    if text.is_empty() {
        return Some(0);
    }
    let revision = text.strip_prefix("data:,")?.split_once('/')?.0.rsplit_once('_')?.1.parse().ok()?;
    (revision != 0 && token(c, id, revision) == text).then_some(revision)
}

fn used_bytes(store: &Store, target: &Target) -> Option<u64> {
    match target {
        Target::Home(_)
        | Target::Outbox(_)
        | Target::FreeBusy(_)
        | Target::Dropbox(_)
        | Target::Collection(_) => {}
        _ => return None,
    }
    let owner = shared_owner(store, target).or(target.owner())?;
    Some(store.home(owner).attachments.values().map(|a| a.bytes.len() as u64).sum())
}

/// `D:supported-report-set` of what is no collection of objects, of an inbox or notification collection, and of a calendar
/// or home.
static REPORT_SETS: LazyLock<[String; 3]> = LazyLock::new(|| {
    let always: [&Name; 5] = [
        &names::ACL_PRINCIPAL_PROP_SET,
        &names::PRINCIPAL_MATCH,
        &names::PRINCIPAL_PROPERTY_SEARCH,
        &names::EXPAND_PROPERTY,
        &names::CALENDARSERVER_PRINCIPAL_SEARCH,
    ];
    let queries = [&names::CALENDAR_QUERY, &names::CALENDAR_MULTIGET];
    let inbox = [queries.as_slice(), &[&names::SYNC_COLLECTION]].concat();
    let calendar = [queries.as_slice(), &[&names::FREE_BUSY_QUERY, &names::SYNC_COLLECTION]].concat();
    [Vec::new(), inbox, calendar].map(|more| {
        let mut xml = XmlWriter::fragment();
        xml.open(&names::SUPPORTED_REPORT_SET);
        for report in always.into_iter().chain(more) {
            xml.open(&names::SUPPORTED_REPORT);
            nodes(&mut xml, &names::REPORT, &[report]);
            xml.close(&names::SUPPORTED_REPORT);
        }
        xml.close(&names::SUPPORTED_REPORT_SET);
        xml.into_fragment()
    })
});

fn supported_reports(c: &Context<'_>, target: &Target, xml: &mut XmlWriter) -> bool {
    let [others, inbox, calendar] = &*REPORT_SETS;
    xml.push_fragment(match target {
        Target::Home(_) => calendar,
        Target::Collection(place) if place.kind(c.store) == CollectionKind::Calendar => calendar,
        Target::Collection(_) => inbox,
        _ => others,
    });
    true
}
