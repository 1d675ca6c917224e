//! Invitations, notifications and push keys.
use super::general::calendar;
use super::{Context, Property, hidden, nodes, resource, text};
use crate::dav::{XmlWriter, names};
use crate::embedded::paths::Target;
use crate::embedded::store::home::{Invite, InviteState};

pub(super) static TABLE: &[Property] = &[
    hidden(&names::ALLOWED_SHARING_MODES, |c, t, xml| {
        calendar(c.store, t)
            .is_some_and(|_| nodes(xml, &names::ALLOWED_SHARING_MODES, &[&names::CAN_BE_SHARED]))
    }),
    hidden(&names::INVITE, invite),
    hidden(&names::NOTIFICATIONTYPE, |c, t, xml| {
        let Some(resource) = resource(c.store, t) else {
            return false;
        };
        match resource.component {
            "invite-notification" => {
                xml.open(&names::NOTIFICATIONTYPE);
                xml.empty_with(&names::INVITE_NOTIFICATION, &[("shared-type", "calendar")]);
                xml.close(&names::NOTIFICATIONTYPE);
                true
            }
            "invite-reply" => nodes(xml, &names::NOTIFICATIONTYPE, &[&names::INVITE_REPLY]),
            _ => false,
        }
    }),
    hidden(&names::PUSHKEY, |c, t, xml| {
        let key = match t {
            Target::Home(owner) => c.store.push_key(owner.id),
            Target::Collection(place) => match calendar(c.store, t) {
                // An owned calendar has the key of its home, a shared one that of the owner's calendar.
                Some(_) if place.is_owned(c.store) => c.store.push_key(place.home.id),
                Some(collection) => c.store.calendar_push_key(collection),
                None => return false,
            },
            _ => return false,
        };
        text(xml, &names::PUSHKEY, &key)
    }),
];

fn invite(c: &Context<'_>, target: &Target, xml: &mut XmlWriter) -> bool {
    let (Some(collection), Target::Collection(place)) = (calendar(c.store, target), target) else {
        return false;
    };
    if collection.invites.is_empty() {
        return false;
    }
    let owned = place.is_owned(c.store);
    xml.open(&names::INVITE);
    if !owned {
        let organizer = c.store.principal(collection.owner);
        xml.open(&names::ORGANIZER);
        xml.text(&names::HREF, &organizer.path());
        xml.text(&names::COMMON_NAME, &organizer.common_name);
        xml.close(&names::ORGANIZER);
    }
    for invite in &collection.invites {
        user(c, xml, invite, owned);
    }
    xml.close(&names::INVITE);
    true
}

/// One invited user; the uid is only the owner's business.
fn user(c: &Context<'_>, xml: &mut XmlWriter, invite: &Invite, owned: bool) {
    let sharee = c.store.principal(invite.sharee);
    xml.open(&names::USER);
    if owned {
        xml.text(&names::UID, &invite.uid);
    }
    xml.text(&names::HREF, &format!("urn:x-uid:{}", sharee.guid));
    xml.text(&names::COMMON_NAME, &sharee.common_name);
    nodes(xml, &names::ACCESS, &[if invite.write { &names::READ_WRITE } else { &names::READ_ONLY }]);
    xml.empty(match invite.state {
        InviteState::NoResponse => &names::INVITE_NORESPONSE,
        InviteState::Accepted => &names::INVITE_ACCEPTED,
        InviteState::Declined => &names::INVITE_DECLINED,
    });
    xml.close(&names::USER);
}
