//! The calendar software against the embedded server and against odd ones, over pipes and in virtual time: what it
//! sends (compared with recordings of the ancestor), and what it makes of the answers.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `stage.rs` | clients, the server at the other end of the pipe, and a log of all requests |
//! | `sequences.rs` | the sequences of requests, compared with the recordings |
//! | `differences.rs` | where we differ from the recordings on purpose, and why |
//! | `elsewhere.rs` | an inbox that lies outside the home |
//! | `finding.rs` | servers that put things elsewhere, or have less |
//! | `pushing.rs` | who is woken by a push, and what happens when the push server goes away |
//! | `keeping_up.rs` | polls: changes, removals, tokens that fail, requests that fail |
//! | `staying.rs` | what is kept from one run to the next |
//! | `*.facts` | what the recordings say, made by `extract.py`; a scene that was never recorded is after the spec, and says so |

mod differences;
mod elsewhere;
mod finding;
mod keeping_up;
mod pushing;
mod sequences;
mod stage;
mod staying;
