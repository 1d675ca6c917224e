//! Calendar clients, and one of mail, against servers that misbehave, one way a test, and are well again afterwards.
//!
//! Most live in virtual time: the engine and clients of the program over pipes in memory, and before the embedded server
//! a front that answers chosen requests, for a while, as no server should. A few run the program itself over sockets. Whatever the server does, no client panics or
//! loops, memory stays bounded, each failure is counted under its kind with its first example, everything sent is
//! accounted for, and the clients go on once the server is well.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `request.rs` | a request as the front reads it |
//! | `front.rs` | the front: what it saw, when it misbehaves and for whom |
//! | `misdeed.rs` | the ways to misbehave |
//! | `mix.plist`, `clients.rs` | the clients |
//! | `book.rs` | what happened, as the program counts it and with its times |
//! | `life.rs` | a while of clients and front, and what must hold of every such life |
//! | `connections.rs`, `bodies.rs`, `statuses.rs`, `contents.rs`, `tags.rs`, `starting.rs` | the tests in virtual time |
//! | `carriers.rs`, `exchanges.rs` | one client over pipes, sockets and TLS |
//! | `pushing.rs` | push servers |
//! | `mail.rs` | a mail server that unpacks without end |
//! | `program.rs` | the program itself, over sockets |

mod bodies;
mod book;
mod carriers;
mod clients;
mod connections;
mod contents;
mod exchanges;
mod front;
mod life;
mod mail;
mod misdeed;
mod program;
mod pushing;
mod request;
mod starting;
mod statuses;
mod tags;
