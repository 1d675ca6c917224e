//! Properties of calendars, homes and inboxes.
use super::general::calendar;
use super::{Context, Property, dead, hidden, href, hrefs, nodes, resource, text};
use crate::dav::{XmlWriter, names};
use crate::embedded::digits::push_decimal;
use crate::embedded::paths::{Owner, Place, Target};
use crate::embedded::store::{CollectionKind, PrincipalId, Store};

pub(super) static TABLE: &[Property] = &[
    hidden(&names::GETCTAG, |c, t, xml| match t {
        Target::Collection(place) => place.get(c.store).is_some_and(|collection| {
            let mut tag = String::with_capacity(24);
            push_decimal(&mut tag, collection.id.index() as u64);
            tag.push('_');
            push_decimal(&mut tag, collection.revision());
            text(xml, &names::GETCTAG, &tag)
        }),
        _ => false,
    }),
    hidden(&names::SUPPORTED_CALENDAR_COMPONENT_SET, component_set),
    hidden(&names::SUPPORTED_CALENDAR_COMPONENT_SETS, |_, t, xml| {
        if !matches!(t, Target::Home(_)) {
            return false;
        }
        xml.open(&names::SUPPORTED_CALENDAR_COMPONENT_SETS);
        for component in ["VEVENT", "VTODO"] {
            components(xml, &[component]);
        }
        xml.close(&names::SUPPORTED_CALENDAR_COMPONENT_SETS);
        true
    }),
    hidden(&names::SUPPORTED_CALENDAR_DATA, |c, t, xml| {
        calendar(c.store, t).is_some_and(|_| {
            xml.open(&names::SUPPORTED_CALENDAR_DATA);
            let media = [("content-type", "text/calendar"), ("version", "2.0")];
            xml.empty_with(&names::CALENDAR_DATA, &media);
            xml.close(&names::SUPPORTED_CALENDAR_DATA);
            true
        })
    }),
    hidden(&names::MAX_RESOURCE_SIZE, |c, t, xml| {
        calendar(c.store, t).is_some_and(|_| {
            let size = c.config.max_body.to_string();
            text(xml, &names::MAX_RESOURCE_SIZE, &size)
        })
    }),
    hidden(&names::SCHEDULE_CALENDAR_TRANSP, transp),
    hidden(&names::SCHEDULE_DEFAULT_CALENDAR_URL, |c, t, xml| match inbox_owner(c.store, t) {
        Some(owner) => match default_calendar(c.store, owner) {
            // Without a slash at its end, as CalendarServer writes it.
            Some(path) => href(xml, &names::SCHEDULE_DEFAULT_CALENDAR_URL, &[path.trim_end_matches('/')]),
            None => false,
        },
        None => false,
    }),
    hidden(&names::CALENDAR_FREE_BUSY_SET, |c, t, xml| match inbox_owner(c.store, t) {
        Some(owner) => {
            let calendars = c.store.free_busy_calendars(owner);
            let home = c.store.home(owner);
            let paths: Vec<String> = calendars
                .into_iter()
                .filter_map(|id| {
                    let name = home.name_of(id)?.to_owned();
                    Some(Place { home: Owner::new(owner), name, collection: id }.href(c.store))
                })
                .collect();
            hrefs(xml, &names::CALENDAR_FREE_BUSY_SET, &paths)
        }
        None => false,
    }),
    hidden(&names::SCHEDULE_TAG, |c, t, xml| {
        let tag = resource(c.store, t).and_then(|r| r.schedule_tag());
        // CalendarServer leaves out the quotes in the property.
        tag.is_some_and(|tag| text(xml, &names::SCHEDULE_TAG, tag.trim_matches('"')))
    }),
    hidden(&names::MANAGED_ATTACHMENTS_SERVER_URL, |_, t, xml| {
        // An empty href: the attachments are on this server (RFC 8607 section 6.1).
        matches!(t, Target::Home(_)) && nodes(xml, &names::MANAGED_ATTACHMENTS_SERVER_URL, &[&names::HREF])
    }),
    hidden(&names::DEFAULT_ALARM_VEVENT_DATE, |c, t, xml| {
        default_alarm(c, t, xml, &names::DEFAULT_ALARM_VEVENT_DATE)
    }),
    hidden(&names::DEFAULT_ALARM_VEVENT_DATETIME, |c, t, xml| {
        default_alarm(c, t, xml, &names::DEFAULT_ALARM_VEVENT_DATETIME)
    }),
];

fn component_set(c: &Context<'_>, target: &Target, xml: &mut XmlWriter) -> bool {
    match target {
        Target::Outbox(_) => components(xml, &["VEVENT", "VTODO", "VFREEBUSY"]),
        Target::Collection(place) => match place.get(c.store) {
            Some(collection) if collection.kind != CollectionKind::Notification => {
                let names: Vec<&str> = collection.components.iter().map(|c| &**c).collect();
                components(xml, &names)
            }
            _ => false,
        },
        _ => false,
    }
}

fn components(xml: &mut XmlWriter, components: &[&str]) -> bool {
    xml.open(&names::SUPPORTED_CALENDAR_COMPONENT_SET);
    for name in components {
        xml.empty_with(&names::COMP, &[("name", name)]);
    }
    xml.close(&names::SUPPORTED_CALENDAR_COMPONENT_SET);
    true
}

/// A sharee's view of a calendar is transparent until it says otherwise.
fn transp(c: &Context<'_>, target: &Target, xml: &mut XmlWriter) -> bool {
    let (Some(collection), Target::Collection(place)) = (calendar(c.store, target), target) else {
        return false;
    };
    let transparent = if place.is_owned(c.store) {
        collection.is_transparent()
    } else {
        let set = dead(c.store, target).iter().find(|p| p.name == names::SCHEDULE_CALENDAR_TRANSP);
        set.is_none_or(|p| p.child(&names::TRANSPARENT).is_some())
    };
    let value = if transparent { &names::TRANSPARENT } else { &names::OPAQUE };
    nodes(xml, &names::SCHEDULE_CALENDAR_TRANSP, &[value])
}

fn inbox_owner(store: &Store, target: &Target) -> Option<PrincipalId> {
    match target {
        Target::Collection(place) if place.kind(store) == CollectionKind::Inbox => Some(place.home.id),
        _ => None,
    }
}

fn default_calendar(store: &Store, owner: PrincipalId) -> Option<String> {
    let id = store.default_calendar(owner)?;
    let name = store.home(owner).name_of(id)?.to_owned();
    Some(Place { home: Owner::new(owner), name, collection: id }.href(store))
}

/// Alarms are the business of each user: a shared calendar starts with none, so that the owner's do not ring.
fn default_alarm(c: &Context<'_>, target: &Target, xml: &mut XmlWriter, name: &crate::dav::Name) -> bool {
    let Target::Collection(place) = target else {
        return false;
    };
    if place.is_owned(c.store) || dead(c.store, target).iter().any(|p| p.name == *name) {
        return false;
    }
    xml.empty(name);
    true
}
