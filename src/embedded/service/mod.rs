//! How fast the server is: a service model, so that a rehearsal shows where a server of that speed saturates.
//!
//! Without a model every answer is there at once. With one, a request waits for one of the `slots`, in order of
//! arrival, and then for a service time that is drawn for its label.
//!
//! The runtime's timers have a grain of a millisecond. Times here are exact all the same: a slot is free, and a
//! connection has had its answer, at a time that is carried in nanoseconds; only the answer itself leaves at the next
//! millisecond. So ten requests of 0.3 ms, one after the other, take 3 ms and not 10, and 4,000 requests a second fit
//! through a slot of 0.25 ms.
//!
//! # Layout
//!
//! - `model.rs`: [`ServiceModel`]: slots, times by label, stalls, as the configuration says them
//! - `desk.rs`: [`Desk`]: when the answer to a request is ready

mod desk;
mod model;

pub use desk::{Carry, Desk};
pub use model::{ServiceModel, Stall};
