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
//! | [`config`] | how a server is set up |
//! | [`reply`] | answers and refusals |
//! | [`paths`] | what a path names |
//! | [`auth`] | Basic and Digest |
//! | [`properties`] | one table from property name to value |
//! | [`store`] | the state: principals, homes, collections with change logs, resources |
//! | [`instances`] | when an event happens: recurrence inside a range of time |
//! | [`freebusy`] | when users are taken: POST to the outbox, free-busy-query |
//! | [`scheduling`] | RFC 6638: invitations, answers and cancellations, delivered as they are stored |
//! | [`served`] | what is known of a request that was answered, and the exact counts of them |
//!
//! # Seams
//!
//! `resource` checks what is independent of scheduling (preconditions, valid data, UID) and then calls
//! `scheduling::put(&mut Store, by: PrincipalId, CollectionId, name: &str, Object) -> Result<Stored, &'static Name>`,
//! which stores the object itself through [`store::Store::put`] (rewritten where RFC 6638 says so), delivers
//! it to the others, and returns `Stored { changed: bool }` (whether the stored bytes are not those that were
//! sent; then the answer has no ETag); the error is a precondition, answered with 403.
//! After a DELETE it calls
//! `scheduling::removed(&mut Store, by: PrincipalId, CollectionId, &Resource, reply: bool)` (`reply` is false
//! for `Schedule-Reply: F`). A POST to the outbox is
//! `freebusy::post(&Store, by: PrincipalId, body: &[u8]) -> Result<String, &'static Name>` (the XML of
//! C:schedule-response), the free-busy-query REPORT
//! `freebusy::query(&Store, &[CollectionId], start: DateTime<Utc>, end: DateTime<Utc>) -> Vec<u8>`.
//! The statistics socket and the push hub are not called but told: `Server::on_served(Box<dyn Fn(&Served)>)`
//! and `Server::on_change(Box<dyn Fn(BTreeSet<String>)>)` (push keys, after every request that changed some).
pub mod freebusy;
pub mod instances;
pub mod scheduling;
pub mod auth;
pub mod call;
pub mod config;
pub mod paths;
pub mod properties;
pub mod propfind;
pub mod proppatch;
pub mod reply;
pub mod served;
pub mod store;
