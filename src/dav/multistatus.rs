//! The reader of 207 answers (RFC 4918 section 13) and of `D:error` bodies. It is tolerant: hrefs in any
//! form, a status on the response, several propstats. Only properties with a 2xx status are kept.
//!
//! Answers are read as a stream: elements are made of the properties that are wanted, and of nothing else.
use super::element::{Element, XmlError};
use super::name::Name;
use super::names;
use super::reader::{Reader, Tag};
use super::{path, status};

/// The most bytes that the paths of one answer may have together: relative hrefs are short where the path of the request
/// is long. A body of the usual limit of 8 MiB stays far below it.
pub const MAX_PATHS: usize = 16 << 20;

/// A 207 answer.
#[derive(Debug, Clone, Default)]
pub struct Multistatus {
    /// The responses in the server's order.
    pub responses: Vec<Response>,
    /// `D:sync-token` beside the responses (RFC 6578 section 6.4).
    pub sync_token: Option<String>,
}

/// What a 207 answer says of one resource. A response with several hrefs is read as one for each;
/// they have the status in common, and only the last has the properties that such a response should not have.
#[derive(Debug, Clone)]
pub struct Response {
    /// The canonical path, see [`path::canonical`].
    pub href: String,
    /// The status of the response itself; 200 when only its propstats have one.
    pub status: u16,
    /// The properties with a 2xx status.
    pub props: Vec<Element>,
    /// The names of the properties with another status, and that status.
    pub missing: Vec<(Name, u16)>,
    /// What `D:supported-report-set` lists (RFC 3253 section 3.1.5), whose element in `props` is left empty: every
    /// collection of a home has three elements for each of ten reports.
    pub reports: Vec<Name>,
    /// The children of a `D:error` inside the response.
    pub errors: Vec<Name>,
}

impl Multistatus {
    /// Reads the body of an answer to a request for `base`; hrefs are resolved against it.
    ///
    /// Errors: not well-formed, over the limits, or another root than `D:multistatus`.
    pub fn parse(body: &str, base: &str) -> Result<Multistatus, XmlError> {
        Multistatus::read(body, base, None)
    }

    /// The same, but of the properties only these: what else the server tells of is passed over.
    pub fn parse_only(body: &str, base: &str, wanted: &[&Name]) -> Result<Multistatus, XmlError> {
        Multistatus::read(body, base, Some(wanted))
    }

    fn read(body: &str, base: &str, wanted: Option<&[&Name]>) -> Result<Multistatus, XmlError> {
        let (mut reader, root) = Reader::begin(body)?;
        if !root.is(&names::MULTISTATUS) {
            return Err(XmlError::Root { expected: names::MULTISTATUS.clone(), found: root.name() });
        }
        let mut result = Multistatus::default();
        let mut place = Place { base, left: MAX_PATHS };
        while let Some(tag) = reader.child()? {
            if tag.is(&names::RESPONSE) {
                read_response(&mut reader, &mut place, wanted, &mut result.responses)?;
            } else if tag.is(&names::SYNC_TOKEN) {
                result.sync_token = Some(reader.text()?.trim().to_owned());
            } else {
                reader.skip()?;
            }
        }
        reader.finish()?;
        Ok(result)
    }

    /// The response for a path in any form; a missing slash at the end is forgiven.
    pub fn find(&self, href: &str) -> Option<&Response> {
        let key = path::canonical(href);
        self.responses.iter().find(|r| r.href == key).or_else(|| {
            let bare = key.trim_end_matches('/');
            self.responses.iter().find(|r| r.href.trim_end_matches('/') == bare)
        })
    }

    /// Whether the server cut the list short: a 507 for the collection itself (RFC 6578 section 3.6).
    pub fn truncated(&self) -> bool {
        self.responses.iter().any(|r| r.status == 507)
    }
}

impl Response {
    /// One that says nothing but that the resource is there.
    fn of(href: String) -> Response {
        let (props, missing, reports, errors) = Default::default();
        Response { href, status: 200, props, missing, reports, errors }
    }

    /// Whether the resource is there (a 2xx status).
    pub fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A property with a 2xx status.
    pub fn prop(&self, name: &Name) -> Option<&Element> {
        self.props.iter().find(|p| p.name == *name)
    }

