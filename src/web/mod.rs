//! The web domain: visitors who do what a script says, as those of IDX-Tsunami and WCAT did (mail-web-chat-network, A2
//! and A4).
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | [`blueprint`] | the software of an entry of the clients plist, before it knows a server |
//! | [`software`] | the software, and what a visitor remembers: [`WebMemory`] |
//! | [`params`] | the parameters of the software, of every profile and of every step; the nearest wins |
//! | [`labels`] | what operations and requests are counted under |
//! | [`profiles`] | the habits of visitors: Script |
//! | [`script`] | steps as a property list has them, and in the form in which they are done |
//! | `visit` | how far a visitor has come in a script, and what is under way |
//! | `walking.rs` | `walk`: does steps until the visitor pauses or is done |
//! | `asking.rs` | one step that asks a server for something: redirects, checks, variables |
//! | `sending.rs` | one request as a browser sends it |
//! | `embedding.rs` | what is fetched with a page, over several connections |
//! | `browser.rs` | `Browser`: connections, cookies, variables of a visitor |
//! | `agents.rs` | the browsers that visitors have |
//! | `cookies.rs` | cookies |
//! | `known.rs` | what was got before |
//! | `place.rs` | URLs |
//! | `hidden.rs` | what nobody may see of them |
//! | `variables.rs` | the variables of a visitor |
//! | [`found`] | what is found in answers |

mod agents;
mod asking;
pub mod blueprint;
mod browser;
mod cookies;
mod embedding;
pub mod found;
mod hidden;
mod known;
pub mod labels;
pub mod params;
mod place;
pub mod profiles;
pub mod script;
mod sending;
pub mod software;
#[cfg(test)]
mod test;
mod variables;
mod visit;
mod walking;

pub use blueprint::{Blueprint, SOFTWARE};
pub use software::WebMemory;
pub use variables::OF_ACCOUNT;
