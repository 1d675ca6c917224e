//! From a request to its answer.

use std::cell::Cell;
use std::rc::Rc;

use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue,
    LOCATION, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::watch;

use super::address::Names;
use super::readings::{Page, Readings};
use super::stream::{Streams, Updates};
use super::token::Token;

pub type Answer = Response<Either<Full<Bytes>, Updates>>;

/// All that answers need.
pub struct Routes {
    token: Token,
    names: Names,
    readings: Rc<Readings>,
    streams: Streams,
    /// Whether somebody has fetched the figures while the run went on, and after its end.
    fetched: Cell<bool>,
    fetched_last: watch::Sender<bool>,
}

/// What a request asks for.
enum Place<'r> {
    /// What stands behind the token.
    Inside(&'r str),
    /// The token without its slash.
    Door,
    Elsewhere,
    /// It came under a name that is not ours.
    Strange,
}

impl Routes {
    pub fn new(token: Token, names: Names, readings: Rc<Readings>) -> Routes {
        let fetched_last = watch::Sender::new(false);
        Routes { token, names, readings, streams: Streams::default(), fetched: Cell::default(), fetched_last }
    }

    /// Whether somebody who fetched the figures while the run went on has not had the last ones.
    pub fn owes_figures(&self) -> bool {
        self.fetched.get() && !*self.fetched_last.borrow()
    }

    /// Resolves when somebody has had the last ones.
    pub async fn had_figures(&self) {
        let _ = self.fetched_last.subscribe().wait_for(|fetched| *fetched).await;
    }

    /// The answer. Without the token, or under a strange name, nobody learns anything.
    pub async fn answer(&self, request: Request<Incoming>) -> Answer {
        let mut answer = match self.place(&request) {
            Place::Inside("") => self.page(request.method()).await,
            Place::Inside("updates") => self.updates(request.method()).await,
            Place::Inside("metrics") => self.metrics(request.method()).await,
            Place::Inside("stop") => self.stop(&request),
            Place::Door => self.door(),
            Place::Inside(_) | Place::Elsewhere => empty(StatusCode::NOT_FOUND),
            Place::Strange => empty(StatusCode::FORBIDDEN),
        };
        harden(answer.headers_mut());
        answer
    }

    fn place<'r>(&self, request: &'r Request<Incoming>) -> Place<'r> {
        let host = one(request.headers(), HOST).unwrap_or_default();
        if !self.names.allow(host) {
            return Place::Strange;
        }
        let path = request.uri().path();
        let inside = path.strip_prefix('/').unwrap_or_default();
        let (said, place) =
            inside.split_once('/').map_or((inside, None), |(said, place)| (said, Some(place)));
        match (self.token.is(said), place) {
            (false, _) => Place::Elsewhere,
            (true, Some(place)) => Place::Inside(place),
            (true, None) => Place::Door,
        }
    }

    /// Leads to the page, so that what it asks for stands behind the token.
    fn door(&self) -> Answer {
        let mut answer = empty(StatusCode::PERMANENT_REDIRECT);
        let there = HeaderValue::try_from(format!("/{}/", self.token.as_str()));
        answer.headers_mut().extend(there.ok().map(|there| (LOCATION, there)));
        answer
    }

    async fn page(&self, method: &Method) -> Answer {
        if let Some(refusal) = only_read(method) {
            return refusal;
        }
        let page = match self.readings.now().await {
            Some(reading) => reading.page(),
            None => Page::not_yet(),
        };
        match page {
            Ok(page) => whole("text/html; charset=utf-8", page.policy, page.text),
            Err(_) => empty(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    async fn updates(&self, method: &Method) -> Answer {
        if *method != Method::GET {
            return not_allowed("GET");
        }
        let Some(updates) = self.streams.open(&self.readings) else {
            return empty(StatusCode::SERVICE_UNAVAILABLE);
        };
        let mut answer = Response::new(Either::Right(updates));
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        answer
    }

    async fn metrics(&self, method: &Method) -> Answer {
        if let Some(refusal) = only_read(method) {
            return refusal;
        }
        let Some(reading) = self.readings.now().await else {
            // A run that gets ready has no figures; that somebody fetches them is known.
            self.fetched.set(true);
            return empty(StatusCode::SERVICE_UNAVAILABLE);
        };
        match reading.progress {
            Some(_) => self.fetched.set(true),
            None => drop(self.fetched_last.send_replace(true)),
        }
        let content = "text/plain; version=0.0.4; charset=utf-8";
        whole(content, HeaderValue::from_static("default-src 'none'"), reading.metrics())
    }

    /// Ends the run. A page of somebody else, if it knew the token, could send this too: a browser says whence it comes.
    fn stop(&self, request: &Request<Incoming>) -> Answer {
        if request.method() != Method::POST {
            return not_allowed("POST");
        }
        let host = one(request.headers(), HOST).unwrap_or_default();
        let own = |origin: &str| origin.strip_prefix("http://") == Some(host);
        if request.headers().contains_key(ORIGIN) && !one(request.headers(), ORIGIN).is_some_and(own) {
            return empty(StatusCode::FORBIDDEN);
        }
        // Whoever said it before has said it for all.
        let _ = self.readings.link().stop.try_send(());
        empty(StatusCode::ACCEPTED)
    }
}

/// The value of a header that stands there once.
fn one(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

fn only_read(method: &Method) -> Option<Answer> {
    (*method != Method::GET && *method != Method::HEAD).then(|| not_allowed("GET, HEAD"))
}

fn not_allowed(allowed: &'static str) -> Answer {
    let mut answer = empty(StatusCode::METHOD_NOT_ALLOWED);
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    answer
}

fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(Either::Left(Full::default()));
    *answer.status_mut() = status;
    answer
}

fn whole(content: &'static str, policy: HeaderValue, text: Bytes) -> Answer {
    let mut answer = Response::new(Either::Left(Full::new(text)));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content));
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    answer
}

/// What every answer says: nobody keeps it, guesses what it is, or learns from where one came.
fn harden(headers: &mut HeaderMap) {
    let rules = [
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    headers.extend(rules.map(|(name, value)| (name, HeaderValue::from_static(value))));
}