    /// The text of a property, without whitespace around it; an empty property has an empty text.
    pub fn text(&self, name: &Name) -> Option<&str> {
        self.prop(name).map(|p| p.text.trim())
    }

    /// The hrefs inside a property, trimmed, as the server wrote them (they may be `mailto:`).
    pub fn hrefs(&self, name: &Name) -> Vec<&str> {
        self.prop(name).map(|p| p.all(&names::HREF).map(|h| h.text.trim()).collect()).unwrap_or_default()
    }

    /// The first href inside a property that is not empty.
    pub fn href_of(&self, name: &Name) -> Option<&str> {
        self.hrefs(name).into_iter().find(|h| !h.is_empty())
    }

    /// The canonical path of the first href inside a property; None also when it is too long.
    pub fn path_of(&self, name: &Name) -> Option<String> {
        self.href_of(name).and_then(|href| path::resolve(&self.href, href))
    }

    /// The names of the elements inside a property.
    pub fn child_names(&self, name: &Name) -> Vec<&Name> {
        self.prop(name).map(|p| p.children.iter().map(|c| &c.name).collect()).unwrap_or_default()
    }

    /// Whether `D:resourcetype` holds this type.
    pub fn has_type(&self, kind: &Name) -> bool {
        self.prop(&names::RESOURCETYPE).is_some_and(|p| p.child(kind).is_some())
    }

    /// The components of `C:supported-calendar-component-set` in capitals; `None` when the server does not say.
    pub fn components(&self) -> Option<Vec<String>> {
        let set = self.prop(&names::SUPPORTED_CALENDAR_COMPONENT_SET)?;
        Some(set.all(&names::COMP).filter_map(|c| c.attribute("name")).map(str::to_ascii_uppercase).collect())
    }

    /// Whether `D:supported-report-set` lists this report.
    pub fn supports_report(&self, report: &Name) -> bool {
        self.reports.contains(report)
    }
}

/// The conditions inside a `D:error` body, such as `D:valid-sync-token` (RFC 4918 section 16); none when the
/// body is anything else.
pub fn error_conditions(body: &str) -> Vec<Name> {
    match Element::parse(body) {
        Ok(root) if root.name == names::ERROR => root.children.into_iter().map(|c| c.name).collect(),
        _ => Vec::new(),
    }
}

/// Where hrefs are resolved.
struct Place<'a> {
    base: &'a str,
    /// How many bytes of paths may still come.
    left: usize,
}

impl Place<'_> {
    fn resolve(&mut self, href: &str) -> Result<String, XmlError> {
        let path = path::resolve(self.base, href).ok_or(XmlError::LongPath)?;
        self.left = self.left.checked_sub(path.len()).ok_or(XmlError::LongPaths)?;
        Ok(path)
    }
}

fn read_response(
    reader: &mut Reader<'_>,
    place: &mut Place<'_>,
    wanted: Option<&[&Name]>,
    responses: &mut Vec<Response>,
) -> Result<(), XmlError> {
    let mut hrefs = Vec::with_capacity(1);
    let mut response = Response::of(String::new());
    while let Some(tag) = reader.child()? {
        if tag.is(&names::HREF) {
            hrefs.push(place.resolve(&reader.text()?)?);
        } else if tag.is(&names::STATUS) {
            response.status = status::parse(&reader.text()?).unwrap_or(200);
        } else if tag.is(&names::PROPSTAT) {
            read_propstat(reader, wanted, &mut response)?;
        } else if tag.is(&names::ERROR) {
            while let Some(condition) = reader.child()? {
                response.errors.push(condition.name());
                reader.skip()?;
            }
        } else {
            reader.skip()?;
        }
    }
    let Some(last) = hrefs.pop() else {
        return Ok(());
    };
    for href in hrefs {
        responses.push(Response { status: response.status, ..Response::of(href) });
    }
    responses.push(Response { href: last, ..response });
    Ok(())
}

