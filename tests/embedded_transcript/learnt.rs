//! What the recorded server made up, and what ours made up in its place.
use super::recording::Message;
use populace::dav::{Multistatus, Response, names, path};
use std::collections::{BTreeMap, BTreeSet};

/// Recorded values to ours: sync tokens, tags, names of resources.
#[derive(Debug, Default)]
pub struct Learnt {
    values: BTreeMap<String, String>,
}

impl Learnt {
    /// A recorded request with our values in it.
    pub fn request(&self, recorded: &Message) -> Message {
        let mut request = recorded.clone();
        request.start = self.translate(&request.start);
        request.body = self.translate(&request.body);
        for (name, value) in &mut request.headers {
            if name.starts_with("if-") {
                *value = self.translate(value);
            }
        }
        request
    }

    /// A text with every recorded value replaced.
    pub fn translate(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (theirs, ours) in &self.values {
            if text.contains(theirs.as_str()) {
                text = text.replace(theirs.as_str(), ours);
            }
        }
        text
    }

    /// Learns from the headers of a pair of answers.
    pub fn headers(&mut self, theirs: &Message, ours: &Message) {
        for name in ["etag", "schedule-tag", "cal-managed-id"] {
            if let (Some(theirs), Some(ours)) = (theirs.header(name), ours.header(name)) {
                self.pair(theirs, ours);
            }
        }
        if let (Some(theirs), Some(ours)) = (theirs.header("location"), ours.header("location")) {
            self.pair(&path::canonical(theirs), &path::canonical(ours));
        }
        if let (Some(theirs), Some(ours)) = (shared_as(&theirs.body), shared_as(&ours.body)) {
            self.pair(&theirs, &ours);
        }
    }

    /// Learns from a pair of multistatus answers; returns the pairs of responses for the same resource, and
    /// the hrefs that only the recorded answer has.
    pub fn multistatus<'m>(
        &mut self,
        theirs: &'m Multistatus,
        ours: &'m Multistatus,
    ) -> (Vec<(&'m Response, &'m Response)>, Vec<String>) {
        if let (Some(theirs), Some(ours)) = (&theirs.sync_token, &ours.sync_token) {
            self.pair(theirs, ours);
        }
        let mut free: BTreeSet<usize> = (0..ours.responses.len()).collect();
        let mut pairs = Vec::new();
        let mut open = Vec::new();
        for response in &theirs.responses {
            let href = self.translate(&response.href);
            match free.iter().copied().find(|i| ours.responses[*i].href == href) {
                Some(at) => {
                    free.remove(&at);
                    pairs.push((response, &ours.responses[at]));
                }
                None => open.push(response),
            }
        }
        // Names that either server has made up are paired in the order of the answers, folder by folder.
        let mut missing = Vec::new();
        for response in open {
            let folder = self.translate(path::parent(&response.href));
            let partner = free.iter().copied().find(|i| {
                let ours = &ours.responses[*i];
                let alike = path::parent(&ours.href) == folder && ours.status == response.status;
                alike
                    && made_up(&ours.href).map(|(_, kind)| kind)
                        == made_up(&response.href).map(|(_, kind)| kind)
            });
            match partner {
                Some(at) if made_up(&response.href).is_some() => {
                    free.remove(&at);
                    let ours = &ours.responses[at];
                    if let (Some((theirs, _)), Some((ours, _))) =
                        (made_up(&response.href), made_up(&ours.href))
                    {
                        self.pair(&theirs, &ours);
                    }
                    pairs.push((response, ours));
                }
                _ => missing.push(response.href.clone()),
            }
        }
        for (theirs, ours) in &pairs {
            for name in [&names::SYNC_TOKEN, &names::GETETAG, &names::SCHEDULE_TAG] {
                if let (Some(theirs), Some(ours)) = (theirs.text(name), ours.text(name)) {
                    self.pair(theirs, ours);
                }
            }
        }
        (pairs, missing)
    }

    fn pair(&mut self, theirs: &str, ours: &str) {
        let (theirs, ours) = (theirs.trim_matches('"'), ours.trim_matches('"'));
        if !theirs.is_empty() && theirs != ours {
            self.values.insert(theirs.to_owned(), ours.to_owned());
        }
    }
}

fn shared_as(body: &str) -> Option<String> {
    let root = populace::dav::Element::parse(body).ok()?;
    let href = root.child_text(&names::HREF).filter(|_| root.name == names::SHARED_AS)?;
    Some(path::last_segment(href))
}

/// The stem and the kind of a name that a server chose: `MD5-HASH.ics`, `UUID[-reply].xml`, and the UUID of a
/// share. Names that clients chose are UUIDs with `.ics`.
fn made_up(href: &str) -> Option<(String, &'static str)> {
    let name = path::last_segment(href);
    if let Some(stem) = name.strip_suffix("-reply.xml") {
        return Some((stem.to_owned(), "-reply.xml"));
    }
    if let Some(stem) = name.strip_suffix(".xml") {
        return Some((stem.to_owned(), ".xml"));
    }
    let stem = name.strip_suffix(".ics").unwrap_or(&name);
    match stem.split_once('-') {
        Some((md5, _)) if name.ends_with(".ics") && md5.len() == 32 => Some((stem.to_owned(), ".ics")),
        _ if name.len() == 36 => Some((name, "share")),
        _ => None,
    }
}
