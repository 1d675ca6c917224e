//! Who the people of an event are.
use crate::embedded::store::{PrincipalId, Store};
use crate::icalendar::{Addresses, Calendar, Component, Line};

/// The part a user has in an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// No scheduling: nobody is invited, or the user is not among them.
    None,
    /// The user invites others.
    Organizer,
    /// The user is invited.
    Attendee,
}

/// The part a user has in an event (RFC 6638 section 3.1).
pub fn role(store: &Store, user: PrincipalId, calendar: &Calendar) -> Role {
    let invites = calendar.entries().any(|entry| entry.get("ATTENDEE").is_some());
    if !invites || calendar.organizer().is_none() {
        return Role::None;
    }
    let me = addresses(store, user);
    if calendar.is_organizer(&me) {
        Role::Organizer
    } else if calendar.entries().any(|entry| entry.partstat(&me).is_some()) {
        Role::Attendee
    } else {
        Role::None
    }
}

/// All addresses of a user.
pub fn addresses(store: &Store, user: PrincipalId) -> Addresses {
    let principal = store.principal(user);
    let paths = [principal.path(), format!("/principals/users/{}", principal.uid)];
    Addresses::new(principal.addresses().into_iter().chain(paths))
}

/// The user an ATTENDEE or ORGANIZER line names.
pub fn principal_of(store: &Store, line: &Line) -> Option<PrincipalId> {
    let by_mail = || store.principal_by_address(&format!("mailto:{}", line.param("EMAIL")?));
    store.principal_by_address(line.value()).or_else(by_mail)
}

/// The user who organizes an event.
pub fn organizer_of(store: &Store, calendar: &Calendar) -> Option<PrincipalId> {
    let line = calendar.entries().find_map(|entry| entry.get("ORGANIZER"))?;
    principal_of(store, line)
}

/// The users invited to any instance, each once, in the order of the event.
pub fn attendees_of(store: &Store, calendar: &Calendar) -> Vec<PrincipalId> {
    let mut users = Vec::new();
    for line in calendar.entries().flat_map(|entry| entry.all("ATTENDEE")) {
        if let Some(user) = principal_of(store, line).filter(|user| !users.contains(user)) {
            users.push(user);
        }
    }
    users
}

/// Does the server speak for this attendee (RFC 6638 section 7.1)? Else the client said it will.
pub fn served(line: &Line) -> bool {
    line.param("SCHEDULE-AGENT").is_none_or(|agent| agent.eq_ignore_ascii_case("SERVER"))
}

/// Writes addresses as CalendarServer does: `urn:x-uid:` with the parameters CN and EMAIL, by which its
/// clients recognise themselves. Strangers stay as they are.
pub fn canonicalise(store: &Store, calendar: &mut Calendar) {
    for line in calendar.entries_mut().flat_map(Component::lines_mut) {
        if !line.is("ATTENDEE") && !line.is("ORGANIZER") {
            continue;
        }
        let Some(user) = principal_of(store, line) else { continue };
        let principal = store.principal(user);
        line.set_value(&format!("urn:x-uid:{}", principal.guid));
        if line.param("CN").is_none() {
            line.set_param("CN", &principal.common_name);
        }
        if !principal.email.is_empty() {
            line.set_param("EMAIL", &principal.email);
        }
    }
}
