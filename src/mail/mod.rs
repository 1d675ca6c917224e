//! The mail domain: people who send and read mail by SMTP, POP3 and IMAP, as Mailstone had them
//! (mail-web-chat-network, A1) and as people do today.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | [`blueprint`] | the software of an entry of the clients plist, before it knows a server |
//! | [`software`] | the software: it has nothing to do by itself |
//! | [`params`] | the parameters of the software and of every profile; the nearest wins |
//! | [`filling`] | mail that is there before anybody comes |
//! | [`labels`] | what steps and operations are counted under |
//! | [`message`] | messages as they are sent |
//! | [`post`] | the messages on their way, and how long they take |
//! | [`reading`] | what a client knows of a mailbox between its acts |
//! | [`resting`] | a connection that stays open while its client rests |
//! | [`profiles`] | the habits of users |
//! | [`protocols`] | what the report shows of each protocol |
//! | [`stamp`] | what the id of a message tells: when it was sent, and by which process |
//! | [`wire`] | what is said on the wire |

pub mod blueprint;
pub mod filling;
pub mod labels;
pub mod message;
pub mod params;
pub mod post;
pub mod profiles;
pub mod protocols;
pub mod reading;
pub mod resting;
pub mod software;
pub mod stamp;
#[cfg(test)]
pub mod testing;
pub mod wire;

pub use blueprint::{Blueprint, SOFTWARE};
pub use software::{Grounds, MailSoftware};
