//! What must exist on the server before the start: requests that are made once for every account, and events.

use crate::calendar::filling::Filling;
use crate::config::{Diagnostics, FromValue, Kind, Table, Value};
use crate::dav::escape;
use crate::dav::path::encode_segment;
use crate::http::is_token;
use crate::population::Account;

/// What is done for accounts before the first client arrives.
#[derive(Clone, Debug)]
pub enum Step {
    Request(Request),
    Events(Events),
}

/// A request that is made for every account, with its own credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    /// `%s` stands for the user's name.
    pub path: String,
    /// `%(uid)s`, `%(email)s`, `%(commonName)s` and `%(guid)s` stand for what is known of the user.
    pub body: String,
    pub content_type: String,
    pub depth: Option<String>,
    /// The statuses that are right; empty: 200 to 299.
    pub expect: Vec<u16>,
}

/// Events that are created in a calendar of every account whose user comes, where they are not there yet.
#[derive(Clone, Debug)]
pub struct Events {
    /// The path of the calendar, `%s` standing for the user's name; None: the first of the account's own that takes events.
    pub calendar: Option<String>,
    pub filling: Filling,
}

impl Request {
    /// The path for one account.
    pub fn path_for(&self, account: &Account) -> String {
        self.path.replace("%s", &encode_segment(&account.uid))
    }

    /// The body for one account. The values are escaped for XML.
    pub fn body_for(&self, account: &Account) -> String {
        let fields = [
            ("%(uid)s", &account.uid),
            ("%(email)s", &account.email),
            ("%(commonName)s", &account.common_name),
            ("%(guid)s", &account.guid),
        ];
        fields.iter().fold(self.body.clone(), |body, (name, value)| body.replace(name, &escape(value)))
    }

    pub fn expects(&self, status: u16) -> bool {
        if self.expect.is_empty() { (200..300).contains(&status) } else { self.expect.contains(&status) }
    }
}

impl Step {
    /// Whether it is done for accounts whose users never come, too: they are invited all the same.
    pub fn is_for_all(&self) -> bool {
        matches!(self, Step::Request(_))
    }

    /// Whether it is of use on any server.
    pub fn is_of_any_server(&self) -> bool {
        matches!(self, Step::Events(Events { calendar: None, .. }))
    }
}

impl Events {
    /// The path of the calendar of one account.
    pub fn path_for(&self, account: &Account) -> Option<String> {
        self.calendar.as_ref().map(|path| path.replace("%s", &encode_segment(&account.uid)))
    }
}

impl FromValue for Step {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Step> {
        let table = Table::new(value, diags, "a step of `prepare`")?;
        if !table.has("events") {
            return request(table).map(Step::Request);
        }
        let events = table.table("events", "the events of a step").and_then(events);
        for key in ["method", "path", "body", "contentType", "depth", "expect"] {
            if table.value(key).is_some() {
                table.error_at_key(
                    key,
                    format!("a step has `events` or makes a request: `{key}` is of the other"),
                );
            }
        }
        table.finish();
        events.map(Step::Events)
    }
}

fn events(table: Table<'_>) -> Option<Events> {
    let calendar: Option<String> = table.optional("calendar");
    if let Some(path) = calendar.as_ref().filter(|path| !path.starts_with('/')) {
        table.error_at_key("calendar", format!("{path:?} is no path: it must begin with /"));
    }
    let filling = Filling::decode(&table);
    table.finish();
    Some(Events { calendar, filling: filling? })
}

fn request(table: Table<'_>) -> Option<Request> {
    let method: Option<String> = table.required("method");
    let path: Option<String> = table.required("path");
    let step = Request {
        body: table.or("body", String::new()),
        content_type: table.or("contentType", "application/xml; charset=utf-8".to_owned()),
        depth: depth(&table),
        expect: table.or("expect", Vec::new()),
        method: String::new(),
        path: String::new(),
    };
    if let Some(path) = &path
        && !path.starts_with('/')
    {
        table.error_at_key("path", format!("{path:?} is no path: it must begin with /"));
    }
    if let Some(method) = &method
        && !is_token(method)
    {
        table.error_at_key("method", format!("{method:?} is no HTTP method"));
    }
    table.finish();
    Some(Request { method: method?, path: path?, ..step })
}

fn depth(table: &Table<'_>) -> Option<String> {
    let value = table.value("depth")?;
    match &value.kind {
        Kind::Integer(number @ (0 | 1)) => Some(number.to_string()),
        Kind::String(text) if ["0", "1", "infinity"].contains(&text.as_str()) => Some(text.clone()),
        _ => value.mismatch("0, 1 or infinity", table.diags()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read_bytes;

    fn decode(body: &str) -> Result<Request, String> {
        let diags = Diagnostics::new();
        let text = format!("<plist><dict>{body}</dict></plist>");
        let step =
            read_bytes("p", text.as_bytes(), &diags).and_then(|value| Step::from_value(&value, &diags));
        let request = step.and_then(|step| match step {
            Step::Request(request) => Some(request),
            Step::Events(_) => None,
        });
        request
            .filter(|_| !diags.has_errors())
            .ok_or_else(|| diags.all().iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    }

    #[test]
    fn a_step_is_filled_in_for_an_account() {
        let step = decode(
            "<key>method</key><string>MKCALENDAR</string><key>path</key><string>/dav/%s/x/</string>\
             <key>body</key><string>%(commonName)s of %(uid)s</string><key>depth</key><integer>0</integer>\
             <key>expect</key><array><integer>201</integer><integer>405</integer></array>",
        )
        .unwrap();
        let account = Account {
            uid: "a b".into(),
            common_name: "A & B".into(),
            password: crate::population::Password::new("p"),
            email: "".into(),
            guid: "".into(),
            pod: "PodA".into(),
        };
        assert_eq!(step.path_for(&account), "/dav/a%20b/x/");
        assert_eq!(step.body_for(&account), "A &amp; B of a b");
        assert!(step.expects(405) && !step.expects(200));
    }

    #[test]
    fn faults_are_told() {
        let base = "<key>method</key><string>MK COL</string><key>path</key><string>x</string>";
        let fault = decode(base).unwrap_err();
        assert!(fault.contains("no HTTP method") && fault.contains("begin with /"), "{fault}");
        assert!(decode("<key>path</key><string>/</string>").unwrap_err().contains("`method` is missing"));
    }

    #[test]
    fn a_step_creates_events_or_makes_a_request() {
        let step = |body: &str| {
            let (diags, text) = (Diagnostics::new(), format!("<plist><dict>{body}</dict></plist>"));
            let value = read_bytes("p", text.as_bytes(), &diags).unwrap();
            let step = Step::from_value(&value, &diags);
            (step, diags.all().iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
        };
        let (made, told) = step("<key>events</key><dict><key>count</key><integer>9</integer></dict>");
        assert!(matches!(made, Some(Step::Events(events)) if events.filling.count == 9), "{told}");
        let (_, told) = step(
            "<key>path</key><string>/</string><key>events</key><dict><key>count</key><integer>0</integer>\
             <key>name</key><string>a/b</string><key>calendar</key><string>x</string></dict>",
        );
        for part in ["`path` is of the other", "expected 1 to", "no name", "begin with /"] {
            assert!(told.contains(part), "{part} in {told}");
        }
    }
}
