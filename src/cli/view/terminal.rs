//! Standard error, as everything in this program writes to it, and standard output where both are one terminal.
//!
//! In a run a thread writes, so that a terminal that is held (Ctrl-S) or a reader that is slow never makes a client wait;
//! whatever finds no room is dropped. In a rehearsal, whose time stands still meanwhile, nothing is lost.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::line::Line;
use super::screen::Screen;
use crate::observer::Spool;

/// There is one terminal, and several threads write to it: that of the run, and those of the two outputs.
static TERMINAL: Mutex<Terminal> =
    Mutex::new(Terminal { screen: Screen::empty(), colours: false, waiting: Vec::new() });

/// The way to it while a run goes on.
static QUEUE: Mutex<Option<Spool<Item>>> = Mutex::new(None);

/// Items that may wait for a slow reader.
const ROOM: usize = 1024;

/// How long the end of a run waits for one.
const PATIENCE: Duration = Duration::from_millis(500);

/// Bytes for standard output that wait for the next frame of a rehearsal.
const WAITING: usize = 64 * 1024;

struct Terminal {
    screen: Screen,
    colours: bool,
    /// Whole lines for standard output.
    waiting: Vec<u8>,
}

enum Item {
    Text(String),
    Frame(Vec<Line>),
}

/// Writes whole lines to standard error, above whatever is drawn there.
pub fn write(text: &str) {
    put(Item::Text(text.to_owned()));
}

/// Draws these lines in place of those that were drawn before; none: takes them away.
pub fn draw(frame: Vec<Line>) {
    put(Item::Frame(frame));
}

/// Whether standard error is a terminal on which something can be drawn in place.
pub fn can_draw() -> bool {
    io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Whether colours are welcome there (<https://no-color.org>).
pub fn colours() -> bool {
    can_draw() && std::env::var_os("NO_COLOR").is_none_or(|no| no.is_empty())
}

/// Columns and rows of the terminal.
pub fn size() -> (usize, usize) {
    let size = terminal_size::terminal_size_of(io::stderr());
    size.map_or((80, 24), |(width, height)| (width.0.into(), height.0.into()))
}

fn put(item: Item) {
    match &mut *lock(&QUEUE) {
        // What is dropped is a picture that the next one replaces, or one line too many for whoever reads.
        Some(spool) => drop(spool.push(item)),
        None => lock(&TERMINAL).show(item),
    }
}

impl Terminal {
    /// Nobody may read it any more, which is no reason to end.
    fn show(&mut self, item: Item) {
        let mut err = io::stderr().lock();
        let erased = self.screen.erase(size().0);
        match item {
            Item::Text(text) => {
                let _ = err.write_all((erased + &text + &self.screen.draw(self.colours)).as_bytes());
            }
            Item::Frame(frame) => {
                let waiting = std::mem::take(&mut self.waiting);
                self.screen.set(frame);
                if waiting.is_empty() {
                    let _ = err.write_all((erased + &self.screen.draw(self.colours)).as_bytes());
                } else {
                    let _ = err.write_all(erased.as_bytes());
                    let mut out = io::stdout().lock();
                    let _ = out.write_all(&waiting).and_then(|()| out.flush());
                    let _ = err.write_all(self.screen.draw(self.colours).as_bytes());
                }
            }
        }
    }

    /// Writes whole lines to standard output, above what is drawn.
    fn above(&mut self, lines: &[u8]) -> io::Result<()> {
        let mut err = io::stderr().lock();
        let _ = err.write_all(self.screen.erase(size().0).as_bytes());
        let mut out = io::stdout().lock();
        let written = out.write_all(lines).and_then(|()| out.flush());
        let _ = err.write_all(self.screen.draw(self.colours).as_bytes());
        written
    }
}

/// Standard output for what observers print while a run goes on.
pub fn live_output(rehearsed: bool) -> Box<dyn Write + Send> {
    if io::stdout().is_terminal() && can_draw() {
        Box::new(Above { rest: Vec::new(), at_once: !rehearsed })
    } else {
        Box::new(io::stdout())
    }
}

/// Writes to standard output above what is drawn on the same terminal.
struct Above {
    /// The beginning of a line whose end has not come.
    rest: Vec<u8>,
    /// Else lines wait for the next frame: a rehearsal has too many of them to draw anew after each.
    at_once: bool,
}

impl Write for Above {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.rest.extend_from_slice(bytes);
        let Some(end) = self.rest.iter().rposition(|byte| *byte == b'\n') else { return Ok(bytes.len()) };
        let lines: Vec<u8> = self.rest.drain(..=end).collect();
        let mut terminal = lock(&TERMINAL);
        if self.at_once {
            terminal.above(&lines)?;
        } else {
            terminal.waiting.extend_from_slice(&lines);
            if terminal.waiting.len() > WAITING {
                let waiting = std::mem::take(&mut terminal.waiting);
                terminal.above(&waiting)?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut terminal = lock(&TERMINAL);
        let waiting = std::mem::take(&mut terminal.waiting);
        if waiting.is_empty() { Ok(()) } else { terminal.above(&waiting) }
    }
}

/// Lets a thread write to standard error until this value is dropped, and everything that was written before stands there.
#[must_use]
pub struct Queued(());

/// Begins to write: with a thread in a run, at once in a rehearsal.
pub fn begin(rehearsed: bool) -> Queued {
    lock(&TERMINAL).colours = colours();
    if !rehearsed {
        let show = |item: Option<Item>| {
            item.into_iter().for_each(|item| lock(&TERMINAL).show(item));
            Ok(())
        };
        *lock(&QUEUE) = Some(Spool::new(ROOM, Duration::ZERO, show));
    }
    Queued(())
}

impl Drop for Queued {
    fn drop(&mut self) {
        let spool = lock(&QUEUE).take();
        if let Some(mut spool) = spool {
            spool.finish(PATIENCE);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
