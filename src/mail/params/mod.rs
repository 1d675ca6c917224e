//! The parameters of the software and of every profile: what a profile does not say, the population says
//! (mail-web-chat-network, rows 19 to 33).
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | [`Params`], and the limits of what they say |
//! | `list.rs` | [`PARAMS`]: their names and meanings |

mod list;

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::rc::Rc;
use std::time::Duration;

use crate::client::habit::percent;
use crate::config::{Diagnostics, Files, FromValue, Seconds, Table, Value};
use crate::distribution::{Fixed, Numbers, Sample};

pub use list::PARAMS;

/// How long a step may take unless somebody says so (row 40).
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// All of them, with what they are without anybody saying.
#[derive(Clone)]
pub struct Params {
    /// `mailFrom`: who all messages are from; None: whoever sends them.
    pub from: Option<Rc<str>>,
    /// `recipients`: how many a message has.
    pub recipients: Numbers,
    /// `size`: bytes of a body.
    pub size: Numbers,
    /// `file`: what is in the body instead.
    pub file: Option<Rc<[u8]>>,
    /// `authenticate`: whether a sender logs in.
    pub authenticate: bool,
    /// `leaveOnServer`: whether messages that were read stay.
    pub leave: bool,
    /// `mailbox`: what is read and searched.
    pub mailbox: Rc<str>,
    /// `checkInterval`: how long from one look for new mail to the next within a session.
    pub check_interval: Duration,
    /// `stay`: how long a session stays open after the mail is read.
    pub stay: Duration,
    /// `searchPattern`: what is searched in subjects.
    pub search_pattern: Rc<str>,
    /// `searchRate`: searches in 8 hours.
    pub search_rate: f64,
    /// `compress`: whether sessions of IMAP are compressed where the server can.
    pub compress: bool,
    /// `sessions`: how long those of ImapReader stay open.
    pub sessions: Sessions,
    /// `interval`: how long from one message of Sender, or one short session, to the next.
    pub interval: Numbers,
    /// `readShare`, and `readDelay` in seconds: which of the new messages are read, and when.
    pub read_share: f64,
    pub read_delay: Numbers,
    /// `flagShare`, `deleteShare`, `moveShare`: what becomes of a message that was read, in percent.
    pub flag_share: f64,
    pub delete_share: f64,
    pub move_share: f64,
    /// `moveTo`: the mailbox to which they are moved.
    pub move_to: Rc<str>,
    /// `secondConnection`: which messages are read over a connection of their own, in percent.
    pub second_connection: f64,
    /// `replyShare`, and `replyDelay` in seconds: which messages are answered, and when.
    pub reply_share: f64,
    pub reply_delay: Numbers,
    /// `throttle`: how long a turn takes at least; zero: as long as it takes.
    pub throttle: Duration,
    /// `timeout`: how long a step may take.
    pub timeout: Duration,
}

/// How many recipients a message has.
pub const RECIPIENTS: RangeInclusive<u32> = 1..=1000;

/// How many bytes a body has that is made.
pub const SIZES: RangeInclusive<u32> = 0..=64 << 20;

/// How often is searched in 8 hours.
pub const SEARCH_RATES: RangeInclusive<f64> = 0.0..=10_000.0;

/// How long a session stays open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sessions {
    /// All day, as that of a desktop client.
    Open,
    /// As long as it takes to look, as those of a phone.
    Short,
}

impl FromValue for Sessions {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Sessions> {
        value.word("sessions", &[("open", Sessions::Open), ("short", Sessions::Short)], diags)
    }
}

/// The four standard bodies (row 43) by the names of their files.
const STANDARD: [(&str, f64); 4] =
    [("bench2k", 2048.0), ("bench3k", 3072.0), ("bench10k", 10_240.0), ("bench", 256_000.0)];

impl Params {
    /// What holds where nobody says anything.
    pub fn standard() -> Option<Params> {
        Some(Params {
            from: None,
            recipients: fixed(1.0)?,
            size: fixed(2048.0)?,
            file: None,
            authenticate: false,
            leave: false,
            mailbox: "INBOX".into(),
            check_interval: Duration::from_secs(120),
            stay: Duration::ZERO,
            search_pattern: "test".into(),
            search_rate: 0.0,
            compress: false,
            sessions: Sessions::Open,
            interval: fixed(900.0)?,
            read_share: 70.0,
            read_delay: fixed(20.0)?,
            flag_share: 5.0,
            delete_share: 30.0,
            move_share: 20.0,
            move_to: "Archive".into(),
            second_connection: 5.0,
            reply_share: 20.0,
            reply_delay: fixed(60.0)?,
            throttle: Duration::ZERO,
            timeout: TIMEOUT,
        })
    }

