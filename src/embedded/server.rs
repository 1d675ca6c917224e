//! The server: from a request to its answer, counted.
use super::asked::Asked;
use super::auth::{Auth, Outcome};
use super::call::{Call, base};
use super::config::Config;
use super::digits::http_date;
use super::pages::Pages;
use super::paths::Target;
use super::reply::{self, CountedAs, Refusal, Reply};
use super::served::{Counters, Served};
use super::service::{Carry, Desk};
use super::store::Store;
use super::{
    attachment, classify, mkcalendar, moving, options, outbox, propfind, proppatch, report, resource, sharing,
};
use crate::dav::path;
use crate::http::LABEL_HEADER;
use crate::random::Seed;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Body;
use hyper::header::{AUTHORIZATION, DATE, HOST, HeaderValue, SERVER, USER_AGENT};
use hyper::{Request, Response};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::error::Error;
use std::rc::Rc;
use tokio::time::Instant;

type OnServed = Box<dyn Fn(&Served)>;
type OnChange = Box<dyn Fn(BTreeSet<String>)>;

/// An in-memory CalDAV server. It is shared by its connections; all of them run on one thread.
pub struct Server {
    config: Config,
    store: RefCell<Store>,
    auth: RefCell<Auth>,
    counters: RefCell<Counters>,
    desk: Option<Desk>,
    pages: Option<Pages>,
    outstanding: Cell<usize>,
    date: RefCell<Option<(i64, HeaderValue)>>,
    asked: RefCell<Asked>,
    on_served: RefCell<Vec<OnServed>>,
    on_change: RefCell<Vec<OnChange>>,
}

impl Server {
    /// A server with a home for each of the configuration's users.
    pub fn new(mut config: Config) -> Rc<Server> {
        let users = std::mem::take(&mut config.users);
        let mut model = config.service.take();
        let pages = model.as_mut().and_then(|model| model.pages.take());
        let store = Store::new(users, &config.push_host, config.clock.utc());
        Rc::new(Server {
            auth: RefCell::new(Auth::new(&config)),
            store: RefCell::new(store),
            counters: RefCell::default(),
            desk: model.map(|model| Desk::new(model, config.clock, Seed(config.seed))),
            pages,
            outstanding: Cell::new(0),
            date: RefCell::default(),
            asked: RefCell::default(),
            on_served: RefCell::default(),
            on_change: RefCell::default(),
            config,
        })
    }

    /// The set-up, without the users.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The state.
    pub fn store(&self) -> &RefCell<Store> {
        &self.store
    }

    /// The exact counts so far.
    pub fn counters(&self) -> Counters {
        self.counters.borrow().clone()
    }

    /// Has `tell` called after every answer.
    pub fn on_served(&self, tell: OnServed) {
        self.on_served.borrow_mut().push(tell);
    }

    /// Has `tell` called with the push keys of what changed, after every request that changed something.
    pub fn on_change(&self, tell: OnChange) {
        self.on_change.borrow_mut().push(tell);
    }

    pub(super) fn count_connection(&self) {
        self.counters.borrow_mut().connections += 1;
    }

