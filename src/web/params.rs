//! The parameters of the software, of every profile and of every step: the nearest wins.

use std::rc::Rc;
use std::time::Duration;

use super::agents::Agents;
use super::script::check::Check;
use super::script::text::Text;
use crate::config::{Diagnostics, FromValue, Kind, Param, Seconds, Table, Value};
use crate::distribution::{Draw, Numbers, SampleError};
use crate::http::{Settings, Version, is_token};

/// All of them, with what they are without anybody saying.
#[derive(Clone, Debug)]
pub struct Params {
    /// `think`: how long the user thinks after a step.
    pub think: Pause,
    /// `http`: the version of HTTP.
    pub version: Version,
    /// `keepAlive`: whether connections serve more than one request.
    pub keep_alive: bool,
    /// `connections`: how many a client may have to one server.
    pub connections: usize,
    /// `idleClose`: how long one of them may be idle.
    pub idle_close: Duration,
    /// `userAgent`: which programs the visitors have.
    pub agents: Rc<Agents>,
    /// `acceptEncoding`: the content codings that are asked for.
    pub accept_encoding: Option<Rc<str>>,
    /// `headers`: of every request.
    pub headers: Rc<[(Rc<str>, Text)]>,
    /// `contentType` of bodies.
    pub content_type: Option<Text>,
    /// `user` and `password`, in place of those of the account.
    pub user: Option<Text>,
    pub password: Option<Text>,
    /// `auth`: when credentials are sent.
    pub auth: Auth,
    /// `redirects`: how many are followed one after the other.
    pub redirects: u32,
    /// `embedded`: whether the objects of pages are fetched.
    pub embedded: bool,
    /// `conditional`: whether what was got before is only fetched if it has changed.
    pub conditional: bool,
    /// `soap`: the version of SOAP that is spoken.
    pub soap: Option<Soap>,
    /// `expect`: the statuses that are no failure; None: all below 400, and redirects are followed.
    pub expect: Option<Rc<[u16]>>,
    /// `match`, `nomatch`: what an answer must, and must not, have in it.
    pub matches: Option<Check>,
    pub nomatch: Option<Check>,
    /// `count`: what is looked for and counted only.
    pub counted: Rc<[Check]>,
    /// `onFailure`: what follows when a request has failed.
    pub on_failure: OnFailure,
    /// `retries`: how often it is tried again, and `retryDelay`: how long after.
    pub retries: u32,
    pub retry_delay: Duration,
    /// `timeout` of a request.
    pub timeout: Duration,
    /// `maxReceive`: the largest body that is read, bytes.
    pub max_receive: usize,
}

/// A length of time: a number of seconds, a text as `10m`, or a distribution of seconds.
#[derive(Clone, Debug, Default)]
pub struct Pause(Option<Numbers>);

/// When credentials are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// When the server asks, by Digest or Basic as it likes.
    Asked,
    /// With every request, by Basic.
    Basic,
}

/// The versions of SOAP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Soap {
    V11,
    V12,
}

/// What follows when a request has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// The next step.
    Continue,
    /// The same step again.
    Retry,
    /// The end of the session.
    Abort,
    /// The end of the run.
    AbortRun,
}

const THINK: &str = "think";