    /// These parameters, and those of `self` where the table says nothing. Bodies are among the `files`.
    pub fn with(&self, table: &Table<'_>, files: &Files) -> Params {
        let mut params = self.clone();
        let text = |names: &[&str]| optional::<String>(table, names).map(Rc::<str>::from);
        let time = |names: &[&str]| optional::<Seconds>(table, names).map(|Seconds(time)| time);
        if let Some(from) = text(&["mailFrom", "smtpMailFrom"]) {
            params.from = Some(from);
        }
        set(&mut params.recipients, optional(table, &["recipients", "numrecips"]));
        if let Some(size) = optional(table, &["size"]) {
            (params.size, params.file) = (size, None);
        }
        if let Some(file) = optional::<String>(table, &["file"]) {
            body(&mut params, table, &file, files);
        }
        set(&mut params.authenticate, optional(table, &["authenticate"]));
        set(&mut params.leave, optional(table, &["leaveOnServer", "leaveMailOnServer"]));
        set(&mut params.mailbox, text(&["mailbox", "searchFolder"]));
        set(&mut params.check_interval, time(&["checkInterval", "checkMailInterval"]));
        set(&mut params.stay, time(&["stay"]));
        set(&mut params.search_pattern, text(&["searchPattern"]));
        set(&mut params.search_rate, optional(table, &["searchRate"]));
        set(&mut params.throttle, time(&["throttle"]));
        set(&mut params.timeout, time(&["timeout"]));
        params.take_habits(table);
        params.check(table);
        params
    }

    /// What people do with their mail.
    fn take_habits(&mut self, table: &Table<'_>) {
        set(&mut self.compress, table.optional("compress"));
        set(&mut self.sessions, table.optional("sessions"));
        set(&mut self.interval, table.optional("interval"));
        set(&mut self.read_delay, table.optional("readDelay"));
        set(&mut self.reply_delay, table.optional("replyDelay"));
        set(&mut self.move_to, table.optional::<String>("moveTo").map(Rc::from));
        let shares = [
            ("readShare", &mut self.read_share),
            ("flagShare", &mut self.flag_share),
            ("deleteShare", &mut self.delete_share),
            ("moveShare", &mut self.move_share),
            ("secondConnection", &mut self.second_connection),
            ("replyShare", &mut self.reply_share),
        ];
        for (name, share) in shares {
            set(share, percent(table, name, *share));
        }
    }

    fn check(&self, table: &Table<'_>) {
        let texts = [("mailFrom", self.from.as_ref()), ("mailbox", Some(&self.mailbox))];
        let more = [("searchPattern", Some(&self.search_pattern)), ("moveTo", Some(&self.move_to))];
        for (name, text) in texts.into_iter().chain(more) {
            if text.is_some_and(|text| text.contains(char::is_control)) {
                table.error_at_key(name, format!("`{name}` is text of one line"));
            }
        }
        let (sizes, recipients) = (self.size.mean(), self.recipients.mean());
        within(table, &["size"], sizes, SIZES, "bytes that a body has");
        within(table, &["recipients", "numrecips"], recipients, RECIPIENTS, "recipients that a message has");
        within(table, &["searchRate"], Some(self.search_rate), SEARCH_RATES, "searches in 8 hours");
        if self.delete_share + self.move_share > 100.0 {
            table.error_at_key("moveShare", "`deleteShare` and `moveShare` are 100 at most together");
        }
        if self.reply_share >= 100.0 {
            table.error_at_key("replyShare", "it is below 100, or answers to answers would never end");
        }
        for (name, time) in [("timeout", self.timeout), ("checkInterval", self.check_interval)] {
            if time.is_zero() {
                table.error_at_key(name, format!("`{name}` is above 0"));
            }
        }
    }
}

/// Reports a number, or the mean of those that are drawn, that is not in its range, if this table says it.
pub fn within<N: Copy + Into<f64> + Display>(
    table: &Table<'_>,
    names: &[&str],
    number: Option<f64>,
    range: RangeInclusive<N>,
    what: &str,
) {
    let (from, to) = (*range.start(), *range.end());
    let wrong = number.filter(|number| !(from.into()..=to.into()).contains(number));
    if let (Some(name), Some(number)) = (names.iter().find(|name| table.has(name)), wrong) {
        table.error_at_key(name, format!("{number} is no number of {what}: it is from {from} to {to}"));
    }
}

