//! The text of a path, read (RFC 9535, 2).

use serde_json::Value as Json;

use super::{Condition, How, Operand, Step, What};
use crate::web::found::path::{deeper, lost, missing};

/// The comparisons by their signs; one that begins like another stands before it.
const SIGNS: [(&str, How); 6] = [
    ("==", How::Equal),
    ("!=", How::Different),
    ("<=", How::AtMost),
    (">=", How::AtLeast),
    ("<", How::Less),
    (">", How::More),
];

/// Reads a path.
pub fn read(text: &str) -> Result<Vec<Step>, String> {
    let rest = text.trim().strip_prefix('$').ok_or("it does not begin with `$`")?;
    let mut reader = Reader { rest, depth: 0 };
    let steps = reader.steps()?;
    if reader.rest.is_empty() { Ok(steps) } else { Err(lost(reader.rest)) }
}

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
}

impl Reader<'_> {
    fn takes(&mut self, sign: &str) -> bool {
        let after = self.rest.strip_prefix(sign);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    /// The same where space may stand before and behind it.
    fn takes_apart(&mut self, sign: &str) -> bool {
        let after = self.rest.trim_start().strip_prefix(sign);
        self.rest = after.map_or(self.rest, str::trim_start);
        after.is_some()
    }

    fn expects(&mut self, sign: &str) -> Result<(), String> {
        if self.takes_apart(sign) { Ok(()) } else { Err(missing(sign, self.rest)) }
    }

    /// Steps, as far as there are any.
    fn steps(&mut self) -> Result<Vec<Step>, String> {
        let mut steps = Vec::new();
        loop {
            let deep = self.takes("..");
            let dotted = deep || self.takes(".");
            let whats = if self.takes("[") {
                self.bracket()?
            } else if !dotted {
                return Ok(steps);
            } else if self.takes("*") {
                vec![What::All]
            } else {
                vec![What::Member(self.name()?)]
            };
            steps.push(Step { deep, whats });
        }
    }

    fn name(&mut self) -> Result<String, String> {
        let may = |letter: char| letter.is_alphanumeric() || "_-@:$#/".contains(letter);
        let end = self.rest.find(|letter| !may(letter)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        if name.is_empty() {
            return Err(if rest.is_empty() {
                "a name is missing at its end".to_owned()
            } else {
                lost(self.rest)
            });
        }
        self.rest = rest;
        Ok(name.to_owned())
    }

    /// What stands between brackets, the first of which is read.
    fn bracket(&mut self) -> Result<Vec<What>, String> {
        let mut whats = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            whats.push(self.what()?);
            if self.takes_apart(",") {
                continue;
            }
            self.rest = self.rest.trim_start();
            if !self.takes("]") {
                return Err(if self.rest.is_empty() {
                    "a `[` has no `]`".to_owned()
                } else {
                    lost(self.rest)
                });
            }
            return Ok(whats);
        }
    }

    fn what(&mut self) -> Result<What, String> {
        if self.takes("*") {
            return Ok(What::All);
        }
        if self.takes_apart("?") {
            return Ok(What::Where(self.condition()?));
        }
        if let Some(name) = self.quoted()? {
            return Ok(What::Member(name));
        }
        let from = self.whole_number()?;
        if !self.takes_apart(":") {
            return from.map(What::Element).ok_or_else(|| lost(self.rest));
        }
        let to = self.whole_number()?;
        let by = if self.takes_apart(":") { self.whole_number()? } else { None };
        Ok(What::Slice(from, to, by.unwrap_or(1)))
    }

    fn whole_number(&mut self) -> Result<Option<i64>, String> {
        let end = self
            .rest
            .find(|letter: char| !letter.is_ascii_digit() && letter != '-')
            .unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        if digits.is_empty() {
            return Ok(None);
        }
        let number = digits.parse().map_err(|_| format!("`{digits}` is no number of an element"))?;
        self.rest = rest;
        Ok(Some(number))
    }

    /// What stands in quotes, if that is next.
    fn quoted(&mut self) -> Result<Option<String>, String> {
        let Some(quote) = self.rest.chars().next().filter(|letter| ['"', '\''].contains(letter)) else {
            return Ok(None);
        };
        let (mut text, mut letters) = (String::new(), self.rest[1..].chars());
        loop {
            match letters.next() {
                None => return Err("a quote does not end".to_owned()),
                Some('\\') => match letters.next() {
                    Some(letter @ ('\\' | '/' | '"' | '\'')) => text.push(letter),
                    _ => return Err("a backslash stands before a quote or another backslash".to_owned()),
                },
                Some(letter) if letter == quote => break,
                Some(letter) => text.push(letter),
            }
        }
        self.rest = letters.as_str();
        Ok(Some(text))
    }

    fn condition(&mut self) -> Result<Condition, String> {
        deeper(&mut self.depth)?;
        let mut all = vec![self.all_of()?];
        while self.takes_apart("||") {
            all.push(self.all_of()?);
        }
        self.depth -= 1;
        Ok(Condition::Any(all))
    }

    fn all_of(&mut self) -> Result<Condition, String> {
        let mut all = vec![self.one_of()?];
        while self.takes_apart("&&") {
            all.push(self.one_of()?);
        }
        Ok(Condition::All(all))
    }

    fn one_of(&mut self) -> Result<Condition, String> {
        let negated = self.takes_apart("!");
        let condition = if self.takes_apart("(") {
            let inner = self.condition()?;
            self.expects(")")?;
            inner
        } else {
            self.compared(negated)?
        };
        Ok(if negated { Condition::Not(condition.into()) } else { condition })
    }

    fn compared(&mut self, negated: bool) -> Result<Condition, String> {
        let first = self.operand()?;
        let how: Option<How> = SIGNS.iter().find(|(sign, _)| self.takes_apart(sign)).map(|(_, how)| *how);
        match (how, &first) {
            (Some(_), _) if negated => Err("what is compared after `!` stands in brackets".to_owned()),
            (Some(how), _) => Ok(Condition::Compared(first, how, self.operand()?)),
            (None, Operand::Path { .. }) => Ok(Condition::There(first)),
            (None, Operand::Value(_)) => Err(lost(self.rest)),
        }
    }

    fn operand(&mut self) -> Result<Operand, String> {
        self.rest = self.rest.trim_start();
        for (sign, of_root) in [("@", false), ("$", true)] {
            if self.takes(sign) {
                return Ok(Operand::Path { of_root, steps: self.steps()? });
            }
        }
        if let Some(text) = self.quoted()? {
            return Ok(Operand::Value(Json::String(text)));
        }
        let may = |letter: char| letter.is_ascii_alphanumeric() || "+-._".contains(letter);
        let end = self.rest.find(|letter| !may(letter)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        let value = serde_json::from_str(word).map_err(|_| lost(self.rest))?;
        self.rest = rest;
        Ok(Operand::Value(value))
    }
}
