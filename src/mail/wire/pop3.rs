//! A session of POP3 (RFC 1939, 2449, 2595, 5034).

use std::rc::Rc;

use bytes::Bytes;

use super::sasl::{Exchange, Heard, talk};
use super::{Done, Fault, Link, Service};
use crate::client::{Context, Trouble};
use crate::event::ErrorKind;
use crate::label::Label;
use crate::mail::message::is_whole;
use crate::population::Account;

/// The steps of a session.
pub const CONNECT: Label = Label::of("POP3{connect}");
pub const BANNER: Label = Label::of("POP3{banner}");
pub const COMMAND: Label = Label::of("POP3{command}");
pub const LOGIN: Label = Label::of("POP3{login}");
pub const RETRIEVE: Label = Label::of("POP3{retrieve}");
pub const QUIT: Label = Label::of("POP3{quit}");

/// An open session.
pub struct Pop3 {
    link: Link,
}

impl Pop3 {
    /// Connects and takes the greeting; with STARTTLS encrypts.
    pub async fn open(cx: &Context, service: &Rc<Service>) -> Result<Pop3, Trouble> {
        let mut link = Link::open(cx, service, CONNECT).await?;
        link.step(cx, BANNER, "banner", async |link| told(link, "the greeting").await).await?;
        if service.endpoint.starttls {
            let encrypt = async |link: &mut Link| {
                link.send(b"STLS\r\n").await?;
                let done = told(link, "STLS").await?;
                link.secure().await?;
                Ok(done)
            };
            link.step(cx, COMMAND, "STLS", encrypt).await?;
        }
        Ok(Pop3 { link })
    }

    /// Logs in: by AUTH (RFC 5034) if the server offers a mechanism that is known, or else by name and password.
    pub async fn login(&mut self, cx: &Context, account: &Account) -> Result<(), Trouble> {
        let offered = self.mechanisms(cx).await?;
        let offered: Vec<&str> = offered.split(' ').collect();
        let salted = &self.link.service().salted;
        let Some(exchange) = Exchange::best(&offered, account, cx.draws("sasl"), salted) else {
            return self.by_name(cx, account).await;
        };
        let first = format!("AUTH {}\r\n", exchange.first_line());
        let heard = async |link: &mut Link| {
            let line = link.line().await?;
            if let Some(challenge) = line.strip_prefix(b"+ ") {
                return Ok(Heard::Challenge(String::from_utf8_lossy(challenge).into_owned()));
            }
            answer(&line, "AUTH").map_err(wrong_password)?;
            Ok(Heard::Done(((), None)))
        };
        let said = async |link: &mut Link| talk(link, account, exchange, (first, None), heard).await;
        self.link.step(cx, LOGIN, "AUTH", said).await
    }

    /// The mechanisms of AUTH that the server tells of (RFC 2449 6.3); a server of old has no CAPA, which is no fault.
    async fn mechanisms(&mut self, cx: &Context) -> Result<String, Trouble> {
        let said = async |link: &mut Link| {
            link.send(b"CAPA\r\n").await?;
            match told(link, "CAPA").await {
                Ok(_) => {}
                Err(fault) if fault.kind == ErrorKind::Refused => return Ok((String::new(), None)),
                Err(fault) => return Err(fault),
            }
            let all = String::from_utf8_lossy(&lines(link).await?).into_owned();
            let sasl = all.lines().find_map(|line| line.strip_prefix("SASL "));
            Ok((sasl.unwrap_or_default().to_owned(), None))
        };
        self.link.step(cx, COMMAND, "CAPA", said).await
    }

    async fn by_name(&mut self, cx: &Context, account: &Account) -> Result<(), Trouble> {
        let said = async |link: &mut Link| {
            link.send(format!("USER {}\r\n", account.uid).as_bytes()).await?;
            told(link, "USER").await?;
            link.send(format!("PASS {}\r\n", account.password.reveal()).as_bytes()).await?;
            told(link, "PASS").await.map_err(|fault| wrong_password(fault).without(account))
        };
        self.link.step(cx, LOGIN, "PASS", said).await?;
        Ok(())
    }

