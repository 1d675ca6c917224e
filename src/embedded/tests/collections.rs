use super::*;
use crate::dav::names;

#[tokio::test]
async fn a_calendar_is_made_renamed_listed_and_deleted() {
    let server = server();
    let path = format!("{}work/", home(1));
    let body = format!(
        "<C:mkcalendar {NS}><D:set><D:prop><D:displayname>Work</D:displayname>\
         <C:supported-calendar-component-set><C:comp name='VEVENT'/><C:comp name='VTODO'/></C:supported-calendar-component-set>\
         </D:prop></D:set></C:mkcalendar>"
    );
    assert_eq!(send(&server, 1, &format!("MKCALENDAR {path}"), &body).await.status, 201);
    assert_eq!(send(&server, 1, &format!("MKCALENDAR {path}"), &body).await.status, 403);
    let extended = format!(
        "<D:mkcol {NS}><D:set><D:prop><D:resourcetype><D:collection/><C:calendar/></D:resourcetype></D:prop></D:set></D:mkcol>"
    );
    assert_eq!(send(&server, 1, &format!("MKCOL {}more/", home(1)), &extended).await.status, 201);
    assert_eq!(send(&server, 1, &format!("MKCOL {}plain/", home(1)), "").await.status, 403);
    assert_eq!(send(&server, 1, &format!("MKCALENDAR {}a/b/", home(1)), "").await.status, 409);
    let patch = format!(
        "<D:propertyupdate {NS}><D:set><D:prop><D:displayname>Job</D:displayname>\
         <AI:calendar-color symbolic-color='orange'>#FF0000FF</AI:calendar-color></D:prop></D:set></D:propertyupdate>"
    );
    let first = send(&server, 1, &format!("PROPPATCH {path}"), &patch).await.first();
    assert_eq!((first.props.len(), first.missing.len()), (2, 0));
    let body = propfind("<D:displayname/><AI:calendar-color/><C:supported-calendar-component-set/>");
    let first = send(&server, 1, &format!("PROPFIND {path}\nDepth: 0"), &body).await.first();
    assert_eq!(first.text(&names::DISPLAYNAME), Some("Job"));
    assert_eq!(first.prop(&names::CALENDAR_COLOR).unwrap().attribute("symbolic-color"), Some("orange"));
    assert_eq!(first.components().unwrap(), ["VEVENT", "VTODO"]);
    assert_eq!(send(&server, 1, &format!("DELETE {path}"), "").await.status, 204);
    assert_eq!(send(&server, 1, &format!("PROPFIND {path}\nDepth: 0"), "").await.status, 404);
}

#[tokio::test]
async fn a_protected_property_spoils_the_whole_patch() {
    let server = server();
    let path = format!("{}calendar/", home(1));
    let patch = format!(
        "<D:propertyupdate {NS}><D:set><D:prop><D:displayname>x</D:displayname><CS:getctag>1</CS:getctag></D:prop></D:set></D:propertyupdate>"
    );
    let first = send(&server, 1, &format!("PROPPATCH {path}"), &patch).await.first();
    assert_eq!(first.missing, [(names::DISPLAYNAME.clone(), 424), (names::GETCTAG.clone(), 403)]);
    let body = propfind("<D:displayname/>");
    let first = send(&server, 1, &format!("PROPFIND {path}"), &body).await.first();
    assert_eq!(first.text(&names::DISPLAYNAME), None);
}

#[tokio::test]
async fn the_home_lists_its_collections() {
    let server = server();
    let body = propfind("<D:resourcetype/><CS:getctag/><D:sync-token/><CS:pushkey/>");
    let answer = send(&server, 1, &format!("PROPFIND {}\nDepth: 1", home(1)), &body).await;
    let names: Vec<String> = answer.hrefs().iter().map(|h| h.replace(&home(1), "")).collect();
    let due = ["", "calendar/", "tasks/", "inbox/", "notification/", "outbox/", "freebusy", "dropbox/"];
    assert_eq!(names, due);
    assert!(answer.header("dav").is_empty() && !answer.header("etag").is_empty());
    let options = send(&server, 1, &format!("OPTIONS {}", home(1)), "").await;
    assert!(options.header("dav").contains("calendar-auto-schedule"));
    assert!(options.header("allow").contains("PROPFIND"));
}

#[tokio::test]
async fn another_default_calendar_takes_invitations() {
    let server = server();
    send(&server, 1, &format!("MKCALENDAR {}other/", home(1)), "").await;
    let patch = |path: &str| {
        format!(
            "<D:propertyupdate {NS}><D:set><D:prop><C:schedule-default-calendar-URL><D:href>{path}</D:href>\
             </C:schedule-default-calendar-URL></D:prop></D:set></D:propertyupdate>"
        )
    };
    let inbox = format!("PROPPATCH {}inbox/", home(1));
    let bad = send(&server, 1, &inbox, &patch(&format!("{}tasks/", home(1)))).await.first();
    assert_eq!(bad.missing[0].1, 403);
    let good = send(&server, 1, &inbox, &patch(&format!("{}other/", home(1)))).await.first();
    assert!(good.missing.is_empty());
    let body = propfind("<C:schedule-default-calendar-URL/>");
    let first = send(&server, 1, &format!("PROPFIND {}inbox/", home(1)), &body).await.first();
    assert_eq!(first.path_of(&names::SCHEDULE_DEFAULT_CALENDAR_URL), Some(format!("{}other", home(1))));
}

#[tokio::test]
async fn a_calendar_is_read_as_one_text() {
    let server = server();
    for uid in ["a", "b"] {
        put(&server, 1, &format!("{uid}.ics"), &event(uid, "20260105T100000Z", "")).await;
    }
    let answer = send(&server, 1, &format!("GET {}calendar/", home(1)), "").await;
    assert_eq!(answer.body.matches("BEGIN:VEVENT").count(), 2);
    assert_eq!(answer.body.matches("BEGIN:VCALENDAR").count(), 1);
    let busy = send(&server, 1, &format!("GET {}freebusy", home(1)), "").await;
    assert!(busy.body.contains("VFREEBUSY"));
}

#[tokio::test]
async fn a_client_may_prefer_to_hear_only_of_what_is_there() {
    let server = server();
    let body = propfind("<D:displayname/><CS:getctag/><AI:calendar-color/>");
    for header in ["Prefer: return=minimal", "Brief: t"] {
        let head = format!("PROPFIND {}calendar/\nDepth: 0\n{header}", home(1));
        let first = send(&server, 1, &head, &body).await.first();
        assert_eq!((first.props.len(), first.missing.len()), (1, 0));
        let patch = format!(
            "<D:propertyupdate {NS}><D:set><D:prop><AI:calendar-order>1</AI:calendar-order></D:prop></D:set></D:propertyupdate>"
        );
        let answer = send(&server, 1, &format!("PROPPATCH {}tasks/\n{header}", home(1)), &patch).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    }
}
