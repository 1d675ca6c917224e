//! Reading hrefs, properties and iCalendar out of answers.

use roxmltree::{Document, Node};

fn parse(body: &str) -> Option<Document<'_>> {
    Document::parse(body).ok()
}

/// The text of the first element with this local name.
pub fn text(body: &str, name: &str) -> Option<String> {
    let document = parse(body)?;
    let text = document.descendants().find(|node| node.tag_name().name() == name)?.text()?;
    Some(text.trim().to_owned())
}

/// The path of the first href in the first property with this local name.
pub fn href(body: &str, name: &str) -> Option<String> {
    let document = parse(body)?;
    let property = document.descendants().find(|node| node.tag_name().name() == name)?;
    let href = property.descendants().find(|node| node.tag_name().name() == "href")?.text()?;
    Some(path(href.trim()))
}

/// The path of an absolute URL; a path stays as it is.
pub fn path(url: &str) -> String {
    let Some((_, rest)) = url.split_once("://") else { return url.to_owned() };
    rest.find('/').map_or_else(|| "/".to_owned(), |start| rest[start..].to_owned())
}

/// The hrefs of a multistatus whose response has this property, without those of collections.
pub fn members(body: &str, property: &str) -> Vec<String> {
    let Some(document) = parse(body) else { return Vec::new() };
    let responses = document.descendants().filter(|node| node.tag_name().name() == "response");
    let member = |response: Node<'_, '_>| {
        let filled = response.descendants().find(|node| node.tag_name().name() == property)?.text()?;
        let href = response.children().find(|node| node.tag_name().name() == "href")?.text()?;
        (!filled.trim().is_empty() && !href.trim().ends_with('/')).then(|| path(href.trim()))
    };
    responses.filter_map(member).collect()
}

/// How many responses a multistatus has.
pub fn count(body: &str) -> usize {
    parse(body).map_or(0, |document| {
        document.descendants().filter(|node| node.tag_name().name() == "response").count()
    })
}

/// The status of the first property that a PROPPATCH did not set.
pub fn refused(body: &str) -> Option<String> {
    let document = parse(body)?;
    let mut statuses = document.descendants().filter(|node| node.tag_name().name() == "status");
    let bad =
        statuses.find_map(|node| node.text()?.split(' ').nth(1).filter(|code| !code.starts_with('2')))?;
    Some(bad.to_owned())
}

#[test]
fn hrefs_are_found_in_whatever_prefix() {
    let body = r#"<multistatus xmlns="DAV:" xmlns:x="urn:ietf:params:xml:ns:caldav"><response><href>/a</href>
        <propstat><prop><x:calendar-home-set><href>http://127.0.0.1:1/home/</href></x:calendar-home-set>
        <getetag>"1"</getetag></prop></propstat></response></multistatus>"#;
    assert_eq!(href(body, "calendar-home-set").as_deref(), Some("/home/"));
    assert_eq!(href(body, "schedule-inbox-URL"), None);
    assert_eq!(members(body, "getetag"), ["/a"]);
    assert_eq!(count(body), 1);
}
