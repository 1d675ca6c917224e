//! The notification collection, and invitations to calendars, which are accepted (CalendarServer, spec 5.4.5).

use super::changes::{self, Report};
use super::seen::is_same;
use super::tolerate;
use crate::calendar::memory::CalendarMemory;
use crate::calendar::model::Body;
use crate::calendar::wire::{body, labels, send};
use crate::client::{Context, Trouble};
use crate::dav::{Element, names};
use crate::http::Call;

const REPORT: Report = Report {
    body: Body::SyncNotifications,
    labels: (labels::SYNC_NOTIFICATIONS, labels::SYNC_NOTIFICATIONS_INIT),
};

/// An invitation to a calendar of somebody else.
#[derive(Debug, PartialEq, Eq)]
struct Invitation {
    /// The address that was invited.
    address: String,
    /// Where the calendar is.
    host: String,
    uid: String,
    summary: String,
}

/// Reads what is new in the notification collection `href`, accepts invitations, and deletes what was read. `change` is
/// what the home showed of it.
pub async fn sync(
    cx: &Context,
    memory: &mut CalendarMemory,
    href: &str,
    change: Option<Box<str>>,
) -> Result<(), Trouble> {
    let token = memory.home.notification_token.clone();
    let Some(found) = changes::changes(cx, memory, href, token, &REPORT).await? else {
        memory.home.notification_change = change;
        return Ok(());
    };
    for item in found.present.keys().filter(|item| !is_same(item, href)) {
        handle(cx, memory, item).await?;
    }
    memory.home.notification_token = found.token;
    memory.home.notification_change = change;
    Ok(())
}

/// Reads one notification, answers it if it is an invitation, and deletes it.
async fn handle(cx: &Context, memory: &mut CalendarMemory, item: &str) -> Result<(), Trouble> {
    let call = Call::new(labels::GET_NOTIFICATION, "GET", item, &[200, 404]);
    let answer = send(cx, memory, call).await?;
    if answer.status == 404 {
        return Ok(());
    }
    if let Some(invitation) = invitation(&answer.text())
        && let Some(home) = memory.principal.home().cloned()
    {
        let blanks = [
            ("address", invitation.address.as_str()),
            ("host", &invitation.host),
            ("uid", &invitation.uid),
            ("summary", &invitation.summary),
        ];
        let text = body(memory, Body::AcceptShare, &blanks)?;
        let call = Call::new(labels::ACCEPT_SHARE, "POST", &home, &[200, 201, 207]).body("text/xml", text);
        tolerate(send(cx, memory, call).await)?;
    }
    let call = Call::new(labels::DELETE_INVITE, "DELETE", item, &[200, 204, 404]);
    send(cx, memory, call).await?;
    Ok(())
}

/// The invitation in a notification's body; None if it is another notification, or one that was answered.
fn invitation(text: &str) -> Option<Invitation> {
    let root = Element::parse(text).ok()?;
    let invite = root.child(&names::INVITE_NOTIFICATION)?;
    invite.child(&names::INVITE_NORESPONSE)?;
    let own = |name| invite.child_text(name).map(str::to_owned);
    Some(Invitation {
        address: own(&names::HREF)?,
        host: invite.child(&names::HOSTURL)?.child_text(&names::HREF)?.to_owned(),
        uid: own(&names::UID)?,
        summary: own(&names::SUMMARY).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_open_invitation_is_one() {
        let text = |inner: &str| {
            format!(
                "<notification xmlns='http://calendarserver.org/ns/' xmlns:D='DAV:'>{inner}</notification>"
            )
        };
        let open = "<invite-notification><uid>7</uid><D:href>urn:x-uid:2</D:href><invite-noresponse/>\
                    <hosturl><D:href>/c/1/a&amp;b</D:href></hosturl><summary>s</summary></invite-notification>";
        let found = invitation(&text(open)).unwrap();
        assert_eq!((found.host.as_str(), found.uid.as_str(), found.summary.as_str()), ("/c/1/a&b", "7", "s"));
        assert_eq!(invitation(&text(&open.replace("noresponse", "deleted"))), None);
        assert_eq!(invitation(&text("<invite-reply/>")), None);
        assert_eq!(invitation("nonsense"), None);
    }
}
