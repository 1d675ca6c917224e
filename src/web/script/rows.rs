//! A file of comma-separated values.

use std::rc::Rc;

use csv::ReaderBuilder;

use super::decode::Scribe;
use crate::config::Table;

/// The rows of a file, each with as many fields as it has.
#[derive(Debug)]
pub struct Rows {
    rows: Vec<Box<[Box<str>]>>,
    /// The names of the columns, if the first line says them.
    names: Box<[Box<str>]>,
}

impl Rows {
    /// Reads the file that the key names; `header`: its first line has the names of the columns.
    pub fn read(table: &Table<'_>, key: &str, header: bool, scribe: &Scribe<'_>) -> Option<Rc<Rows>> {
        let bytes = scribe.file(table, key)?;
        match Rows::parse(&bytes, header) {
            Ok(rows) if !rows.rows.is_empty() => Some(Rc::new(rows)),
            Ok(_) => {
                table.error_at_key(key, "this file has no row");
                None
            }
            Err(why) => {
                table.error_at_key(key, format!("this file has no rows that can be read: {why}"));
                None
            }
        }
    }

    fn parse(bytes: &[u8], header: bool) -> Result<Rows, String> {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader =
            ReaderBuilder::new().has_headers(false).flexible(true).comment(Some(b'#')).from_reader(text);
        let mut rows: Vec<Box<[Box<str>]>> = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|why| why.to_string())?;
            rows.push(record.iter().map(Box::from).collect());
        }
        let names = if header && !rows.is_empty() { rows.remove(0) } else { Box::new([]) };
        Ok(Rows { rows, names })
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The number of a column, by its name or its number from 1.
    pub fn column(&self, name: &str) -> Option<usize> {
        let named = self.names.iter().position(|known| known.trim() == name);
        named.or_else(|| name.parse::<usize>().ok()?.checked_sub(1))
    }

    /// A field, if the row has it.
    pub fn field(&self, row: usize, column: usize) -> Option<&str> {
        Some(self.rows.get(row)?.get(column)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_names_or_numbers() {
        let rows = Rows::parse(b"\xef\xbb\xbfa,b\n# x\n1,\"2,3\"\n4\n", true).unwrap();
        let field = |row, name| rows.field(row, rows.column(name)?);
        assert_eq!((rows.len(), field(0, "b"), field(0, "2")), (2, Some("2,3"), Some("2,3")));
        assert_eq!(
            (field(1, "a"), field(1, "b"), field(0, "c"), field(0, "0")),
            (Some("4"), None, None, None)
        );
        assert!(Rows::parse(b"\xff\n", false).is_err());
    }
}
