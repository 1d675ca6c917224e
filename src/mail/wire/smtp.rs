//! A session of SMTP: greeting, STARTTLS, login, messages, end (RFC 5321, 3207, 4954, 2920, 1870, 6152).

use std::rc::Rc;

use bytes::Bytes;

use super::sasl::{Exchange, Heard, talk};
use super::{Done, Fault, Link, Service};
use crate::client::{Context, Trouble};
use crate::event::ErrorKind;
use crate::label::Label;
use crate::population::Account;

/// The steps of a session.
pub const CONNECT: Label = Label::of("SMTP{connect}");
pub const BANNER: Label = Label::of("SMTP{banner}");
pub const COMMAND: Label = Label::of("SMTP{command}");
pub const LOGIN: Label = Label::of("SMTP{login}");
pub const SUBMIT: Label = Label::of("SMTP{submit}");
pub const QUIT: Label = Label::of("SMTP{quit}");

/// What clients call themselves in EHLO.
pub const NAME: &str = "populace.invalid";

/// The most lines of one reply, and the most bytes: what a server offers is kept as long as a session.
const LONGEST_REPLY: usize = 256;
const LARGEST_REPLY: usize = 64 << 10;

/// An open session.
pub struct Smtp {
    link: Link,
    offered: Vec<String>,
}

/// A message and where it goes.
pub struct Envelope<'a> {
    pub from: &'a str,
    pub to: &'a [Rc<str>],
    /// The whole message with CRLF as ends of lines, not yet stuffed with dots.
    pub message: &'a [u8],
}

impl Smtp {
    /// Connects, takes the greeting, says EHLO as `name`; with STARTTLS encrypts and says it again.
    pub async fn open(cx: &Context, service: &Rc<Service>, name: &str) -> Result<Smtp, Trouble> {
        let mut link = Link::open(cx, service, CONNECT).await?;
        link.step(cx, BANNER, "banner", async |link| expect(reply(link).await?, 2, "the greeting")).await?;
        let mut smtp = Smtp { link, offered: Vec::new() };
        smtp.hello(cx, name).await?;
        if service.endpoint.starttls {
            if !smtp.offers("STARTTLS") {
                return Err(Trouble::Content(format!("{} offers no STARTTLS", service.url)));
            }
            let encrypt = async |link: &mut Link| {
                link.send(b"STARTTLS\r\n").await?;
                let done = expect(reply(link).await?, 2, "STARTTLS")?;
                link.secure().await?;
                Ok(done)
            };
            smtp.link.step(cx, COMMAND, "STARTTLS", encrypt).await?;
            smtp.hello(cx, name).await?;
        }
        Ok(smtp)
    }

    async fn hello(&mut self, cx: &Context, name: &str) -> Result<(), Trouble> {
        let said = async |link: &mut Link| {
            link.send(format!("EHLO {name}\r\n").as_bytes()).await?;
            let answer = reply(link).await?;
            if answer.code / 100 == 5 {
                // RFC 5321 3.2: a server of old.
                link.send(format!("HELO {name}\r\n").as_bytes()).await?;
                let (_, code) = expect(reply(link).await?, 2, "HELO")?;
                return Ok((Vec::new(), code));
            }
            let lines = answer.lines.clone();
            let (_, code) = expect(answer, 2, "EHLO")?;
            Ok((lines, code))
        };
        let lines = self.link.step(cx, COMMAND, "EHLO", said).await?;
        self.offered = lines.into_iter().skip(1).map(|line| line.to_ascii_uppercase()).collect();
        Ok(())
    }

    /// Whether the server has an extension.
    pub fn offers(&self, extension: &str) -> bool {
        self.offered.iter().any(|line| line.split(' ').next() == Some(extension))
    }

    /// Logs in by the best mechanism that the server offers.
    pub async fn login(&mut self, cx: &Context, account: &Account) -> Result<(), Trouble> {
        let offered = self.offered.iter().find_map(|line| line.strip_prefix("AUTH ")).unwrap_or_default();
        let offered: Vec<&str> = offered.split(' ').collect();
        let salted = &self.link.service().salted;
        let Some(exchange) = Exchange::best(&offered, account, cx.draws("sasl"), salted) else {
            let what = format!("{} offers no way to log in that is known", self.link.service().url);
            return Err(Trouble::Content(what));
        };
        let first = format!("AUTH {}\r\n", exchange.first_line());
        let heard = async |link: &mut Link| {
            let answer = reply(link).await?;
            Ok(match answer.code {
                334 => Heard::Challenge(answer.lines.into_iter().next().unwrap_or_default()),
                _ => Heard::Done(expect(answer, 2, "AUTH")?),
            })
        };
        let said = async |link: &mut Link| talk(link, account, exchange, (first, None), heard).await;
        self.link.step(cx, LOGIN, "AUTH", said).await
    }

