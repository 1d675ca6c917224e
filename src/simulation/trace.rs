//! All that happened, as one number that two rehearsals can compare.

use std::io::Write;

use sha2::{Digest, Sha256};

use crate::event::Event;

/// A hash of every event with all its fields, in order (design, decision 4).
#[derive(Default)]
pub struct Trace(Sha256);

impl Trace {
    pub fn take(&mut self, event: &Event) {
        // Neither the writing of our own types nor a hash can fail; and were it so, the same failure twice
        // would still be the same trace.
        let _ = serde_json::to_writer(&mut self.0, event);
        let _ = self.0.write(b"\n");
    }

    /// 64 hexadecimal digits.
    pub fn hash(&self) -> String {
        self.0.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
