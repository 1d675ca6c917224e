//! An open session of IMAP.

use super::capability::{Can, Capabilities};
use super::response::{self, Message, Response, Said, Untagged, code};
use super::seen::Seen;
use crate::client::{Context, Trouble};
use crate::event::ErrorKind;
use crate::label::Label;
use crate::mail::wire::{Fault, Link};

/// The steps of a session.
pub const CONNECT: Label = Label::of("IMAP4{connect}");
pub const BANNER: Label = Label::of("IMAP4{banner}");
pub const COMMAND: Label = Label::of("IMAP4{command}");
pub const LOGIN: Label = Label::of("IMAP4{login}");
pub const HEADERS: Label = Label::of("IMAP4{headers}");
pub const RETRIEVE: Label = Label::of("IMAP4{retrieve}");
pub const IDLE: Label = Label::of("IMAP4{idle}");
pub const QUIT: Label = Label::of("IMAP4{quit}");

/// An open session. At rest it is small: a socket and some numbers.
pub struct Imap {
    pub(super) link: Link,
    tag: u32,
    pub(super) capabilities: Capabilities,
    /// What the server has told of the mailbox that is selected.
    pub seen: Seen,
    /// The tag of the IDLE that is under way.
    pub(super) idle: Option<String>,
}

/// What came in answer to a command.
#[derive(Debug, Default)]
struct Came {
    messages: Vec<Message>,
    found: Vec<u32>,
    mailboxes: usize,
}

impl Imap {
    pub(super) fn new(link: Link) -> Imap {
        Imap { link, tag: 0, capabilities: Capabilities::default(), seen: Seen::default(), idle: None }
    }

    /// Whether the server can do something; known after the login.
    pub fn can(&self, what: Can) -> bool {
        self.capabilities.has(what)
    }

    /// Whether it can still be used.
    pub fn is_open(&self) -> bool {
        self.link.is_open()
    }

    /// The connection itself.
    pub fn link(&mut self) -> &mut Link {
        &mut self.link
    }

    /// Opens a mailbox, and lets the server count changes if it can (RFC 7162 3.1.8).
    pub async fn select(&mut self, cx: &Context, mailbox: &str) -> Result<(), Trouble> {
        self.seen = Seen::default();
        let how = if self.can(Can::Condstore) { " (CONDSTORE)" } else { "" };
        self.command(cx, COMMAND, &format!("SELECT {}{how}", quoted(mailbox))).await?;
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

    /// The same, `set` being of UIDs.
    pub async fn uid_fetch(
        &mut self,
        cx: &Context,
        label: Label,
        set: &str,
        items: &str,
    ) -> Result<Vec<Message>, Trouble> {
        Ok(self.command(cx, label, &format!("UID FETCH {set} {items}")).await?.messages)
    }

    /// The numbers of messages that fulfil a criterion, as `SUBJECT "test"`.
    pub async fn search(&mut self, cx: &Context, criterion: &str) -> Result<Vec<u32>, Trouble> {
        Ok(self.command(cx, COMMAND, &format!("SEARCH {criterion}")).await?.found)
    }

    /// Adds flags to messages, as `\Deleted`.
    pub async fn flag(&mut self, cx: &Context, set: &str, flags: &str) -> Result<(), Trouble> {
        self.simple(cx, &format!("STORE {set} +FLAGS.SILENT ({flags})")).await
    }

    /// The same of a message by its UID.
    pub async fn uid_flag(&mut self, cx: &Context, uid: u32, flags: &str) -> Result<(), Trouble> {
        self.simple(cx, &format!("UID STORE {uid} +FLAGS.SILENT ({flags})")).await
    }

    /// Deletes a message for good. A server without UIDPLUS (RFC 4315) expunges all that are marked.
    pub async fn delete(&mut self, cx: &Context, uid: u32) -> Result<(), Trouble> {
        self.uid_flag(cx, uid, "\\Deleted").await?;
        let expunge = match self.can(Can::UidPlus) {
            true => format!("UID EXPUNGE {uid}"),
            false => "EXPUNGE".to_owned(),
        };
        self.simple(cx, &expunge).await
    }

    /// Moves a message to another mailbox (RFC 6851), or copies and deletes it where the server cannot.
    pub async fn move_to(&mut self, cx: &Context, uid: u32, mailbox: &str) -> Result<(), Trouble> {
        if self.can(Can::Move) {
            return self.simple(cx, &format!("UID MOVE {uid} {}", quoted(mailbox))).await;
        }
        self.simple(cx, &format!("UID COPY {uid} {}", quoted(mailbox))).await?;
        self.delete(cx, uid).await
    }

    /// Makes a mailbox unless there is one of this name.
    pub async fn ensure(&mut self, cx: &Context, mailbox: &str) -> Result<(), Trouble> {
        let name = quoted(mailbox);
        if self.command(cx, COMMAND, &format!("LIST \"\" {name}")).await?.mailboxes == 0 {
            self.simple(cx, &format!("CREATE {name}")).await?;
        }
        Ok(())
    }

    /// Has everything that follows compressed, if the server can.
    pub async fn compress(&mut self, cx: &Context) -> Result<(), Trouble> {
        if self.can(Can::Compress) {
            self.simple(cx, "COMPRESS DEFLATE").await?;
            self.link.compress();
        }
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
        let verb = verb(line);
        let (seen, capabilities) = (&mut self.seen, &mut self.capabilities);
        let said = async |link: &mut Link| {
            link.send(format!("{tag} {line}\r\n").as_bytes()).await?;
            let mut came = Came::default();
            loop {
                match response::read(link).await? {
                    Response::Tagged(answered, said) if answered == tag => {
                        seen.code(&ended(said, &verb)?);
                        if came.messages.iter().any(Message::is_broken) {
                            let what = format!("{verb}: a message is not as it was sent");
                            return Err(Fault::new(ErrorKind::Content, what));
                        }
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
                    Response::Untagged(Untagged::Fetch(message)) => {
                        seen.changed(message.modseq);
                        link.hold(message.weight())?;
                        came.messages.push(message);
                    }
                    Response::Untagged(Untagged::Search(numbers)) => {
                        link.hold(size_of_val(&numbers[..]))?;
                        came.found.extend(numbers);
                    }
                    Response::Untagged(Untagged::List) => came.mailboxes += 1,
                    Response::Untagged(Untagged::Capability(all)) => *capabilities = Capabilities::read(&all),
                    Response::Untagged(other) => seen.take(other, &verb)?,
                }
            }
        };
        self.link.step(cx, label, &verb, said).await
    }

    pub(super) fn next_tag(&mut self) -> String {
        self.tag += 1;
        format!("a{}", self.tag)
    }
}

/// What a command is called: its first word, and the one after UID.
fn verb(line: &str) -> String {
    let mut words = line.split(' ');
    match (words.next().unwrap_or_default(), words.next()) {
        ("UID", Some(second)) => format!("UID {second}"),
        (first, _) => first.to_owned(),
    }
}

/// The text of an OK; the kind of anything else.
pub(super) fn ended(said: Said, to: &str) -> Result<String, Fault> {
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
    }

    #[test]
    fn what_is_quoted_ends_where_it_should() {
        assert_eq!(quoted("a\"b\\c"), "\"a\\\"b\\\\c\"");
    }

    #[test]
    fn a_command_is_called_by_what_it_does() {
        assert_eq!(verb("UID FETCH 3:* (FLAGS)"), "UID FETCH");
        assert_eq!(verb("NOOP"), "NOOP");
    }
}
