//! Requests that are made for every account before the start, each with the account's own credentials.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::beforehand::NotPrepared;
use super::prepare::{Performing, Preparation};
use super::preparing::Work;
use crate::client::Context;
use crate::config::{Kind, Table};
use crate::dav::escape;
use crate::dav::path::encode_segment;
use crate::http::{Call, SendError, Session, Settings, is_token};
use crate::label::Label;
use crate::population::Account;
use crate::stats::one_line;

/// The keys of a step that makes a request.
pub const KEYS: [&str; 6] = ["method", "path", "body", "contentType", "depth", "expect"];

/// Requests that follow one another.
pub struct Requests(pub Vec<Request>);

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

impl Preparation for Requests {
    fn noun(&self) -> &'static str {
        "requests"
    }

    fn describe(&self, _: usize) -> String {
        match self.0.len() {
            1 => "1 request an account".to_owned(),
            count => format!("{count} requests an account"),
        }
    }

    /// It is done for accounts whose users never come, too: they are invited all the same.
    fn perform(self: Rc<Self>, work: Rc<Work>) -> Performing {
        Box::pin(async move {
            let settings = |pod: &super::pods::Pod| {
                Rc::new(Settings::new(work.connector.clone(), pod.target.clone(), pod.trust))
            };
            let servers: BTreeMap<Rc<str>, Rc<Settings>> =
                work.pods.iter().map(|pod| (pod.name.clone(), settings(pod))).collect();
            let servers = Rc::new(servers);
            work.each(work.all(), |account, _| {
                let (own, work, servers) = (self.clone(), work.clone(), servers.clone());
                async move { own.account(&work, account, &servers).await }
            })
            .await
        })
    }
}

impl Requests {
    async fn account(
        &self,
        work: &Work,
        account: usize,
        servers: &BTreeMap<Rc<str>, Rc<Settings>>,
    ) -> Result<(), NotPrepared> {
        let cx = work.context(account);
        let Some(settings) = servers.get(&cx.account.pod) else { return Ok(()) };
        let mut session = Session::new(settings.clone(), cx.account.uid.clone(), cx.account.password.clone());
        for request in &self.0 {
            one_request(request, &cx, &mut session).await?;
            work.made(1);
        }
        Ok(())
    }
}

async fn one_request(step: &Request, cx: &Context, session: &mut Session) -> Result<(), NotPrepared> {
    let account: &Account = &cx.account;
    let every: Vec<u16> = (100..600).filter(|status| *status != 401).collect();
    let path = step.path_for(account);
    let failed = |why: String| NotPrepared::of(account, &format!("{} {path}", step.method), why);
    let mut call = Call::new(Label::of("prepare"), &step.method, &path, &every);
    if !step.body.is_empty() {
        call = call.body(&step.content_type, step.body_for(account));
    }
    if let Some(depth) = &step.depth {
        call = call.header("depth", depth.clone());
    }
    match session.send(call, &cx.journal).await {
        Ok(answer) if step.expects(answer.status) => Ok(()),
        Ok(answer) => {
            let said = one_line(&answer.text());
            Err(failed(format!("the server answered {} {said}", answer.status)))
        }
        Err(SendError::Failed(failure)) => Err(failed(failure.detail.clone())),
        Err(SendError::Stopped) => Ok(()),
    }
}

/// Decodes a step that makes a request.
pub fn decode(table: &Table<'_>) -> Option<Request> {
    let method: Option<String> = table.required("method");
    let path: Option<String> = table.required("path");
    let step = Request {
        body: table.or("body", String::new()),
        content_type: table.or("contentType", "application/xml; charset=utf-8".to_owned()),
        depth: depth(table),
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
    use crate::config::{Diagnostics, read_bytes};

    fn decode(body: &str) -> Result<Request, String> {
        let diags = Diagnostics::new();
        let text = format!("<plist><dict>{body}</dict></plist>");
        let value = read_bytes("p", text.as_bytes(), &diags).unwrap();
        let table = Table::new(&value, &diags, "a step").unwrap();
        super::decode(&table)
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
}