fn set<T>(place: &mut T, found: Option<T>) {
    if let Some(found) = found {
        *place = found;
    }
}

/// The body that `file` names: what is in a file, or one of the four standard ones.
fn body(params: &mut Params, table: &Table<'_>, name: &str, files: &Files) {
    let standard = name.rsplit('/').next().unwrap_or(name);
    let standard = STANDARD.iter().find(|(standard_name, _)| *standard_name == standard);
    match (files.get(name, &table.value_at("file")), standard) {
        (Ok(Some(bytes)), _) => params.file = Some(bytes),
        (Ok(None), Some((_, bytes))) => {
            if let Some(size) = fixed(*bytes) {
                (params.size, params.file) = (size, None);
            }
        }
        (Ok(None), None) => {
            table
                .error_at_key(
                    "file",
                    format!("there is no file {name:?} in the folder of this property list"),
                )
                .help("bench2k, bench3k, bench10k and bench (250 KB) are there without a file");
        }
        (Err(why), _) => {
            table.error_at_key("file", format!("this file cannot be a body: {why}"));
        }
    }
}

fn fixed(number: f64) -> Option<Numbers> {
    Numbers::new(Fixed { value: Sample::Number(number) })
}

fn optional<T: FromValue>(table: &Table<'_>, names: &[&str]) -> Option<T> {
    table.optional_any(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Level, read_bytes};

    /// What is wrong with parameters, each at its place.
    fn errors(params: &str) -> Vec<String> {
        let diags = Diagnostics::new();
        let text = format!("<plist><dict>\n{params}</dict></plist>");
        let value = read_bytes("t", text.as_bytes(), &diags).unwrap();
        let table = Table::new(&value, &diags, "the profile").unwrap();
        Params::standard().unwrap().with(&table, &Files::default());
        table.finish();
        let all = diags.all();
        let errors = all.iter().filter(|one| one.level == Level::Error);
        errors.map(ToString::to_string).collect()
    }

    #[test]
    fn numbers_that_cannot_be_are_told_at_their_places() {
        let number =
            |name: &str, number: &str| errors(&format!("<key>{name}</key><integer>{number}</integer>"));
        assert_eq!(
            number("size", "-1"),
            ["t:2:16: error: -1 is no number of bytes that a body has: it is from 0 to 67108864"]
        );
        assert!(number("recipients", "0")[0].starts_with("t:2:22: error: 0 is no number of recipients"));
        assert!(number("numrecips", "1001")[0].starts_with("t:2:21: error: 1001 is no number of recipients"));
        assert!(number("searchRate", "10001")[0].contains("searches in 8 hours: it is from 0 to 10000"));
        for (name, good) in [("size", "0"), ("recipients", "1000"), ("searchRate", "10000")] {
            assert_eq!(number(name, good), [""; 0], "{name}");
        }
        let drawn =
            "<key>size</key><dict><key>type</key><string>UniformInteger</string><key>params</key><dict>
            <key>min</key><integer>-9</integer><key>max</key><integer>0</integer></dict></dict>";
        assert_eq!(errors(drawn).len(), 1);
    }

    /// Whoever inherits a number has not said it.
    #[test]
    fn a_fault_is_told_once() {
        let (diags, at) = (Diagnostics::new(), crate::config::At::named("t"));
        let base = Params { size: Numbers::fixed(-1.0), ..Params::standard().unwrap() };
        base.with(&Table::empty(&at, &diags, "the profile"), &Files::default());
        assert!(diags.is_empty());
    }

    #[test]
    fn a_body_is_a_file_or_a_standard_one() {
        let missing = errors("<key>file</key><string>no/such</string>");
        assert!(
            missing[0].starts_with("t:2:16: error: there is no file \"no/such\" in the folder"),
            "{missing:?}"
        );
        let folder = errors("<key>file</key><string>src</string>");
        assert!(
            folder[0].starts_with("t:2:16: error: this file cannot be a body: src: it is no plain"),
            "{folder:?}"
        );
        assert_eq!(errors("<key>file</key><string>/mailstone/bench2k</string>"), [""; 0]);
    }
}
