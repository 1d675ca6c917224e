//! One request as a browser sends it.

use std::borrow::Cow;
use std::rc::Rc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::browser::Browser;
use super::params::{Auth, Params, Soap};
use super::place::Place;
use super::script::text::NoValue;
use super::script::{Body, Request};
use super::variables::{PASSWORD, Variables};
use super::walking::no_value;
use crate::client::{Context, Trouble};
use crate::http::{Answer, Call, Session, Version};
use crate::label::Label;
use crate::population::Password;

/// A request with its variables filled in.
pub struct Filled {
    pub method: Rc<str>,
    pub label: Label,
    pub place: Place,
    /// Beside those that a browser has by itself.
    headers: Vec<Field>,
    body: Bytes,
    private: bool,
    who: Who,
    /// With which program.
    agent: Rc<str>,
}

/// With which name and password the user logs in.
#[derive(Clone)]
struct Who {
    name: Rc<str>,
    password: Password,
    /// Without waiting to be asked.
    ahead: bool,
}

/// The statuses that are no failure where nobody says which.
const GOOD: [u16; 200] = {
    let mut all = [0; 200];
    let mut n = 0;
    while n < 200 {
        all[n] = 200 + n as u16;
        n += 1;
    }
    all
};
/// The same of SOAP, where some that are one have an answer that says why.
const GOOD_OR_FAULT: [u16; 202] = {
    let mut all = [0; 202];
    let mut n = 0;
    while n < 200 {
        all[n] = GOOD[n];
        n += 1;
    }
    all[200] = 400;
    all[201] = 500;
    all
};

/// What stays as it is in a form (URL standard, application/x-www-form-urlencoded).
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_');

impl Filled {
    /// Fills in what a step asks for; `from` is where its URL is looked at from.
    pub fn of(
        step: &Request,
        variables: &Variables<'_>,
        (from, agent): (&Place, Rc<str>),
        cx: &Context,
    ) -> Result<Filled, Trouble> {
        let params = &step.params;
        let url = step.url.fill_url(variables).map_err(no_value)?;
        let place = from.find(&url).map_err(|why| no_value(format!("{}: {why}", step.label)))?;
        let (body, private) = body(&step.body, variables).map_err(no_value)?;
        let mut headers: Vec<Field> = Vec::new();
        headers.extend(content_type(step, variables).map_err(no_value)?);
        if params.soap == Some(Soap::V11) {
            let action = step.action.as_ref().map_or(Ok("".into()), |text| text.fill(variables));
            headers.push(("soapaction".into(), format!("\"{}\"", action.map_err(no_value)?).into()));
        }
        for (name, text) in &*params.headers {
            headers.push((name.clone(), text.fill(variables).map_err(no_value)?));
        }
        let who = Who::of(params, variables, cx).map_err(no_value)?;
        Ok(Filled {
            method: step.method.clone(),
            label: step.label,
            place,
            headers,
            body,
            private,
            who,
            agent,
        })
    }

    /// Who asks at another place, and the headers there: on another server nobody, as it is not the one that the step trusts.
    fn for_place(&self, place: &Place) -> (Who, Vec<Field>) {
        if place.target == self.place.target {
            return (self.who.clone(), self.headers.clone());
        }
        let secret =
            |name: &str| ["authorization", "cookie"].iter().any(|own| name.eq_ignore_ascii_case(own));
        let headers = self.headers.iter().filter(|(name, _)| !secret(name)).cloned().collect();
        (Who { name: "".into(), password: Password::new(""), ahead: false }, headers)
    }

    /// The request that follows when an answer says that what was wanted is elsewhere (RFC 9110 15.4).
    pub fn redirected(self, status: u16, place: Place, label: Label) -> Filled {
        let keeps = matches!(status, 307 | 308) || matches!(&*self.method, "GET" | "HEAD");
        let (who, headers) = self.for_place(&place);
        if keeps {
            return Filled { place, label, who, headers, ..self };
        }
        let of_body = |name: &str| name.eq_ignore_ascii_case("content-type");
        let headers = headers.into_iter().filter(|(name, _)| !of_body(name)).collect();
        let (body, private) = (Bytes::new(), false);
        Filled { method: "GET".into(), place, label, headers, body, private, who, ..self }
    }

    /// What a page wants, fetched as the page was.
    pub fn object(&self, place: Place, label: Label) -> Filled {
        let (who, _) = self.for_place(&place);
        Filled {
            method: "GET".into(),
            label,
            place,
            headers: Vec::new(),
            body: Bytes::new(),
            private: false,
            who,
            agent: self.agent.clone(),
        }
    }