/// The parameters as help and schema tell them.
pub const PARAMS: &[Param] = &[
    Param {
        name: THINK,
        default: "0",
        help: "how long the user thinks after a request: seconds, or a distribution of them",
    },
    Param { name: "http", default: "1.1", help: "the version of HTTP: 1.0, 1.1 or 2" },
    Param { name: "keepAlive", default: "true", help: "whether connections serve more than one request" },
    Param {
        name: "connections",
        default: "6",
        help: "how many connections a client has to a server at most, where it fetches embedded objects",
    },
    Param {
        name: "idleClose",
        default: "115",
        help: "seconds after which a client closes a connection that is idle",
    },
    Param {
        name: "userAgent",
        default: "populace",
        help: "the browser: a text, or an array of texts or of dicts of `agent` and `weight`, of which each client has one",
    },
    Param {
        name: "acceptEncoding",
        default: "none",
        help: "the content codings that are asked for, as `gzip, br, zstd`",
    },
    Param {
        name: "headers",
        default: "none",
        help: "a dict of headers of every request; those of a step come on top",
    },
    Param { name: "contentType", default: "as the body is", help: "the Content-Type of bodies" },
    Param { name: "user", default: "the account's", help: "the name with which the user logs in" },
    Param { name: "password", default: "the account's", help: "the password that goes with it" },
    Param {
        name: "auth",
        default: "asked",
        help: "asked: credentials are sent when the server asks for them, by Digest or Basic; basic: with every request",
    },
    Param {
        name: "redirects",
        default: "5",
        help: "how many redirects are followed one after the other; 0: none",
    },
    Param {
        name: "embedded",
        default: "false",
        help: "whether pictures, scripts, style sheets and frames of pages are fetched",
    },
    Param {
        name: "conditional",
        default: "false",
        help: "whether what was got before is asked for with If-None-Match or If-Modified-Since",
    },
    Param {
        name: "soap",
        default: "none",
        help: "the version of SOAP that is spoken: 1.1 or 1.2; a fault is a failure then",
    },
    Param {
        name: "expect",
        default: "200 to 399",
        help: "the status that is no failure, or an array of them; redirects are not followed then",
    },
    Param {
        name: "match",
        default: "none",
        help: "a regular expression that is found in the answer, or else the request has failed",
    },
    Param {
        name: "nomatch",
        default: "none",
        help: "a regular expression that is not found in the answer, or else the request has failed",
    },
    Param {
        name: "count",
        default: "none",
        help: "a dict of names and regular expressions: how often each is found in answers is counted, and nothing fails",
    },
    Param {
        name: "onFailure",
        default: "continue",
        help: "what follows when a request has failed: continue, retry, abort (the session) or abortRun",
    },
    Param {
        name: "retries",
        default: "3",
        help: "how often a request is tried again at most; then the session ends",
    },
    Param { name: "retryDelay", default: "1", help: "seconds from a failure to the next attempt" },
    Param { name: "timeout", default: "120", help: "seconds that a request may take" },
    Param { name: "maxReceive", default: "8388608", help: "bytes of the largest body that is read" },
];

impl Params {
    /// What holds where nobody says anything.
    pub fn standard() -> Params {
        Params {
            think: Pause(None),
            version: Version::Http11,
            keep_alive: true,
            connections: 6,
            idle_close: Duration::from_secs(115),
            agents: Rc::default(),
            accept_encoding: None,
            headers: Rc::new([]),
            content_type: None,
            user: None,
            password: None,
            auth: Auth::Asked,
            redirects: 5,
            embedded: false,
            conditional: false,
            soap: None,
            expect: None,
            matches: None,
            nomatch: None,
            counted: Rc::new([]),
            on_failure: OnFailure::Continue,
            retries: 3,
            retry_delay: Duration::from_secs(1),
            timeout: Settings::TIMEOUT,
            max_receive: Settings::BODY_LIMIT,
        }
    }

    /// These parameters, and those of `self` where the table says nothing.
    pub fn with(&self, table: &Table<'_>) -> Params {
        let mut params = self.clone();
        set(&mut params.think, table.optional(THINK));
        set(&mut params.version, word(table, "http", "version of HTTP", &VERSIONS));
        set(&mut params.keep_alive, table.optional("keepAlive"));
        set(&mut params.connections, table.optional("connections"));
        set(&mut params.idle_close, seconds(table, "idleClose"));
        set(&mut params.agents, table.optional::<Agents>("userAgent").map(Rc::new));
        if let Some(codings) = table.optional::<String>("acceptEncoding") {
            params.accept_encoding = Some(codings.into()).filter(|codings: &Rc<str>| !codings.is_empty());
        }
        params.take_headers(table);
        some(&mut params.content_type, table.optional("contentType"));
        some(&mut params.user, table.optional("user"));
        some(&mut params.password, table.optional("password"));
        let auths = [("asked", Auth::Asked), ("basic", Auth::Basic)];
        set(&mut params.auth, word(table, "auth", "way to log in", &auths));
        set(&mut params.redirects, table.optional("redirects"));
        set(&mut params.embedded, table.optional("embedded"));
        set(&mut params.conditional, table.optional("conditional"));
        some(
            &mut params.soap,
            word(table, "soap", "version of SOAP", &[("1.1", Soap::V11), ("1.2", Soap::V12)]),
        );
        if let Some(value) = table.value("expect") {
            some(&mut params.expect, statuses(value, table.diags()));
        }
        some(&mut params.matches, Check::unnamed(table, "match"));
        some(&mut params.nomatch, Check::unnamed(table, "nomatch"));
        set(&mut params.counted, Check::named(table, "count", &self.counted));
        set(&mut params.on_failure, word(table, "onFailure", "way to go on", &ON_FAILURE));
        set(&mut params.retries, table.optional("retries"));
        set(&mut params.retry_delay, seconds(table, "retryDelay"));
        set(&mut params.timeout, seconds(table, "timeout"));
        set(&mut params.max_receive, table.optional("maxReceive"));
        params.check(table);
        params
    }

