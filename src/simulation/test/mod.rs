//! Tests of the engine with virtual time and toy clients, by what is tested.

mod any;
mod arrivals;
mod end;
mod failures;
mod leaving;
mod reactions;
mod repeat;
mod timers;
mod toy;
mod turns;
