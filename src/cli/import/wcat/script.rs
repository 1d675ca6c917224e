//! The script: transactions, each of one class, and their requests (row 16).

use std::rc::Rc;

use super::values::Value;
use crate::cli::import::shown::without_passwords;
use crate::cli::import::words::{Line, Word, lines};
use crate::config::{Diagnostics, Source, did_you_mean};

/// What it says.
#[derive(Debug, Default)]
pub struct Script {
    /// What holds for all requests that do not say otherwise: what the header sets before the first transaction.
    pub header: Fields,
    pub transactions: Vec<Transaction>,
}

/// A transaction, which is a page: one request or more.
#[derive(Debug)]
pub struct Transaction {
    /// Where it begins.
    pub at: Word,
    pub class: Option<u64>,
    pub requests: Vec<Fields>,
}

/// The fields of a request.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(&'static str, Value, Word)>);

/// Fields that mean something here.
const KNOWN: [&str; 13] = [
    "URL",
    "Verb",
    "Server",
    "ServerPort",
    "SSL",
    "KeepAlive",
    "Cookie",
    "RequestHeader",
    "RequestData",
    "ResponseStatusCode",
    "ResponseData",
    "ThinkTime",
    "HttpVersion",
];
/// Fields that have no counterpart here, and what does nearly the same.
const OTHERS: [(&str, &str); 4] = [
    ("ResponseHeader", "`match` of a request looks into the body; `expect` is the status"),
    ("SaveResponseFile", "--events FILE with an EventLog that has `bodies` keeps answers"),
    ("Weight", "the distribution says how often a class is drawn"),
    ("Comment", ""),
];
/// Other names of fields.
const NAMES: [(&str, &str); 3] =
    [("Port", "ServerPort"), ("StatusCode", "ResponseStatusCode"), ("Version", "HttpVersion")];

impl Fields {
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, ..)| *known == name).map(|(_, value, _)| value)
    }

    /// Where a field stands.
    pub fn at(&self, name: &str) -> Option<&Word> {
        self.0.iter().find(|(known, ..)| *known == name).map(|(.., at)| at)
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn truth(&self, name: &str) -> Option<bool> {
        match self.get(name)? {
            Value::Truth(truth) => Some(*truth),
            _ => None,
        }
    }

    pub fn number(&self, name: &str) -> Option<f64> {
        match self.get(name)? {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    fn set(&mut self, name: &'static str, value: Value, at: Word, appends: bool) {
        let before = self.0.iter_mut().find(|(known, ..)| *known == name);
        match (before, value) {
            (Some((_, Value::Text(text), _)), Value::Text(more)) if appends => text.push_str(&more),
            (Some(field), value) => (field.1, field.2) = (value, at),
            (None, value) => self.0.push((name, value, at)),
        }
    }
}

/// Whose fields the lines are.
enum Within {
    /// Everybody's from here on.
    Header,
    Transaction,
    Request,
}

impl Script {
    pub fn read(source: &Rc<Source>, diags: &Diagnostics) -> Script {
        let mut script = Script::default();
        // What is set later than in the header.
        let mut usual = Fields::default();
        let mut within = Within::Header;
        let shown = Source::text(source.name(), without_passwords(source.contents().unwrap_or_default()));
        for line in lines(source, &shown, diags) {
            let words = line.words();
            let is = |number: usize, name: &str| {
                words.get(number).is_some_and(|word| word.text.eq_ignore_ascii_case(name))
            };
            if is(0, "NEW") && is(1, "TRANSACTION") {
                if script.transactions.is_empty() {
                    script.header = usual.clone();
                }
                script.transactions.push(Transaction { at: line.whole(), class: None, requests: Vec::new() });
                within = Within::Transaction;
            } else if is(0, "NEW") && is(1, "REQUEST") {
                match script.transactions.last_mut() {
                    Some(transaction) => {
                        let mut fields = usual.clone();
                        if is(2, "HTTPS") {
                            fields.set("SSL", Value::Truth(true), line.whole(), false);
                        }
                        transaction.requests.push(fields);
                        within = Within::Request;
                    }
                    None => {
                        let note =
                            diags.error(&line.whole().at, "this request stands outside of a transaction");
                        note.help("write NEW TRANSACTION before it");
                    }
                }
            } else if line.text.starts_with('[') {
                // A combined file has its sections named.
            } else {
                let (from, changes_all, appends) = match (is(0, "SET"), is(0, "APP")) {
                    (true, _) => (words.get(1), !matches!(within, Within::Request), false),
                    (_, true) => (words.get(1), !matches!(within, Within::Request), true),
                    _ => (words.first(), false, false),
                };
                let Some(field) = from.and_then(|first| Field::read(&line, first, diags)) else { continue };
                script.take(field, appends, changes_all.then_some(&mut usual), &within, diags);
            }
        }
        script
    }

    fn take(
        &mut self,
        field: Field,
        appends: bool,
        usual: Option<&mut Fields>,
        within: &Within,
        diags: &Diagnostics,
    ) {
        let Field { name, value, at } = field;
        if let Some(usual) = usual {
            usual.set(name, value, at, appends);
            return;
        }
        let Some(transaction) = self.transactions.last_mut() else {
            diags
                .error(&at.at, format!("`{}` stands outside of a transaction", at.text))
                .help("write SET before it, if it is for all");
            return;
        };
        match (within, transaction.requests.last_mut(), &value) {
            (Within::Transaction, _, Value::Number(number)) if name == CLASS => {
                if number.fract() == 0.0 && (0.0..1e15).contains(number) {
                    transaction.class = Some(*number as u64);
                } else {
                    diags.error(&at.at, format!("{number} is no class")).help("a class is a whole number");
                }
            }
            (Within::Request, Some(request), _) if name != CLASS => request.set(name, value, at, appends),
            _ => {
                diags
                    .error(&at.at, format!("`{name}` has no place here"))
                    .help("classId is one of a transaction, the others are of requests");
            }
        }
    }
}

/// The field that a transaction has.
const CLASS: &str = "classId";

/// A line `name = value`.
struct Field {
    name: &'static str,
    value: Value,
    at: Word,
}

impl Field {
    /// Reads what begins with this word; None: nothing becomes of it, and that is told.
    fn read(line: &Line<'_>, first: &Word, diags: &Diagnostics) -> Option<Field> {
        let whole = line.to_end(first);
        let Some((name, rest)) = whole.text.split_once('=') else {
            diags
                .error(&whole.at, "this is no field")
                .help("write name = value, SET name = value, NEW TRANSACTION or NEW REQUEST HTTP");
            return None;
        };
        let at = line.sub(&whole, 0, name.trim_end().len());
        let from = whole.text.len() - rest.trim_start().len();
        let value = Value::read(&line.sub(&whole, from, whole.text.len()), diags);
        let known = KNOWN.iter().chain([&CLASS]).find(|known| known.eq_ignore_ascii_case(&at.text)).copied();
        let other =
            || NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(&at.text)).map(|(_, name)| *name);
        match (known.or_else(other), OTHERS.iter().find(|(known, _)| known.eq_ignore_ascii_case(&at.text))) {
            (Some(name), _) => Some(Field { name, value: value?, at }),
            (None, Some((name, way))) => {
                diags.warning(&at.at, format!("{name} is not carried over")).help(*way);
                None
            }
            (None, None) => {
                let known = KNOWN.into_iter().chain([CLASS]);
                diags
                    .error(&at.at, format!("there is no field `{}`", at.text))
                    .help(did_you_mean(&at.text, known));
                None
            }
        }
    }
}
