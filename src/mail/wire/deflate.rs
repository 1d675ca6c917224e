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
}

impl Deflate {
    pub fn new() -> Deflate {
        let (out, into) = (Compress::new(Compression::default(), false), Decompress::new(false));
        Deflate { out, into, raw: BytesMut::new() }
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

    /// Unpacks what has come, up to so many bytes in all; how many were added to `into`.
    ///
    /// # Errors
    /// It is no DEFLATE, it has an end, or it is too much.
    pub fn unpack(&mut self, into: &mut BytesMut, most: usize) -> Result<usize, Fault> {
        let before = into.len();
        let mut made = Vec::with_capacity(STEP);
        loop {
            made.clear();
            let taken = self.into.total_in();
            let status = self.into.decompress_vec(&self.raw, &mut made, FlushDecompress::Sync);
            let status = status.map_err(|why| nonsense(&why))?;
            let taken = (self.into.total_in() - taken) as usize;
            let _ = self.raw.split_to(taken);
            into.extend_from_slice(&made);
            if into.len() > most {
                return Err(Fault::new(ErrorKind::TooLarge, "too much comes out of what was compressed"));
            }
            if status == Status::StreamEnd {
                return Err(Fault::new(ErrorKind::Protocol, "the server has ended the compression"));
            }
            if made.len() < made.capacity() {
                if self.raw.is_empty() {
                    self.raw = BytesMut::new();
                }
                return Ok(into.len() - before);
            }
        }
    }
}

fn nonsense(why: &impl std::fmt::Display) -> Fault {
    Fault::new(ErrorKind::Protocol, format!("what comes is not compressed as it should be: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unpack(side: &mut Deflate, bytes: &[u8], most: usize) -> Result<BytesMut, Fault> {
        let mut into = BytesMut::new();
        side.raw.extend_from_slice(bytes);
        side.unpack(&mut into, most).map(|_| into)
    }

    #[test]
    fn a_bomb_is_refused() {
        let packed = Deflate::new().pack(&vec![0; 10 << 20]).unwrap();
        assert!(packed.len() < 100_000);
        let fault = unpack(&mut Deflate::new(), &packed, 1 << 20).unwrap_err();
        assert_eq!(fault.kind, ErrorKind::TooLarge);
        assert_eq!(unpack(&mut Deflate::new(), &[0xff; 50], 1 << 20).unwrap_err().kind, ErrorKind::Protocol);
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
                    out.extend_from_slice(&unpack(&mut other, part, 1 << 20).unwrap());
                }
                prop_assert_eq!(&out[..], &bytes[..]);
            }
        }

        #[test]
        fn any_bytes_are_unpacked_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = unpack(&mut Deflate::new(), &bytes, 1 << 20);
        }
    }
}
