//! The `prepare` steps of `config/*.plist`, done by the harness's own client.
//!
//! This is the test of the four configurations: each step must succeed on the server it is for, and again when
//! everything exists already. Tests of one server use the same steps to give their users calendars.

use std::path::Path;

use populace::config::{Diagnostics, FromValue, Table, Value, read_file, render};

use crate::cyrus::Cyrus;
use crate::davical::Davical;
use crate::http::{Request, Response};
use crate::radicale::Radicale;
use crate::running::{Running, User, user};
use crate::xandikos::Xandikos;

/// One entry of the array `prepare`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    method: String,
    path: String,
    body: Option<String>,
    content_type: String,
    depth: Option<String>,
    /// Empty: 200 to 299.
    expect: Vec<u64>,
}

/// The steps of a configuration in `config/`.
fn steps(server: &str) -> Vec<Step> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(format!("{server}.plist"));
    let diags = Diagnostics::new();
    let config = read_file(&file, &diags);
    let steps = config
        .as_ref()
        .and_then(|config| Table::new(config, &diags, "a configuration"))
        .and_then(|table| table.required("prepare"));
    assert!(diags.is_empty(), "{}", render(&diags));
    steps.expect("a configuration of a server says how to prepare it")
}

impl FromValue for Step {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Step> {
        let table = Table::new(value, diags, "a step of `prepare`")?;
        let step = Step {
            method: table.required("method")?,
            path: table.required("path")?,
            body: table.optional("body"),
            content_type: table.or("contentType", "application/xml".to_owned()),
            depth: table.optional("depth"),
            expect: table.or("expect", Vec::new()),
        };
        table.finish();
        Some(step)
    }
}

impl Step {
    fn request(&self, user: &User) -> Request {
        let mut request = Request::new(&self.method, &self.path.replace("%s", &user.name));
        if let Some(depth) = &self.depth {
            request = request.depth(depth);
        }
        let Some(body) = &self.body else { return request };
        let body = body
            .replace("%(uid)s", &user.name)
            .replace("%(email)s", &user.email)
            .replace("%(commonName)s", &user.full_name)
            .replace("%(guid)s", &user.name);
        request.content(&self.content_type, &body)
    }

    fn accepts(&self, answer: &Response) -> bool {
        match self.expect.as_slice() {
            [] => (200..300).contains(&answer.status),
            expected => expected.contains(&u64::from(answer.status)),
        }
    }
}

/// Does the steps of the server's configuration for these users.
pub fn prepare(server: &Running, users: &[User]) {
    for (step, user) in
        users.iter().flat_map(|user| steps(server.name).into_iter().map(move |step| (step, user)))
    {
        let answer = server.send_as(user, step.request(user));
        let refused = answer.status == 207 && answer.body.contains("HTTP/1.1 403");
        assert!(step.accepts(&answer) && !refused, "{step:?}\n{answer:?}");
    }
}

fn can_be_prepared(server: Option<Running>) {
    let Some(server) = server else { return };
    let users = [user(7), user(50)];
    prepare(&server, &users);
    prepare(&server, &users);
    for user in &users {
        let list = server.send_as(user, Request::new("PROPFIND", &server.home(user)).depth("1").xml(NAMES));
        assert_eq!(list.status, 207, "{}", list.body);
        let found = calendars(&list.body);
        assert!(
            found.contains(&format!("Calendar of {} VEVENT", user.full_name)),
            "{found:?}\n{}",
            list.body
        );
        assert!(found.contains(&format!("Tasks of {} VTODO", user.full_name)), "{found:?}\n{}", list.body);
    }
}

const NAMES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<D:propfind xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
  <D:prop><D:resourcetype/><D:displayname/><C:supported-calendar-component-set/></D:prop>
</D:propfind>"#;

/// "NAME FIRST-COMPONENT" of every calendar in a multistatus.
fn calendars(multistatus: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(multistatus).expect("a multistatus is XML");
    let local = |name: &'static str| move |node: &roxmltree::Node| node.tag_name().name() == name;
    let calendar = |response: &roxmltree::Node| {
        let name = response.descendants().find(local("displayname"))?.text()?.to_owned();
        let component = response.descendants().find(local("comp"))?.attribute("name")?;
        Some(format!("{name} {component}"))
    };
    document.descendants().filter(local("response")).filter_map(|response| calendar(&response)).collect()
}

#[test]
fn cyrus_can_be_prepared() {
    can_be_prepared(Cyrus::start());
}

#[test]
fn davical_can_be_prepared() {
    can_be_prepared(Davical::start());
}

#[test]
fn radicale_can_be_prepared() {
    can_be_prepared(Radicale::start());
}

#[test]
fn xandikos_can_be_prepared() {
    can_be_prepared(Xandikos::start());
}
