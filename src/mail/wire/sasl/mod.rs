//! What is said to log in (RFC 4422): SCRAM (RFC 5802, 7677), PLAIN (RFC 4616) and LOGIN, in base64.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | [`Exchange`]: the mechanisms, the best of those that a server offers |
//! | `scram.rs` | [`Scram`]: both sides show that they know the password, and neither sends it |
//! | `salted.rs` | [`Salted`]: what SCRAM makes of passwords, kept |
//! | `talk.rs` | [`talk`]: the exchange over a connection |

mod salted;
mod scram;
mod talk;

use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand::RngExt;

use super::Fault;
use crate::event::ErrorKind;
use crate::population::Account;
use crate::random::Stream;
pub use salted::Salted;
pub use scram::{Hash, Scram};
pub use talk::{Heard, talk};

/// An exchange under way, whatever protocol carries it.
pub enum Exchange {
    Scram(Scram),
    Plain { user: String, password: String },
    Login { user: String, password: String, asked: u8 },
}

impl Exchange {
    /// By the best mechanism of those that are offered; None: none of them is known. SCRAM comes first, which is safe over
    /// plain text too.
    pub fn best(offered: &[&str], account: &Account, draws: Stream, salted: &Rc<Salted>) -> Option<Exchange> {
        let offers = |name: &str| offered.iter().any(|one| one.eq_ignore_ascii_case(name));
        let (user, password) = (account.uid.to_string(), account.password.reveal().to_string());
        let scram = [Hash::Sha256, Hash::Sha1].into_iter().find(|hash| offers(hash.mechanism()));
        if let Some(hash) = scram {
            // Its purpose is that nobody can use an answer twice, which a server ensures by its own half.
            let nonce: [u8; 18] = draws.at(0).random();
            let nonce = STANDARD.encode(nonce);
            Some(Exchange::Scram(Scram::new(hash, (&user, &password), &nonce, salted.clone())))
        } else if offers("PLAIN") {
            Some(Exchange::Plain { user, password })
        } else if offers("LOGIN") {
            Some(Exchange::Login { user, password, asked: 0 })
        } else {
            None
        }
    }

    /// The name of the mechanism.
    pub fn name(&self) -> &'static str {
        match self {
            Exchange::Scram(scram) => scram.hash().mechanism(),
            Exchange::Plain { .. } => "PLAIN",
            Exchange::Login { .. } => "LOGIN",
        }
    }

    /// What the client says first, if the mechanism lets it.
    pub fn initial(&self) -> Option<String> {
        match self {
            Exchange::Scram(scram) => Some(STANDARD.encode(scram.first())),
            Exchange::Plain { user, password } => Some(STANDARD.encode(format!("\0{user}\0{password}"))),
            Exchange::Login { .. } => None,
        }
    }

    /// Name and first response in one line, as SMTP, POP3 and IMAP with SASL-IR have it (RFC 4954, 5034, 4959).
    pub fn first_line(&self) -> String {
        match self.initial() {
            Some(response) => format!("{} {response}", self.name()),
            None => self.name().to_owned(),
        }
    }

    /// The answer to a challenge, both in base64.
    ///
    /// # Errors
    /// A challenge too many, one that makes no sense, and a server that does not know the password itself.
    pub fn next(&mut self, challenge: &str) -> Result<String, Fault> {
        match self {
            Exchange::Scram(scram) => {
                let bytes = STANDARD.decode(challenge.trim()).ok();
                let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
                let nonsense = || Fault::new(ErrorKind::Protocol, "a challenge that is no base64 of text");
                Ok(STANDARD.encode(scram.next(&text.ok_or_else(nonsense)?)?))
            }
            Exchange::Login { user, asked, .. } if *asked == 0 => {
                *asked = 1;
                Ok(STANDARD.encode(user))
            }
            Exchange::Login { password, asked, .. } if *asked == 1 => {
                *asked = 2;
                Ok(STANDARD.encode(password))
            }
            _ => Err(Fault::new(ErrorKind::Protocol, "the server asks more than the mechanism has")),
        }
    }

    /// Whether the server has shown what it must once it says that all is well.
    ///
    /// # Errors
    /// By SCRAM a server must show that it knows the password too.
    pub fn finished(&self) -> Result<(), Fault> {
        match self {
            Exchange::Scram(scram) => scram.finished(),
            Exchange::Plain { .. } | Exchange::Login { .. } => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::Password;
    use crate::random::Seed;

    fn best(offered: &[&str]) -> Option<Exchange> {
        let account = Account {
            uid: "ada".into(),
            password: Password::new("secret"),
            common_name: "".into(),
            email: "".into(),
            guid: "".into(),
            pod: "".into(),
        };
        Exchange::best(offered, &account, Seed(1).stream(0, 0, "sasl"), &Rc::default())
    }

    #[test]
    fn the_best_mechanism_is_taken() {
        let name = |offered: &[&str]| best(offered).map(|exchange| exchange.name());
        assert_eq!(name(&["LOGIN", "PLAIN", "SCRAM-SHA-1", "scram-sha-256"]), Some("SCRAM-SHA-256"));
        assert_eq!(name(&["LOGIN", "PLAIN", "SCRAM-SHA-1"]), Some("SCRAM-SHA-1"));
        assert_eq!(name(&["LOGIN", "PLAIN"]), Some("PLAIN"));
        assert_eq!(name(&["LOGIN"]), Some("LOGIN"));
        assert_eq!(name(&["GSSAPI"]), None);
    }

    #[test]
    fn plain_and_login_say_name_and_password() {
        let plain = best(&["PLAIN"]).unwrap();
        assert_eq!(plain.first_line(), format!("PLAIN {}", STANDARD.encode("\0ada\0secret")));
        let mut login = best(&["LOGIN"]).unwrap();
        assert_eq!(login.first_line(), "LOGIN");
        let said = [login.next("VXNlcm5hbWU6").unwrap(), login.next("UGFzc3dvcmQ6").unwrap()];
        assert_eq!(said, [STANDARD.encode("ada"), STANDARD.encode("secret")]);
        assert_eq!(login.next("").unwrap_err().kind, ErrorKind::Protocol);
    }

    #[test]
    fn a_challenge_that_is_no_base64_is_refused() {
        let mut scram = best(&["SCRAM-SHA-256"]).unwrap();
        assert_eq!(scram.next("%%%").unwrap_err().kind, ErrorKind::Protocol);
    }
}
