//! An open session of IMAP.

use std::rc::Rc;

use super::response::{self, Message, Response, Said, Untagged, code};
use crate::client::{Context, Trouble};
use crate::event::ErrorKind;
use crate::label::Label;
use crate::mail::wire::sasl::Exchange;
use crate::mail::wire::{Done, Fault, Link, Service};
use crate::population::Account;

/// The steps of a session.
pub const CONNECT: Label = Label::of("IMAP4{connect}");
pub const BANNER: Label = Label::of("IMAP4{banner}");
pub const COMMAND: Label = Label::of("IMAP4{command}");
pub const LOGIN: Label = Label::of("IMAP4{login}");
pub const RETRIEVE: Label = Label::of("IMAP4{retrieve}");
pub const QUIT: Label = Label::of("IMAP4{quit}");

/// An open session.
pub struct Imap {
    link: Link,
    tag: u32,
    capabilities: Vec<String>,
    /// How many messages are in the mailbox that is selected.
    pub exists: u32,
}

/// What came in answer to a command.
#[derive(Debug, Default)]
struct Came {
    messages: Vec<Message>,
    found: Vec<u32>,
}

impl Imap {
    /// Connects and takes the greeting; with STARTTLS encrypts.
    pub async fn open(cx: &Context, service: &Rc<Service>) -> Result<Imap, Trouble> {
        let mut link = Link::open(cx, service, CONNECT).await?;
        link.step(cx, BANNER, "banner", greeting).await?;
        let mut imap = Imap { link, tag: 0, capabilities: Vec::new(), exists: 0 };
        if service.endpoint.starttls {
            imap.starttls(cx).await?;
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
        if self.capabilities.is_empty() {
            self.command(cx, COMMAND, "CAPABILITY").await?;
        }
        let offered: Vec<&str> =
            self.capabilities.iter().filter_map(|one| one.strip_prefix("AUTH=")).collect();
        let exchange = Exchange::best(&offered, account, cx.draws("sasl"));
        let tag = self.next_tag();
        let said = match exchange {
            Some(exchange) => {
                let at_once = self.capabilities.iter().any(|one| one == "SASL-IR");
                let said = async |link: &mut Link| authenticate(link, &tag, exchange, at_once).await;
                self.link.step(cx, LOGIN, "AUTHENTICATE", said).await
            }
            None => {
                let (user, password) = (quoted(&account.uid), quoted(&account.password.reveal()));
                let said = async |link: &mut Link| {
                    link.send(format!("{tag} LOGIN {user} {password}\r\n").as_bytes()).await?;
                    login_ended(link).await
                };
                self.link.step(cx, LOGIN, "LOGIN", said).await
            }
        };
        // What a server can may change with the login (RFC 9051 6.2.3).
        self.capabilities = said?.into_iter().map(|one| one.to_ascii_uppercase()).collect();
        Ok(())
    }

    /// Whether the server can do something; asks it if that is not known.
    pub async fn can(&mut self, cx: &Context, what: &str) -> Result<bool, Trouble> {
        if self.capabilities.is_empty() {
            self.command(cx, COMMAND, "CAPABILITY").await?;
        }
        Ok(self.capabilities.iter().any(|one| one == what))
    }

    /// Opens a mailbox.
    pub async fn select(&mut self, cx: &Context, mailbox: &str) -> Result<(), Trouble> {
        self.exists = 0;
        self.command(cx, COMMAND, &format!("SELECT {}", quoted(mailbox))).await?;
        Ok(())
    }

    /// Fetches something of messages: `set` as `1:*`, `items` as `(FLAGS UID)`.
    pub async fn fetch(
        &mut self,
        cx: &Context,
        label: Label,
        set: &str,
        items: &str,
    ) -> Result<Vec<Message>, Trouble> {
        Ok(self.command(cx, label, &format!("FETCH {set} {items}")).await?.messages)
    }

    /// The numbers of messages that fulfil a criterion, as `SUBJECT "test"`.
    pub async fn search(&mut self, cx: &Context, criterion: &str) -> Result<Vec<u32>, Trouble> {
        Ok(self.command(cx, COMMAND, &format!("SEARCH {criterion}")).await?.found)
    }

    /// Adds flags to messages, as `\Deleted`.
    pub async fn flag(&mut self, cx: &Context, set: &str, flags: &str) -> Result<(), Trouble> {
        self.command(cx, COMMAND, &format!("STORE {set} +FLAGS.SILENT ({flags})")).await?;
        Ok(())
    }

    /// Any other command of one line.
    pub async fn simple(&mut self, cx: &Context, line: &str) -> Result<(), Trouble> {
        self.command(cx, COMMAND, line).await?;
        Ok(())
    }

    /// Says good-bye.
    pub async fn logout(mut self, cx: &Context) -> Result<(), Trouble> {
        self.command(cx, QUIT, "LOGOUT").await?;
        Ok(())
    }

    async fn command(&mut self, cx: &Context, label: Label, line: &str) -> Result<Came, Trouble> {
        let tag = self.next_tag();
        let verb = line.split(' ').next().unwrap_or_default();
        let (exists, capabilities) = (&mut self.exists, &mut self.capabilities);
        let said = async |link: &mut Link| {
            link.send(format!("{tag} {line}\r\n").as_bytes()).await?;
            let mut came = Came::default();
            loop {
                match response::read(link).await? {
                    Response::Tagged(answered, said) if answered == tag => {
                        ended(said, verb)?;
                        return Ok((came, None));
                    }
                    Response::Tagged(other, _) => {
                        let what = format!("an answer to {other} instead of {tag}");
                        return Err(Fault::new(ErrorKind::Protocol, what));
                    }
                    Response::Continue(_) => {
                        let what = format!("{verb}: the server wants more of a command that is whole");
                        return Err(Fault::new(ErrorKind::Protocol, what));
                    }
                    Response::Untagged(untagged) => match untagged {
                        Untagged::Exists(count) => *exists = count,
                        Untagged::Expunge(_) => *exists = exists.saturating_sub(1),
                        Untagged::Fetch(message) => came.messages.push(message),
                        Untagged::Search(numbers) => came.found.extend(numbers),
                        Untagged::Capability(all) => {
                            *capabilities = all.iter().map(|one| one.to_ascii_uppercase()).collect();
                        }
                        Untagged::Bye(text) if verb != "LOGOUT" => {
                            return Err(Fault::new(ErrorKind::Closed, format!("{verb}: BYE {text}")));
                        }
                        Untagged::Bye(_) | Untagged::Status(..) | Untagged::Other => {}
                    },
                }
            }
        };
        self.link.step(cx, label, verb, said).await
    }

    fn next_tag(&mut self) -> String {
        self.tag += 1;
        format!("a{}", self.tag)
    }
}

async fn greeting(link: &mut Link) -> Done<()> {
    match response::read(link).await? {
        Response::Untagged(Untagged::Status(word, _)) if word == "OK" => Ok(((), None)),
        Response::Untagged(Untagged::Bye(text)) => {
            Err(Fault::new(ErrorKind::Deferred, format!("the greeting: BYE {text}")))
        }
        other => Err(Fault::new(ErrorKind::Protocol, format!("{other:?} is no greeting"))),
    }
}

/// Logs in by SASL; with SASL-IR (RFC 4959) the first response goes `at_once`, which saves a round.
async fn authenticate(
    link: &mut Link,
    tag: &str,
    mut exchange: Exchange,
    at_once: bool,
) -> Done<Vec<String>> {
    let first = if at_once { exchange.first_line() } else { exchange.name().to_owned() };
    link.send(format!("{tag} AUTHENTICATE {first}\r\n").as_bytes()).await?;
    let mut initial = if at_once { None } else { exchange.initial() };
    let mut capabilities = Vec::new();
    loop {
        match response::read(link).await? {
            Response::Continue(challenge) => {
                let next = match initial.take() {
                    Some(response) => response,
                    None => exchange.next(&challenge)?,
                };
                link.send(format!("{next}\r\n").as_bytes()).await?;
            }
            Response::Untagged(Untagged::Capability(all)) => capabilities = all,
            Response::Untagged(_) => {}
            Response::Tagged(_, said) => {
                let text = logged_in(said)?;
                exchange.finished()?;
                return Ok((told_capabilities(&text).unwrap_or(capabilities), None));
            }
        }
    }
}

async fn login_ended(link: &mut Link) -> Done<Vec<String>> {
    let mut capabilities = Vec::new();
    loop {
        match response::read(link).await? {
            Response::Untagged(Untagged::Capability(all)) => capabilities = all,
            Response::Tagged(_, said) => {
                let text = logged_in(said)?;
                return Ok((told_capabilities(&text).unwrap_or(capabilities), None));
            }
            Response::Untagged(_) => {}
            Response::Continue(_) => {
                return Err(Fault::new(ErrorKind::Protocol, "LOGIN: the server wants more"));
            }
        }
    }
}

/// The capabilities that stand in the text of an OK.
fn told_capabilities(text: &str) -> Option<Vec<String>> {
    let inside = text.strip_prefix('[')?.split(']').next()?;
    let (word, all) = inside.split_once(' ')?;
    word.eq_ignore_ascii_case("CAPABILITY").then(|| all.split(' ').map(str::to_owned).collect())
}

fn logged_in(said: Said) -> Result<String, Fault> {
    ended(said, "the login").map_err(|fault| match fault.kind {
        ErrorKind::Refused => Fault { kind: ErrorKind::Auth, ..fault },
        _ => fault,
    })
}

/// The text of an OK; the kind of anything else.
fn ended(said: Said, to: &str) -> Result<String, Fault> {
    let (kind, word, text) = match said {
        Said::Ok(text) => return Ok(text),
        Said::No(text) => {
            let kind = match code(&text) {
                Some("OVERQUOTA") => ErrorKind::Full,
                Some("AUTHENTICATIONFAILED" | "AUTHORIZATIONFAILED" | "EXPIRED") => ErrorKind::Auth,
                Some("UNAVAILABLE" | "INUSE" | "LIMIT" | "SERVERBUG" | "CONTACTADMIN") => ErrorKind::Deferred,
                _ => ErrorKind::Refused,
            };
            (kind, "NO", text)
        }
        Said::Bad(text) => (ErrorKind::Protocol, "BAD", text),
    };
    Err(Fault::new(kind, format!("{to}: {word} {text}")))
}

/// A quoted string (RFC 9051 4.3).
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_have_kinds() {
        let kind = |said| ended(said, "x").unwrap_err().kind;
        assert_eq!(kind(Said::No("[OVERQUOTA] no room".into())), ErrorKind::Full);
        assert_eq!(kind(Said::No("no such mailbox".into())), ErrorKind::Refused);
        assert_eq!(kind(Said::No("[INUSE] later".into())), ErrorKind::Deferred);
        assert_eq!(kind(Said::Bad("what?".into())), ErrorKind::Protocol);
        assert_eq!(logged_in(Said::No("wrong".into())).unwrap_err().kind, ErrorKind::Auth);
        assert_eq!(told_capabilities("[CAPABILITY IMAP4rev1 IDLE] ok").unwrap(), ["IMAP4rev1", "IDLE"]);
    }

    #[test]
    fn what_is_quoted_ends_where_it_should() {
        assert_eq!(quoted("a\"b\\c"), "\"a\\\"b\\\\c\"");
    }
}
