//! The habits of calendar users (spec 6), one file each.
//!
//! Every profile takes `enabled` and `pacing`. An operation of the table below is the
//! ancestor's, or, where the ancestor's profile had none, one that makes its failures visible. A profile whose
//! server lacks what it needs is off for that client, which is no failure: the last column says how that shows.
//!
//! | file | operations | off when |
//! |---|---|---|
//! | `eventer.rs` | `create` | attaching only: as Attacher |
//! | `inviter.rs` (2013) | `invite` | the server has neither a scheduling inbox nor an outbox |
//! | `realistic_inviter.rs` | `invite` | as Inviter; attaching only: as Attacher |
//! | `accepter.rs` | `accept`, `reply done`, `cancelled` | never |
//! | `tasker.rs` | `create` | never |
//! | `attachment_downloader.rs` | `download` | never; without attachments it has nothing to do |
//! | `title_changer.rs`, `description_changer.rs` | `update` | never |
//! | `attacher.rs` | `attach` | the upload is refused by 400, 403, 404, 405, 415 or 501 |
//! | `event_count_limiter.rs` | `limit` | never |
//! | `calendar_sharer.rs` | `share` | the request is refused by 400, 403, 404, 405, 415 or 501, or the program cannot share |
//! | `alarm_acknowledger.rs` | `create`, `update` | never |
//! | `event_updater.rs` | `create`, `update` | never |
//! | `time_ranger.rs` | `query` | the client program has no such query |
//! | `deep_refresher.rs` | `refresh` | the client program does not list calendars |
//! | `apns_subscriber.rs` | `subscribe` | the home shows no push key, or the request is refused by 400, 403, 404, 405, 415 or 501 |
//! | `resetter.rs` | `reset`, and within it `poll` | never |
//!
//! # Layout
//!
//! | file | what the profiles share |
//! |---|---|
//! | `registry.rs` | [`PROFILES`], [`build`]: by name, with parameters |
//! | `timed.rs` | what a profile that acts by its timer only need not say itself |
//! | `defaults.rs` | the distributions used when none is given |
//! | `planned.rs` | the event a user plans |
//! | `invitees.rs` | who is invited |
//! | `inviting.rs` | looking invitees up before they are invited |
//! | `choosing.rs` | which calendar, which event |
//! | `changing.rs` | a change that meets another one (412) |
//! | `again.rs` | reactions that failed and are tried again |
//! | `attaching.rs` | a file for an event |
//! | `text.rs` | the changers of one text |
//! | `alarmed.rs` | the event with an alarm that is acknowledged |

mod accepter;
mod again;
mod alarm_acknowledger;
mod alarmed;
mod apns_subscriber;
mod attacher;
mod attaching;
mod attachment_downloader;
mod calendar_sharer;
mod changing;
mod choosing;
mod deep_refresher;
mod defaults;
mod description_changer;
mod event_count_limiter;
mod event_updater;
mod eventer;
mod invitees;
mod inviter;
mod inviting;
pub(in crate::calendar) mod planned;
mod realistic_inviter;
mod registry;
mod resetter;
mod tasker;
#[cfg(test)]
pub(in crate::calendar) mod testing;
mod text;
mod time_ranger;
mod timed;
mod title_changer;

use crate::client::habit;
pub use registry::{Build, Built, PROFILES, Surroundings, build};
