//! The documents of the notification collection.
use super::paths::Place;
use super::store::home::{Invite, InviteState};
use super::store::{Object, ScheduleTag, Store};
use crate::dav::{Name, XmlWriter, names};

/// The resource name of an invitation.
pub fn invite_name(uid: &str) -> String {
    format!("{uid}.xml")
}

/// Tells a user that a calendar is offered to it.
pub fn invite(store: &mut Store, host: &Place, invite: &Invite) {
    let mut xml = begin(store);
    xml.open_with(&names::INVITE_NOTIFICATION, SHARED_TYPE);
    xml.text(&names::UID, &invite.uid);
    xml.text(&names::HREF, &format!("urn:x-uid:{}", store.principal(invite.sharee).guid));
    xml.empty(state(invite.state));
    xml.open(&names::ACCESS);
    xml.empty(if invite.write { &names::READ_WRITE } else { &names::READ_ONLY });
    xml.close(&names::ACCESS);
    host_url(&mut xml, store, host);
    let owner = store.principal(host.home.id);
    xml.open(&names::ORGANIZER);
    xml.text(&names::HREF, &owner.path());
    xml.text(&names::COMMON_NAME, &owner.common_name);
    xml.close(&names::ORGANIZER);
    xml.text(&names::SUMMARY, &invite.summary);
    xml.open(&names::SUPPORTED_CALENDAR_COMPONENT_SET);
    for component in host.get(store).map_or(&[][..], |c| &c.components) {
        xml.empty_with(&names::COMP, &[("name", component)]);
    }
    xml.close(&names::SUPPORTED_CALENDAR_COMPONENT_SET);
    xml.close(&names::INVITE_NOTIFICATION);
    let collection = store.notifications(invite.sharee);
    let object = object(xml, "invite-notification");
    store.put(collection, &invite_name(&invite.uid), object);
}

/// Tells the owner of a calendar what an invited user said.
pub fn reply(store: &mut Store, host: &Place, invite: &Invite) {
    let sharee = store.principal(invite.sharee);
    let mut xml = begin(store);
    xml.open_with(&names::INVITE_REPLY, SHARED_TYPE);
    let address = sharee.addresses().into_iter().next().unwrap_or_default();
    xml.text(&names::HREF, &address);
    xml.empty(state(invite.state));
    host_url(&mut xml, store, host);
    xml.text(&names::IN_REPLY_TO, &invite.uid);
    xml.text(&names::SUMMARY, &invite.summary);
    xml.text(&names::COMMON_NAME, &sharee.common_name);
    xml.close(&names::INVITE_REPLY);
    let collection = store.notifications(host.home.id);
    let object = object(xml, "invite-reply");
    store.put(collection, &format!("{}-reply.xml", invite.uid), object);
}

const SHARED_TYPE: &[(&str, &str)] = &[("shared-type", "calendar")];

fn begin(store: &Store) -> XmlWriter {
    let mut xml = XmlWriter::document(&names::NOTIFICATION);
    xml.text(&names::DTSTAMP, &store.now().format("%Y%m%dT%H%M%SZ").to_string());
    xml
}

fn host_url(xml: &mut XmlWriter, store: &Store, host: &Place) {
    xml.open(&names::HOSTURL);
    xml.text(&names::HREF, host.href(store).trim_end_matches('/'));
    xml.close(&names::HOSTURL);
}

fn state(state: InviteState) -> &'static Name {
    match state {
        InviteState::NoResponse => &names::INVITE_NORESPONSE,
        InviteState::Accepted => &names::INVITE_ACCEPTED,
        InviteState::Declined => &names::INVITE_DECLINED,
    }
}

fn object(xml: XmlWriter, kind: &'static str) -> Object {
    Object {
        bytes: xml.finish(&names::NOTIFICATION).into(),
        uid: String::new(),
        component: kind,
        content_type: "text/xml",
        schedule_tag: ScheduleTag::None,
    }
}
