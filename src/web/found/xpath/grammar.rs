//! The text of a path, read (XPath 1.0, 2 and 3).

use super::expression::{AXES, Axis, Expression, Path, SIGNS, Start, Step, Test};
use super::functions::Function;
use crate::web::found::path::{How, deeper, lost, missing};

/// Reads a path.
pub fn read(text: &str) -> Result<Expression, String> {
    let mut reader = Reader { rest: text.trim(), depth: 0, inside: false };
    if reader.rest.is_empty() {
        return Err("it is empty".to_owned());
    }
    let expression = reader.whole()?;
    if reader.rest.is_empty() { Ok(expression) } else { Err(lost(reader.rest)) }
}

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
    /// Whether it is in the brackets behind a step, where paths begin with the step.
    inside: bool,
}

type Read = Result<Expression, String>;

impl<'t> Reader<'t> {
    /// Takes a sign, if it is next.
    fn takes(&mut self, sign: &str) -> bool {
        let after = self.rest.strip_prefix(sign);
        self.rest = after.map_or(self.rest, str::trim_start);
        after.is_some()
    }

    fn expects(&mut self, sign: &str) -> Result<(), String> {
        if self.takes(sign) { Ok(()) } else { Err(missing(sign, self.rest)) }
    }

    /// Takes a word, if it is next and no part of a longer one.
    fn takes_word(&mut self, word: &str) -> bool {
        name(self.rest) == word && self.takes(word)
    }

    fn whole(&mut self) -> Read {
        deeper(&mut self.depth)?;
        let first = self.all_of()?;
        let mut others = Vec::new();
        while self.takes_word("or") {
            others.push(self.all_of()?);
        }
        self.depth -= 1;
        Ok(joined(first, others, Expression::Any))
    }

    fn all_of(&mut self) -> Read {
        let first = self.compared()?;
        let mut others = Vec::new();
        while self.takes_word("and") {
            others.push(self.compared()?);
        }
        Ok(joined(first, others, Expression::All))
    }

    fn compared(&mut self) -> Read {
        let first = self.sum()?;
        let how: Option<How> = SIGNS.iter().find(|(sign, _)| self.takes(sign)).map(|(_, how)| *how);
        Ok(match how {
            Some(how) => Expression::Compared(how, first.into(), self.sum()?.into()),
            None => first,
        })
    }

    fn sum(&mut self) -> Read {
        let first = self.union()?;
        let mut others = Vec::new();
        loop {
            let sign = if self.takes("+") {
                1.0
            } else if self.takes("-") {
                -1.0
            } else {
                break;
            };
            others.push((sign, self.union()?));
        }
        Ok(match others.is_empty() {
            true => first,
            false => Expression::Sum([(1.0, first)].into_iter().chain(others).collect()),
        })
    }

    fn union(&mut self) -> Read {
        let first = self.operand()?;
        let mut others = Vec::new();
        while self.takes("|") {
            others.push(self.operand()?);
        }
        if !others.is_empty() && !others.iter().chain([&first]).all(is_nodes) {
            return Err("only paths are joined by `|`".to_owned());
        }
        Ok(joined(first, others, Expression::Union))
    }

    fn operand(&mut self) -> Read {
        if let Some(quote) = self.rest.chars().next().filter(|letter| ['"', '\''].contains(letter)) {
            let (text, rest) = self.rest[1..].split_once(quote).ok_or("a quote does not end")?;
            self.rest = rest.trim_start();
            return Ok(Expression::Text(text.into()));
        }
        if let Some(number) = self.number() {
            return Ok(Expression::Number(number));
        }
        let called = name(self.rest);
        let behind = self.rest[called.len()..].trim_start();
        let function = behind.starts_with('(') && !["", "text", "node", "comment"].contains(&called);
        let grouped = if function {
            self.rest = behind;
            Some(self.call(called)?)
        } else if self.takes("(") {
            let inner = self.whole()?;
            self.expects(")")?;
            Some(inner)
        } else {
            None
        };
        let Some(grouped) = grouped else { return self.path() };
        let follows = self.rest.starts_with('[') || self.rest.starts_with('/');
        if !follows {
            return Ok(grouped);
        }
        if !is_nodes(&grouped) {
            return Err(lost(self.rest));
        }
        let conditions = self.conditions()?;
        let mut steps = Vec::new();
        if self.rest.starts_with('/') {
            self.steps(&mut steps)?;
        }
        Ok(Expression::Path(Path { start: Start::Of(grouped.into(), conditions), steps }))
    }

