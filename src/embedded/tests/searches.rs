use super::*;
use crate::dav::names;

#[tokio::test]
async fn principals_are_found_by_property_and_by_token() {
    let server = server();
    let search = |name: &str, kind: &str, text: &str| {
        format!(
            "<D:principal-property-search {NS}><D:property-search><D:prop><{name}/></D:prop>\
             <D:match match-type='{kind}'>{text}</D:match></D:property-search><D:prop><D:displayname/></D:prop>\
             </D:principal-property-search>"
        )
    };
    for (body, due) in [
        (search("D:displayname", "starts-with", "user"), 3),
        (search("D:displayname", "contains", "02"), 1),
        (search("CS:email-address-set", "equals", "USER03@example.com"), 1),
        (search("CS:last-name", "equals", "02"), 1),
        (search("D:displayname", "starts-with", "wilfr"), 0),
    ] {
        assert_eq!(send(&server, 1, "REPORT /principals/", &body).await.hrefs().len(), due, "{body}");
    }
    let token = |tokens: &str, more: &str| {
        format!(
            "<CS:calendarserver-principal-search {NS} context='attendee'>{tokens}{more}<D:prop><D:displayname/></D:prop>\
             </CS:calendarserver-principal-search>"
        )
    };
    let two = "<CS:search-token>user</CS:search-token><CS:search-token>02</CS:search-token>";
    let answer = send(&server, 1, "REPORT /principals/", &token(two, "")).await;
    assert_eq!(answer.first().text(&names::DISPLAYNAME), Some("User 02"));
    let limit = "<D:limit><D:nresults>2</D:nresults></D:limit>";
    let all = token("<CS:search-token>u</CS:search-token>", limit);
    let answer = send(&server, 1, "REPORT /principals/", &all).await.multistatus();
    assert!(answer.truncated());
    assert_eq!(answer.responses.len(), 3);
}

#[tokio::test]
async fn the_small_reports_on_principals() {
    let server = server();
    let body = format!("<D:principal-search-property-set {NS}/>");
    let answer = send(&server, 1, "REPORT /principals/", &body).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("Email Addresses"));
    let body = format!(
        "<D:expand-property {NS}><D:property name='calendar-proxy-read-for' namespace='http://calendarserver.org/ns/'>\
         <D:property name='displayname'/></D:property><D:property name='principal-URL'><D:property name='displayname'/>\
         <D:property name='nonsense'/></D:property><D:property name='a&lt;b'/></D:expand-property>"
    );
    let answer = send(&server, 1, &format!("REPORT {}", principal(1)), &body).await;
    let first = answer.first();
    assert!(first.prop(&names::CALENDAR_PROXY_READ_FOR).is_some());
    let nested = first.prop(&names::PRINCIPAL_URL).unwrap().child(&names::RESPONSE).unwrap();
    assert_eq!(nested.child_text(&names::HREF), Some(principal(1).as_str()));
    assert!(answer.body.contains("User 01"));
    let body =
        format!("<D:principal-match {NS}><D:self/><D:prop><D:principal-URL/></D:prop></D:principal-match>");
    let answer = send(&server, 1, "REPORT /principals/", &body).await;
    assert_eq!(answer.hrefs(), [principal(1)]);
    let unknown = send(&server, 1, "REPORT /principals/", "<x/>").await;
    assert_eq!((unknown.status, unknown.body.contains("supported-report")), (403, true));
}
