//! The requests, in the order in which a client comes to send them.

use super::answers::{self, href};
use super::table::Answer;
use super::{collections, meetings, xml};
use crate::http::{Request, Response};
use crate::prepare::prepare;
use crate::running::{Running, User};

/// Three users on one server: what they found, and what the server answered.
pub struct Walk<'a> {
    pub server: &'a Running,
    pub user: User,
    /// Who is invited and accepts.
    pub other: User,
    /// Who is invited later.
    pub third: User,
    pub place: Place,
    answers: Vec<Answer>,
}

/// What a client learns of its user at the start.
#[derive(Debug, Clone, Default)]
pub struct Place {
    pub principal: String,
    pub principals: String,
    pub home: String,
    pub inbox: Option<String>,
    pub outbox: Option<String>,
    pub notifications: Option<String>,
}

/// Sends every request of the catalogue.
pub fn walk(server: &Running) -> Vec<Answer> {
    let (user, other, third) = (server.user(7), server.user(8), server.user(9));
    prepare(server, &[user.clone(), other.clone(), third.clone()]);
    let mut walk = Walk { server, user, other, third, place: Place::default(), answers: Vec::new() };
    walk.challenge();
    walk.find_principal();
    walk.place = walk.principal();
    walk.others();
    collections::walk(&mut walk);
    meetings::walk(&mut walk);
    walk.answers
}

impl Walk<'_> {
    /// Sends a request of the first user and notes its status.
    pub fn ask(&mut self, label: &'static str, request: Request) -> Response {
        let answer = self.server.send_as(&self.user, request);
        self.note(label, answer.status.to_string());
        answer
    }

    /// Sends a request of the first user to a place that the server may not have.
    pub fn ask_at(&mut self, label: &'static str, place: Option<&str>, request: impl Fn(&str) -> Request) {
        match place {
            Some(path) => drop(self.ask(label, request(path))),
            None => self.note(label, "-".to_owned()),
        }
    }

    /// Notes something else than a status.
    pub fn note(&mut self, label: &'static str, word: String) {
        self.answers.push((label, word));
    }

    /// A user's calendar for events: the one to which invitations are delivered.
    pub fn calendar(&self, user: &User) -> String {
        let name = if self.server.name == "cyrus" { "Default" } else { "calendar" };
        format!("{}{name}/", self.server.home(user))
    }

    /// The calendar for tasks that `prepare` made.
    pub fn tasks(&self) -> String {
        format!("{}tasks/", self.server.home(&self.user))
    }

    /// What a request without credentials gets.
    fn challenge(&mut self) {
        let answer = self.server.send(&propfind(&self.server.home(&self.user), "1", xml::HOME));
        let schemes = answer.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("www-authenticate"));
        let schemes: Vec<String> =
            schemes.filter_map(|(_, value)| Some(value.split(' ').next()?.to_lowercase())).collect();
        self.note("without credentials", format!("{} {}", answer.status, schemes.join(" ")));
    }

    fn find_principal(&mut self) {
        let answer = self.ask("PROPFIND{well-known}", propfind("/.well-known/caldav/", "0", xml::WHO));
        let to = answer.header("Location").map(answers::path);
        self.ask_at("PROPFIND{well-known}, redirected", to.as_deref(), |path| propfind(path, "0", xml::WHO));
        let principal = self.server.principal(&self.user);
        self.ask("PROPFIND{find-principal}", propfind(&principal, "0", xml::WHO));
    }

    fn principal(&mut self) -> Place {
        let path = self.server.principal(&self.user);
        let answer = self.ask("PROPFIND{principal}", propfind(&path, "0", xml::PRINCIPAL));
        let body = &answer.body;
        let mailto = answer.body.contains(&format!("mailto:{}", self.user.email));
        self.note("PROPFIND{principal} tells a mailto: address", yes(mailto));
        Place {
            principal: path,
            principals: href(body, "principal-collection-set").unwrap_or_else(|| "/".to_owned()),
            home: href(body, "calendar-home-set").expect("a principal has a calendar home"),
            inbox: href(body, "schedule-inbox-URL"),
            outbox: href(body, "schedule-outbox-URL"),
            notifications: href(body, "notification-URL"),
        }
    }

    /// The requests about principals.
    fn others(&mut self) {
        let Place { principal, principals, .. } = self.place.clone();
        self.ask(
            "REPORT{pset}",
            report(&principals, Some("0"), &xml::document("D:principal-search-property-set", "")),
        );
        self.ask("REPORT{expand}", report(&principal, None, &xml::expand_property()));
        let found =
            self.ask("REPORT{psearch}", report(&principals, None, &xml::principal_property_search("User")));
        self.note("REPORT{psearch} finds", answers::count(&found.body).to_string());
        self.ask(
            "REPORT{cpsearch}",
            report(&principals, None, &xml::calendarserver_principal_search("User")),
        );
    }
}

/// How the table says whether something is so.
pub fn yes(fact: bool) -> String {
    if fact { "yes" } else { "no" }.to_owned()
}

/// PROPFIND of these properties.
pub fn propfind(path: &str, depth: &str, names: &str) -> Request {
    Request::new("PROPFIND", path).depth(depth).xml(&xml::propfind(names))
}

/// REPORT; some of the simulated clients' reports have no Depth.
pub fn report(path: &str, depth: Option<&str>, body: &str) -> Request {
    let request = Request::new("REPORT", path);
    match depth {
        Some(depth) => request.depth(depth).xml(body),
        None => request.xml(body),
    }
}
