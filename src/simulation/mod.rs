//! The engine: who acts when, from arrival to stop.
//!
//! One process is one thread. A client at rest is an entry of a list and its next due times in one
//! schedule; a task exists only while an act is under way (design, decisions 1 and 2).
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `population.rs` | [`Population`]: an entry of the clients plist, ready to act |
//! | `crowd.rs` | [`Crowd`]: who arrives when, with which account and which population |
//! | `phases.rs` | [`Phases`]: warm-up, measured phase, cool-down |
//! | `schedule.rs` | the due times of all clients |
//! | `resting.rs` | a client between its acts |
//! | `engine.rs` | [`Engine`]: takes what is due and makes it happen |
//! | `coming.rs` | users who come, and those for whom there is no room |
//! | `turns.rs` | [`ProfileMix`]: how a client uses its profiles, and the turns in which it does |
//! | `plan.rs` | [`Plan`]: what is scheduled, as one number |
//! | `forecast.rs` | [`Forecast`]: the same entries one by one, without anybody acting |
//! | `trace.rs` | [`Trace`]: all that happened, as one number |
//! | `bus.rs` | [`Bus`]: where all events go |
//! | `turn.rs` | what a client does next, with its memory on loan |
//! | `act.rs` | one act: from its trigger to what follows from it |
//! | `leaving.rs` | [`DRAIN`], the end of the run, and of clients before it |
//! | `presence.rs` | who has come, and who is still there |

mod act;
mod bus;
mod coming;
mod crowd;
mod engine;
mod forecast;
mod leaving;
mod phases;
mod plan;
mod population;
mod presence;
mod resting;
mod schedule;
#[cfg(test)]
mod test;
mod trace;
mod turn;
mod turns;

pub use bus::Bus;
pub use crowd::{Arrivals, Crowd, Newcomer};
pub use engine::{Census, Engine};
pub use forecast::{Forecast, Planned};
pub use leaving::DRAIN;
pub use phases::Phases;
pub use plan::Plan;
pub use population::Population;
pub use trace::Trace;
pub use turns::ProfileMix;
