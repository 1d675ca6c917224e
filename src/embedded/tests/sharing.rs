use super::*;
use crate::dav::names;

async fn share(server: &Server, inner: &str) -> Answer {
    let body = format!("<CS:share {NS}>{inner}</CS:share>");
    send(server, 1, &format!("POST {}calendar/\nContent-Type: text/xml", home(1)), &body).await
}

const INVITE: &str = "<CS:set><D:href>mailto:user02@example.com</D:href><CS:summary>mine</CS:summary><CS:read-write/></CS:set>";

/// The name and text of the only notification.
async fn notification(server: &Server, user: u32) -> (String, String) {
    let body = propfind("<CS:notificationtype/>");
    let answer = send(server, user, &format!("PROPFIND {}notification/\nDepth: 1", home(user)), &body).await;
    let href = answer.hrefs().pop().unwrap();
    let text = send(server, user, &format!("GET {href}"), "").await.body;
    (href, text)
}

async fn accept(server: &Server) -> (String, String) {
    let (href, text) = notification(server, 2).await;
    let uid = href.rsplit('/').next().unwrap().trim_end_matches(".xml").to_owned();
    assert!(text.contains("invite-noresponse") && text.contains(&uid), "{text}");
    let body = format!(
        "<CS:invite-reply {NS}><D:href>urn:x-uid:x</D:href><CS:invite-accepted/><CS:hosturl><D:href>{}calendar</D:href>\
         </CS:hosturl><CS:in-reply-to>{uid}</CS:in-reply-to><CS:summary>mine</CS:summary></CS:invite-reply>",
        home(1)
    );
    let answer = send(server, 2, &format!("POST {}", home(2)), &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains("shared-as") && answer.body.contains(&uid));
    (uid, href)
}

#[tokio::test]
async fn a_calendar_is_shared_used_and_taken_back() {
    let server = server();
    put(&server, 1, "a.ics", &event("a", "20260105T100000Z", "")).await;
    assert_eq!(share(&server, INVITE).await.status, 200);
    let (uid, href) = accept(&server).await;
    assert_eq!(send(&server, 2, &format!("DELETE {href}"), "").await.status, 204);
    let (_, reply) = notification(&server, 1).await;
    assert!(reply.contains("invite-accepted") && reply.contains("mailto:user02@example.com"), "{reply}");
    let shared = format!("{}{uid}/", home(2));
    let body = propfind("<D:resourcetype/><CS:invite/><D:displayname/><CS:pushkey/><D:owner/>");
    let first = send(&server, 2, &format!("PROPFIND {shared}\nDepth: 0"), &body).await.first();
    assert!(first.has_type(&names::SHARED) && first.has_type(&names::CALENDAR));
    assert_eq!(first.text(&names::DISPLAYNAME), Some("mine"));
    assert_eq!(first.path_of(&names::OWNER), Some(principal(1)));
    let mine = send(&server, 1, &format!("PROPFIND {}calendar/\nDepth: 0", home(1)), &body).await.first();
    assert!(mine.has_type(&names::SHARED_OWNER));
    let body = event("b", "20260105T120000Z", "");
    assert_eq!(send(&server, 2, &format!("PUT {shared}b.ics"), &body).await.status, 201);
    assert_eq!(send(&server, 1, &format!("GET {}calendar/b.ics", home(1)), "").await.status, 200);
    let remove = "<CS:remove><D:href>mailto:user02@example.com</D:href></CS:remove>";
    assert_eq!(share(&server, remove).await.status, 200);
    assert_eq!(send(&server, 2, &format!("GET {shared}b.ics"), "").await.status, 404);
}

#[tokio::test]
async fn a_reader_may_not_write_and_may_leave() {
    let server = server();
    share(&server, &INVITE.replace("<CS:read-write/>", "<CS:read/>")).await;
    let (uid, _) = accept(&server).await;
    let shared = format!("{}{uid}/", home(2));
    let body = event("b", "20260105T120000Z", "");
    assert_eq!(send(&server, 2, &format!("PUT {shared}b.ics"), &body).await.status, 403);
    share(&server, INVITE).await;
    assert_eq!(send(&server, 2, &format!("PUT {shared}b.ics"), &body).await.status, 201);
    assert_eq!(send(&server, 2, &format!("DELETE {shared}"), "").await.status, 204);
    assert_eq!(send(&server, 1, &format!("GET {}calendar/b.ics", home(1)), "").await.status, 200);
    let (_, reply) = notification(&server, 1).await;
    assert!(reply.contains("invite-declined"), "{reply}");
}

#[tokio::test]
async fn strangers_are_not_invited_and_nobody_invites_himself() {
    let server = server();
    let nobody = INVITE.replace("user02", "nobody");
    assert_eq!(share(&server, &nobody).await.hrefs().len(), 1);
    let body = format!(
        "<CS:invite-reply {NS}><CS:invite-accepted/><CS:hosturl><D:href>{}calendar</D:href></CS:hosturl>\
         <CS:in-reply-to>x</CS:in-reply-to></CS:invite-reply>",
        home(1)
    );
    assert_eq!(send(&server, 3, &format!("POST {}", home(3)), &body).await.status, 403);
}

#[tokio::test]
async fn a_change_wakes_owner_and_sharee() {
    let server = server();
    share(&server, INVITE).await;
    accept(&server).await;
    server.store().borrow_mut().take_changed_keys();
    put(&server, 1, "a.ics", &event("a", "20260105T100000Z", "")).await;
    let seen = Rc::new(std::cell::RefCell::new(Vec::new()));
    let keep = Rc::clone(&seen);
    server.on_change(Box::new(move |keys| keep.borrow_mut().extend(keys)));
    put(&server, 1, "b.ics", &event("b", "20260105T100000Z", "")).await;
    let seen = seen.borrow();
    assert_eq!(seen.len(), 3, "owner's home, sharee's home, the calendar: {seen:?}");
}
