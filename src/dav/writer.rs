//! The writer of 207 answers: one response a resource, its properties in a 200 and a 404 propstat.
use super::name::Name;
use super::names;
use super::status;
use super::xml::XmlWriter;
use std::rc::Rc;

/// A 207 body being written.
#[derive(Debug)]
pub struct MultistatusWriter {
    xml: XmlWriter,
    minimal: bool,
}

impl Default for MultistatusWriter {
    fn default() -> Self {
        Self::new()
    }
}

impl MultistatusWriter {
    /// Begins the answer.
    pub fn new() -> MultistatusWriter {
        MultistatusWriter { xml: XmlWriter::document(&names::MULTISTATUS), minimal: false }
    }

    /// Makes room for a long answer at once.
    pub fn with_room_for(mut self, bytes: usize) -> MultistatusWriter {
        self.xml.reserve(bytes);
        self
    }

    /// Leaves out the properties that are not there (RFC 8144 section 2.1).
    pub fn minimal(self, minimal: bool) -> MultistatusWriter {
        MultistatusWriter { minimal, ..self }
    }

    /// A whole response, see [`write_response`].
    pub fn response<'n, A: Into<Absent<'n>>>(
        &mut self,
        href: &str,
        found: impl FnOnce(&mut XmlWriter) -> (usize, A),
    ) {
        let minimal = self.minimal;
        write_response(&mut self.xml, href, |xml| match found(xml) {
            (count, _) if minimal => (count, Absent::Names(Vec::new())),
            (count, absent) => (count, absent.into()),
        });
    }

    /// How many bytes were written so far.
    pub fn written(&self) -> usize {
        self.xml.mark()
    }

    /// A response with a status and no properties, optionally with a condition inside `D:error`.
    pub fn status(&mut self, href: &str, code: u16, condition: Option<&Name>) {
        write_status(&mut self.xml, href, code, condition);
    }

    /// A response with empty properties by status: the answer to PROPPATCH.
    pub fn statuses(&mut self, href: &str, groups: &[(u16, Vec<&Name>)]) {
        self.xml.open(&names::RESPONSE);
        self.xml.text(&names::HREF, href);
        for (code, props) in groups {
            propstat(&mut self.xml, *code, props);
        }
        self.xml.close(&names::RESPONSE);
    }

    /// `D:sync-token`, after the responses.
    pub fn sync_token(&mut self, token: &str) {
        self.xml.text(&names::SYNC_TOKEN, token);
    }

    /// The body.
    pub fn finish(self) -> String {
        self.xml.finish(&names::MULTISTATUS)
    }
}

/// The properties that a resource does not have.
#[derive(Debug)]
pub enum Absent<'n> {
    /// Their names.
    Names(Vec<&'n Name>),
    /// What [`absent`] makes of their names.
    Written(Rc<str>),
}

impl<'n> From<Vec<&'n Name>> for Absent<'n> {
    fn from(names: Vec<&'n Name>) -> Absent<'n> {
        Absent::Names(names)
    }
}

impl Absent<'_> {
    fn is_empty(&self) -> bool {
        match self {
            Absent::Names(names) => names.is_empty(),
            Absent::Written(text) => text.is_empty(),
        }
    }
}

/// The propstat of properties that a resource does not have, for many resources that lack the same ones.
pub fn absent(names: &[&Name]) -> Rc<str> {
    let mut xml = XmlWriter::fragment();
    propstat(&mut xml, 404, names);
    xml.into_fragment().into()
}

/// A whole response: `found` writes the properties that are there and returns their number and the names of
/// those that are not. A propstat without properties is left out, unless both would be.
pub fn write_response<'n, A: Into<Absent<'n>>>(
    xml: &mut XmlWriter,
    href: &str,
    found: impl FnOnce(&mut XmlWriter) -> (usize, A),
) {
    xml.open(&names::RESPONSE);
    xml.text(&names::HREF, href);
    let begin = xml.mark();
    xml.open(&names::PROPSTAT);
    xml.open(&names::PROP);
    let (count, missing) = found(xml);
    let missing = missing.into();
    if count == 0 && !missing.is_empty() {
        xml.back_to(begin);
    } else {
        xml.close(&names::PROP);
        xml.text(&names::STATUS, &status::line(200));
        xml.close(&names::PROPSTAT);
    }
    match missing {
        Absent::Names(names) => propstat(xml, 404, &names),
        Absent::Written(text) => xml.push_fragment(&text),
    }
    xml.close(&names::RESPONSE);
}

/// A response with a status and no properties, optionally with a condition inside `D:error`.
pub fn write_status(xml: &mut XmlWriter, href: &str, code: u16, condition: Option<&Name>) {
    xml.open(&names::RESPONSE);
    xml.text(&names::HREF, href);
    xml.text(&names::STATUS, &status::line(code));
    if let Some(condition) = condition {
        xml.open(&names::ERROR);
        xml.empty(condition);
        xml.close(&names::ERROR);
    }
    xml.close(&names::RESPONSE);
}

fn propstat(xml: &mut XmlWriter, code: u16, props: &[&Name]) {
    if props.is_empty() {
        return;
    }
    xml.open(&names::PROPSTAT);
    xml.open(&names::PROP);
    for name in props {
        xml.empty(name);
    }
    xml.close(&names::PROP);
    xml.text(&names::STATUS, &status::line(code));
    xml.close(&names::PROPSTAT);
}

#[cfg(test)]
mod tests {
    use super::super::Multistatus;
    use super::*;

    #[test]
    fn the_reader_reads_what_the_writer_writes() {
        let mut w = MultistatusWriter::new();
        w.response("/a/", |xml| {
            xml.text(&names::GETETAG, "\"1\"");
            (1, vec![&names::GETCTAG])
        });
        w.response("/b/", |_| (0, vec![&names::GETCTAG]));
        w.status("/c", 404, None);
        w.status("/", 507, Some(&names::NUMBER_OF_MATCHES_WITHIN_LIMITS));
        w.sync_token("data:,2");
        let read = Multistatus::parse(&w.finish(), "/").unwrap();
        assert_eq!(read.responses[0].text(&names::GETETAG), Some("\"1\""));
        assert_eq!(read.responses[0].missing, [(names::GETCTAG.clone(), 404)]);
        assert!(read.responses[1].props.is_empty());
        assert_eq!(read.responses[2].status, 404);
        assert!(read.truncated());
        assert_eq!(read.sync_token.as_deref(), Some("data:,2"));
    }
}
