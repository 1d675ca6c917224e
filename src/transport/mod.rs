//! Names, addresses, TLS, in-memory pipes, byte counts: what every protocol needs of the network.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | [`target`] | where a server is: scheme, host, port |
//! | `names` | from names to addresses |
//! | [`connector`] | from a target to an open stream, with the times it took |
//! | [`stream`] | the open stream: plain, TLS or in memory; it counts its bytes |
//! | [`tls`] | which certificates are trusted |

pub mod connector;
mod names;
pub mod stream;
pub mod target;
pub mod tls;

pub use connector::{ConnectError, Connector, Opened};
pub use stream::{ByteCount, Meter, Stream};
pub use target::Target;
pub use tls::Trust;
