//! What is said within COMPRESS (RFC 4978): DEFLATE without a header, flushed with every command.

use bytes::BytesMut;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use super::Fault;
use crate::event::ErrorKind;

/// How much is made at a time.
const STEP: usize = 16 << 10;

/// Both directions of a connection. It takes some 300 KB, so that sessions have it only if somebody wants it.
pub struct Deflate {
    out: Compress,
    into: Decompress,
    /// What has come and is not unpacked yet.
    pub raw: BytesMut,
    /// The last time there was no room for all that was unpacked.
    cut: bool,
}

impl Deflate {
    pub fn new() -> Deflate {
        let (out, into) = (Compress::new(Compression::default(), false), Decompress::new(false));
        Deflate { out, into, raw: BytesMut::new(), cut: false }
    }

    /// What is sent for these bytes.
    ///
    /// # Errors
    /// They cannot be packed, which does not happen.
    pub fn pack(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Fault> {
        let (before, mut packed) = (self.out.total_in(), Vec::with_capacity(bytes.len() / 2 + 64));
        loop {
            let done = (self.out.total_in() - before) as usize;
            packed.reserve(STEP.min(bytes.len() + 64));
            let rest = bytes.get(done..).unwrap_or_default();
            self.out.compress_vec(rest, &mut packed, FlushCompress::Sync).map_err(|why| nonsense(&why))?;
            // Room that is left says that all is flushed.
            if (self.out.total_in() - before) as usize == bytes.len() && packed.len() < packed.capacity() {
                return Ok(packed);
            }
        }
    }

    /// Whether there is something to unpack.
    pub fn is_waiting(&self) -> bool {
        self.cut || !self.raw.is_empty()
    }

    /// Unpacks some of what has come, so that little stands there that nobody has asked for; how many bytes were added to
    /// `into`. 0: more must come first.
    ///
    /// # Errors
    /// It is no DEFLATE, or it has an end.
    pub fn unpack(&mut self, into: &mut BytesMut) -> Result<usize, Fault> {
        let (before, mut made) = (self.into.total_in(), Vec::with_capacity(STEP));
        let status = self.into.decompress_vec(&self.raw, &mut made, FlushDecompress::Sync);
        if status.map_err(|why| nonsense(&why))? == Status::StreamEnd {
            return Err(Fault::new(ErrorKind::Protocol, "the server has ended the compression"));
        }
        let taken = (self.into.total_in() - before) as usize;
        let _ = self.raw.split_to(taken);
        self.cut = made.len() == made.capacity();
        if !self.is_waiting() {
            // At rest it holds no memory.
            self.raw = BytesMut::new();
        }
        into.extend_from_slice(&made);
        Ok(made.len())
    }
}

fn nonsense(why: &impl std::fmt::Display) -> Fault {
    Fault::new(ErrorKind::Protocol, format!("what comes is not compressed as it should be: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unpack(side: &mut Deflate, bytes: &[u8]) -> Result<BytesMut, Fault> {
        let mut into = BytesMut::new();
        side.raw.extend_from_slice(bytes);
        while side.is_waiting() && side.unpack(&mut into)? > 0 {}
        Ok(into)
    }

    #[test]
    fn a_bomb_comes_out_a_little_at_a_time() {
        let packed = Deflate::new().pack(&vec![0; 10 << 20]).unwrap();
        assert!(packed.len() < 100_000);
        let (mut side, mut all) = (Deflate::new(), 0);
        side.raw.extend_from_slice(&packed);
        while side.is_waiting() {
            let mut into = BytesMut::new();
            let count = side.unpack(&mut into).unwrap();
            assert!(count == into.len() && count <= 2 * STEP, "{count}");
            all += count;
        }
        assert_eq!(all, 10 << 20);
        assert_eq!(unpack(&mut Deflate::new(), &[0xff; 50]).unwrap_err().kind, ErrorKind::Protocol);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

        /// However it is cut on its way, every command comes out whole, and none waits for the next.
        #[test]
        fn what_is_packed_comes_out(
            said in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40_000), 1..4),
            cut in 1..5000usize,
        ) {
            let (mut one, mut other) = (Deflate::new(), Deflate::new());
            for bytes in said {
                let packed = one.pack(&bytes).unwrap();
                let mut out = BytesMut::new();
                for part in packed.chunks(cut) {
                    out.extend_from_slice(&unpack(&mut other, part).unwrap());
                }
                prop_assert_eq!(&out[..], &bytes[..]);
            }
        }

        #[test]
        fn any_bytes_are_unpacked_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = unpack(&mut Deflate::new(), &bytes);
        }
    }
}
