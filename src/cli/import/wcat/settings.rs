//! The configuration of a test: `Name: value`, a line each (row 15).

use std::rc::Rc;

use crate::cli::import::words::{Line, Word, lines};
use crate::config::{Diagnostics, Source, did_you_mean};

/// What it says.
#[derive(Debug, Default)]
pub struct Settings {
    pub machines: Option<u32>,
    pub threads: Option<u32>,
    /// Seconds.
    pub duration: Option<f64>,
    pub warmup: Option<f64>,
    pub cooldown: Option<f64>,
    /// The longest time of thinking, seconds.
    pub think: f64,
    /// Bytes.
    pub buffer: Option<f64>,
    pub comment: Option<String>,
}

const KEYS: [&str; 9] = [
    "NumClientMachines",
    "NumClientThreads",
    "Duration",
    "WarmupTime",
    "CooldownTime",
    "ThinkTime",
    "MaxRecvBuffer",
    "AsynchronousWait",
    "Comment",
];

/// The most machines, and the most threads of one.
const MOST: u32 = 100_000;

impl Settings {
    pub fn read(source: &Rc<Source>, diags: &Diagnostics) -> Settings {
        let mut settings = Settings::default();
        let mut ours = true;
        for line in lines(source, source, diags) {
            let whole = line.whole();
            if whole.text.starts_with('[') {
                ours = whole.text.eq_ignore_ascii_case("[Configuration]");
                if !ours {
                    let note =
                        diags.warning(&whole.at, format!("the section {} is not carried over", whole.text));
                    note.help("script, distribution and counters are files of their own");
                }
            } else if ours {
                settings.take(&line, &whole, diags);
            }
        }
        settings
    }

    fn take(&mut self, line: &Line<'_>, whole: &Word, diags: &Diagnostics) {
        let is_end = |c: char| c.is_whitespace() || matches!(c, ':' | '=');
        let end = whole.text.find(is_end).unwrap_or(whole.text.len());
        let key = line.part(0, end);
        let is_comment = key.text.eq_ignore_ascii_case("Comment");
        // What follows a `#` is none, but in the comment itself.
        let stop = whole.text.find('#').filter(|_| !is_comment).unwrap_or(whole.text.len()).max(end);
        let rest = &whole.text[end..stop];
        let from = end + rest.len() - rest.trim_start_matches(is_end).len();
        let value = line.part(from, from + whole.text[from..stop].trim_end().len());
        let Some(known) = KEYS.iter().find(|known| known.eq_ignore_ascii_case(&key.text)) else {
            let note = diags.error(&key.at, format!("there is no setting `{}`", key.text));
            note.help(did_you_mean(&key.text, KEYS));
            return;
        };
        let number = || {
            value.number("a whole number from 1 to 100000", |number: &u32| (1..=MOST).contains(number), diags)
        };
        match *known {
            "NumClientMachines" => self.machines = number(),
            "NumClientThreads" => self.threads = number(),
            "Duration" => self.duration = seconds(&value, diags),
            "WarmupTime" => self.warmup = seconds(&value, diags),
            "CooldownTime" => self.cooldown = seconds(&value, diags),
            "ThinkTime" => self.think = seconds(&value, diags).unwrap_or_default(),
            "MaxRecvBuffer" => self.buffer = bytes(&value, diags),
            // All that is done here waits for nobody else.
            "AsynchronousWait" => {}
            _ => self.comment = Some(value.text.trim_matches('"').to_owned()),
        }
    }
}

/// A time: a number of seconds, or one with `s`, `m` or `h`.
fn seconds(word: &Word, diags: &Diagnostics) -> Option<f64> {
    scaled(word, &[("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0)], "a time, as 300s or 5m", diags)
}

/// A size: a number of bytes, or one with `K` or `M`.
fn bytes(word: &Word, diags: &Diagnostics) -> Option<f64> {
    scaled(word, &[("k", 1024.0), ("m", 1_048_576.0)], "a number of bytes, as 131072 or 128K", diags)
}

fn scaled(word: &Word, units: &[(&str, f64)], wanted: &str, diags: &Diagnostics) -> Option<f64> {
    let text = word.text.to_ascii_lowercase();
    let unit = units.iter().find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, *factor)));
    let (digits, factor) = unit.unwrap_or((&text, 1.0));
    let number = digits.trim().parse().ok().filter(|number: &f64| (0.0..1e9).contains(number));
    if number.is_none() {
        diags.error(&word.at, format!("{:?} is not {wanted}", word.text)).help(format!("write {wanted}"));
    }
    number.map(|number| number * factor)
}
