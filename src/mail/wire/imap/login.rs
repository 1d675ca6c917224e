//! How a session begins: greeting, STARTTLS, login (RFC 9051 6.2).

use std::rc::Rc;

use super::capability::{Can, Capabilities};
use super::response::{self, Response, Said, Untagged};
use super::session::{BANNER, COMMAND, CONNECT, Imap, LOGIN, ended, quoted};
use crate::client::{Context, Trouble};
use crate::event::ErrorKind;
use crate::mail::wire::sasl::{Exchange, Heard, talk};
use crate::mail::wire::{Done, Fault, Link, Service};
use crate::population::Account;

impl Imap {
    /// Connects and takes the greeting; with STARTTLS encrypts.
    pub async fn open(cx: &Context, service: &Rc<Service>) -> Result<Imap, Trouble> {
        let mut link = Link::open(cx, service, CONNECT).await?;
        let told = link.step(cx, BANNER, "banner", greeting).await?;
        let mut imap = Imap::new(link);
        if service.endpoint.starttls {
            imap.starttls(cx).await?;
        } else {
            imap.capabilities = told;
        }
        Ok(imap)
    }

    async fn starttls(&mut self, cx: &Context) -> Result<(), Trouble> {
        let tag = self.next_tag();
        let said = async |link: &mut Link| {
            link.send(format!("{tag} STARTTLS\r\n").as_bytes()).await?;
            loop {
                if let Response::Tagged(_, said) = response::read(link).await? {
                    ended(said, "STARTTLS")?;
                    link.secure().await?;
                    return Ok(((), None));
                }
            }
        };
        self.link.step(cx, COMMAND, "STARTTLS", said).await
    }

    /// Logs in: by AUTHENTICATE if the server offers a mechanism that is known, or else by LOGIN.
    pub async fn login(&mut self, cx: &Context, account: &Account) -> Result<(), Trouble> {
        self.know(cx).await?;
        let offered: Vec<&str> = self.capabilities.mechanisms.iter().map(String::as_str).collect();
        let salted = &self.link.service().salted;
        let exchange = Exchange::best(&offered, account, cx.draws("sasl"), salted);
        let tag = self.next_tag();
        let said = match exchange {
            Some(exchange) => {
                // With SASL-IR (RFC 4959) the first response goes with the command, which saves a round.
                let (first, initial) = match self.capabilities.has(Can::SaslIr) {
                    true => (exchange.first_line(), None),
                    false => (exchange.name().to_owned(), exchange.initial()),
                };
                let first = format!("{tag} AUTHENTICATE {first}\r\n");
                let mut told = Capabilities::default();
                let heard = async |link: &mut Link| heard(link, &mut told).await;
                let said =
                    async |link: &mut Link| talk(link, account, exchange, (first, initial), heard).await;
                self.link.step(cx, LOGIN, "AUTHENTICATE", said).await
            }
            None if self.capabilities.has(Can::NoLogin) => {
                let url = &self.link.service().url;
                let what = format!("{url} takes no password in plain text: use imaps:// or imap+starttls://");
                return Err(Trouble::Content(what));
            }
            None => {
                let (user, password) = (quoted(&account.uid), quoted(&account.password.reveal()));
                let said = async |link: &mut Link| {
                    link.send(format!("{tag} LOGIN {user} {password}\r\n").as_bytes()).await?;
                    login_ended(link).await.map_err(|fault| fault.without(account))
                };
                self.link.step(cx, LOGIN, "LOGIN", said).await
            }
        };
        // What a server can may change with the login (RFC 9051 6.2.3).
        self.capabilities = said?;
        self.know(cx).await?;
        self.capabilities.mechanisms = Vec::new();
        Ok(())
    }

    /// Asks the server what it can, if it has not told.
    async fn know(&mut self, cx: &Context) -> Result<(), Trouble> {
        if !self.capabilities.known {
            self.simple(cx, "CAPABILITY").await?;
        }
        Ok(())
    }
}

async fn greeting(link: &mut Link) -> Done<Capabilities> {
    match response::read(link).await? {
        Response::Untagged(Untagged::Status(word, text)) if word == "OK" => {
            Ok((told_capabilities(&text).unwrap_or_default(), None))
        }
        Response::Untagged(Untagged::Bye(text)) => {
            Err(Fault::new(ErrorKind::Deferred, format!("the greeting: BYE {text}")))
        }
        Response::Untagged(Untagged::Status(word, text)) => {
            Err(Fault::new(ErrorKind::Protocol, format!("the greeting: {word} {text}")))
        }
        _ => Err(Fault::new(ErrorKind::Protocol, "what the server says first is no greeting")),
    }
}

/// What is heard within AUTHENTICATE: a challenge, or the end with what the server can from now on.
async fn heard(link: &mut Link, told: &mut Capabilities) -> Result<Heard<Capabilities>, Fault> {
    loop {
        match response::read(link).await? {
            Response::Continue(challenge) => return Ok(Heard::Challenge(challenge)),
            Response::Untagged(Untagged::Capability(all)) => *told = Capabilities::read(&all),
            Response::Untagged(_) => {}
            Response::Tagged(_, said) => return Ok(Heard::Done((ended_login(said, told)?, None))),
        }
    }
}

async fn login_ended(link: &mut Link) -> Done<Capabilities> {
    match heard(link, &mut Capabilities::default()).await? {
        Heard::Done(done) => Ok(done),
        Heard::Challenge(_) => Err(Fault::new(ErrorKind::Protocol, "LOGIN: the server wants more")),
    }
}

/// The capabilities after a login: those in its OK, or those that were `told` before.
fn ended_login(said: Said, told: &mut Capabilities) -> Result<Capabilities, Fault> {
    let text = logged_in(said)?;
    Ok(told_capabilities(&text).unwrap_or_else(|| std::mem::take(told)))
}

/// The capabilities that stand in the text of an OK.
fn told_capabilities(text: &str) -> Option<Capabilities> {
    let inside = text.strip_prefix('[')?.split(']').next()?;
    let (word, all) = inside.split_once(' ')?;
    let words = || all.split(' ').map(str::to_owned).collect::<Vec<_>>();
    word.eq_ignore_ascii_case("CAPABILITY").then(|| Capabilities::read(&words()))
}

fn logged_in(said: Said) -> Result<String, Fault> {
    ended(said, "the login").map_err(|fault| match fault.kind {
        ErrorKind::Refused => Fault { kind: ErrorKind::Auth, ..fault },
        _ => fault,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_login_is_one_of_credentials() {
        assert_eq!(logged_in(Said::No("wrong".into())).unwrap_err().kind, ErrorKind::Auth);
        assert_eq!(logged_in(Said::Bad("what".into())).unwrap_err().kind, ErrorKind::Protocol);
        assert!(told_capabilities("[CAPABILITY IMAP4rev1 IDLE] ok").unwrap().has(Can::Idle));
        assert!(told_capabilities("ok").is_none());
    }
}
