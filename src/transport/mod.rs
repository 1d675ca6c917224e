//! Names, addresses, TLS, in-memory pipes, byte counts: what every protocol needs of the network.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | [`target`] | where a server is: scheme, host, port |
//! | `names` | from names to addresses |
//! | [`endpoint`] | where a service is that is not HTTP |
//! | [`connector`] | from a target to an open stream, with the times it took |
//! | `sources` | the local addresses that connections come from |
//! | `slots` | how many streams are open at once |
//! | `budget` | how many bytes of answers are held while they are read |
//! | [`descriptors`] | how many descriptors the process may have open |
//! | `lacking` | descriptors, addresses and ports that ran out, as errors |
//! | `pipe` | a pipe in memory |
//! | [`stream`] | the open stream: plain, TLS or in memory; it counts its bytes |
//! | [`tls`] | which certificates are trusted |

mod budget;
pub mod connector;
pub mod descriptors;
pub mod endpoint;
mod lacking;
mod names;
mod pipe;
mod slots;
mod sources;
pub mod stream;
pub mod target;
pub mod tls;

pub use budget::{Budget, Share};
pub use connector::{ConnectError, Connector, Opened};
pub use endpoint::{Endpoint, Schemes};
pub use pipe::{Pipe, pipe};
pub use slots::{Resting, Slot};
pub use stream::{ByteCount, Meter, Stream, TooMuch};
pub use target::Target;
pub use tls::{Alpn, Trust};
