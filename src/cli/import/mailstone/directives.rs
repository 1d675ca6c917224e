//! The directives of the commands file (rows 19 to 33), and what each is called here.

use std::fmt;

use crate::config::nearest;

/// What a tag is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Smtp,
    Pop3,
    Imap4,
}

impl Protocol {
    pub const ALL: [Protocol; 3] = [Protocol::Smtp, Protocol::Pop3, Protocol::Imap4];

    /// The name of the tag, which is that of our profile.
    pub fn name(self) -> &'static str {
        match self {
            Protocol::Smtp => "SMTP",
            Protocol::Pop3 => "POP3",
            Protocol::Imap4 => "IMAP4",
        }
    }

    /// The key of `services`, which is also the scheme of its URL.
    pub fn service(self) -> &'static str {
        match self {
            Protocol::Smtp => "smtp",
            Protocol::Pop3 => "pop3",
            Protocol::Imap4 => "imap",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A directive.
#[derive(Debug)]
pub struct Directive {
    pub name: &'static str,
    /// The tags it is about.
    pub tags: &'static [Protocol],
    /// Those that cannot do without it.
    pub required: bool,
    pub meaning: Meaning,
}

/// What it becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Servers and accounts are those of the whole config.
    Server,
    Account,
    Password,
    Count,
    First,
    /// `weight` of the profile.
    Weight,
    /// A parameter of this name.
    Param(&'static str, Form),
}

/// What a parameter may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Text,
    /// A body, by its file.
    Body,
    /// A whole number from 1.
    Count,
    /// Seconds, above 0 or not.
    Seconds,
    Interval,
    Rate,
    Truth,
}

use Meaning::*;

const MAIL: &[Protocol] = &Protocol::ALL;
const READING: &[Protocol] = &[Protocol::Pop3, Protocol::Imap4];

const fn directive(
    name: &'static str,
    tags: &'static [Protocol],
    required: bool,
    meaning: Meaning,
) -> Directive {
    Directive { name, tags, required, meaning }
}

/// All of them.
pub static KNOWN: &[Directive] = &[
    directive("server", MAIL, true, Server),
    directive("smtpMailFrom", &[Protocol::Smtp], true, Param("mailFrom", Form::Text)),
    directive("accountFormat", MAIL, true, Account),
    directive("passwdFormat", READING, true, Password),
    directive("numAccounts", MAIL, true, Count),
    directive("beginAccounts", MAIL, false, First),
    directive("throttle", MAIL, false, Param("throttle", Form::Seconds)),
    directive("weight", MAIL, true, Weight),
    directive("file", &[Protocol::Smtp], true, Param("file", Form::Body)),
    directive("numrecips", &[Protocol::Smtp], false, Param("recipients", Form::Count)),
    directive("leaveMailOnServer", &[Protocol::Pop3], false, Param("leaveOnServer", Form::Truth)),
    directive("checkMailInterval", &[Protocol::Imap4], false, Param("checkInterval", Form::Interval)),
    directive("searchFolder", &[Protocol::Imap4], false, Param("mailbox", Form::Text)),
    directive("searchPattern", &[Protocol::Imap4], false, Param("searchPattern", Form::Text)),
    directive("searchRate", &[Protocol::Imap4], false, Param("searchRate", Form::Rate)),
];

/// How often is searched in 8 hours where nobody says (row 33).
pub const SEARCH_RATE: f64 = 12.0;

/// The directive of this name, however it is capitalized; Err: what may be meant.
pub fn find(name: &str) -> Result<&'static Directive, String> {
    let found = KNOWN.iter().find(|known| known.name.eq_ignore_ascii_case(name));
    found.ok_or_else(|| match nearest(name, KNOWN.iter().map(|known| known.name)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => {
            let names: Vec<&str> = KNOWN.iter().map(|known| known.name).collect();
            format!("take the line out; known are {}", names.join(", "))
        }
    })
}
