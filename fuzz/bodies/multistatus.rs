//! 207 answers: hrefs are canonical, statuses in range, and what the writer makes of them reads the same.
use populace::dav::name::XML;
use populace::dav::{Element, Multistatus, Name, Response, XmlWriter, error_conditions, names, path, status};

const BASE: &str = "/calendars/__uids__/user01/";

pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    error_conditions(text);
    let Ok(found) = Multistatus::parse(text, BASE) else { return };
    for response in &found.responses {
        sound(&found, response);
    }
    narrowed(text, &found);
    if !found.responses.iter().all(writable) {
        return;
    }
    let written = write(&found);
    let again = Multistatus::parse(&written, BASE).unwrap_or_else(|why| panic!("{why} in {written}"));
    assert_eq!(again.sync_token, found.sync_token, "{written}");
    assert_eq!(again.responses.len(), found.responses.len(), "{written}");
    for (again, found) in again.responses.iter().zip(&found.responses) {
        assert_eq!((&again.href, again.status), (&found.href, found.status), "{written}");
        assert_eq!((&again.props, &again.missing), (&found.props, &found.missing), "{written}");
    }
}

fn sound(all: &Multistatus, response: &Response) {
    assert!(response.href.starts_with('/'), "{:?} is no path", response.href);
    assert_eq!(path::canonical(&response.href), response.href);
    assert!((100..600).contains(&response.status));
    assert!(all.find(&response.href).is_some(), "{} is not found", response.href);
    assert!(response.missing.iter().all(|(_, status)| !(200..300).contains(status)));
    for prop in &response.props {
        assert!(response.prop(&prop.name).is_some());
        if let Some(path) = response.path_of(&prop.name) {
            assert_eq!(path::canonical(&path), path);
            assert!(path.starts_with('/'), "{path:?} is no path");
        }
    }
    response.components();
}

/// What is read of some properties is what is read of all, without the others.
fn narrowed(text: &str, all: &Multistatus) {
    let sets: [&[&Name]; 3] = [
        &[],
        &[&names::GETETAG, &names::RESOURCETYPE],
        &[&names::SUPPORTED_REPORT_SET, &names::CALENDAR_DATA, &names::OWNER],
    ];
    for wanted in sets {
        // More may be refused of what is looked at more closely, and never the other way round.
        let some =
            Multistatus::parse_only(text, BASE, wanted).unwrap_or_else(|why| panic!("{why} in {text}"));
        assert_eq!((&some.sync_token, some.responses.len()), (&all.sync_token, all.responses.len()));
        for (some, all) in some.responses.iter().zip(&all.responses) {
            let is_wanted = |name: &Name| wanted.contains(&name);
            assert_eq!((&some.href, some.status, &some.errors), (&all.href, all.status, &all.errors));
            assert!(some.props.iter().eq(all.props.iter().filter(|prop| is_wanted(&prop.name))));
            assert!(some.missing.iter().eq(all.missing.iter().filter(|(name, _)| is_wanted(name))));
            let reports = if is_wanted(&names::SUPPORTED_REPORT_SET) { &all.reports[..] } else { &[] };
            assert_eq!(some.reports, reports);
        }
    }
}

/// Whether the writer can say it: `xml:` is no prefix for an element.
fn writable(response: &Response) -> bool {
    fn element(one: &Element) -> bool {
        one.name.ns() != XML && one.children.iter().all(element)
    }
    response.props.iter().all(element) && response.missing.iter().all(|(name, _)| name.ns() != XML)
}

fn write(found: &Multistatus) -> String {
    let mut xml = XmlWriter::document(&names::MULTISTATUS);
    for response in &found.responses {
        xml.open(&names::RESPONSE);
        xml.text(&names::HREF, &response.href);
        xml.text(&names::STATUS, &status::line(response.status));
        propstat(&mut xml, 200, &|xml| response.props.iter().for_each(|prop| xml.element(prop)));
        for (name, code) in &response.missing {
            propstat(&mut xml, *code, &|xml| xml.empty(name));
        }
        xml.close(&names::RESPONSE);
    }
    if let Some(token) = &found.sync_token {
        xml.text(&names::SYNC_TOKEN, token);
    }
    xml.finish(&names::MULTISTATUS)
}

fn propstat(xml: &mut XmlWriter, code: u16, props: &dyn Fn(&mut XmlWriter)) {
    xml.open(&names::PROPSTAT);
    xml.open(&names::PROP);
    props(xml);
    xml.close(&names::PROP);
    xml.text(&names::STATUS, &status::line(code));
    xml.close(&names::PROPSTAT);
}