    /// Answers a request that came over no connection.
    pub async fn handle<B>(&self, request: Request<B>, secure: bool) -> Response<Full<Bytes>>
    where
        B: Body<Data = Bytes>,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        self.handle_on(request, secure, &Carry::default()).await
    }

    /// Answers a request. `secure` is whether it came over TLS, `carry` belongs to its connection.
    pub(super) async fn handle_on<B>(
        &self,
        request: Request<B>,
        secure: bool,
        carry: &Carry,
    ) -> Response<Full<Bytes>>
    where
        B: Body<Data = Bytes>,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let begun = Instant::now();
        self.outstanding.set(self.outstanding.get() + 1);
        let leaving = Leaving(&self.outstanding);
        let (head, body) = request.into_parts();
        let body = Limited::new(body, self.config.max_body).collect().await;
        if let Some(desk) = &self.desk {
            let label = text(head.headers.get(LABEL_HEADER));
            // Nobody logs in for a page.
            let known = head.headers.contains_key(AUTHORIZATION) || self.is_for_page(&head);
            desk.serve(label, known, carry).await;
        }
        let (mut reply, uid, name) = match body {
            Ok(body) => self.answer(&head, body.to_bytes(), secure),
            Err(error) => {
                let status = if error.is::<LengthLimitError>() { 413 } else { 400 };
                (reply::html(status), Rc::from(""), Rc::from(head.method.as_str()))
            }
        };
        let now = self.config.clock.utc();
        let headers = reply.headers_mut();
        headers.extend(self.date(now).map(|date| (DATE, date)));
        headers.insert(SERVER, HeaderValue::from_static(concat!("populace/", env!("CARGO_PKG_VERSION"))));
        let counted_as = reply.extensions().get::<CountedAs>().map(|c| Rc::from(c.0));
        let served = Served {
            at: now,
            name: counted_as.unwrap_or(name),
            status: reply.status().as_u16(),
            elapsed: begun.elapsed(),
            outstanding: self.outstanding.get(),
            uid,
            user_agent: text(head.headers.get(USER_AGENT)).to_owned(),
        };
        drop(leaving);
        self.tell(&served, reply.body().len());
        reply.map(Full::new)
    }

    fn is_for_page(&self, head: &hyper::http::request::Parts) -> bool {
        let target = || Target::find(&self.store.borrow(), &path::canonical(head.uri.path()));
        self.pages.is_some() && Pages::have(&head.method, &target())
    }

    /// The Date header; the text of a second is made once.
    fn date(&self, now: DateTime<Utc>) -> Option<HeaderValue> {
        let mut last = self.date.borrow_mut();
        let second = now.timestamp();
        if last.as_ref().is_none_or(|(of, _)| *of != second) {
            *last = HeaderValue::from_str(&http_date(now)).ok().map(|value| (second, value));
        }
        last.as_ref().map(|(_, value)| value.clone())
    }

    fn tell(&self, served: &Served, bytes_out: usize) {
        {
            let mut counters = self.counters.borrow_mut();
            counters.count(served);
            counters.bytes_out += bytes_out as u64;
        }
        for tell in self.on_served.borrow().iter() {
            tell(served);
        }
        let keys = self.store.borrow_mut().take_changed_keys();
        if !keys.is_empty() {
            for tell in self.on_change.borrow().iter() {
                tell(keys.clone());
            }
        }
    }

    /// The answer, who asked, and the name to count it under.
    fn answer(
        &self,
        head: &hyper::http::request::Parts,
        body: Bytes,
        secure: bool,
    ) -> (Reply, Rc<str>, Rc<str>) {
        self.counters.borrow_mut().bytes_in += body.len() as u64;
        let mut store = self.store.borrow_mut();
        store.set_now(self.config.clock.utc());
        let asked = head.uri.path_and_query().map_or(head.uri.path(), |p| p.as_str());
        let path = path::canonical(head.uri.path());
        let target = Target::find(&store, &path);
        let name = classify::name(&store, &head.method, &target, head.uri.query().unwrap_or(""), &body);
        let host = head.uri.authority().map_or(text(head.headers.get(HOST)), |a| a.as_str());
        if let Some(pages) = &self.pages
            && Pages::have(&head.method, &target)
        {
            return (pages.answer(Seed(self.config.seed), &path, &head.headers), Rc::from(""), name);
        }
        if target == Target::WellKnown {
            return (options::well_known(&base(secure, host)), Rc::from(""), name);
        }
        if target == Target::Apns && !self.config.apns {
            return (options::not_allowed(&store, &target), Rc::from(""), name);
        }
        let mut auth = self.auth.borrow_mut();
        let by = match auth.check(&store, head.method.as_str(), asked, &head.headers) {
            Outcome::Known(by) => by,
            outcome => return (auth.challenge(outcome == Outcome::Stale), Rc::from(""), name),
        };
        let call = Call {
            config: &self.config,
            method: &head.method,
            target,
            path,
            query: head.uri.query().unwrap_or("").to_owned(),
            headers: &head.headers,
            body,
            by,
            asked: &self.asked,
            secure,
            host,
        };
        let reply = dispatch(&call, &mut store).unwrap_or_else(Refusal::reply);
        (reply, Rc::from(&*store.principal(by).uid), name)
    }
}

/// Counts a request as finished, also when its connection breaks while the body is read.
struct Leaving<'s>(&'s Cell<usize>);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

fn text(value: Option<&HeaderValue>) -> &str {
    value.and_then(|v| v.to_str().ok()).unwrap_or("")
}

fn dispatch(call: &Call<'_>, store: &mut Store) -> Result<Reply, Refusal> {
    match (call.method.as_str(), &call.target) {
        ("OPTIONS", _) => Ok(options::options(call, store)),
        ("PROPFIND", _) => propfind::propfind(call, store),
        ("PROPPATCH", _) => proppatch::proppatch(call, store),
        ("REPORT", _) => report::report(call, store),
        ("MKCALENDAR" | "MKCOL", _) => mkcalendar::mkcalendar(call, store),
        ("GET" | "HEAD", Target::Attachment(..)) => attachment::get(call, store),
        ("GET" | "HEAD", _) => resource::get(call, store),
        ("MOVE", _) => moving::move_object(call, store),
        ("PUT", Target::Member(..)) => resource::put(call, store),
        ("DELETE", _) => resource::delete(call, store),
        ("POST", Target::Apns) => Ok(reply::empty(200)),
        ("POST", Target::Outbox(_)) => outbox::post(call, store),
        ("POST", Target::Home(_)) => sharing::reply_to_invite(call, store),
        ("POST", Target::Collection(_)) => sharing::share(call, store),
        ("POST", Target::Member(_, name)) if name == ";add-member" => resource::add_member(call, store),
        ("POST", Target::Member(..)) => attachment::post(call, store),
        ("PUT", Target::Missing) => Err(Refusal::status(409)),
        (_, Target::Missing) => Err(Refusal::status(404)),
        _ => Ok(options::not_allowed(store, &call.target)),
    }
}
