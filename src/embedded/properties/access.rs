//! Privileges (RFC 3744 section 5.4).
use super::{Context, Property, hidden, nodes};
use crate::dav::{Name, XmlWriter, names};
use crate::embedded::paths::{Place, Target};
use crate::embedded::store::CollectionKind;

pub(super) static TABLE: &[Property] = &[hidden(&names::CURRENT_USER_PRIVILEGE_SET, privileges)];

static ALL: &[&Name] = &[
    &names::ALL,
    &names::READ,
    &names::READ_FREE_BUSY,
    &names::WRITE,
    &names::WRITE_PROPERTIES,
    &names::WRITE_CONTENT,
    &names::BIND,
    &names::UNBIND,
    &names::UNLOCK,
    &names::READ_ACL,
    &names::WRITE_ACL,
    &names::READ_CURRENT_USER_PRIVILEGE_SET,
];
static READ: &[&Name] =
    &[&names::READ, &names::READ_FREE_BUSY, &names::READ_ACL, &names::READ_CURRENT_USER_PRIVILEGE_SET];
static WRITE: &[&Name] =
    &[&names::WRITE, &names::WRITE_PROPERTIES, &names::WRITE_CONTENT, &names::BIND, &names::UNBIND];
static LOOK: &[&Name] = &[&names::READ, &names::READ_CURRENT_USER_PRIVILEGE_SET];

fn privileges(c: &Context<'_>, target: &Target, xml: &mut XmlWriter) -> bool {
    let inbox = [&names::SCHEDULE_DELIVER, &names::SCHEDULE];
    let outbox = [&names::SCHEDULE_SEND, &names::SCHEDULE];
    let mut granted: Vec<&Name> = Vec::new();
    match target {
        Target::Home(_) | Target::Free(..) => granted.extend(ALL),
        Target::Outbox(_) => {
            granted.extend(ALL);
            granted.extend(outbox);
        }
        Target::FreeBusy(_) => {
            granted.extend(inbox);
            granted.extend(ALL);
        }
        Target::Collection(place) | Target::Member(place, _) => match place.kind(c.store) {
            CollectionKind::Inbox => {
                granted.extend(inbox);
                granted.extend(ALL);
            }
            _ if place.is_owned(c.store) => granted.extend(ALL),
            _ => {
                granted.extend(READ);
                granted.extend(if may_write(c, place) { WRITE } else { &[] });
            }
        },
        _ => granted.extend(LOOK),
    }
    xml.open(&names::CURRENT_USER_PRIVILEGE_SET);
    for privilege in granted {
        nodes(xml, &names::PRIVILEGE, &[privilege]);
    }
    xml.close(&names::CURRENT_USER_PRIVILEGE_SET);
    true
}

fn may_write(c: &Context<'_>, place: &Place) -> bool {
    place.binding(c.store).and_then(|b| b.share.as_ref()).is_none_or(|share| share.write)
}
