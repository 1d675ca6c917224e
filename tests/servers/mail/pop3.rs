//! A small blocking POP3 client (RFC 1939), independent of the one under test.

use std::io;

use super::lines::{Lines, Tls};
use super::message::Message;

pub struct Pop3(Lines);

impl Pop3 {
    /// Connects, reads the greeting, with `Tls::Start` says STLS, and logs in.
    pub fn login(address: &str, tls: Tls, name: &str, password: &str) -> io::Result<Pop3> {
        let mut pop3 = Pop3(Lines::connect(address, tls)?);
        pop3.answer()?;
        if let Tls::Start(certificate) = tls {
            pop3.command("STLS")?;
            pop3.0.secure(certificate)?;
        }
        pop3.command(&format!("USER {name}"))?;
        pop3.command(&format!("PASS {password}"))?;
        Ok(pop3)
    }

    /// All messages, in the order of their numbers.
    pub fn messages(&mut self) -> io::Result<Vec<Message>> {
        let status = self.command("STAT")?;
        let count = status.split(' ').nth(1).and_then(|count| count.parse().ok());
        let count: usize = count.ok_or_else(|| io::Error::other(format!("STAT: {status}")))?;
        (1..=count).map(|number| self.retrieve(number)).collect()
    }

    fn retrieve(&mut self, number: usize) -> io::Result<Message> {
        self.command(&format!("RETR {number}"))?;
        let mut raw = Vec::new();
        loop {
            let line = self.0.bytes()?;
            match line.strip_prefix(b".") {
                Some(b"\r\n") => return Ok(Message { raw }),
                Some(rest) => raw.extend_from_slice(rest),
                None => raw.extend_from_slice(&line),
            }
        }
    }

    fn command(&mut self, command: &str) -> io::Result<String> {
        self.0.say(command)?;
        self.answer()
    }

    fn answer(&mut self) -> io::Result<String> {
        let line = self.0.line()?;
        if line.starts_with("+OK") { Ok(line) } else { Err(io::Error::other(line)) }
    }
}
