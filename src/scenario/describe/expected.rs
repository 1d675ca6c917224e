//! How much the clients do.

use std::fmt::Write;

use super::plural;

/// What is expected of the populations that were looked at.
#[derive(Default)]
pub struct Expected {
    /// Clients whose habits have times of their own.
    pub by_clock: usize,
    /// Clients whose next turn is due when the one before has ended.
    pub in_turns: usize,
    /// Clients that do all once and leave.
    pub once: usize,
    /// How many operations a second come at times of their own, those that client programs do by themselves as well.
    pub rate: f64,
}

impl Expected {
    /// A number only where there is one: what hangs on the server's answers nobody knows beforehand.
    pub fn write(&self, out: &mut String) -> std::fmt::Result {
        let Expected { by_clock, in_turns, once, rate } = *self;
        let clients = |count: usize| format!("{count} {}", plural(count as u32, "client"));
        if by_clock > 0 || rate > 0.0 || in_turns + once == 0 {
            writeln!(out, "expected when all are there: {rate:.2} operations a second by themselves")?;
            writeln!(
                out,
                "  (fewer where a habit looks and finds nothing to do; on top come a start each, and what follows"
            )?;
            writeln!(out, "  from others: pushes, answers to invitations)")?;
        }
        if in_turns > 0 {
            writeln!(
                out,
                "expected of {} in turns: as many operations a second as the server allows: the next turn begins",
                clients(in_turns)
            )?;
            writeln!(out, "  as soon as the one before has been answered, and its user has thought")?;
        }
        if once > 0 {
            writeln!(
                out,
                "expected of {} that do it once and leave: how many operations a second that makes hangs on their",
                clients(once)
            )?;
            writeln!(out, "  arrival, on the time they think and on the server")?;
        }
        Ok(())
    }
}
