//! One request as a browser sends it.

use std::borrow::Cow;
use std::rc::Rc;

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::browser::Browser;
use super::hidden::Hidden;
use super::params::{Auth, Params, Soap};
use super::place::Place;
use super::script::text::{NoValue, Text, as_form};
use super::script::{Body, Request};
use super::variables::Variables;
use super::walking::no_value;
use crate::client::{Context, Trouble};
use crate::http::{Answer, Call, Session, Version};
use crate::label::Label;
use crate::population::Password;
use crate::transport::target::BadTarget;

/// A request with its variables filled in.
pub struct Filled {
    pub method: Rc<str>,
    pub label: Label,
    pub place: Place,
    /// What nobody may see of its URL, and of those that follow from it.
    pub hidden: Hidden,
    /// The path as events show it, if that is another.
    shown: Option<Rc<str>>,
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

impl Filled {
    /// Fills in what a step asks for; `from` is where its URL is looked at from, what is hidden of that, and by which program.
    pub fn of(
        step: &Request,
        variables: &Variables<'_>,
        (from, hidden, agent): (&Place, &Hidden, Rc<str>),
        cx: &Context,
    ) -> Result<Filled, Trouble> {
        let params = &step.params;
        let hidden = Hidden::of(step.texts(), variables, hidden);
        let nowhere = |why: BadTarget| {
            let why = why.to_string();
            no_value(format!("{}: {}", step.label, hidden.masked(&why).unwrap_or(why)))
        };
        let url = step.url.fill_url(variables).map_err(no_value)?;
        let place = from.find(&url).map_err(nowhere)?;
        let shown = shown(step, variables, from, &place, &hidden);
        let (body, private) = body(&step.body, variables).map_err(no_value)?;
        let mut headers: Vec<Field> = Vec::new();
        headers.extend(content_type(step, variables).map_err(no_value)?);
        if params.soap == Some(Soap::V11) {
            let action = step.action.as_ref().map_or(Ok("".into()), |text| text.fill(variables));
            let value = format!("\"{}\"", action.map_err(no_value)?).into();
            let secret = step.action.as_ref().is_some_and(|text| text.is_secret(variables));
            headers.push(Field { name: "soapaction".into(), value, secret });
        }
        for (name, text) in &*params.headers {
            let value = text.fill(variables).map_err(no_value)?;
            headers.push(Field { name: name.clone(), value, secret: text.is_secret(variables) });
        }
        let who = Who::of(params, variables, cx).map_err(no_value)?;
        let (method, label) = (step.method.clone(), step.label);
        Ok(Filled { method, label, place, hidden, shown, headers, body, private, who, agent })
    }

    /// Who asks at another place, and the headers there: on another server nobody, as it is not the one that the step trusts.
    fn for_place(&self, place: &Place) -> (Who, Vec<Field>) {
        if place.target == self.place.target {
            return (self.who.clone(), self.headers.clone());
        }
        let secret =
            |field: &Field| field.secret || ["authorization", "cookie"].iter().any(|own| field.is(own));
        let headers = self.headers.iter().filter(|field| !secret(field)).cloned().collect();
        (Who { name: "".into(), password: Password::new(""), ahead: false }, headers)
    }

    /// Whether it goes on as it is, with its method and body, where an answer of this status says (RFC 9110 15.4).
    fn keeps(&self, status: u16) -> bool {
        matches!(status, 307 | 308) || matches!(&*self.method, "GET" | "HEAD")
    }

    /// Err: what was sent would go where it is not meant to be known. A browser would follow.
    pub fn may_follow(&self, status: u16, place: &Place) -> Result<(), String> {
        if self.private && self.keeps(status) && place.target != self.place.target {
            let there = &place.target;
            return Err(format!(
                "a redirect that is not followed: there is a password in the body, and {there} is another server"
            ));
        }
        Ok(())
    }

    /// The request that follows when an answer says that what was wanted is elsewhere (RFC 9110 15.4).
    pub fn redirected(self, status: u16, place: Place, label: Label) -> Filled {
        let (who, headers) = self.for_place(&place);
        let shown = self.hidden.path(&place);
        if self.keeps(status) {
            return Filled { place, shown, label, who, headers, ..self };
        }
        let headers = headers.into_iter().filter(|field| !field.is("content-type")).collect();
        let (method, body) = ("GET".into(), Bytes::new());
        Filled { method, label, place, shown, headers, body, private: false, who, ..self }
    }

    /// What a page wants, fetched as the page was.
    pub fn object(&self, place: Place, label: Label) -> Filled {
        let (who, _) = self.for_place(&place);
        Filled {
            method: "GET".into(),
            label,
            shown: self.hidden.path(&place),
            hidden: self.hidden.clone(),
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
        call.headers.extend(self.headers.iter().map(|field| (&*field.name, Cow::Borrowed(&*field.value))));
        call.body = self.body.clone();
        call.version = params.version;
        call.timeout = Some(params.timeout);
        call.body_limit = Some(params.max_receive);
        call.private = self.private;
        call.shown = self.shown.as_deref();
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

/// The path of a request as events show it, if that is another than it has. What the script puts into it is known; what was
/// there before is looked for.
fn shown(
    step: &Request,
    variables: &Variables<'_>,
    from: &Place,
    place: &Place,
    hidden: &Hidden,
) -> Option<Rc<str>> {
    if !step.url.is_secret(variables) {
        return hidden.path(place);
    }
    let url = step.url.fill_url(&variables.masked()).ok()?;
    let masked = from.resolve(&url).ok()?;
    Some(hidden.path(&masked).unwrap_or(masked.path))
}

/// The body, and whether there is a password in it.
fn body(body: &Body, variables: &Variables<'_>) -> Result<(Bytes, bool), NoValue> {
    let has_password = |text: &Text| text.is_secret(variables);
    Ok(match body {
        Body::None => (Bytes::new(), false),
        Body::Text(text) => (text.fill(variables)?.as_bytes().to_vec().into(), has_password(text)),
        Body::File(bytes) => (bytes.clone(), false),
        Body::Form(fields) => {
            let mut pairs = Vec::with_capacity(fields.len());
            for (name, value) in fields {
                pairs.push(format!(
                    "{}={}",
                    as_form(&name.fill(variables)?),
                    as_form(&value.fill(variables)?)
                ));
            }
            (
                pairs.join("&").into(),
                fields.iter().any(|(name, value)| has_password(name) || has_password(value)),
            )
        }
    })
}

/// A header field.
#[derive(Clone)]
struct Field {
    name: Rc<str>,
    value: Rc<str>,
    /// There is a password in it.
    secret: bool,
}

impl Field {
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

fn content_type(step: &Request, variables: &Variables<'_>) -> Result<Option<Field>, NoValue> {
    let Some(usual) = step.content_type() else { return Ok(None) };
    let own = step.params.content_type.as_ref();
    let mut value: Rc<str> = own.map_or(Ok(usual.into()), |text| text.fill(variables))?;
    let mut secret = own.is_some_and(|text| text.is_secret(variables));
    // SOAP 1.2 says it here (RFC 3902).
    if let (Some(Soap::V12), Some(action)) = (step.params.soap, &step.action) {
        value = format!("{value}; action=\"{}\"", action.fill(variables)?).into();
        secret |= action.is_secret(variables);
    }
    Ok(Some(Field { name: "content-type".into(), value, secret }))
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