/// Reads a propstat. Its status stands behind its properties, so that these are sorted at its end.
fn read_propstat(
    reader: &mut Reader<'_>,
    wanted: Option<&[&Name]>,
    response: &mut Response,
) -> Result<(), XmlError> {
    let is_wanted = |tag: &Tag<'_>| wanted.is_none_or(|wanted| wanted.iter().any(|name| tag.is(name)));
    let (mut code, mut props, mut reports) = (None, Vec::new(), Vec::new());
    while let Some(tag) = reader.child()? {
        if tag.is(&names::STATUS) {
            let told = status::parse(&reader.text()?).unwrap_or(200);
            code.get_or_insert(told);
        } else if tag.is(&names::PROP) {
            while let Some(prop) = reader.child()? {
                if !is_wanted(&prop) {
                    reader.skip()?;
                } else if prop.is(&names::SUPPORTED_REPORT_SET) {
                    reports = read_reports(reader)?;
                    props.push(Element::empty(prop.name()));
                } else {
                    props.push(Element::read(reader, &prop)?);
                }
            }
        } else {
            reader.skip()?;
        }
    }
    match code.unwrap_or(200) {
        200..300 => {
            append(&mut response.reports, reports);
            append(&mut response.props, props);
        }
        code => response.missing.extend(props.into_iter().map(|prop| (prop.name, code))),
    }
    Ok(())
}

/// Appends to a list that is mostly empty; then nothing is copied.
fn append<T>(to: &mut Vec<T>, mut more: Vec<T>) {
    match to.is_empty() {
        true => *to = more,
        false => to.append(&mut more),
    }
}

