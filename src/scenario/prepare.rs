//! What must exist on the server before the start: requests that are made once for every account.

use crate::config::{Diagnostics, FromValue, Kind, Table, Value};
use crate::dav::escape;
use crate::dav::path::encode_segment;
use crate::http::is_token;
use crate::population::Account;

/// A request that is made for every account, with its own credentials, before the first client arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
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

impl Step {
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

impl FromValue for Step {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Step> {
        let table = Table::new(value, diags, "a step of `prepare`")?;
        let method: Option<String> = table.required("method");
        let path: Option<String> = table.required("path");
        let step = Step {
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
        Some(Step { method: method?, path: path?, ..step })
    }
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

    fn decode(body: &str) -> Result<Step, String> {
        let diags = Diagnostics::new();
        let text = format!("<plist><dict>{body}</dict></plist>");
        let step =
            read_bytes("p", text.as_bytes(), &diags).and_then(|value| Step::from_value(&value, &diags));
        step.filter(|_| !diags.has_errors())
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
}
