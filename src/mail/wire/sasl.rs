//! What is said to log in (RFC 4422): PLAIN (RFC 4616) and LOGIN, in base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Fault;
use crate::event::ErrorKind;
use crate::population::Account;
use crate::random::Stream;

/// An exchange under way, whatever protocol carries it.
pub enum Exchange {
    Plain { user: String, password: String },
    Login { user: String, password: String, asked: u8 },
}

impl Exchange {
    /// By the best mechanism of those that are offered; None: none of them is known.
    pub fn best(offered: &[&str], account: &Account, _draws: Stream) -> Option<Exchange> {
        let offers = |name: &str| offered.iter().any(|one| one.eq_ignore_ascii_case(name));
        let (user, password) = (account.uid.to_string(), account.password.reveal().to_string());
        if offers("PLAIN") {
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
            Exchange::Plain { .. } => "PLAIN",
            Exchange::Login { .. } => "LOGIN",
        }
    }

    /// What the client says first, if the mechanism lets it.
    pub fn initial(&self) -> Option<String> {
        match self {
            Exchange::Plain { user, password } => Some(STANDARD.encode(format!("\0{user}\0{password}"))),
            Exchange::Login { .. } => None,
        }
    }

    /// Name and first response in one line, as SMTP and POP3 have it (RFC 4954, 5034).
    pub fn first_line(&self) -> String {
        match self.initial() {
            Some(response) => format!("{} {response}", self.name()),
            None => self.name().to_owned(),
        }
    }

    /// The answer to a challenge, both in base64.
    ///
    /// # Errors
    /// A challenge too many.
    pub fn next(&mut self, _challenge: &str) -> Result<String, Fault> {
        match self {
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
    pub fn finished(&self) -> Result<(), Fault> {
        Ok(())
    }
}
