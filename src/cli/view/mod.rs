//! What is shown on standard error while a run goes on.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `state.rs` | [`State`]: the figures of a moment |
//! | `pace.rs` | how fast a rehearsal goes on, for the time that it still takes |
//! | `layout.rs` | these as lines that fit a terminal |
//! | `line.rs` | a line with its colours and its width |
//! | `screen.rs` | what is drawn in place, as the bytes that do it |
//! | `terminal.rs` | everybody's way to standard error, and to standard output where both are one terminal |
//! | `news.rs` | the figures as a line every ten seconds, where nothing can be drawn |

mod layout;
mod line;
mod news;
mod pace;
mod screen;
mod state;
pub mod terminal;

use crate::scenario::{Moment, Onlooker};
use news::News;
pub use news::line as progress_line;
use pace::Pace;
pub use state::State;

/// What shows a run: a view on a terminal, else lines. Where logs are for programs, everything is lines.
pub fn of(for_programs: bool) -> Box<dyn Onlooker> {
    if terminal::can_draw() && !for_programs {
        Box::new(View(Pace::default()))
    } else {
        Box::new(News::new())
    }
}

/// The figures of a run at the bottom of the terminal, drawn in place.
struct View(Pace);

impl Onlooker for View {
    fn look(&mut self, moment: &Moment<'_>) {
        // It may have been resized since the last time.
        let size = terminal::size();
        let state = State::of(moment, layout::rows(size.1), self.0.look(moment.elapsed, moment.real));
        terminal::draw(layout::lines(&state, size));
    }
}

impl Drop for View {
    /// Takes it away, so that the report stands alone, whatever ends the run.
    fn drop(&mut self) {
        terminal::draw(Vec::new());
    }
}
