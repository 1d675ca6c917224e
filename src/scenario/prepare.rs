//! What must exist on the server before the start: the steps of `prepare`. A step makes a request, or is one of the kinds
//! that domains bring.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use super::beforehand::NotPrepared;
use super::domains::DOMAINS;
use super::preparing::Work;
use super::requests::{self, Request, Requests};
use crate::config::{At, Diagnostics, Table, Value};

/// A preparation under way.
pub type Performing = Pin<Box<dyn Future<Output = Result<(), NotPrepared>>>>;

/// What is done before the first client arrives.
pub trait Preparation {
    /// What it makes, as results count it: `events`.
    fn noun(&self) -> &'static str;

    /// What it does, for `populace check` and the log; so many accounts have users who come.
    fn describe(&self, coming: usize) -> String;

    /// The services beside HTTP of which it needs one; empty: none.
    fn needs(&self) -> &[&'static str] {
        &[]
    }

    /// Whether it is of use on any server, also on the embedded one that stands in for another.
    fn is_of_any_server(&self) -> bool {
        false
    }

    /// Does it. What cannot be done ends it.
    fn perform(self: Rc<Self>, work: Rc<Work>) -> Performing;
}

/// A kind of step that a domain brings: a dict under a key of its own.
pub struct StepKind {
    pub key: &'static str,
    /// What the dict is, in messages.
    pub what: &'static str,
    pub decode: fn(Table<'_>) -> Option<Rc<dyn Preparation>>,
}

/// A step, and where it stands.
#[derive(Clone)]
pub struct Step {
    pub at: At,
    pub what: Rc<dyn Preparation>,
}

/// A step as it was read.
enum Read {
    Request(Request),
    Other(Rc<dyn Preparation>),
}

/// Decodes the array `prepare`. Requests that follow one another are one step, as they share a connection.
pub fn decode(value: &Value, diags: &Diagnostics) -> Vec<Step> {
    let Some(list) = value.as_array() else {
        return value.mismatch("an array", diags).unwrap_or_default();
    };
    let mut steps: Vec<Step> = Vec::new();
    let mut requests: Vec<Request> = Vec::new();
    let mut first = value.at.clone();
    for value in list {
        match one(value, diags) {
            Some(Read::Request(request)) => {
                if requests.is_empty() {
                    first = value.at.clone();
                }
                requests.push(request);
            }
            Some(Read::Other(what)) => {
                steps.extend(together(&mut requests, &first));
                steps.push(Step { at: value.at.clone(), what });
            }
            None => {}
        }
    }
    steps.extend(together(&mut requests, &first));
    steps
}

fn together(requests: &mut Vec<Request>, at: &At) -> Option<Step> {
    let requests = std::mem::take(requests);
    (!requests.is_empty()).then(|| Step { at: at.clone(), what: Rc::new(Requests(requests)) })
}

fn one(value: &Value, diags: &Diagnostics) -> Option<Read> {
    let table = Table::new(value, diags, "a step of `prepare`")?;
    let kinds = || DOMAINS.iter().flat_map(|domain| domain.steps);
    let found: Vec<&StepKind> = kinds().filter(|kind| table.has(kind.key)).collect();
    let Some(first) = found.first() else {
        let request = requests::decode(&table);
        // Known all the same: a misspelt one is told.
        for kind in kinds() {
            table.value(kind.key);
        }
        table.finish();
        return request.map(Read::Request);
    };
    let decode = |kind: &&StepKind| table.table(kind.key, kind.what).and_then(kind.decode);
    let all: Vec<Option<Rc<dyn Preparation>>> = found.iter().map(decode).collect();
    for key in requests::KEYS.into_iter().chain(found.iter().skip(1).map(|kind| kind.key)) {
        if table.value(key).is_some() {
            let message = format!("a step does one thing: it has `{}`, and `{key}` is of another", first.key);
            table.error_at_key(key, message);
        }
    }
    table.finish();
    all.into_iter().next().flatten().map(Read::Other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{read_bytes, render};

    fn steps(body: &str) -> (Vec<Step>, String) {
        let (diags, text) = (Diagnostics::new(), format!("<plist><array>{body}</array></plist>"));
        let value = read_bytes("p", text.as_bytes(), &diags).unwrap();
        let steps = decode(&value, &diags);
        (steps, render(&diags))
    }

    #[test]
    fn a_step_does_one_thing() {
        let (made, told) =
            steps("<dict><key>events</key><dict><key>count</key><integer>9</integer></dict></dict>");
        let described: Vec<String> = made.iter().map(|step| step.what.describe(3)).collect();
        assert!(described.len() == 1 && described[0].starts_with("9 events in"), "{described:?} {told}");
        let (_, told) = steps(
            "<dict><key>path</key><string>/</string><key>events</key><dict><key>count</key><integer>0</integer>\
             <key>name</key><string>a/b</string><key>calendar</key><string>x</string></dict></dict>",
        );
        for part in ["`path` is of another", "expected 1 to", "no name", "begin with /"] {
            assert!(told.contains(part), "{part} in {told}");
        }
        let (_, told) = steps("<dict><key>event</key><dict/></dict>");
        assert!(told.contains("`method` is missing") && told.contains("`events`"), "{told}");
    }

    #[test]
    fn requests_that_follow_one_another_share_a_connection() {
        let request = "<dict><key>method</key><string>GET</string><key>path</key><string>/</string></dict>";
        let events = "<dict><key>events</key><dict><key>count</key><integer>1</integer></dict></dict>";
        let (made, told) = steps(&format!("{request}{request}{events}{request}"));
        let nouns: Vec<String> = made.iter().map(|step| step.what.describe(1)).collect();
        assert_eq!((nouns[0].as_str(), nouns[2].as_str()), ("2 requests an account", "1 request an account"));
        assert_eq!((nouns.len(), told.as_str()), (3, ""));
    }
}