/// Reads the names in `D:supported-report-set`: each in a `D:report` in a `D:supported-report`.
fn read_reports(reader: &mut Reader<'_>) -> Result<Vec<Name>, XmlError> {
    let mut reports = Vec::with_capacity(12);
    while let Some(tag) = reader.child()? {
        if !tag.is(&names::SUPPORTED_REPORT) {
            reader.skip()?;
            continue;
        }
        while let Some(tag) = reader.child()? {
            if !tag.is(&names::REPORT) {
                reader.skip()?;
                continue;
            }
            while let Some(report) = reader.child()? {
                reports.push(report.name());
                reader.skip()?;
            }
        }
    }
    Ok(reports)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BODY: &str = "<?xml version='1.0'?>
        <d:multistatus xmlns:d='DAV:' xmlns:c='urn:ietf:params:xml:ns:caldav'>
        <d:response><d:href>http://h/cal%2Dx/</d:href>
          <d:propstat><d:prop><d:displayname> Work </d:displayname>
            <d:resourcetype><d:collection/><c:calendar/></d:resourcetype>
            <c:supported-calendar-component-set><c:comp name='vevent'/></c:supported-calendar-component-set>
            <d:owner><d:href>/p/1/</d:href></d:owner></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>
          <d:propstat><d:prop><d:getetag/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>
        <d:response><d:href>gone.ics</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>
        <d:response><d:href>/cal-x/</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status>
          <d:error><d:number-of-matches-within-limits/></d:error></d:response>
        <d:sync-token> data:,1 </d:sync-token></d:multistatus>";

    #[test]
    fn properties_are_read_with_their_kind() {
        let result = Multistatus::parse(BODY, "/cal-x/").unwrap();
        let first = result.find("/cal-x").unwrap();
        assert_eq!(first.href, "/cal-x/");
        assert_eq!(first.text(&names::DISPLAYNAME), Some("Work"));
        assert!(first.has_type(&names::CALENDAR));
        assert_eq!(first.components(), Some(vec!["VEVENT".to_owned()]));
        assert_eq!(first.path_of(&names::OWNER).as_deref(), Some("/p/1/"));
        assert_eq!(first.text(&names::GETETAG), None);
        assert_eq!(first.missing, [(names::GETETAG.clone(), 404)]);
        assert_eq!(result.sync_token.as_deref(), Some("data:,1"));
    }

    #[test]
    fn reports_are_listed() {
        let set = "<supported-report-set><supported-report><report><sync-collection/></report></supported-report>\
            <supported-report><report><x xmlns='urn:x'/></report></supported-report></supported-report-set>";
        let body = |status: &str| {
            format!(
                "<multistatus xmlns='DAV:'><response><href>/</href><propstat><prop>{set}</prop>\
                 <status>HTTP/1.1 {status}</status></propstat></response></multistatus>"
            )
        };
        for wanted in [None, Some(&[&names::SUPPORTED_REPORT_SET][..])] {
            let result = Multistatus::read(&body("200 OK"), "/", wanted).unwrap();
            let response = &result.responses[0];
            assert!(response.supports_report(&names::SYNC_COLLECTION));
            assert!(!response.supports_report(&names::EXPAND_PROPERTY));
            assert!(response.prop(&names::SUPPORTED_REPORT_SET).is_some());
        }
        let result = Multistatus::parse(&body("404 Not Found"), "/").unwrap();
        assert!(!result.responses[0].supports_report(&names::SYNC_COLLECTION));
        assert_eq!(result.responses[0].missing.len(), 1);
    }

    #[test]
    fn what_is_not_wanted_is_passed_over() {
        let result = Multistatus::parse_only(BODY, "/cal-x/", &[&names::OWNER]).unwrap();
        let names: Vec<_> = result.responses[0].props.iter().map(|prop| &prop.name).collect();
        assert_eq!(names, [&names::OWNER]);
        assert!(result.responses[0].missing.is_empty());
        assert_eq!((result.responses.len(), result.sync_token.as_deref()), (3, Some("data:,1")));
        let broken = BODY.replace("<d:collection/>", "<d:collection>");
        assert!(Multistatus::parse_only(&broken, "/", &[]).is_err());
    }

    #[test]
    fn removed_and_truncated_are_told_apart() {
        let result = Multistatus::parse(BODY, "/cal-x/").unwrap();
        assert_eq!(result.responses[1].href, "/cal-x/gone.ics");
        assert!(!result.responses[1].is_ok());
        assert!(result.truncated());
        assert_eq!(result.responses[2].errors, vec![names::NUMBER_OF_MATCHES_WITHIN_LIMITS.clone()]);
    }

    /// The server chooses the path of the request too, beside which its relative hrefs stand.
    #[test]
    fn paths_are_bounded_one_by_one_and_together() {
        let responses = |count: usize| {
            let one = "<response><href>a</href></response>";
            format!("<multistatus xmlns='DAV:'>{}</multistatus>", one.repeat(count))
        };
        let base = |length: usize| format!("/{}/", "f".repeat(length));
        let read = |count, length| Multistatus::parse(&responses(count), &base(length));
        assert!(matches!(read(1, path::MAX_PATH), Err(XmlError::LongPath)));
        assert_eq!(read(4096, 4093).unwrap().responses.len(), 4096);
        assert!(matches!(read(4097, 4093), Err(XmlError::LongPaths)));
        assert!(read(100_000, 100).is_ok());
    }

    #[test]
    fn conditions_of_an_error_body() {
        let body = "<error xmlns='DAV:'><valid-sync-token/></error>";
        assert_eq!(error_conditions(body), vec![names::VALID_SYNC_TOKEN.clone()]);
        assert!(error_conditions("<html/>").is_empty());
        assert!(error_conditions("nonsense").is_empty());
        assert!(matches!(Multistatus::parse(body, "/"), Err(XmlError::Root { .. })));
    }

    /// The properties of a response with a hundred thousand hrefs are not copied for each.
    #[test]
    fn several_hrefs_have_a_status_in_common() {
        let text = "<multistatus xmlns='DAV:'><response><href>/a</href><href>/b</href><propstat><prop><getetag>e</getetag>\
            </prop></propstat><status>HTTP/1.1 403 x</status></response></multistatus>";
        let found = Multistatus::parse(text, "/").unwrap();
        let told: Vec<_> =
            found.responses.iter().map(|one| (one.href.as_str(), one.status, one.props.len())).collect();
        assert_eq!(told, [("/a", 403, 0), ("/b", 403, 1)]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[<>/&;a-d:='\" !\\[\\]]{0,80}") {
            let _ = Multistatus::parse(&text, "/");
            let _ = Multistatus::parse(&format!("<multistatus xmlns='DAV:'>{text}</multistatus>"), "/");
        }
    }
}
