use super::*;
use crate::dav::names;

fn body(token: &str, more: &str) -> String {
    format!(
        "<D:sync-collection {NS}><D:sync-token>{token}</D:sync-token><D:sync-level>1</D:sync-level>{more}\
         <D:prop><D:getetag/></D:prop></D:sync-collection>"
    )
}

async fn sync(server: &Server, path: &str, token: &str, more: &str) -> (Vec<String>, String) {
    let answer = send(server, 1, &format!("REPORT {}{path}\nDepth: 1", home(1)), &body(token, more)).await;
    let hrefs = answer.hrefs().iter().map(|h| h.replace(&home(1), "")).collect();
    (hrefs, answer.multistatus().sync_token.unwrap())
}

#[tokio::test]
async fn changes_since_a_token_new_changed_and_removed() {
    let server = server();
    for uid in ["a", "b", "c"] {
        put(&server, 1, &format!("{uid}.ics"), &event(uid, "20260105T100000Z", "")).await;
    }
    let (hrefs, token) = sync(&server, "calendar/", "", "").await;
    assert_eq!(hrefs, ["calendar/a.ics", "calendar/b.ics", "calendar/c.ics", "calendar/"]);
    assert_eq!(sync(&server, "calendar/", &token, "").await, (vec![], token.clone()));
    put(&server, 1, "a.ics", &event("a", "20260105T110000Z", "")).await;
    send(&server, 1, &format!("DELETE {}calendar/b.ics", home(1)), "").await;
    let (hrefs, next) = sync(&server, "calendar/", &token, "").await;
    assert_eq!(hrefs, ["calendar/a.ics", "calendar/b.ics 404"]);
    put(&server, 1, "b.ics", &event("b", "20260105T110000Z", "")).await;
    assert_eq!(sync(&server, "calendar/", &next, "").await.0, ["calendar/b.ics"]);
    assert_eq!(sync(&server, "calendar/", &token, "").await.0, ["calendar/a.ics", "calendar/b.ics"]);
}

#[tokio::test]
async fn a_limit_cuts_the_list_and_the_token_goes_on_from_there() {
    let server = server();
    for n in 0..5 {
        put(&server, 1, &format!("{n}.ics"), &event(&n.to_string(), "20260105T100000Z", "")).await;
    }
    let limit = "<D:limit><D:nresults>2</D:nresults></D:limit>";
    let (mut token, mut all) = (String::new(), Vec::new());
    loop {
        let (hrefs, next) = sync(&server, "calendar/", &token, limit).await;
        let cut = hrefs.contains(&"calendar/ 507".to_owned());
        all.extend(hrefs.into_iter().filter(|h| h.ends_with(".ics")));
        token = next;
        if !cut {
            break;
        }
    }
    all.sort();
    assert_eq!(all, (0..5).map(|n| format!("calendar/{n}.ics")).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_token_of_elsewhere_is_refused() {
    let server = server();
    let (_, other) = sync(&server, "tasks/", "", "").await;
    let future = other.replace("_", "_9");
    for token in ["nonsense", "data:,1_5/x", &other, &future] {
        let path = if token == future { "tasks/" } else { "calendar/" };
        let head = format!("REPORT {}{path}\nDepth: 1", home(1));
        let answer = send(&server, 1, &head, &body(token, "")).await;
        assert_eq!(answer.status, 403, "{token}");
        assert_eq!(crate::dav::error_conditions(&answer.body), vec![names::VALID_SYNC_TOKEN.clone()]);
    }
}

#[tokio::test]
async fn a_home_tells_which_collections_changed() {
    let server = server();
    let token = {
        let body = propfind("<D:sync-token/>");
        let first = send(&server, 1, &format!("PROPFIND {}", home(1)), &body).await.first();
        first.text(&names::SYNC_TOKEN).unwrap().to_owned()
    };
    assert_eq!(sync(&server, "", &token, "").await.0, Vec::<String>::new());
    put(&server, 1, "a.ics", &event("a", "20260105T100000Z", "")).await;
    send(&server, 1, &format!("MKCALENDAR {}new/", home(1)), "").await;
    send(&server, 1, &format!("DELETE {}tasks/", home(1)), "").await;
    let (hrefs, next) = sync(&server, "", &token, "").await;
    assert_eq!(hrefs, ["calendar/", "new/", "tasks/ 404"]);
    assert_eq!(sync(&server, "", &next, "").await.0, Vec::<String>::new());
    let infinite = body(&token, "").replace(">1<", ">infinite<");
    let answer = send(&server, 1, &format!("REPORT {}", home(1)), &infinite).await;
    assert!(answer.hrefs().contains(&format!("{}calendar/a.ics", home(1))));
}
