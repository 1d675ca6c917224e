//! The few IMAP commands (RFC 9051) that create mailboxes.

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

pub struct Imap {
    stream: BufReader<TcpStream>,
    commands: usize,
}

impl Imap {
    /// Connects, reads the greeting and logs in.
    pub fn login(address: &str, user: &str, password: &str) -> io::Result<Imap> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let mut imap = Imap { stream: BufReader::new(stream), commands: 0 };
        imap.line()?;
        imap.command(&format!("LOGIN {user} {password}"))?;
        Ok(imap)
    }

    /// Creates a mailbox.
    pub fn create(&mut self, mailbox: &str) -> io::Result<()> {
        self.command(&format!("CREATE {mailbox}"))
    }

    fn command(&mut self, command: &str) -> io::Result<()> {
        self.commands += 1;
        let tag = format!("a{}", self.commands);
        write!(self.stream.get_mut(), "{tag} {command}\r\n")?;
        loop {
            let line = self.line()?;
            match line.strip_prefix(&tag).map(str::trim_start) {
                None => {}
                Some(answer) if answer.starts_with("OK") => return Ok(()),
                Some(answer) => return Err(io::Error::other(format!("{command}: {answer}"))),
            }
        }
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.stream.read_line(&mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }
}
