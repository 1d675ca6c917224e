//! What is drawn in place at the bottom of a terminal, as the bytes that do it.

use super::line::Line;

/// Lines that are drawn again and again at one place; other lines may be written above them. The cursor stands under
/// them, at the beginning of a line, and nothing of the terminal is changed: whatever ends this program, the next prompt
/// is where it belongs.
#[derive(Debug)]
pub struct Screen {
    frame: Vec<Line>,
    /// The frame stands there.
    drawn: bool,
}

impl Screen {
    pub const fn empty() -> Screen {
        Screen { frame: Vec::new(), drawn: false }
    }

    /// Takes the frame away: then anything may be written, whole lines only. `width` is that of the terminal now; in a
    /// narrower one than before the lines of the frame have been broken.
    pub fn erase(&mut self, width: usize) -> String {
        if !std::mem::take(&mut self.drawn) || self.frame.is_empty() {
            return String::new();
        }
        let rows: usize = self.frame.iter().map(|line| line.width().div_ceil(width.max(1)).max(1)).sum();
        format!("\r\x1b[{rows}A\x1b[J")
    }

    /// Puts the frame there, once it has been erased.
    pub fn draw(&mut self, colours: bool) -> String {
        self.drawn = true;
        self.frame.iter().map(|line| line.text(colours) + "\n").collect()
    }

    /// What will be drawn from now on, once what stands there has been erased.
    pub fn set(&mut self, frame: Vec<Line>) {
        self.frame = frame;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(lines: &[&str]) -> Vec<Line> {
        lines.iter().map(|text| Line::of(text)).collect()
    }

    #[test]
    fn it_is_drawn_over_itself() {
        let mut screen = Screen::empty();
        assert_eq!((screen.erase(80), screen.draw(false)), (String::new(), String::new()));
        screen.set(frame(&["one", "two"]));
        assert_eq!(screen.draw(false), "one\ntwo\n");
        assert_eq!(screen.erase(80), "\r\x1b[2A\x1b[J");
        // Once is enough: what stands above is not ours.
        assert_eq!(screen.erase(80), "");
    }

    #[test]
    fn a_terminal_that_became_narrower_has_broken_its_lines() {
        let mut screen = Screen::empty();
        screen.set(frame(&["a line of 23 characters", "", "short"]));
        screen.draw(false);
        assert_eq!(screen.erase(10), "\r\x1b[5A\x1b[J");
    }
}