    fn take_headers(&mut self, table: &Table<'_>) {
        let Some(headers) =
            table.value("headers").and_then(|value| Table::new(value, table.diags(), "headers"))
        else {
            return;
        };
        let mut all = self.headers.to_vec();
        for pair in headers.pairs() {
            if !is_token(&pair.key) {
                table.diags().error(&pair.key_at, format!("{:?} is no name of a header", pair.key));
            }
            let Some(value) = Text::from_value(&pair.value, table.diags()) else { continue };
            all.retain(|(name, _)| !name.eq_ignore_ascii_case(&pair.key));
            all.push((pair.key.as_str().into(), value));
        }
        self.headers = all.into();
    }

    fn check(&self, table: &Table<'_>) {
        for (name, time) in [("timeout", self.timeout), ("idleClose", self.idle_close)] {
            if time.is_zero() {
                table.error_at_key(name, format!("`{name}` is above 0"));
            }
        }
        if !(1..=64).contains(&self.connections) {
            table.error_at_key("connections", format!("{} connections are not 1 to 64", self.connections));
        }
        for name in ["userAgent", "acceptEncoding"] {
            let control = |value: &Value| value.as_str().is_some_and(|text| text.contains(char::is_control));
            if table.value(name).is_some_and(control) {
                table.error_at_key(name, format!("`{name}` is text of one line"));
            }
        }
    }

    /// The texts in which variables may stand.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        let headers = self.headers.iter().map(|(_, text)| text);
        headers.chain(&self.content_type).chain(&self.user).chain(&self.password)
    }
}

const VERSIONS: [(&str, Version); 3] =
    [("1.1", Version::Http11), ("1.0", Version::Http10), ("2", Version::Http2)];

const ON_FAILURE: [(&str, OnFailure); 4] = [
    ("continue", OnFailure::Continue),
    ("retry", OnFailure::Retry),
    ("abort", OnFailure::Abort),
    ("abortRun", OnFailure::AbortRun),
];

fn word<T: Copy>(table: &Table<'_>, name: &str, thing: &str, words: &[(&str, T)]) -> Option<T> {
    let value = table.value(name)?;
    // A version may be written as the number that it looks like.
    let text = match value.kind {
        Kind::Real(number) => format!("{number:?}"),
        Kind::Integer(number) => number.to_string(),
        _ => return value.word(thing, words, table.diags()),
    };
    Value { kind: Kind::String(text), at: value.at.clone() }.word(thing, words, table.diags())
}

fn seconds(table: &Table<'_>, name: &str) -> Option<Duration> {
    table.optional::<Seconds>(name).map(|Seconds(time)| time)
}

/// One status, or several.
fn statuses(value: &Value, diags: &Diagnostics) -> Option<Rc<[u16]>> {
    let list: Vec<u16> = match &value.kind {
        Kind::Array(_) => FromValue::from_value(value, diags)?,
        Kind::Integer(_) => vec![u16::from_value(value, diags)?],
        _ => return value.mismatch("a status or an array of them", diags),
    };
    match list.iter().find(|status| !(200..600).contains(*status)) {
        None if !list.is_empty() => Some(list.into()),
        odd => {
            let which = odd.map_or("nothing".to_owned(), u16::to_string);
            diags.error(&value.at, format!("{which} is no status of an answer, which is 200 to 599"));
            None
        }
    }
}

fn set<T>(place: &mut T, found: Option<T>) {
    if let Some(found) = found {
        *place = found;
    }
}

fn some<T>(place: &mut Option<T>, found: Option<T>) {
    if found.is_some() {
        *place = found;
    }
}

impl Pause {
    /// How long one is.
    pub fn drawn(&self, draw: &Draw) -> Result<Duration, SampleError> {
        self.0.as_ref().map_or(Ok(Duration::ZERO), |numbers| numbers.seconds(draw))
    }

    /// Whether it is always nothing.
    pub fn is_nothing(&self) -> bool {
        self.0.is_none()
    }

    /// The lengths as numbers of seconds; None: it is always nothing.
    pub fn gaps(&self) -> Option<&Numbers> {
        self.0.as_ref()
    }
}

impl FromValue for Pause {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Pause> {
        let numbers = match &value.kind {
            Kind::String(_) => match Seconds::from_value(value, diags)? {
                Seconds(time) if time.is_zero() => None,
                time => Some(Numbers::fixed(time.as_secs_f64())),
            },
            Kind::Integer(0) => None,
            Kind::Real(number) if *number == 0.0 => None,
            _ => Some(Numbers::from_value(value, diags)?),
        };
        Some(Pause(numbers))
    }
}
