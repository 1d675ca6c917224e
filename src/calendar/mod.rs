//! The calendar domain: clients that speak CalDAV, as the ancestor's core does (spec 5 and 6).
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | [`blueprint`] | the software of an entry of the clients plist, before it knows a server |
//! | [`filling`] | events that are in a calendar before anybody comes |
//! | [`labels`] | which labels the clients of a population can bring |
//! | [`memory`] | what a client remembers of its server |
//! | [`model`] | a client program as data: what it sends and how it goes about it |
//! | [`operations`] | the labels of the software's operations |
//! | [`parameters`] | the parameters that every client program has |
//! | [`program`] | a model with its parameters, on one server |
//! | [`profiles`] | the habits of users |
//! | [`push`] | the server's word that something changed |
//! | [`software`] | the software: starts, polls, answers pushes |
//! | [`state`] | what clients keep from one run to the next |
//! | [`sync`] | how a client finds calendars and keeps up with them |
//! | [`wire`] | the requests, one function each |
//! | [`words`] | what a person calls the operations |

pub mod blueprint;
pub mod filling;
pub mod labels;
pub mod memory;
pub mod model;
pub mod operations;
pub mod parameters;
pub mod profiles;
pub mod program;
pub mod push;
pub mod software;
pub mod state;
pub mod sync;
pub mod wire;
pub mod words;

pub use blueprint::{Blueprint, Place};
pub use push::Hub;
pub use software::CalendarSoftware;
