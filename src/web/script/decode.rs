//! Steps of a property list become a program.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use super::assign::{Assign, is_of_answer};
use super::condition::Condition;
use super::extract::{Extract, variable};
use super::program::{Each, Names, Op, Script, thoughtful};
use super::request::Request;
use super::text::Text;
use crate::config::{At, Diagnostics, Files, Table, Value, did_you_mean};
use crate::distribution::Numbers;
use crate::label::Label;
use crate::web::labels;
use crate::web::params::{Params, Pause};

/// What a script is made of, beside its operations.
pub struct Scribe<'a> {
    diags: &'a Diagnostics,
    files: &'a Files,
    names: RefCell<Names>,
    requests: RefCell<BTreeSet<Label>>,
    operations: RefCell<BTreeSet<Label>>,
}

impl Scribe<'_> {
    /// Notes that a variable is set.
    pub fn sets(&self, name: &Rc<str>) {
        self.names.borrow_mut().sets.insert(name.clone());
    }

    /// Notes that it has several values.
    pub fn has_several(&self, name: &Rc<str>) {
        self.names.borrow_mut().lists.insert(name.clone());
    }

    /// Notes that one is used.
    pub fn uses(&self, name: &str, at: &At) {
        self.names.borrow_mut().uses.push((name.into(), at.clone()));
    }

    /// Notes those that a text uses.
    pub fn uses_of(&self, text: &Text) {
        self.names.borrow_mut().uses.extend(text.variables().iter().cloned());
    }

    /// The file that a key names, from the folder of the property list.
    pub fn file(&self, table: &Table<'_>, key: &str) -> Option<Rc<[u8]>> {
        let name: String = table.required(key)?;
        match self.files.get(&name, &table.value_at(key)) {
            Ok(Some(bytes)) => Some(bytes),
            Ok(None) => {
                table.error_at_key(key, format!("there is no file {name:?} beside this list"));
                None
            }
            Err(why) => {
                table.error_at_key(key, why);
                None
            }
        }
    }

    /// Notes a request that may be made.
    pub fn brings(&self, label: Label) {
        self.requests.borrow_mut().insert(label);
    }
}

/// The words after `do` that are no methods of HTTP.
const WORDS: [&str; 6] = ["think", "transaction", "repeat", "foreach", "if", "set"];
/// The methods that are named where a word is not known.
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"];
/// How deep steps may stand in one another.
const DEPTH: usize = 32;

/// Reads the steps of a script, whose parameters are `params` where they say nothing. What is wrong goes to `diags`.
pub fn decode(value: &Value, params: &Params, files: &Files, diags: &Diagnostics) -> Option<Script> {
    let scribe = Scribe {
        diags,
        files,
        names: RefCell::default(),
        requests: RefCell::default(),
        operations: RefCell::default(),
    };
    let mut writer = Writer { params, scribe: &scribe, ops: Vec::new(), depth: 0, thinks: None };
    writer.steps(value)?;
    if !writer.ops.iter().any(|op| matches!(op, Op::Request(_))) {
        diags.error(&value.at, "no step asks a server for anything");
    }
    let thoughtful = thoughtful(&writer.ops);
    let program = writer.ops.into();
    let operations = labels::OPERATIONS.into_iter().chain(scribe.operations.take()).collect();
    let agents = params.agents.clone();
    let (requests, names) = (scribe.requests.take(), scribe.names.take());
    Some(Script { program, agents, operations, requests, thoughtful, names })
}

struct Writer<'a> {
    params: &'a Params,
    scribe: &'a Scribe<'a>,
    ops: Vec<Op>,
    depth: usize,
    /// How many operations there were when the last was the thinking that belongs to a request.
    thinks: Option<usize>,
}

