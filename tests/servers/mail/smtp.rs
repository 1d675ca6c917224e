//! A small blocking SMTP client (RFC 5321), independent of the one under test.

use std::fmt;
use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::lines::{Lines, Tls};

pub struct Smtp {
    lines: Lines,
    /// What the server offers, in its own words: "SIZE 10240000", "AUTH PLAIN LOGIN" ...
    pub extensions: Vec<String>,
}

/// What the server answers: a number and its text, the lines of the text joined by "\n".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub code: u16,
    pub text: String,
}

impl Smtp {
    /// Connects, reads the greeting and says EHLO, with `Tls::Start` once more after STARTTLS.
    pub fn connect(address: &str, tls: Tls) -> io::Result<Smtp> {
        let mut smtp = Smtp { lines: Lines::connect(address, tls)?, extensions: Vec::new() };
        smtp.reply()?.done()?;
        smtp.hello()?;
        if let Tls::Start(certificate) = tls {
            smtp.command("STARTTLS")?.done()?;
            smtp.lines.secure(certificate)?;
            smtp.hello()?;
        }
        Ok(smtp)
    }

    fn hello(&mut self) -> io::Result<()> {
        let reply = self.command("EHLO harness.example.test")?.done()?;
        self.extensions = reply.text.lines().skip(1).map(str::to_owned).collect();
        Ok(())
    }

    /// AUTH PLAIN (RFC 4616); the answer is 235 where the password is right.
    pub fn auth_plain(&mut self, name: &str, password: &str) -> io::Result<Reply> {
        self.command(&format!("AUTH PLAIN {}", STANDARD.encode(format!("\0{name}\0{password}"))))
    }

    /// AUTH LOGIN; the answer is 235 where the password is right.
    pub fn auth_login(&mut self, name: &str, password: &str) -> io::Result<Reply> {
        self.command("AUTH LOGIN")?;
        self.command(&STANDARD.encode(name))?;
        self.command(&STANDARD.encode(password))
    }

    /// Sends a message in CRLF lines. The answer is that to the end of the data, or the first that is a refusal.
    pub fn send(&mut self, from: &str, to: &[&str], message: &[u8]) -> io::Result<Reply> {
        let recipients = to.iter().map(|to| format!("RCPT TO:<{to}>"));
        let envelope = std::iter::once(format!("MAIL FROM:<{from}>")).chain(recipients);
        for command in envelope.chain(["DATA".to_owned()]) {
            let reply = self.command(&command)?;
            if reply.code >= 400 {
                // With 421 the server is gone.
                let _ = self.command("RSET");
                return Ok(reply);
            }
        }
        self.lines.write(&stuffed(message))?;
        self.reply()
    }

    pub fn command(&mut self, command: &str) -> io::Result<Reply> {
        self.lines.say(command)?;
        self.reply()
    }

    fn reply(&mut self) -> io::Result<Reply> {
        let mut text = Vec::new();
        loop {
            let line = self.lines.line()?;
            let code = line.get(..3).and_then(|code| code.parse().ok());
            let code = code.ok_or_else(|| io::Error::other(format!("no reply: {line}")))?;
            text.push(line.get(4..).unwrap_or_default().to_owned());
            if line.get(3..4) != Some("-") {
                return Ok(Reply { code, text: text.join("\n") });
            }
        }
    }
}

impl Reply {
    /// The reply, if it is none of 400 and above.
    pub fn done(self) -> io::Result<Reply> {
        if self.code < 400 { Ok(self) } else { Err(io::Error::other(self.to_string())) }
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} {}", self.code, self.text)
    }
}

/// The message with a dot before each line that begins with one, and its end (RFC 5321 4.5.2).
fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut data = Vec::with_capacity(message.len() + 5);
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        if line.first() == Some(&b'.') {
            data.push(b'.');
        }
        data.extend_from_slice(line);
    }
    if !data.ends_with(b"\r\n") {
        data.extend_from_slice(b"\r\n");
    }
    data.extend_from_slice(b".\r\n");
    data
}

#[test]
fn a_line_that_begins_with_a_dot_gets_another() {
    assert_eq!(stuffed(b"a\r\n.\r\n..b\r\n"), b"a\r\n..\r\n...b\r\n.\r\n");
    assert_eq!(stuffed(b"a"), b"a\r\n.\r\n");
}