    /// Hands over one message; how many bytes it had. With PIPELINING (RFC 2920) the whole envelope is one step.
    pub async fn send(&mut self, cx: &Context, envelope: &Envelope<'_>) -> Result<usize, Trouble> {
        let mut from = format!("MAIL FROM:<{}>", envelope.from);
        if self.offers("SIZE") {
            from += &format!(" SIZE={}", envelope.message.len());
        }
        if self.offers("8BITMIME") && !envelope.message.is_ascii() {
            from += " BODY=8BITMIME";
        }
        let commands = std::iter::once(from).chain(envelope.to.iter().map(|to| format!("RCPT TO:<{to}>")));
        let commands: Vec<String> = commands.chain(["DATA".to_owned()]).collect();
        let taken = match self.offers("PIPELINING") {
            true => self.pipelined(cx, &commands).await,
            false => self.one_by_one(cx, &commands).await,
        };
        if let Err(trouble) = taken {
            // The next message begins anew.
            self.reset(cx).await;
            return Err(trouble);
        }
        let body = stuffed(envelope.message);
        let length = envelope.message.len();
        let submit = async |link: &mut Link| {
            link.send(&body).await?;
            expect(reply(link).await?, 2, "the message")
        };
        self.link.step(cx, SUBMIT, "DATA", submit).await?;
        Ok(length)
    }

    /// All commands at once. When a recipient is refused, the message goes to nobody.
    async fn pipelined(&mut self, cx: &Context, commands: &[String]) -> Result<(), Trouble> {
        let sent = commands.join("\r\n") + "\r\n";
        let said = async |link: &mut Link| {
            link.send(sent.as_bytes()).await?;
            let mut wrong = None;
            let mut data = None;
            for command in commands {
                let answer = match reply(link).await {
                    Ok(answer) => answer,
                    // What it said before it hung up says why.
                    Err(fault) => return Err(wrong.unwrap_or(fault)),
                };
                let wanted = if command == "DATA" { 3 } else { 2 };
                match expect(answer, wanted, command) {
                    Ok((_, code)) => data = code,
                    Err(fault) => {
                        data = None;
                        wrong = wrong.or(Some(fault));
                    }
                }
            }
            match (wrong, data) {
                (None, code) => Ok(((), code)),
                // DATA was taken all the same, for the others. Before its dot nothing is delivered to anybody (RFC 5321
                // 4.1.1.4), so the connection ends here, as though each command had waited for its answer.
                (Some(fault), Some(_)) => Err(Fault { last: true, ..fault }),
                (Some(fault), None) => Err(fault),
            }
        };
        self.link.step(cx, COMMAND, "MAIL", said).await
    }

    async fn one_by_one(&mut self, cx: &Context, commands: &[String]) -> Result<(), Trouble> {
        for command in commands {
            let wanted = if command == "DATA" { 3 } else { 2 };
            let verb = command.split(' ').next().unwrap_or_default();
            let said = async |link: &mut Link| {
                link.send(format!("{command}\r\n").as_bytes()).await?;
                expect(reply(link).await?, wanted, command)
            };
            self.link.step(cx, COMMAND, verb, said).await?;
        }
        Ok(())
    }

    async fn reset(&mut self, cx: &Context) {
        if !self.link.is_open() {
            return;
        }
        let said = async |link: &mut Link| {
            link.send(b"RSET\r\n").await?;
            expect(reply(link).await?, 2, "RSET")
        };
        // What went wrong before is what counts.
        let _ = self.link.step(cx, COMMAND, "RSET", said).await;
    }

    /// Says good-bye, if there is still somebody to say it to.
    pub async fn quit(mut self, cx: &Context) -> Result<(), Trouble> {
        if !self.link.is_open() {
            return Ok(());
        }
        let said = async |link: &mut Link| {
            link.send(b"QUIT\r\n").await?;
            expect(reply(link).await?, 2, "QUIT")
        };
        self.link.step(cx, QUIT, "QUIT", said).await
    }
}

/// A reply of one or more lines (RFC 5321 4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub code: u16,
    /// Without code and hyphen.
    pub lines: Vec<String>,
}

