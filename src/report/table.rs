//! Tables of a report.

/// One column: its title, how wide it is at least, and whether it stands to the left.
pub struct Column {
    title: String,
    width: usize,
    left: bool,
}

/// A table whose columns are as wide as they are told to be, or as their longest content: a long
/// label widens its column in every row instead of shifting one.
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
    /// Titles above several columns: the first column, how many, the text.
    groups: Vec<(usize, usize, String)>,
}

impl Table {
    /// A table whose first column stands to the left.
    pub fn new(title: &str, width: usize) -> Table {
        let first = Column { title: title.to_owned(), width, left: true };
        Table { columns: vec![first], rows: Vec::new(), groups: Vec::new() }
    }

    /// Adds a column that stands to the right.
    pub fn column(mut self, title: impl Into<String>, width: usize) -> Table {
        self.columns.push(Column { title: title.into(), width, left: false });
        self
    }

    /// Adds a column that stands to the left.
    pub fn text_column(mut self, title: impl Into<String>, width: usize) -> Table {
        self.columns.push(Column { title: title.into(), width, left: true });
        self
    }

    /// Writes a title above the last `count` columns.
    pub fn group(mut self, title: &str, count: usize) -> Table {
        self.groups.push((self.columns.len() - count, count, title.to_owned()));
        self
    }

    /// Adds a row; cells that are missing are empty.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The header, a rule as long as the header, and the rows; every line with its end.
    pub fn render(&self) -> String {
        let widths: Vec<usize> = self.columns.iter().enumerate().map(|(at, c)| self.width(at, c)).collect();
        let titles: Vec<String> = self.columns.iter().map(|column| column.title.clone()).collect();
        let header = self.line(&titles, &widths);
        let mut text = self.group_line(&widths);
        text.push_str(&header);
        text.push('\n');
        text.push_str(&"-".repeat(header.chars().count()));
        text.push('\n');
        for row in &self.rows {
            text.push_str(&self.line(row, &widths));
            text.push('\n');
        }
        text
    }

    /// The same without blanks at the ends of lines, for tables whose last column is mostly empty.
    pub fn render_trimmed(&self) -> String {
        self.render().lines().map(|line| format!("{}\n", line.trim_end())).collect()
    }

    fn width(&self, at: usize, column: &Column) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count());
        cells.max().unwrap_or(0).max(column.width).max(column.title.chars().count())
    }

    fn line(&self, cells: &[String], widths: &[usize]) -> String {
        let padded: Vec<String> = self
            .columns
            .iter()
            .zip(widths)
            .enumerate()
            .map(|(at, (column, width))| {
                let cell = cells.get(at).map_or("", String::as_str);
                if column.left { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            })
            .collect();
        padded.join(" ")
    }

    fn group_line(&self, widths: &[usize]) -> String {
        let mut line = String::new();
        for (first, count, title) in &self.groups {
            let begin: usize = widths[..*first].iter().map(|width| width + 1).sum();
            let span = widths[*first..first + count].iter().map(|width| width + 1).sum::<usize>() - 1;
            line.push_str(&" ".repeat(begin.saturating_sub(line.chars().count())));
            // One blank stays free at the left, so that two groups do not touch.
            line.push_str(&format!(" {:-^1$}", format!(" {title} "), span.saturating_sub(1)));
        }
        if !line.is_empty() {
            line.push('\n');
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fit_their_contents() {
        let mut table = Table::new("request", 10).column("count", 8).column("x", 3).group("both", 2);
        table.row(vec!["GET{event}-long".into(), "1".into(), "12345".into()]);
        table.row(vec!["PUT".into()]);
        let expected = "\
\u{20}                --- both ----
request            count     x
------------------------------
GET{event}-long        1 12345
PUT                           \n";
        assert_eq!(table.render(), expected);
    }
}
