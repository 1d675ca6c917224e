//! One GET that is none of the run's requests.

use std::rc::Rc;
use std::time::Duration;

use crate::clock::Clock;
use crate::event::{Phase, Sink, What, Who};
use crate::http::{Call, Session, Settings};
use crate::journal::Journal;
use crate::label::Label;
use crate::monitor::MonitorError;
use crate::population::Password;
use crate::random::Seed;
use crate::transport::{Connector, Target, Trust};

/// Nobody hears of these requests.
struct Deaf;

impl Sink for Deaf {
    fn emit(&self, _: Phase, _: What) {}

    fn wants_bodies(&self) -> bool {
        false
    }
}

/// Where metrics are.
pub struct Place {
    target: Target,
    path: String,
    trust: Trust,
}

impl Place {
    /// The place of a URL; the error says what is wrong with it.
    pub fn parse(url: &str, trust: Trust) -> Result<Place, String> {
        let (target, path) = Target::parse(url).map_err(|why| why.to_string())?;
        let path = if path.is_empty() { "/metrics".to_owned() } else { path };
        Ok(Place { target, path, trust })
    }

    /// What it is called when something is wrong.
    pub fn who(&self) -> String {
        format!("{}{}", self.target, self.shown())
    }

    /// The path as it may be shown: what follows the question mark may be a secret.
    fn shown(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }

    /// What is there now.
    ///
    /// # Errors
    /// No answer, or one that is no text.
    pub async fn get(&self, clock: Clock, patience: Duration) -> Result<String, MonitorError> {
        let connector = Rc::new(Connector::network(patience));
        let settings = Settings {
            timeout: patience,
            headers: vec![("accept".to_owned(), "text/plain;version=0.0.4".to_owned())],
            ..Settings::new(connector, self.target.clone(), self.trust)
        };
        let mut session = Session::new(Rc::new(settings), "".into(), Password::new(""));
        let mut call = Call::new(Label::new("GET"), "GET", &self.path, &[200]);
        call.shown = Some(self.shown());
        let answer = session.send(call, &journal(clock)).await;
        let answer =
            answer.map_err(|why| MonitorError::Connect { who: self.who(), reason: why.to_string() })?;
        let text = String::from_utf8(answer.body.to_vec());
        text.map_err(|_| MonitorError::Nonsense { who: self.who(), reason: "no text".to_owned() })
    }
}

fn journal(clock: Clock) -> Journal {
    let who = Who {
        uid: "monitor".into(),
        user: 0,
        client: 0,
        instance: 0,
        title: "monitor".into(),
        software: "monitor".into(),
    };
    Journal::new(Rc::new(who), Seed(0), clock, Phase::Measured, Rc::new(Deaf))
}