    /// The call, with what the browser adds.
    pub fn call<'c>(&'c self, params: &'c Params, browser: &Browser, now: DateTime<Utc>) -> Call<'c> {
        let good: &[u16] = if params.soap.is_some() { &GOOD_OR_FAULT } else { &GOOD };
        let expect = params.expect.as_deref().unwrap_or(good);
        let mut call = Call::new(self.label, &self.method, &self.place.path, expect);
        // As many as a browser has by itself.
        call.headers.reserve_exact(6 + self.headers.len());
        call.headers.push(("user-agent", Cow::Borrowed(&*self.agent)));
        call.headers.push(("accept", Cow::Borrowed("*/*")));
        call.headers
            .extend(params.accept_encoding.as_deref().map(|codings| ("accept-encoding", codings.into())));
        call.headers.extend(browser.jar.header(&self.place, now).map(|cookies| ("cookie", cookies.into())));
        if params.conditional && matches!(&*self.method, "GET" | "HEAD") {
            let condition = browser.known.condition(&self.place);
            call.headers.extend(condition.map(|(name, value)| (name, Cow::Owned(value.to_string()))));
        }
        match (params.keep_alive, params.version) {
            (false, _) => call.headers.push(("connection", Cow::Borrowed("close"))),
            (true, Version::Http10) => call.headers.push(("connection", Cow::Borrowed("keep-alive"))),
            (true, Version::Http11 | Version::Http2) => {}
        }
        call.headers.extend(self.headers.iter().map(|(name, value)| (&**name, Cow::Borrowed(&**value))));
        call.body = self.body.clone();
        call.version = params.version;
        call.timeout = Some(params.timeout);
        call.body_limit = Some(params.max_receive);
        call.private = self.private;
        call
    }

    /// Makes a session that of the user who asks.
    pub fn log_in(&self, session: &mut Session) {
        session.log_in(self.who.name.clone(), self.who.password.clone(), self.who.ahead);
    }
}

impl Who {
    fn of(params: &Params, variables: &Variables<'_>, cx: &Context) -> Result<Who, NoValue> {
        let name = params.user.as_ref().map_or(Ok(cx.account.uid.clone()), |text| text.fill(variables))?;
        let password = match &params.password {
            Some(text) => Password::new(text.fill(variables)?),
            None => cx.account.password.clone(),
        };
        Ok(Who { name, password, ahead: params.auth == Auth::Basic })
    }
}

/// The body, and whether there is a password in it.
fn body(body: &Body, variables: &Variables<'_>) -> Result<(Bytes, bool), NoValue> {
    let has_password =
        |text: &super::script::text::Text| text.variables().iter().any(|(name, _)| **name == *PASSWORD);
    Ok(match body {
        Body::None => (Bytes::new(), false),
        Body::Text(text) => (text.fill(variables)?.as_bytes().to_vec().into(), has_password(text)),
        Body::File(bytes) => (bytes.clone(), false),
        Body::Form(fields) => {
            let mut pairs = Vec::with_capacity(fields.len());
            for (name, value) in fields {
                pairs.push(format!(
                    "{}={}",
                    encoded(&name.fill(variables)?),
                    encoded(&value.fill(variables)?)
                ));
            }
            (pairs.join("&").into(), fields.iter().any(|(_, value)| has_password(value)))
        }
    })
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, FORM).to_string().replace("%20", "+")
}

/// A header field: its name and its value.
type Field = (Rc<str>, Rc<str>);

fn content_type(step: &Request, variables: &Variables<'_>) -> Result<Option<Field>, NoValue> {
    let Some(usual) = step.content_type() else { return Ok(None) };
    let mut value: Rc<str> = match &step.params.content_type {
        Some(text) => text.fill(variables)?,
        None => usual.into(),
    };
    // SOAP 1.2 says it here (RFC 3902).
    if let (Some(Soap::V12), Some(action)) = (step.params.soap, &step.action) {
        value = format!("{value}; action=\"{}\"", action.fill(variables)?).into();
    }
    Ok(Some(("content-type".into(), value)))
}

/// Notes what an answer brings that a browser keeps.
pub fn keep(
    browser: &mut Browser,
    place: &Place,
    answer: &Answer,
    (conditional, now): (bool, DateTime<Utc>),
) {
    for line in answer.headers.texts("set-cookie") {
        browser.jar.take(line, place, now);
    }
    if conditional {
        browser.known.take(place, answer);
    }
}
