//! How a server is set up.
use super::service::ServiceModel;
use super::store::User;
use crate::clock::Clock;
use crate::population::Account;

/// What [`super::Server::new`] needs.
#[derive(Debug, Clone)]
pub struct Config {
    /// The users, each with a home of its own.
    pub users: Vec<User>,
    /// The authentication realm.
    pub realm: String,
    /// The schemes offered with a 401, in this order.
    pub schemes: Vec<Scheme>,
    /// The time.
    pub clock: Clock,
    /// The host in push keys (spec 9.1).
    pub push_host: String,
    /// Whether `POST /apns/` takes subscriptions. CalendarServer answers 405 when APNS is not set up.
    pub apns: bool,
    /// Whether the answer to PUT has an ETag when the body was stored as it was sent. CalendarServer never
    /// sends one, because it writes every body anew; its clients GET what they have put.
    pub put_etag: bool,
    /// The largest request body in bytes; a larger one is answered with 413.
    pub max_body: usize,
    /// How fast it is; None: every answer is there at once.
    pub service: Option<ServiceModel>,
    /// What nonces, tokens and generated names are derived from.
    pub seed: u64,
}

/// An authentication scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Basic (RFC 7617).
    Basic,
    /// Digest (RFC 7616), with or without `qop="auth"`.
    Digest {
        /// The hash.
        algorithm: Algorithm,
        /// Whether `qop` is offered; without it the exchange is that of RFC 2069, as CalendarServer's.
        qop: bool,
    },
}

/// The hash of a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// MD5.
    Md5,
    /// MD5 over the session's first nonces.
    Md5Sess,
    /// SHA-256.
    Sha256,
}

impl Config {
    /// A server like CalendarServer's test set-up: realm `Test Realm`, Digest preferred, then Basic.
    pub fn new(users: Vec<User>, clock: Clock) -> Config {
        Config {
            users,
            realm: "Test Realm".to_owned(),
            schemes: vec![Scheme::Digest { algorithm: Algorithm::Md5, qop: false }, Scheme::Basic],
            clock,
            push_host: "localhost".to_owned(),
            apns: true,
            put_etag: false,
            max_body: 8 * 1024 * 1024,
            service: None,
            seed: 0,
        }
    }
}

impl User {
    /// The user of an account; without a GUID it gets one from its place in the list.
    pub fn of(place: usize, account: &Account) -> User {
        let guid = if account.guid.is_empty() {
            format!("20000000-0000-0000-0000-{:012}", place + 1)
        } else {
            account.guid.to_string()
        };
        User {
            uid: account.uid.to_string(),
            password: account.password.reveal().to_string(),
            common_name: account.common_name.to_string(),
            email: account.email.to_string(),
            guid,
        }
    }

    /// The n-th user of CalendarServer's test accounts: `user01`, `User 01`, `user01@example.com` and GUID
    /// `10000000-0000-0000-0000-000000000001`; the password is the uid.
    pub fn numbered(n: u32) -> User {
        let uid = format!("user{n:02}");
        User {
            password: uid.clone(),
            common_name: format!("User {n:02}"),
            email: format!("{uid}@example.com"),
            guid: format!("10000000-0000-0000-0000-{n:012}"),
            uid,
        }
    }
}
