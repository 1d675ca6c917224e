//! Privileges (RFC 3744 section 5.4).
use super::{Context, Property, hidden, nodes};
use crate::dav::{Name, XmlWriter, names};
use crate::embedded::paths::{Place, Target};
use crate::embedded::store::CollectionKind;
use std::sync::LazyLock;

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

static INBOX: &[&Name] = &[&names::SCHEDULE_DELIVER, &names::SCHEDULE];
static OUTBOX: &[&Name] = &[&names::SCHEDULE_SEND, &names::SCHEDULE];

/// What somebody may do with a resource: the position in [`SETS`].
#[derive(Clone, Copy)]
enum Granted {
    All,
    Outbox,
    Inbox,
    Read,
    ReadWrite,
    Look,
}

/// The whole property for each of [`Granted`]: it is a third of the listing of a home.
static SETS: LazyLock<[String; 6]> = LazyLock::new(|| {
    let sets: [&[&[&Name]]; 6] = [&[ALL], &[ALL, OUTBOX], &[INBOX, ALL], &[READ], &[READ, WRITE], &[LOOK]];
    sets.map(|parts| {
        let mut xml = XmlWriter::fragment();
        xml.open(&names::CURRENT_USER_PRIVILEGE_SET);
        for privilege in parts.iter().copied().flatten() {
            nodes(&mut xml, &names::PRIVILEGE, &[privilege]);
        }
        xml.close(&names::CURRENT_USER_PRIVILEGE_SET);
        xml.into_fragment()
    })
});

fn privileges(c: &Context<'_>, target: &Target, xml: &mut XmlWriter) -> bool {
    xml.push_fragment(&SETS[granted(c, target) as usize]);
    true
}

fn granted(c: &Context<'_>, target: &Target) -> Granted {
    match target {
        Target::Home(_) | Target::Free(..) => Granted::All,
        Target::Outbox(_) => Granted::Outbox,
        Target::FreeBusy(_) => Granted::Inbox,
        Target::Collection(place) | Target::Member(place, _) => match place.kind(c.store) {
            CollectionKind::Inbox => Granted::Inbox,
            _ if place.is_owned(c.store) => Granted::All,
            _ if may_write(c, place) => Granted::ReadWrite,
            _ => Granted::Read,
        },
        _ => Granted::Look,
    }
}

fn may_write(c: &Context<'_>, place: &Place) -> bool {
    place.binding(c.store).and_then(|b| b.share.as_ref()).is_none_or(|share| share.write)
}