/// Reads a reply.
///
/// # Errors
/// What is no reply, or one without end.
pub async fn reply(link: &mut Link) -> Result<Reply, Fault> {
    let (mut lines, mut bytes) = (Vec::new(), 0);
    loop {
        let line = link.line().await?;
        let (code, last, text) = reply_line(&line)?;
        lines.push(text);
        bytes += line.len();
        if last && bytes <= LARGEST_REPLY {
            return Ok(Reply { code, lines });
        }
        if lines.len() >= LONGEST_REPLY || bytes > LARGEST_REPLY {
            return Err(Fault::new(ErrorKind::TooLarge, "a reply has no end"));
        }
    }
}

/// Code, whether it is the last line, and text of one line.
pub fn reply_line(line: &[u8]) -> Result<(u16, bool, String), Fault> {
    let shown = || String::from_utf8_lossy(&line[..line.len().min(80)]).into_owned();
    let nonsense = || Fault::new(ErrorKind::Protocol, format!("{:?} is no reply of SMTP", shown()));
    let digits = line.get(..3).filter(|digits| digits.iter().all(u8::is_ascii_digit)).ok_or_else(nonsense)?;
    let code = digits.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
    let last = match line.get(3) {
        None | Some(b' ') => true,
        Some(b'-') => false,
        Some(_) => return Err(nonsense()),
    };
    if !(200..600).contains(&code) {
        return Err(nonsense());
    }
    Ok((code, last, String::from_utf8_lossy(line.get(4..).unwrap_or_default()).into_owned()))
}

/// Whether a reply is of the class that was hoped for.
fn expect(reply: Reply, class: u16, to: &str) -> Done<()> {
    if reply.code / 100 == class {
        return Ok(((), Some(reply.code)));
    }
    let text = reply.lines.join(" ");
    let kind = match (reply.code, text.split(' ').next()) {
        (452 | 552, _) | (_, Some("4.2.2" | "5.2.2" | "4.3.1" | "5.3.1")) => ErrorKind::Full,
        (530 | 534 | 535 | 538, _) => ErrorKind::Auth,
        (400..500, _) => ErrorKind::Deferred,
        (500..600, _) => ErrorKind::Refused,
        _ => ErrorKind::Protocol,
    };
    let detail = format!("{to}: {} {text}", reply.code);
    // RFC 5321 3.8: whoever says 421 closes the connection.
    Err(Fault { kind, status: Some(reply.code), detail, last: reply.code == 421 })
}

/// The message as it is sent: a line that begins with a dot gets one more, and a dot ends it (RFC 5321 4.5.2).
pub fn stuffed(message: &[u8]) -> Bytes {
    let mut out = Vec::with_capacity(message.len() + message.len() / 64 + 8);
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        if line.first() == Some(&b'.') {
            out.push(b'.');
        }
        out.extend_from_slice(line);
    }
    if !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_begins_with_a_dot_gets_one_more() {
        assert_eq!(&stuffed(b"a\r\n.b\r\n..\r\n")[..], b"a\r\n..b\r\n...\r\n.\r\n");
        assert_eq!(&stuffed(b"no end")[..], b"no end\r\n.\r\n");
        assert_eq!(&stuffed(b"")[..], b"\r\n.\r\n");
    }

    #[test]
    fn lines_of_replies_are_read_strictly() {
        assert_eq!(reply_line(b"250-SIZE 1000").unwrap(), (250, false, "SIZE 1000".to_owned()));
        assert_eq!(reply_line(b"354").unwrap(), (354, true, String::new()));
        for nonsense in [&b"25"[..], b"abc hello", b"250x", b"999 no", b"", b"100 no"] {
            assert_eq!(reply_line(nonsense).unwrap_err().kind, ErrorKind::Protocol);
        }
    }

    #[test]
    fn refusals_have_kinds() {
        let kind = |code, text: &str| {
            expect(Reply { code, lines: vec![text.to_owned()] }, 2, "RCPT").unwrap_err().kind
        };
        assert_eq!(kind(550, "5.1.1 no such user"), ErrorKind::Refused);
        assert_eq!(kind(450, "4.2.0 greylisted"), ErrorKind::Deferred);
        assert_eq!(kind(452, "4.2.2 over quota"), ErrorKind::Full);
        assert_eq!(kind(554, "5.2.2 over quota"), ErrorKind::Full);
        assert_eq!(kind(535, "5.7.8 no"), ErrorKind::Auth);
        assert_eq!(kind(354, "go on"), ErrorKind::Protocol);
    }
}
