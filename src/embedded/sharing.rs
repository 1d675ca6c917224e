//! Sharing of calendars, as CalendarServer does it: invitations are notifications, a reply binds the
//! calendar into the sharee's home (spec 5.4.5).
use super::attachment::uuid;
use super::call::Call;
use super::notification;
use super::paths::{Place, Target};
use super::propfind::tagged;
use super::reply::{self, Refusal, Reply};
use super::store::home::{Binding, Invite, InviteState, Share};
use super::store::{CollectionKind, PrincipalId, Store};
use crate::dav::{Element, MultistatusWriter, XmlWriter, names, path};

/// POST of CS:share to a calendar: invites and uninvites.
pub fn share(call: &Call<'_>, store: &mut Store) -> Result<Reply, Refusal> {
    call.check_access(store, true)?;
    let Target::Collection(place) = &call.target else {
        return Err(Refusal::status(405));
    };
    if place.kind(store) != CollectionKind::Calendar || !place.is_owned(store) {
        return Err(Refusal::status(403));
    }
    let root = call.xml()?;
    if root.name != names::SHARE {
        return Err(Refusal::status(400));
    }
    let mut unknown = Vec::new();
    for change in &root.children {
        let address = change.child_text(&names::HREF).unwrap_or("");
        let set = change.name.is(crate::dav::name::CALENDARSERVER, "set");
        match store.principal_by_address(address) {
            Some(sharee) if sharee == call.by => unknown.push(address),
            Some(sharee) if set => invite(call, store, place, sharee, change),
            Some(sharee) => uninvite(store, place, sharee),
            None => unknown.push(address),
        }
    }
    if unknown.is_empty() {
        return Ok(tagged(reply::empty(200), store, &call.target));
    }
    let mut out = MultistatusWriter::new();
    for address in unknown {
        out.status(address, 403, None);
    }
    Ok(reply::multistatus(out.finish()))
}

fn invite(call: &Call<'_>, store: &mut Store, place: &Place, sharee: PrincipalId, change: &Element) {
    let write = change.child(&names::READ_WRITE).is_some();
    let summary = change.child_text(&names::SUMMARY).unwrap_or(&place.name).to_owned();
    let uid = uuid(call.config.seed, "invite", store.revision());
    let Some(invites) = store.invites_mut(place.collection) else {
        return;
    };
    let invite = match invites.iter_mut().find(|i| i.sharee == sharee) {
        Some(known) => {
            known.write = write;
            known.clone()
        }
        None => {
            let invite = Invite { uid, sharee, write, state: InviteState::NoResponse, summary };
            invites.push(invite.clone());
            invite
        }
    };
    if invite.state == InviteState::Accepted {
        store.set_share_access(sharee, place.collection, write);
    } else {
        notification::invite(store, place, &invite);
    }
}

fn uninvite(store: &mut Store, place: &Place, sharee: PrincipalId) {
    let Some(invites) = store.invites_mut(place.collection) else {
        return;
    };
    let Some(at) = invites.iter().position(|i| i.sharee == sharee) else {
        return;
    };
    let invite = invites.remove(at);
    let inbox = store.notifications(sharee);
    store.remove(inbox, &notification::invite_name(&invite.uid));
    if let Some(name) = store.home(sharee).name_of(place.collection).map(str::to_owned) {
        store.unbind(sharee, &name);
    }
}

/// POST of CS:invite-reply to the sharee's home: accepts or declines.
pub fn reply_to_invite(call: &Call<'_>, store: &mut Store) -> Result<Reply, Refusal> {
    call.check_access(store, true)?;
    let root = call.xml()?;
    if root.name != names::INVITE_REPLY {
        return Err(Refusal::status(400));
    }
    let accepted = root.child(&names::INVITE_ACCEPTED).is_some();
    let uid = root.child_text(&names::IN_REPLY_TO).unwrap_or("").to_owned();
    let host = root.child(&names::HOSTURL).and_then(|h| h.child_text(&names::HREF)).unwrap_or("");
    let Target::Collection(host) = Target::find(store, &path::canonical(host)) else {
        return Err(Refusal::status(403));
    };
    let state = if accepted { InviteState::Accepted } else { InviteState::Declined };
    let invite = answer(store, &host, call.by, &uid, state).ok_or(Refusal::status(403))?;
    notification::reply(store, &host, &invite);
    if !accepted {
        if let Some(name) = store.home(call.by).name_of(host.collection).map(str::to_owned) {
            store.unbind(call.by, &name);
        }
        return Ok(reply::empty(204));
    }
    bind(store, call.by, &host, &invite, root.child_text(&names::SUMMARY));
    let shared_as = format!("{}{}", store.principal(call.by).home_path(), invite.uid);
    let mut xml = XmlWriter::document(&names::SHARED_AS);
    xml.text(&names::HREF, &shared_as);
    Ok(tagged(reply::xml(200, xml.finish(&names::SHARED_AS)), store, &call.target))
}

/// Writes the answer down with the calendar; `None` when there is no such invitation for this user.
fn answer(store: &mut Store, host: &Place, by: PrincipalId, uid: &str, state: InviteState) -> Option<Invite> {
    host.get(store)?.invites.iter().find(|i| i.sharee == by && i.uid == uid)?;
    let invite = store.invites_mut(host.collection)?.iter_mut().find(|i| i.sharee == by)?;
    invite.state = state;
    Some(invite.clone())
}

fn bind(store: &mut Store, sharee: PrincipalId, host: &Place, invite: &Invite, summary: Option<&str>) {
    if store.home(sharee).shows(host.collection) {
        return;
    }
    let text = summary.filter(|s| !s.is_empty()).unwrap_or(&invite.summary).to_owned();
    let name =
        Element { name: names::DISPLAYNAME.clone(), attributes: Vec::new(), text, children: Vec::new() };
    let share = Share { write: invite.write, invite: invite.uid.clone(), properties: vec![name] };
    store.bind_share(sharee, &invite.uid, Binding::shared(host.collection, share));
}

/// DELETE of a shared calendar by the sharee: it declines.
pub fn leave(call: &Call<'_>, store: &mut Store, place: &Place) {
    let uid = place.binding(store).and_then(|b| b.share.as_ref()).map(|s| s.invite.clone());
    store.unbind(place.home.id, &place.name);
    let invite = uid.and_then(|uid| answer(store, place, call.by, &uid, InviteState::Declined));
    let host = place.get(store).and_then(|c| {
        let name = store.home(c.owner).name_of(c.id)?.to_owned();
        Some(Place { home: super::paths::Owner::new(c.owner), name, collection: c.id })
    });
    if let (Some(invite), Some(host)) = (invite, host) {
        notification::reply(store, &host, &invite);
    }
}
