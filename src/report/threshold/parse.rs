//! From the text of an expression to what it says.
//!
//! ```text
//! expression = [subject] measure relation limit
//! subject    = ("operation" | "request") [label]      without it, `lag` only: of requests and operations together
//! label      = words up to the measure, or a part in quotes; with `*` or `?` a pattern
//! measure    = ("response" | "service" | "lag") (percentile | "mean" | "max") | "failed" | "count" | "rate"
//! percentile = "p" number                             above 0, up to 100: p50, p99.9
//! relation   = "<" | "<=" | ">" | ">=" | "below" | "above"
//! limit      = a time with its unit (times) | number "%" or number (failed) | number (count) | number ["/s"] (rate)
//! ```

use std::ops::Range;
use std::str::FromStr;

use super::expression::{Expression, Measure, Quantile, Relation, Span, Subject};
use super::limit::{example, limit, number};
use super::pattern::Labels;
use super::words::{Word, words};
use crate::config::did_you_mean;

/// Why a text is no expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The bytes of the text that it is about; empty at its end where something is missing.
    pub place: Range<usize>,
    pub message: String,
    /// The way out.
    pub help: String,
}

impl Fault {
    pub(super) fn at(place: &Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Fault {
        Fault { place: place.clone(), message: message.into(), help: help.into() }
    }
}

const EXAMPLE: &str =
    "as in `operation invite response p95 < 2s`, `request PUT{*} failed < 1%`, `lag p99 < 50ms`";
const MEASURES: [&str; 6] = ["response", "service", "lag", "failed", "count", "rate"];
const RELATIONS: [(&str, Relation); 6] = [
    ("<", Relation::Below),
    ("<=", Relation::AtMost),
    (">", Relation::Above),
    (">=", Relation::AtLeast),
    // In XML these need no escape.
    ("below", Relation::Below),
    ("above", Relation::Above),
];

impl FromStr for Expression {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Expression, Fault> {
        let words = words(text).map_err(|place| Fault::at(&place, "this quote has no end", "close it"))?;
        let mut reader = Reader { words: &words, at: 0, end: text.len() };
        let subject = reader.subject()?;
        let measure = reader.measure()?;
        let relation = reader.relation()?;
        let (measure, limit) = reader.limit(measure, relation)?;
        Ok(Expression { subject, measure, relation, limit })
    }
}

/// A label as it is written in an expression: in quotes where it would be read as something else.
pub fn quoted(label: &str) -> String {
    let in_quotes = |part: &str| match part.contains('"') {
        true => format!("'{part}'"),
        false => format!("\"{part}\""),
    };
    let plain = |word: &Word<'_>| !word.quoted && !ends_label(word);
    let bare = words(label).is_ok_and(|words| {
        let texts: Vec<&str> = words.iter().map(|word| word.text).collect();
        words.iter().all(plain) && texts.join(" ") == label
    });
    match (bare && !label.is_empty(), label.contains('"') && label.contains('\'')) {
        (true, _) => label.to_owned(),
        (false, false) => in_quotes(label),
        (false, true) => label.split(' ').map(in_quotes).collect::<Vec<_>>().join(" "),
    }
}

/// Whether a word ends the label before it.
fn ends_label(word: &Word<'_>) -> bool {
    !word.quoted && (MEASURES.contains(&word.text) || is_quantile(word.text) || relation(word).is_some())
}

fn is_quantile(text: &str) -> bool {
    let percentile =
        text.strip_prefix('p').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    percentile || matches!(text, "mean" | "max")
}

fn relation(word: &Word<'_>) -> Option<Relation> {
    RELATIONS.iter().find(|(name, _)| !word.quoted && *name == word.text).map(|(_, relation)| *relation)
}

/// Reads word by word.
struct Reader<'t> {
    words: &'t [Word<'t>],
    at: usize,
    end: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<&'t Word<'t>> {
        self.words.get(self.at)
    }

    fn next(&mut self) -> Option<&'t Word<'t>> {
        let word = self.peek();
        self.at += usize::from(word.is_some());
        word
    }

    /// That something else was expected at a word, or at the end.
    fn expected(&self, what: &str, found: Option<&Word<'_>>, help: impl Into<String>) -> Fault {
        match found {
            Some(word) => Fault::at(&word.place, format!("expected {what}, found `{}`", word.text), help),
            None => Fault::at(&(self.end..self.end), format!("expected {what} at the end"), help),
        }
    }

    fn subject(&mut self) -> Result<Subject, Fault> {
        const WHAT: &str = "`operation`, `request` or `lag`";
        let Some(first) = self.peek() else {
            return Err(Fault::at(
                &(0..self.end),
                "the expression is empty",
                format!("say what shall hold, {EXAMPLE}"),
            ));
        };
        let make: fn(Labels) -> Subject = match first.text {
            "operation" if !first.quoted => Subject::Operations,
            "request" if !first.quoted => Subject::Requests,
            "lag" if !first.quoted => return Ok(Subject::Everything),
            text if ends_label(first) => {
                let help = format!(
                    "write `operation {text} ...` or `request {text} ...`; only lag is of both together"
                );
                return Err(Fault::at(&first.place, format!("`{text}` of what is not said"), help));
            }
            text if text.contains('{') => {
                return Err(self.expected(WHAT, Some(first), format!("write `request {text} ...`")));
            }
            text => {
                return Err(self.expected(
                    WHAT,
                    Some(first),
                    did_you_mean(text, ["operation", "request", "lag"]),
                ));
            }
        };
        self.at += 1;
        let first_of_label = self.at;
        while self.peek().is_some_and(|word| !ends_label(word)) {
            self.at += 1;
        }
        let label: Vec<&str> = self.words[first_of_label..self.at].iter().map(|word| word.text).collect();
        match (label.join(" "), label.is_empty()) {
            (_, true) => Ok(make(Labels::Together)),
            (name, false) if name.trim().is_empty() => {
                let place = &self.words[first_of_label].place;
                Err(Fault::at(place, "the label is empty", "leave it out for all labels together"))
            }
            (name, false) => Ok(make(Labels::named(&name))),
        }
    }

    /// The measure; of `failed` the one in percent, until the limit says otherwise.
    fn measure(&mut self) -> Result<Measure, Fault> {
        const WHAT: &str = "`response`, `service`, `lag`, `failed`, `count` or `rate`";
        let found = self.next();
        let text = found.map_or("", |word| word.text);
        if let Some(span) = Span::ALL.into_iter().find(|span| span.as_str() == text) {
            return Ok(Measure::Time(span, self.quantile(span)?));
        }
        match text {
            "failed" => Ok(Measure::FailedPercent),
            "count" => Ok(Measure::Count),
            "rate" => Ok(Measure::Rate),
            _ => {
                // A measure that is misspelt has been taken for a part of the label.
                let before = self.words.get(self.at.saturating_sub(1 + usize::from(found.is_some())));
                if let Some(word) = before.filter(|word| !word.quoted)
                    && let near = did_you_mean(word.text, MEASURES)
                    && near.starts_with("did you mean")
                {
                    return Err(Fault::at(&word.place, format!("`{}` is no measure", word.text), near));
                }
                let help = match is_quantile(text) {
                    true => format!(
                        "write `response {text}`, counted from when it was due, or `service {text}`, from when it began"
                    ),
                    false => EXAMPLE.to_owned(),
                };
                Err(self.expected(WHAT, found, help))
            }
        }
    }

    fn quantile(&mut self, span: Span) -> Result<Quantile, Fault> {
        let found = self.next();
        let text = found.map_or("", |word| word.text);
        match text {
            "mean" => return Ok(Quantile::Mean),
            "max" => return Ok(Quantile::Max),
            _ => {}
        }
        let percent = text.strip_prefix('p').and_then(number);
        if let (Some(word), Some(percent)) = (found, percent) {
            if percent > 0.0 && percent <= 100.0 {
                return Ok(Quantile::Percentile(percent));
            }
            let help = match text.strip_prefix("p99").filter(|nines| nines.chars().all(|c| c == '9')) {
                Some(nines) => format!("write p99.{nines}"),
                None => "p50 is the median, p99.9 what one in a thousand exceeds".to_owned(),
            };
            let message = format!("{text} is no percentile: they are above 0 and up to 100");
            return Err(Fault::at(&word.place, message, help));
        }
        let digits: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        let help = match text {
            "median" => "write p50".to_owned(),
            _ if !digits.is_empty() => format!("write p{digits}"),
            _ => format!("as in `{} p95`", span.as_str()),
        };
        let what = format!("a percentile, `mean` or `max` after `{}`", span.as_str());
        Err(self.expected(&what, found, help))
    }

    fn relation(&mut self) -> Result<Relation, Fault> {
        let found = self.next();
        let relation = found.and_then(relation);
        relation.ok_or_else(|| self.expected("`<`, `<=`, `>` or `>=`", found, "the limit stands behind it"))
    }

    /// The limit, and which measure of failures it makes.
    fn limit(&mut self, measure: Measure, relation: Relation) -> Result<(Measure, f64), Fault> {
        let Some(word) = self.next() else {
            return Err(self.expected("the limit", None, format!("{}, for example", example(measure))));
        };
        if let Some(more) = self.next() {
            let unit =
                number(word.text).is_some() && ["%", "ms", "s", "m", "h", "d", "/s"].contains(&more.text);
            let help = match unit {
                true => format!("write `{}{}`, without a blank", word.text, more.text),
                false => "`required` and `abort` are keys beside `expression`".to_owned(),
            };
            return Err(Fault::at(&more.place, "nothing may follow the limit", help));
        }
        let (measure, limit) = limit(measure, word)?;
        if relation == Relation::Below && limit == 0.0 {
            return Err(Fault::at(&word.place, "nothing is below 0", format!("write `<= {}`", word.text)));
        }
        if relation == Relation::Above && measure == Measure::FailedPercent && limit == 100.0 {
            return Err(Fault::at(&word.place, "no more than 100% can fail", ""));
        }
        Ok((measure, limit))
    }
}
