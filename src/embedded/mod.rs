//! An in-memory CalDAV server: the default target of a run, and the other end of a rehearsal.
//!
//! Its answers are those of a real CalendarServer (spec 5, 8.2, 9.1): the same paths, statuses, properties
//! and headers. It serves one process on one thread; state is in `Rc<RefCell<..>>` and no borrow is held
//! across an await.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | [`server`] | from a request to its answer, counted |
//! | [`connection`] | TCP, TLS and in-memory connections |
//! | [`tls`] | a certificate of its own |
//! | [`config`] | how a server is set up |
//! | [`call`] | one request, after authentication |
//! | [`reply`] | answers and refusals |
//! | `absent` | what an answer says of properties that are not there |
//! | `asked` | what PROPFIND asked for lately |
//! | `digits` | numbers and dates as texts |
//! | [`auth`] | Basic and Digest |
//! | [`paths`] | what a path names |
//! | [`store`] | the state: principals, homes, collections with change logs, resources |
//! | [`properties`] | one table from property name to value |
//! | [`propfind`], [`proppatch`] | reading and setting properties |
//! | [`mkcalendar`] | new calendars |
//! | [`resource`], [`precondition`] | GET, PUT, DELETE of calendar objects, and their conditions |
//! | [`moving`] | MOVE between calendars |
//! | [`collection`] | GET of what is no object |
//! | [`report`] | one file a REPORT |
//! | [`scheduling`] | RFC 6638: invitations, answers and cancellations, delivered as they are stored |
//! | [`freebusy`], [`outbox`] | RFC 6638 and RFC 4791: when users are free |
//! | [`instances`] | when an event happens inside a range |
//! | [`sharing`], [`notification`] | calendars shared with other users, and what tells them |
//! | [`attachment`] | RFC 8607: attachments of events |
//! | [`push`] | AMP: who subscribed is told what changed |
//! | [`statistics`] | the server's own figures, and the socket that tells them |
//! | [`service`] | how fast the server is: slots and service times |
//! | [`pages`] | pages for visitors, where there is nothing of a calendar |
//! | [`options`] | OPTIONS, and the redirect of well-known paths |
//! | [`classify`] | the name a request is counted under |
//! | [`served`] | what is known of a request that was answered, and the exact counts of them |
//!
//! # Seams
//!
//! The statistics socket and the push hub are not called but told: [`Server::on_served`] after every answer,
//! [`Server::on_change`] with the push keys of what changed. [`statistics::StatsServer::attach`] and
//! [`push::Hub::attach`] ask for it.
mod absent;
mod asked;
pub mod attachment;
pub mod auth;
pub mod call;
pub mod classify;
pub mod collection;
pub mod config;
pub mod connection;
mod digits;
pub mod freebusy;
pub mod instances;
pub mod mkcalendar;
pub mod moving;
pub mod notification;
pub mod options;
pub mod outbox;
pub mod pages;
pub mod paths;
pub mod precondition;
pub mod properties;
pub mod propfind;
pub mod proppatch;
pub mod push;
pub mod reply;
pub mod report;
pub mod resource;
pub mod scheduling;
pub mod served;
pub mod server;
pub mod service;
pub mod sharing;
pub mod statistics;
pub mod store;
pub mod tls;

pub use config::Config;
pub use server::Server;
pub use store::User;

#[cfg(test)]
mod tests;