    /// How many messages there are (STAT).
    pub async fn count(&mut self, cx: &Context) -> Result<u32, Trouble> {
        let said = async |link: &mut Link| {
            link.send(b"STAT\r\n").await?;
            let (text, status) = told(link, "STAT").await?;
            let count = text.split(' ').next().and_then(|count| count.parse().ok());
            let nonsense = || Fault::new(ErrorKind::Protocol, format!("STAT: {text:?} is no count"));
            Ok((count.ok_or_else(nonsense)?, status))
        };
        self.link.step(cx, COMMAND, "STAT", said).await
    }

    /// Fetches message `number`, from 1.
    pub async fn retrieve(&mut self, cx: &Context, number: u32) -> Result<Bytes, Trouble> {
        let said = async |link: &mut Link| {
            link.send(format!("RETR {number}\r\n").as_bytes()).await?;
            let (_, status) = told(link, "RETR").await?;
            let message = lines(link).await?;
            match is_whole(&message) {
                Some(false) => Err(Fault::new(ErrorKind::Content, "RETR: the message is not as it was sent")),
                Some(true) | None => Ok((message, status)),
            }
        };
        self.link.step(cx, RETRIEVE, "RETR", said).await
    }

    /// Marks message `number` for deletion at the end.
    pub async fn delete(&mut self, cx: &Context, number: u32) -> Result<(), Trouble> {
        self.command(cx, COMMAND, &format!("DELE {number}")).await
    }

    /// Says good-bye: what is marked is deleted.
    pub async fn quit(mut self, cx: &Context) -> Result<(), Trouble> {
        self.command(cx, QUIT, "QUIT").await
    }

    async fn command(&mut self, cx: &Context, label: Label, command: &str) -> Result<(), Trouble> {
        let verb = command.split(' ').next().unwrap_or_default();
        let said = async |link: &mut Link| {
            link.send(format!("{command}\r\n").as_bytes()).await?;
            told(link, verb).await
        };
        self.link.step(cx, label, verb, said).await?;
        Ok(())
    }
}

/// Who is refused at the login has the wrong password.
fn wrong_password(fault: Fault) -> Fault {
    match fault.kind {
        ErrorKind::Refused => Fault { kind: ErrorKind::Auth, ..fault },
        _ => fault,
    }
}

/// The text of a `+OK`.
async fn told(link: &mut Link, to: &str) -> Done<String> {
    let line = link.line().await?;
    Ok((answer(&line, to)?, None))
}

/// The text of a line that says `+OK`; anything else is a fault.
pub fn answer(line: &[u8], to: &str) -> Result<String, Fault> {
    let text = String::from_utf8_lossy(&line[..line.len().min(512)]).into_owned();
    let (word, rest) = text.split_once(' ').unwrap_or((&text, ""));
    let kind = match word {
        "+OK" => return Ok(rest.to_owned()),
        // RFC 2449 8.1, RFC 3206.
        "-ERR" if rest.starts_with("[IN-USE]") || rest.starts_with("[SYS/TEMP]") => ErrorKind::Deferred,
        "-ERR" if rest.starts_with("[AUTH]") => ErrorKind::Auth,
        "-ERR" => ErrorKind::Refused,
        _ => ErrorKind::Protocol,
    };
    Err(Fault::new(kind, format!("{to}: {text}")))
}

/// The lines up to a lone dot, unstuffed.
async fn lines(link: &mut Link) -> Result<Bytes, Fault> {
    let mut all = Vec::new();
    loop {
        let line = link.line().await?;
        match &line[..] {
            b"." => return Ok(all.into()),
            [b'.', rest @ ..] => all.extend_from_slice(rest),
            rest => all.extend_from_slice(rest),
        }
        all.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_good_or_of_a_kind() {
        assert_eq!(answer(b"+OK 3 messages", "STAT").unwrap(), "3 messages");
        assert_eq!(answer(b"+OK", "STAT").unwrap(), "");
        let kind = |line| answer(line, "PASS").unwrap_err().kind;
        assert_eq!(kind(b"-ERR no such message"), ErrorKind::Refused);
        assert_eq!(kind(b"-ERR [IN-USE] locked"), ErrorKind::Deferred);
        assert_eq!(kind(b"-ERR [AUTH] no"), ErrorKind::Auth);
        assert_eq!(kind(b"220 smtp"), ErrorKind::Protocol);
        assert_eq!(kind(b""), ErrorKind::Protocol);
    }
}