    /// A number without a sign, or with one before it.
    fn number(&mut self) -> Option<f64> {
        let digits = self.rest.strip_prefix('-').unwrap_or(self.rest).trim_start();
        let end =
            digits.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(digits.len());
        let number = digits[..end].parse::<f64>().ok()?;
        let sign = if self.rest.starts_with('-') { -1.0 } else { 1.0 };
        self.rest = digits[end..].trim_start();
        Some(sign * number)
    }

    /// The values between the brackets behind the name of a function.
    fn call(&mut self, name: &str) -> Read {
        self.expects("(")?;
        let mut values = Vec::new();
        while !self.takes(")") {
            if !values.is_empty() {
                self.expects(",")?;
            }
            values.push(self.whole()?);
        }
        let function = Function::called(name, values.len())?;
        if function.takes_nodes() && !values.iter().all(is_nodes) {
            return Err(format!("`{name}()` is one of a path"));
        }
        Ok(Expression::Call(function, values))
    }

    fn path(&mut self) -> Read {
        let mut steps = Vec::new();
        let absolute = self.rest.starts_with('/');
        if absolute {
            self.steps(&mut steps)?;
        } else {
            // Outside of brackets it begins anywhere: as if with two slashes.
            steps.extend((!self.inside).then(|| Step::along(Axis::DescendantOrSelf)));
            steps.push(self.step()?);
            if self.rest.starts_with('/') {
                self.steps(&mut steps)?;
            }
        }
        let start = if absolute || !self.inside { Start::Root } else { Start::Here };
        Ok(Expression::Path(Path { start, steps }))
    }

    /// Steps, each with its slashes before it.
    fn steps(&mut self, steps: &mut Vec<Step>) -> Result<(), String> {
        while self.rest.starts_with('/') {
            if self.takes("//") {
                steps.push(Step::along(Axis::DescendantOrSelf));
            } else {
                self.takes("/");
            }
            steps.push(self.step()?);
        }
        Ok(())
    }

    fn step(&mut self) -> Result<Step, String> {
        let dots = [("..", Axis::Parent), (".", Axis::Itself)];
        if let Some((_, axis)) = dots.iter().find(|(sign, _)| self.takes(sign)) {
            return Ok(Step { conditions: self.conditions()?, ..Step::along(*axis) });
        }
        let mut axis = if self.takes("@") { Axis::Attribute } else { Axis::Child };
        let word = name(self.rest);
        if let Some(behind) = self.rest[word.len()..].trim_start().strip_prefix("::") {
            let known = AXES.iter().find(|(known, _)| *known == word).filter(|_| axis == Axis::Child);
            axis = known.ok_or_else(|| format!("there is no axis `{word}::` here"))?.1;
            self.rest = behind.trim_start();
        }
        let test = self.test()?;
        Ok(Step { axis, test, conditions: self.conditions()? })
    }

    fn test(&mut self) -> Result<Test, String> {
        if self.takes("*") {
            return Ok(Test::AnyName);
        }
        let word = name(self.rest);
        let behind = self.rest[word.len()..].trim_start();
        if let Some(inner) = behind.strip_prefix('(') {
            let test = match word {
                "text" => Test::Text,
                "node" => Test::Anything,
                _ => return Err(lost(self.rest)),
            };
            self.rest = inner.trim_start();
            self.expects(")")?;
            return Ok(test);
        }
        if word.is_empty() {
            return Err(lost(self.rest));
        }
        self.rest = behind;
        Ok(Test::Name(word.into()))
    }

    /// What stands in brackets behind a step.
    fn conditions(&mut self) -> Result<Vec<Expression>, String> {
        let outside = std::mem::replace(&mut self.inside, true);
        let mut conditions = Vec::new();
        while self.takes("[") {
            conditions.push(self.whole()?);
            self.expects("]")?;
        }
        self.inside = outside;
        Ok(conditions)
    }
}

/// The first, or what is made of it with the others if there are any.
fn joined(first: Expression, others: Vec<Expression>, made: fn(Vec<Expression>) -> Expression) -> Expression {
    match others.is_empty() {
        true => first,
        false => made([first].into_iter().chain(others).collect()),
    }
}

fn is_nodes(expression: &Expression) -> bool {
    matches!(expression, Expression::Path(_) | Expression::Union(_))
}

/// The name at the beginning of a text, perhaps with a prefix.
fn name(text: &str) -> &str {
    let end =
        text.find(|letter: char| !(letter.is_alphanumeric() || "-_.".contains(letter))).unwrap_or(text.len());
    let word = &text[..end];
    if !word.starts_with(|letter: char| letter.is_alphabetic() || letter == '_') {
        return "";
    }
    // Two colons end an axis.
    match text[end..].strip_prefix(':').filter(|rest| !rest.starts_with(':')).map(name) {
        Some(local) if !local.is_empty() => &text[..end + 1 + local.len()],
        _ => word,
    }
}
