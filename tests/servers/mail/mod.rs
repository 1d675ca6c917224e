//! Postfix and Cyrus together: mail comes in by SMTP and is read by IMAP and POP3.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `smtp`, `imap`, `pop3` | small blocking clients, independent of those under test |
//! | `lines` | the connection that they speak over, plain or with TLS |
//! | `message` | a message as a server handed it out |
//! | `starting` | the servers start, deliver and stop |
//! | `populations` | what populations of the program send and read |
//! | `refusing` | what the servers refuse, and how |

use std::path::PathBuf;
use std::time::Duration;

pub use self::imap::Imap;
pub use self::lines::Tls;
pub use self::message::Message;
pub use self::pop3::Pop3;
pub use self::smtp::Smtp;
use crate::cyrus::{self, Cyrus};
use crate::postfix::{self, Access};
use crate::process::wait_until;
use crate::running::{Running, USERS, User, user};

mod imap;
mod lines;
mod message;
mod pop3;
mod populations;
mod refusing;
mod smtp;
mod starting;

/// Postfix in front of Cyrus. The user with the number N is `userNN`, password `pw-userNN`, `userNN@example.test`.
pub struct Mail {
    // Dropped in this order.
    pub postfix: Running,
    pub cyrus: Running,
}

impl Mail {
    /// Both servers with empty INBOXes, or `None` where they are not installed.
    pub fn start() -> Option<Mail> {
        Mail::start_with(&Access::default())
    }

    /// The same, and some addresses get an answer of their own.
    pub fn start_with(access: &Access) -> Option<Mail> {
        if !postfix::available() {
            return None;
        }
        let cyrus = Cyrus::start()?;
        Some(Mail { postfix: postfix::start(&cyrus, access), cyrus })
    }

    /// SMTP for anybody, `127.0.0.1:PORT`: STARTTLS and AUTH are offered.
    pub fn smtp(&self) -> &str {
        service(&self.postfix, "smtp")
    }

    /// Submission: STARTTLS, then AUTH, then mail.
    pub fn submission(&self) -> &str {
        service(&self.postfix, "submission")
    }

    /// The service of Postfix that offers one mechanism to log in by, as `scram-sha-1`: STARTTLS, then AUTH, then mail.
    pub fn by(&self, mechanism: &str) -> &str {
        service(&self.postfix, mechanism)
    }

    /// SMTP with TLS from the first byte; AUTH is offered.
    pub fn smtps(&self) -> &str {
        service(&self.postfix, "smtps")
    }

    /// IMAP; STARTTLS is offered, and not demanded.
    pub fn imap(&self) -> &str {
        service(&self.cyrus, "imap")
    }

    /// IMAP with TLS from the first byte.
    pub fn imaps(&self) -> &str {
        service(&self.cyrus, "imaps")
    }

    /// POP3; STLS is offered, and not demanded.
    pub fn pop3(&self) -> &str {
        service(&self.cyrus, "pop3")
    }

    /// POP3 with TLS from the first byte.
    pub fn pop3s(&self) -> &str {
        service(&self.cyrus, "pop3s")
    }

    /// LMTP (RFC 2033), without a password.
    pub fn lmtp(&self) -> &str {
        service(&self.cyrus, "lmtp")
    }

    /// The certificate of both servers, of `localhost` and of `127.0.0.1`.
    pub fn certificate(&self) -> PathBuf {
        self.cyrus.path("tls/cert.pem")
    }

    /// How many messages a user's INBOX holds.
    pub fn count(&self, user: &User) -> usize {
        self.reader(user).0
    }

    /// All messages in a user's INBOX, by IMAP; they stay unseen.
    pub fn inbox(&self, user: &User) -> Vec<Message> {
        match self.reader(user) {
            (0, _) => Vec::new(),
            (_, mut imap) => imap.messages().expect("IMAP hands the messages out"),
        }
    }

    /// Removes all messages in a user's INBOX.
    pub fn empty(&self, user: &User) {
        if let (1.., mut imap) = self.reader(user) {
            imap.remove_all().expect("IMAP removes the messages");
        }
    }

    /// Removes all messages in all users' INBOXes.
    pub fn empty_all(&self) {
        (1..=USERS).map(user).for_each(|user| self.empty(&user));
    }

    /// Bounds all mailboxes of a user to so many KB, or not at all. A message that does not fit comes back to its sender,
    /// or is refused by Postfix at once if the user's address has `ASK_CYRUS`.
    pub fn set_quota(&self, user: &User, kilobytes: Option<u64>) {
        let mut administrator = cyrus::administrator(&self.cyrus).expect("the administrator can log in");
        administrator.set_quota(&format!("user/{}", user.name), kilobytes).expect("IMAP sets the quota");
    }

    /// How many messages Postfix has taken and not yet handed on.
    pub fn queued(&self) -> usize {
        postfix::queued(&self.postfix)
    }

    /// Waits until Postfix has handed on all that it has taken, at most a minute.
    pub fn wait_for_delivery(&self) {
        let mut empty = 0;
        // Twice: a message that goes back to wait may be missed once.
        let delivered = wait_until(Duration::from_secs(60), || {
            empty = if self.queued() == 0 { empty + 1 } else { 0 };
            empty == 2
        });
        assert!(delivered, "{} messages wait:\n{}", self.queued(), self.log());
    }

    /// What Postfix has to say, for the message of a failed test.
    pub fn log(&self) -> String {
        crate::process::log_tail(&self.postfix.log())
    }

    fn reader(&self, user: &User) -> (usize, Imap) {
        let mut imap =
            Imap::login(self.imap(), Tls::Off, &user.name, &user.password).expect("the user can log in");
        (imap.select("INBOX").expect("there is an INBOX"), imap)
    }
}

fn service<'a>(server: &'a Running, name: &str) -> &'a str {
    server.service(name).expect("the server offers it")
}
