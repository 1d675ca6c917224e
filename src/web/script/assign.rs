//! Variables that are set from files, counters and chance.

use std::rc::Rc;

use super::decode::Scribe;
use super::extract::{SOURCES, variable};
use super::rows::Rows;
use super::text::Text;
use crate::config::Table;
use crate::distribution::{Draw, Numbers};
use crate::random::{below, uuid};
use crate::web::variables::Variables;

/// Sets one variable, or several from a row of a file.
#[derive(Debug)]
pub struct Assign {
    /// The variables; of a row each has its column.
    pub names: Vec<(Rc<str>, usize)>,
    pub origin: Origin,
}

/// Where a value comes from.
#[derive(Debug)]
pub enum Origin {
    Value(Text),
    /// Counts up from this number, for each client by itself.
    Counter(i64),
    /// Nobody else has it, in this run or another.
    Unique,
    /// A number, whole if its distribution draws whole ones.
    Number(Numbers),
    /// So many random letters.
    Letters(Numbers),
    Row(Rc<Rows>, Order),
}

/// Which row of a file comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Any, by chance.
    Random,
    /// One after the other: the first client begins with the first, the second with the second, and so on from the
    /// beginning again.
    Sequential,
    /// Each client has one of its own and keeps it.
    Unique,
}

/// Who sets a variable, and how often was something set before.
pub struct Setting<'a> {
    pub variables: Variables<'a>,
    /// The number of the client in the whole run.
    pub client: u32,
    /// How often this client has done such a thing in its life.
    pub count: u64,
    /// The coordinates of the one draw.
    pub draw: Draw,
    /// The same, and depending on when the run began.
    pub of_this_run: Draw,
}

/// The keys that say what the value is.
const ORIGINS: [&str; 6] = ["value", "counter", "unique", "number", "text", "csv"];
/// The most letters of a random text.
const LONGEST: u64 = 1 << 20;

impl Assign {
    /// Reads the keys of the step `set`.
    pub fn decode(table: &Table<'_>, scribe: &Scribe<'_>) -> Option<Assign> {
        let given: Vec<&str> = ORIGINS.into_iter().filter(|key| table.has(key)).collect();
        if let [first, second, ..] = given[..] {
            table.error_at_key(second, format!("a variable has one origin, but there is `{first}` too"));
        }
        let origin = match given.first() {
            Some(&"csv") => return Assign::rows(table, scribe),
            Some(&"value") => {
                let text = table.optional::<Text>("value")?;
                scribe.uses_of(&text);
                Origin::Value(text)
            }
            Some(&"counter") => Origin::Counter(table.optional("counter")?),
            Some(&"unique") => {
                table.optional::<bool>("unique")?;
                Origin::Unique
            }
            Some(&"number") => Origin::Number(table.optional("number")?),
            Some(_) => Origin::Letters(table.optional("text")?),
            None => {
                table
                    .diags()
                    .error(table.at(), "it does not say what the value of the variable is")
                    .help(format!("write one of {}", ORIGINS.join(", ")));
                return None;
            }
        };
        Some(Assign { names: vec![(variable(table, "name", scribe)?, 0)], origin })
    }

    /// `csv` with `order`, and `name` and `column`, or `columns`: a dict of variables and columns.
    fn rows(table: &Table<'_>, scribe: &Scribe<'_>) -> Option<Assign> {
        let header = table.or("header", true);
        let rows = Rows::read(table, "csv", header, scribe);
        let words = [("random", Order::Random), ("sequential", Order::Sequential), ("unique", Order::Unique)];
        let order = table
            .value("order")
            .map_or(Some(Order::Random), |value| value.word("order of rows", &words, table.diags()));
        let mut wanted: Vec<(Rc<str>, String, &str)> = Vec::new();
        match table.value("columns").and_then(|value| Table::new(value, table.diags(), "columns")) {
            Some(columns) => {
                for pair in columns.pairs() {
                    let name: Rc<str> = pair.key.as_str().into();
                    scribe.sets(&name);
                    wanted.push((name, columns.or(&pair.key, String::new()), "columns"));
                }
            }
            None => {
                let name = variable(table, "name", scribe)?;
                let column = table.or("column", name.to_string());
                wanted.push((name, column, "column"));
            }
        }
        let (rows, order) = (rows?, order?);
        let mut names = Vec::new();
        for (name, column, key) in wanted {
            match rows.column(&column) {
                Some(number) => names.push((name, number)),
                None => {
                    table
                        .error_at_key(key, format!("the file has no column {column:?}"))
                        .help("a column is named as in the first line of the file, or by its number from 1");
                }
            }
        }
        Some(Assign { names, origin: Origin::Row(rows, order) })
    }

    /// Whether there is a password in the value.
    pub fn is_secret(&self, variables: &Variables<'_>) -> bool {
        matches!(&self.origin, Origin::Value(text) if text.is_secret(variables))
    }

    /// The values of the variables, in their order.
    ///
    /// # Errors
    /// There is none, and why.
    pub fn values(&self, setting: &Setting<'_>) -> Result<Vec<Rc<str>>, String> {
        let one = |value: String| Ok(vec![Rc::from(value)]);
        let mut rng = setting.draw.rng();
        match &self.origin {
            Origin::Value(text) => {
                text.fill(&setting.variables).map(|text| vec![text]).map_err(|why| why.to_string())
            }
            Origin::Counter(first) => one(first.saturating_add_unsigned(setting.count).to_string()),
            Origin::Unique => one(uuid(&mut setting.of_this_run.rng())),
            Origin::Number(numbers) => {
                one(numbers.number(&setting.draw).map_err(|why| why.to_string())?.to_string())
            }
            Origin::Letters(count) => {
                let count = count.count(&setting.draw).map_err(|why| why.to_string())?.min(LONGEST);
                let letter = |_| char::from(b'a' + below(&mut rng, 26) as u8);
                one((0..count).map(letter).collect())
            }
            Origin::Row(rows, order) => {
                let (client, all) = (u64::from(setting.client), rows.len() as u64);
                let row = match order {
                    Order::Random => below(&mut rng, all),
                    Order::Sequential => client.wrapping_add(setting.count) % all,
                    Order::Unique if client < all => client,
                    Order::Unique => {
                        return Err(format!("the file has {all} rows, and this is client {client} from 0"));
                    }
                };
                self.names.iter().map(|(_, column)| field(rows, row as usize, *column)).collect()
            }
        }
    }
}

fn field(rows: &Rows, row: usize, column: usize) -> Result<Rc<str>, String> {
    let found = rows.field(row, column).map(Rc::from);
    found.ok_or_else(|| format!("row {} of the file has no column {}", row + 1, column + 1))
}

/// Whether a step `set` sets from the answer before it.
pub fn is_of_answer(table: &Table<'_>) -> bool {
    SOURCES.iter().any(|key| table.has(key))
}