impl Writer<'_> {
    /// Appends an array of steps. Those that follow each other with one `transaction` are one.
    fn steps(&mut self, value: &Value) -> Option<()> {
        let Some(list) = value.as_array() else { return value.mismatch("an array", self.scribe.diags) };
        self.depth += 1;
        if self.depth > DEPTH {
            self.scribe.diags.error(&value.at, format!("steps stand in one another more than {DEPTH} deep"));
            return None;
        }
        let mut under_way: Option<Label> = None;
        for step in list {
            let Some(table) = Table::new(step, self.scribe.diags, "a step") else { continue };
            let word = table.required::<String>("do").unwrap_or_default();
            // Here the name of a transaction is the step's own.
            let label = (word != "transaction").then(|| self.transaction(&table, "transaction")).flatten();
            if label != under_way {
                self.end(under_way);
                self.ops.extend(label.map(Op::Begin));
                under_way = label;
            }
            // Where a step is wrong, not all of its keys were looked at.
            if !word.is_empty() && self.step(&word, &table).is_some() {
                table.finish();
            }
        }
        self.end(under_way);
        self.depth -= 1;
        Some(())
    }

    fn step(&mut self, word: &str, table: &Table<'_>) -> Option<()> {
        match word {
            "think" => self.ops.push(Op::Think(table.required("time")?)),
            "transaction" => {
                let label = self.transaction(table, "name");
                if label.is_none() && !table.has("name") {
                    table.error_at_key("name", "a transaction has a `name`");
                }
                self.ops.extend(label.map(Op::Begin));
                self.inner(table, "steps")?;
                self.end(label);
            }
            // Places in them point to where they end.
            "if" => {
                self.decide(table)?;
                self.thinks = None;
            }
            "repeat" => {
                self.repeat(table)?;
                self.thinks = None;
            }
            "foreach" => {
                self.each(table)?;
                self.thinks = None;
            }
            "set" if is_of_answer(table) => self.extract(table)?,
            "set" => {
                let assign = Assign::decode(table, self.scribe)?;
                self.ops.push(Op::Assign(Box::new(assign)));
            }
            method if !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                let request = Request::decode(table, method, self.params, self.scribe)?;
                let think: Pause = request.params.think.clone();
                self.ops.push(Op::Request(Box::new(request)));
                if !think.is_nothing() {
                    self.ops.push(Op::Think(think));
                    self.thinks = Some(self.ops.len());
                }
            }
            _ => {
                let known = METHODS.into_iter().chain(WORDS);
                let upper = word.to_ascii_uppercase();
                let hint = match METHODS.iter().find(|method| **method == upper) {
                    Some(method) => format!("did you mean `{method}`?"),
                    None => did_you_mean(word, known),
                };
                table.error_at_key("do", format!("nothing is done by `{word}`")).help(hint);
                return None;
            }
        }
        Some(())
    }

    /// Ends a transaction: before the thinking that belongs to its last request.
    fn end(&mut self, label: Option<Label>) {
        let Some(label) = label else { return };
        match self.thinks {
            Some(count) if count == self.ops.len() => {
                self.ops.insert(count - 1, Op::End(label));
                self.thinks = Some(count + 1);
            }
            _ => self.ops.push(Op::End(label)),
        }
    }

    fn inner(&mut self, table: &Table<'_>, key: &str) -> Option<()> {
        let value = table.required_value(key)?;
        self.steps(value)
    }

    /// The label of a transaction.
    fn transaction(&self, table: &Table<'_>, key: &str) -> Option<Label> {
        let name: String = table.optional(key)?;
        let taken = labels::OPERATIONS.iter().any(|label| label.as_str() == name);
        if taken || name.trim().is_empty() || name.contains(char::is_control) {
            let others = labels::OPERATIONS.map(Label::as_str).join(", ");
            table
                .error_at_key(key, format!("{name:?} cannot be the name of a transaction"))
                .help(format!("{others} are operations of every visitor"));
            return None;
        }
        let label = Label::new(&name);
        self.scribe.operations.borrow_mut().insert(label);
        Some(label)
    }

    /// `if` with a condition, `steps`, and perhaps `else`.
    fn decide(&mut self, table: &Table<'_>) -> Option<()> {
        let condition = Condition::decode(table, self.scribe)?;
        let unless = self.reserve();
        self.inner(table, "steps")?;
        let otherwise = table.value("else");
        let jump = otherwise.map(|_| self.reserve());
        self.ops[unless] = Op::Unless(condition, self.ops.len());
        if let (Some(steps), Some(jump)) = (otherwise, jump) {
            self.steps(steps)?;
            self.ops[jump] = Op::Jump(self.ops.len());
        }
        Some(())
    }

    /// `repeat` with `steps`, and `times`, `while` or `until`.
    fn repeat(&mut self, table: &Table<'_>) -> Option<()> {
        let given: Vec<&str> = ["times", "while", "until"].into_iter().filter(|key| table.has(key)).collect();
        if let [first, second, ..] = given[..] {
            table.error_at_key(
                second,
                format!("what is repeated ends in one way, but there is `{first}` too"),
            );
        }
        let condition = |key: &str| Condition::of(table.value(key)?, self.scribe.diags, self.scribe);
        match given.first() {
            Some(&"times") => {
                let times: Numbers = table.optional("times")?;
                let rounds = self.reserve();
                self.inner(table, "steps")?;
                self.ops.push(Op::Round(rounds + 1));
                self.ops[rounds] = Op::Rounds(times, self.ops.len());
            }
            Some(&"while") => {
                let condition = condition("while")?;
                let unless = self.reserve();
                self.inner(table, "steps")?;
                self.ops.push(Op::Jump(unless));
                self.ops[unless] = Op::Unless(condition, self.ops.len());
            }
            Some(_) => {
                let condition = condition("until")?;
                let start = self.ops.len();
                self.inner(table, "steps")?;
                self.ops.push(Op::Unless(condition, start));
            }
            None => {
                let diags = table.diags();
                diags.error(table.at(), "it does not say when it ends").help("write times, while or until");
            }
        }
        Some(())
    }

    /// `foreach` with `in`, `name`, `steps`, and perhaps `match` and `nomatch`.
    fn each(&mut self, table: &Table<'_>) -> Option<()> {
        let of: String = table.required("in")?;
        let at = table.value_at("in");
        self.scribe.uses(&of, &at);
        self.scribe.names.borrow_mut().loops.push((of.as_str().into(), at));
        let name = variable(table, "name", self.scribe)?;
        let (matches, nomatch) = (table.optional("match"), table.optional("nomatch"));
        self.ops.push(Op::Each(Box::new(Each { of: of.into(), matches, nomatch })));
        let next = self.reserve();
        self.inner(table, "steps")?;
        self.ops.push(Op::Jump(next));
        self.ops[next] = Op::Next(name, self.ops.len());
        Some(())
    }

    /// A variable from the answer to the request right before it.
    fn extract(&mut self, table: &Table<'_>) -> Option<()> {
        let extract = Extract::decode(table, self.scribe)?;
        // What changes nothing in the answer may stand between.
        let passes = |op: &&mut Op| matches!(op, Op::Think(_) | Op::Begin(_) | Op::End(_));
        let before = self.ops.iter_mut().rev().find(|op| !passes(op));
        match before {
            Some(Op::Request(request)) => request.extracts.push(extract),
            _ => {
                table
                    .diags()
                    .error(
                        table.at(),
                        "there is no request right before this step, from whose answer it could be set",
                    )
                    .help("or write it as `set` of the request");
            }
        }
        Some(())
    }

    /// The place of an operation that is known later.
    fn reserve(&mut self) -> usize {
        self.ops.push(Op::Jump(usize::MAX));
        self.ops.len() - 1
    }
}
