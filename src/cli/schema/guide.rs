//! Defaults and meanings of keys, from the tables of CONFIGURATION.md: they are written once, there.

use crate::scenario::keys::Section;

const GUIDE: &str = include_str!("../../../CONFIGURATION.md");

/// A row of a table of keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The spellings of the key.
    pub names: Vec<String>,
    /// As it is told, without the marks of Markdown.
    pub default: String,
    pub meaning: String,
}

impl Row {
    pub fn is_required(&self) -> bool {
        self.default == "required"
    }
}

/// The rows about a section: those of the table with exactly its keys. None for what has no such table.
pub fn rows(section: &Section) -> Option<Vec<Row>> {
    tables().into_iter().find(|rows| {
        rows.len() == section.keys.len()
            && rows.iter().zip(section.keys).all(|(row, key)| row.names.iter().eq(key.names.iter()))
    })
}

/// Every table whose columns are key, default and meaning.
pub fn tables() -> Vec<Vec<Row>> {
    let mut tables = Vec::new();
    let mut lines = GUIDE.lines();
    while let Some(line) = lines.next() {
        if line == "| key | default | meaning |" {
            let rows = lines.by_ref().skip(1).map_while(row);
            tables.push(rows.collect());
        }
    }
    tables
}

fn row(line: &str) -> Option<Row> {
    let mut cells = line.strip_prefix("| ")?.strip_suffix(" |")?.splitn(3, " | ");
    let (names, default, meaning) = (cells.next()?, cells.next()?, cells.next()?);
    let names = names.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    Some(Row { names, default: plain(default).replace('`', ""), meaning: plain(meaning) })
}

/// Without the targets of links.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](") {
        // The bracket that opens a link is the last one before its middle.
        match before.rsplit_once('[') {
            Some((start, words)) => {
                out += start;
                out += words;
            }
            None => out += before,
        }
        rest = after.split_once(')').map_or("", |(_, rest)| rest);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::keys::SECTIONS;

    /// Both ways: no table without its section, no section without its table, but those of ancestors' keys.
    #[test]
    fn the_guide_and_the_schema_have_the_same_keys() {
        let without: Vec<&str> =
            SECTIONS.iter().filter(|one| rows(one).is_none()).map(|one| one.name).collect();
        assert_eq!(without, ["ancestor"]);
        let found: Vec<Vec<Row>> = SECTIONS.iter().filter_map(rows).collect();
        for table in tables() {
            assert!(found.contains(&table), "no section is as this table: {table:?}");
        }
    }

    #[test]
    fn links_are_taken_out() {
        assert_eq!(plain("a [`b`](#c) and [d](e) f"), "a `b` and d f");
        assert_eq!(plain("an array[0] as it is"), "an array[0] as it is");
    }
}
