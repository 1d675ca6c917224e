//! All that happened, as one number that two rehearsals can compare.

use postcard::ser_flavors::Flavor;
use sha2::{Digest, Sha256};

use crate::event::Event;
use crate::hex::hex;

/// A hash of every event with all its fields, in order (design, decision 4).
#[derive(Default)]
pub struct Trace {
    hash: Sha256,
    /// What is still to be hashed: many small pieces at once are much cheaper.
    pending: Vec<u8>,
}

/// Appends what is serialised. An event has so many small fields that to write each as to a file would cost more than to
/// hash them.
struct Appending<'a>(&'a mut Vec<u8>);

impl Flavor for Appending<'_> {
    type Output = ();

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

/// How many bytes are hashed at once.
const ENOUGH: usize = 16 * 1024;

impl Trace {
    pub fn take(&mut self, event: &Event) {
        // Neither the writing of our own types nor a hash can fail; and were it so, the same failure twice
        // would still be the same trace.
        let _ = postcard::serialize_with_flavor(event, Appending(&mut self.pending));
        if self.pending.len() >= ENOUGH {
            self.hash.update(&self.pending);
            self.pending.clear();
        }
    }

    /// 64 hexadecimal digits.
    pub fn hash(&self) -> String {
        let whole = self.hash.clone().chain_update(&self.pending).finalize();
        hex(&whole)
    }
}
