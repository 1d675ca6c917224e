//! Properties of users.
use super::{Context, Property, hidden, hrefs, text};
use crate::dav::{Name, XmlWriter, names};
use crate::embedded::paths::Target;
use crate::embedded::store::Principal;

pub(super) static TABLE: &[Property] = &[
    hidden(&names::PRINCIPAL_URL, |c, t, xml| href(c, t, xml, &names::PRINCIPAL_URL, Principal::path)),
    hidden(&names::CALENDAR_HOME_SET, |c, t, xml| {
        href(c, t, xml, &names::CALENDAR_HOME_SET, Principal::home_path)
    }),
    hidden(&names::CALENDAR_USER_ADDRESS_SET, |c, t, xml| {
        of(c, t).is_some_and(|p| hrefs(xml, &names::CALENDAR_USER_ADDRESS_SET, &p.addresses()))
    }),
    hidden(&names::CALENDAR_USER_TYPE, |c, t, xml| {
        of(c, t).is_some_and(|_| text(xml, &names::CALENDAR_USER_TYPE, "INDIVIDUAL"))
    }),
    hidden(&names::SCHEDULE_INBOX_URL, |c, t, xml| {
        href(c, t, xml, &names::SCHEDULE_INBOX_URL, |p| p.home_path() + "inbox/")
    }),
    hidden(&names::SCHEDULE_OUTBOX_URL, |c, t, xml| {
        href(c, t, xml, &names::SCHEDULE_OUTBOX_URL, |p| p.home_path() + "outbox/")
    }),
    hidden(&names::DROPBOX_HOME_URL, |c, t, xml| {
        href(c, t, xml, &names::DROPBOX_HOME_URL, |p| p.home_path() + "dropbox/")
    }),
    hidden(&names::NOTIFICATION_URL, |c, t, xml| {
        href(c, t, xml, &names::NOTIFICATION_URL, |p| p.home_path() + "notification/")
    }),
    hidden(&names::EMAIL_ADDRESS_SET, |c, t, xml| {
        of(c, t).is_some_and(|p| {
            xml.open(&names::EMAIL_ADDRESS_SET);
            if !p.email.is_empty() {
                xml.text(&names::EMAIL_ADDRESS, &p.email);
            }
            xml.close(&names::EMAIL_ADDRESS_SET);
            true
        })
    }),
    hidden(&names::FIRST_NAME, |c, t, xml| {
        of(c, t).is_some_and(|p| text(xml, &names::FIRST_NAME, first_and_last(p).0))
    }),
    hidden(&names::LAST_NAME, |c, t, xml| {
        of(c, t).is_some_and(|p| text(xml, &names::LAST_NAME, first_and_last(p).1))
    }),
    hidden(&names::RECORD_TYPE, |c, t, xml| {
        of(c, t).is_some_and(|_| text(xml, &names::RECORD_TYPE, "users"))
    }),
    // Nobody has delegates here: the properties are there and empty.
    hidden(&names::CALENDAR_PROXY_READ_FOR, |c, t, xml| nobody(c, t, xml, &names::CALENDAR_PROXY_READ_FOR)),
    hidden(&names::CALENDAR_PROXY_WRITE_FOR, |c, t, xml| nobody(c, t, xml, &names::CALENDAR_PROXY_WRITE_FOR)),
    hidden(&names::GROUP_MEMBERSHIP, |c, t, xml| nobody(c, t, xml, &names::GROUP_MEMBERSHIP)),
    hidden(&names::GROUP_MEMBER_SET, |c, t, xml| nobody(c, t, xml, &names::GROUP_MEMBER_SET)),
];

/// The user's name at its last space: what is before it, and what is behind it.
pub(in crate::embedded) fn first_and_last(principal: &Principal) -> (&str, &str) {
    principal.common_name.rsplit_once(' ').unwrap_or(("", &principal.common_name))
}

fn of<'s>(c: &Context<'s>, target: &Target) -> Option<&'s Principal> {
    match target {
        Target::Principal(owner) => Some(c.store.principal(owner.id)),
        _ => None,
    }
}

fn href(
    c: &Context<'_>,
    target: &Target,
    xml: &mut XmlWriter,
    name: &Name,
    path: fn(&Principal) -> String,
) -> bool {
    of(c, target).is_some_and(|p| hrefs(xml, name, &[path(p)]))
}

fn nobody(c: &Context<'_>, target: &Target, xml: &mut XmlWriter, name: &Name) -> bool {
    of(c, target).is_some_and(|_| {
        xml.empty(name);
        true
    })
}
