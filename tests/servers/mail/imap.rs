//! A small blocking IMAP client (RFC 9051), independent of the one under test.

use std::io;

use super::lines::{Lines, Tls};
use super::message::Message;

pub struct Imap {
    lines: Lines,
    commands: usize,
}

/// One response of the server: its text, and the literals that stood in it as `{LENGTH}`.
#[derive(Debug)]
struct Response {
    text: String,
    literals: Vec<Vec<u8>>,
}

impl Imap {
    /// Connects, reads the greeting, with `Tls::Start` says STARTTLS, and logs in.
    pub fn login(address: &str, tls: Tls, user: &str, password: &str) -> io::Result<Imap> {
        let mut imap = Imap { lines: Lines::connect(address, tls)?, commands: 0 };
        imap.lines.line()?;
        if let Tls::Start(certificate) = tls {
            imap.command("STARTTLS")?;
            imap.lines.secure(certificate)?;
        }
        imap.command(&format!("LOGIN {user} {password}"))?;
        Ok(imap)
    }

    /// What the server can do, in its own words: "IDLE", "AUTH=SCRAM-SHA-256" ...
    pub fn capabilities(&mut self) -> io::Result<Vec<String>> {
        let responses = self.command("CAPABILITY")?;
        let list = responses.iter().find_map(|response| response.text.strip_prefix("* CAPABILITY "));
        Ok(list.unwrap_or_default().split(' ').map(str::to_owned).collect())
    }

    /// Creates a mailbox.
    pub fn create(&mut self, mailbox: &str) -> io::Result<()> {
        self.command(&format!("CREATE {mailbox}")).map(drop)
    }

    /// Bounds a mailbox to so many KB (RFC 9208), or not at all. For an administrator.
    pub fn set_quota(&mut self, mailbox: &str, kilobytes: Option<u64>) -> io::Result<()> {
        let limit = kilobytes.map(|limit| format!("STORAGE {limit}")).unwrap_or_default();
        self.command(&format!("SETQUOTA {mailbox} ({limit})")).map(drop)
    }

    /// Opens a mailbox and returns how many messages it holds.
    pub fn select(&mut self, mailbox: &str) -> io::Result<usize> {
        let responses = self.command(&format!("SELECT {mailbox}"))?;
        let count =
            |response: &Response| response.text.strip_prefix("* ")?.strip_suffix(" EXISTS")?.parse().ok();
        responses.iter().find_map(count).ok_or_else(|| io::Error::other(format!("no EXISTS: {responses:?}")))
    }

    /// All messages of the open mailbox, in the order of their numbers; they stay unseen.
    pub fn messages(&mut self) -> io::Result<Vec<Message>> {
        let responses = self.command("FETCH 1:* (RFC822.SIZE BODY.PEEK[])")?;
        let fetched = responses.into_iter().filter(|response| response.text.contains(" FETCH ("));
        fetched.map(message).collect()
    }

    /// Puts a message into a mailbox.
    pub fn append(&mut self, mailbox: &str, message: &[u8]) -> io::Result<()> {
        self.lines.say(&format!("p APPEND {mailbox} {{{}}}", message.len()))?;
        self.lines.line()?;
        self.lines.write(&[message, b"\r\n"].concat())?;
        let answer = self.lines.line()?;
        if answer.starts_with("p OK") { Ok(()) } else { Err(io::Error::other(answer)) }
    }

    /// Removes all messages of the open mailbox.
    pub fn remove_all(&mut self) -> io::Result<()> {
        self.command(r"STORE 1:* +FLAGS.SILENT (\Deleted)")?;
        self.command("EXPUNGE").map(drop)
    }

    /// Waits in IDLE (RFC 2177) until the server tells a number of messages by itself.
    pub fn idle(&mut self) -> io::Result<usize> {
        self.lines.say("i IDLE")?;
        let count = loop {
            let line = self.lines.line()?;
            if let Some(count) = line.strip_prefix("* ").and_then(|line| line.strip_suffix(" EXISTS")) {
                break count.parse().map_err(io::Error::other)?;
            }
        };
        self.lines.say("DONE")?;
        while !self.lines.line()?.starts_with("i OK") {}
        Ok(count)
    }

    fn command(&mut self, command: &str) -> io::Result<Vec<Response>> {
        self.commands += 1;
        let tag = format!("a{}", self.commands);
        self.lines.say(&format!("{tag} {command}"))?;
        let mut untagged = Vec::new();
        loop {
            let response = self.response()?;
            match response.text.strip_prefix(&tag).map(str::trim_start) {
                None => untagged.push(response),
                Some(answer) if answer.starts_with("OK") => return Ok(untagged),
                Some(answer) => return Err(io::Error::other(format!("{command}: {answer}"))),
            }
        }
    }

    fn response(&mut self) -> io::Result<Response> {
        let mut response = Response { text: self.lines.line()?, literals: Vec::new() };
        while let Some(length) = literal(&response.text) {
            response.literals.push(self.lines.exactly(length)?);
            response.text += &self.lines.line()?;
        }
        Ok(response)
    }
}

/// The length of the literal that the line announces at its end.
fn literal(line: &str) -> Option<usize> {
    line.strip_suffix('}')?.rsplit_once('{')?.1.parse().ok()
}

/// The message of a FETCH; the server's own figure of its size must be true.
fn message(mut response: Response) -> io::Result<Message> {
    let raw = response.literals.pop().unwrap_or_default();
    let told = response.text.split_once("RFC822.SIZE ").map(|(_, rest)| rest.split([' ', ')']).next());
    if told.flatten() != Some(raw.len().to_string().as_str()) {
        return Err(io::Error::other(format!("{} bytes came: {}", raw.len(), response.text)));
    }
    Ok(Message { raw })
}
