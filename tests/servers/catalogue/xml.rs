//! The bodies in XML. Properties are written with these prefixes: D (WebDAV), C (CalDAV), CS (CalendarServer),
//! AI (iCal), ME (me.com), CARD (CardDAV).

const NAMESPACES: &str = r#"xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CS="http://calendarserver.org/ns/" xmlns:AI="http://apple.com/ns/ical/" xmlns:ME="http://me.com/_namespace/" xmlns:CARD="urn:ietf:params:xml:ns:carddav""#;

/// Spec 5.4, PROPFIND{well-known} and PROPFIND{find-principal}.
pub const WHO: &str = "D:current-user-principal D:principal-URL D:resourcetype";
/// Spec 5.4.1, the 14 properties of 10.7.
pub const PRINCIPAL: &str = "CS:allowed-calendar-component-set C:calendar-home-set C:calendar-user-address-set \
    D:current-user-principal D:displayname CS:dropbox-home-URL CS:email-address-set CS:notification-URL \
    D:principal-collection-set D:principal-URL D:resource-id C:schedule-inbox-URL C:schedule-outbox-URL \
    D:supported-report-set";
/// Spec 5.4.2, the properties of 10.7.
pub const HOME: &str = "D:add-member CS:allowed-sharing-modes ME:bulk-requests AI:calendar-color \
    C:calendar-description C:calendar-free-busy-set AI:calendar-order C:calendar-timezone \
    D:current-user-privilege-set D:displayname CS:getctag CARD:max-image-size CARD:max-resource-size CS:me-card \
    D:owner CS:publish-url CS:push-transports CS:pushkey D:quota-available-bytes D:quota-used-bytes AI:refreshrate \
    D:resource-id D:resourcetype C:schedule-calendar-transp C:schedule-default-calendar-URL CS:source \
    CS:subscribed-strip-alarms CS:subscribed-strip-attachments CS:subscribed-strip-todos \
    C:supported-calendar-component-set D:supported-report-set D:sync-token CS:xmpp-server CS:xmpp-uri";
pub const ITEMS: &str = "D:getcontenttype D:getetag";
pub const PERSON: &str = "CS:email-address-set C:calendar-user-address-set C:calendar-user-type D:displayname \
    CS:last-name CS:first-name CS:record-type D:principal-URL";

/// A document with this root element and content.
pub fn document(root: &str, content: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} {NAMESPACES}>{content}</{}>\n",
        element(root)
    )
}

/// The name of an element that may be followed by attributes.
fn element(root: &str) -> &str {
    root.split(' ').next().unwrap_or(root)
}

/// `D:prop` with these properties.
pub fn properties(names: &str) -> String {
    let elements: String = names.split_whitespace().map(|name| format!("<{name}/>")).collect();
    format!("<D:prop>{elements}</D:prop>")
}

pub fn propfind(names: &str) -> String {
    document("D:propfind", &properties(names))
}

/// Sets one property.
pub fn propertyupdate(name: &str, value: &str) -> String {
    document(
        "D:propertyupdate",
        &format!("<D:set><D:prop><{name}>{value}</{}></D:prop></D:set>", element(name)),
    )
}

/// `level` is left out by the simulated clients except on homes, although RFC 6578 demands it.
pub fn sync_collection(token: &str, level: Option<u8>, names: &str) -> String {
    let level = level.map(|level| format!("<D:sync-level>{level}</D:sync-level>")).unwrap_or_default();
    let content = format!("<D:sync-token>{token}</D:sync-token>{level}{}", properties(names));
    document("D:sync-collection", &content)
}

pub fn multiget(hrefs: &[&str]) -> String {
    let hrefs: String = hrefs.iter().map(|href| format!("<D:href>{href}</D:href>")).collect();
    let content = properties("D:getetag C:calendar-data C:schedule-tag") + &hrefs;
    document("C:calendar-multiget", &content)
}

/// A calendar-query for one kind of component; `range` is the element that limits it in time, or nothing.
pub fn calendar_query(component: &str, range: &str) -> String {
    let filter = format!(
        "<C:filter><C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"{component}\">{range}</C:comp-filter></C:comp-filter></C:filter>"
    );
    document("C:calendar-query", &(properties("D:getetag D:getcontenttype") + &filter))
}

/// TimeRanger's query: the instances between two times.
pub fn expanded(start: &str, end: &str) -> String {
    let fields: String = ["SUMMARY", "DTSTART", "DTEND", "LOCATION", "UID", "RECURRENCE-ID"]
        .iter()
        .map(|name| format!("<C:prop name=\"{name}\"/>"))
        .collect();
    let data = format!(
        "<D:prop><D:getetag/><C:calendar-data><C:expand start=\"{start}\" end=\"{end}\"/><C:comp name=\"VCALENDAR\"><C:prop name=\"VERSION\"/><C:comp name=\"VEVENT\">{fields}</C:comp></C:comp></C:calendar-data></D:prop>"
    );
    let filter = format!(
        "<C:filter><C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VEVENT\"><C:time-range start=\"{start}\" end=\"{end}\"/></C:comp-filter></C:comp-filter></C:filter>"
    );
    document("C:calendar-query", &(data + &filter))
}

/// The delegates of a principal.
pub fn expand_property() -> String {
    let inner = [
        ("calendar-user-address-set", "urn:ietf:params:xml:ns:caldav"),
        ("email-address-set", "http://calendarserver.org/ns/"),
        ("displayname", "DAV:"),
    ]
    .map(|(name, namespace)| format!("<D:property name=\"{name}\" namespace=\"{namespace}\"/>"))
    .concat();
    let outer = ["calendar-proxy-read-for", "calendar-proxy-write-for"]
        .map(|name| {
            format!(
                "<D:property name=\"{name}\" namespace=\"http://calendarserver.org/ns/\">{inner}</D:property>"
            )
        })
        .concat();
    document("D:expand-property", &outer)
}

pub fn principal_property_search(prefix: &str) -> String {
    let searches = ["D:displayname", "CS:email-address-set", "CS:first-name", "CS:last-name"]
        .map(|name| {
            format!("<D:property-search>{}<D:match match-type=\"starts-with\">{prefix}</D:match></D:property-search>", properties(name))
        })
        .concat();
    document("D:principal-property-search test=\"anyof\"", &(searches + &properties(PERSON)))
}

pub fn calendarserver_principal_search(token: &str) -> String {
    let content = format!("<CS:search-token>{token}</CS:search-token>{}", properties(PERSON));
    document("CS:calendarserver-principal-search context=\"attendee\"", &content)
}

pub fn share(address: &str) -> String {
    let content = format!(
        "<CS:set><D:href>mailto:{address}</D:href><CS:summary>Calendar</CS:summary><CS:read-write/></CS:set>"
    );
    document("CS:share", &content)
}
