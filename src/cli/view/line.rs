//! A line on a terminal, whose width is known whatever its colours are.

/// How a word stands out. Nothing is said by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    Plain,
    Strong,
    Faint,
    Bad,
}

impl Ink {
    /// The parameters of ANSI's "select graphic rendition".
    fn code(self) -> &'static str {
        match self {
            Ink::Plain => "",
            Ink::Strong => "1",
            Ink::Faint => "2",
            Ink::Bad => "1;31",
        }
    }
}

/// Words and where each begins to look another way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(Vec<(Ink, String)>);

impl Line {
    pub fn of(text: &str) -> Line {
        Line::default().and(Ink::Plain, text)
    }

    /// With more at its end. What would move the cursor becomes a question mark.
    pub fn and(mut self, ink: Ink, text: &str) -> Line {
        let shown = text.chars().map(|letter| if letter.is_control() { '?' } else { letter });
        self.0.push((ink, shown.collect()));
        self
    }

    /// With another line at its end.
    pub fn joined(mut self, other: Line) -> Line {
        self.0.extend(other.0);
        self
    }

    /// How many columns it takes: one a letter, which all that is shown here has.
    pub fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| text.chars().count()).sum()
    }

    /// The beginning of it, so that it fits; its end shows that there was more.
    pub fn cut(self, width: usize) -> Line {
        if self.width() <= width {
            return self;
        }
        let mut room = width.saturating_sub(1);
        let mut kept = Line::default();
        for (ink, text) in self.0 {
            let text: String = text.chars().take(room).collect();
            room -= text.chars().count();
            kept.0.push((ink, text));
        }
        if width > 0 { kept.and(Ink::Plain, ">") } else { kept }
    }

    /// As it is written to the terminal.
    pub fn text(&self, colours: bool) -> String {
        let mut all = String::new();
        for (ink, text) in &self.0 {
            match ink.code() {
                code if colours && !code.is_empty() && !text.is_empty() => {
                    all.push_str(&format!("\x1b[{code}m{text}\x1b[0m"))
                }
                _ => all.push_str(text),
            }
        }
        all
    }
}

/// Parts side by side as long as they fit, then on the next line.
pub fn flow(parts: impl IntoIterator<Item = Line>, width: usize) -> Vec<Line> {
    const BETWEEN: &str = "   ";
    let mut lines: Vec<Line> = Vec::new();
    for part in parts {
        match lines.pop() {
            Some(line) if line.width() + BETWEEN.len() + part.width() <= width => {
                lines.push(line.and(Ink::Plain, BETWEEN).joined(part));
            }
            full => {
                lines.extend(full);
                lines.push(part.cut(width));
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_as_wide_as_its_letters() {
        let line = Line::of("a\x1b[2J").and(Ink::Bad, "bü");
        assert_eq!((line.width(), line.text(false).as_str()), (7, "a?[2Jbü"));
        assert_eq!(line.text(true), "a?[2J\x1b[1;31mbü\x1b[0m");
        assert_eq!(line.clone().cut(7), line);
        assert_eq!(line.clone().cut(6).text(false), "a?[2J>");
        assert_eq!(line.cut(0).width(), 0);
    }

    #[test]
    fn parts_flow() {
        let lines = flow(["1234", "567", "89", "long enough"].map(Line::of), 10);
        let lines: Vec<String> = lines.iter().map(|line| line.text(false)).collect();
        assert_eq!(lines, ["1234   567", "89", "long enou>"]);
    }
}
