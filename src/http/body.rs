//! Bounded reading and decoding of bodies (design, decision 12).

use std::io::Read;
use std::rc::Rc;

use bytes::{Bytes, BytesMut};
use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};
use ruzstd::decoding::StreamingDecoder;

use super::chunks::Chunks;
use super::fault::Fault;
use super::head::Length;
use super::headers::Headers;
use super::wire::Wire;
use crate::event::ErrorKind;
use crate::transport::{Budget, Share};

/// How much room is made for a body before any of it has come.
const AT_ONCE: usize = 64 * 1024;

/// Reads a whole body of at most `limit` bytes, whose end is known by `length`.
pub async fn read(
    wire: &mut Wire<'_>,
    length: Length,
    limit: usize,
    budget: &Rc<Budget>,
) -> Result<Bytes, Fault> {
    let mut bounds = Bounds::of(limit, budget);
    let body = match length {
        Length::Known(length) => known(wire, length, &mut bounds).await,
        Length::Chunked => chunked(wire, &mut bounds).await,
        Length::UntilClose => until_close(wire, &mut bounds).await,
    };
    body.map_err(|(kind, why)| match kind {
        ErrorKind::TooLarge => (kind, why),
        _ => (kind, format!("the body broke off: {why}")),
    })
}

/// How much of a body may be read.
pub(super) struct Bounds {
    limit: usize,
    share: Share,
    taken: usize,
}

impl Bounds {
    pub(super) fn of(limit: usize, budget: &Rc<Budget>) -> Bounds {
        Bounds { limit, share: budget.share(), taken: 0 }
    }

    /// Notes that the body has this length now.
    pub(super) fn check(&mut self, length: usize) -> Result<(), Fault> {
        if length > self.limit {
            return Err((ErrorKind::TooLarge, format!("the body is larger than {} bytes", self.limit)));
        }
        if !self.share.take(length - self.taken) {
            let all = Budget::WHOLE;
            return Err((
                ErrorKind::TooLarge,
                format!("the bodies under way are larger than {all} bytes together"),
            ));
        }
        self.taken = length;
        Ok(())
    }
}

/// A body of a known length: usually all of it is there already, and nothing is copied.
async fn known(wire: &mut Wire<'_>, length: u64, bounds: &mut Bounds) -> Result<Bytes, Fault> {
    // What is longer than any body may be is never reached.
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    bounds.check(wire.read.len().min(length))?;
    let missing = length.saturating_sub(wire.read.len());
    if missing > 0 {
        wire.read.reserve(missing.min(AT_ONCE));
    }
    while wire.read.len() < length {
        if wire.more().await? == 0 {
            return Err(wire.broken_off());
        }
        bounds.check(wire.read.len().min(length))?;
    }
    Ok(wire.read.split_to(length).freeze())
}

async fn chunked(wire: &mut Wire<'_>, bounds: &mut Bounds) -> Result<Bytes, Fault> {
    let (mut chunks, mut body) = (Chunks::default(), BytesMut::new());
    loop {
        let ended = chunks.decode(&mut wire.read, &mut body, bounds.limit);
        let ended = ended.map_err(|why| (ErrorKind::Protocol, why.to_owned()))?;
        bounds.check(body.len())?;
        if ended {
            return Ok(body.freeze());
        }
        if wire.more().await? == 0 {
            return Err(wire.broken_off());
        }
    }
}

async fn until_close(wire: &mut Wire<'_>, bounds: &mut Bounds) -> Result<Bytes, Fault> {
    bounds.check(wire.read.len())?;
    while wire.more().await? > 0 {
        bounds.check(wire.read.len())?;
    }
    Ok(wire.read.split().freeze())
}

/// Undoes the Content-Encoding; what comes out is bounded as well.
pub fn decode(headers: &Headers, body: Bytes, limit: usize) -> Result<Bytes, Fault> {
    let Some(encoding) = headers.get("content-encoding").filter(|_| !body.is_empty()) else {
        return Ok(body);
    };
    match encoding.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(body),
        "gzip" | "x-gzip" => unpack(GzDecoder::new(&body[..]), limit),
        "deflate" if is_zlib(&body) => unpack(ZlibDecoder::new(&body[..]), limit),
        // Some servers leave out what should stand around it, and browsers know that (RFC 9110 8.4.1.2).
        "deflate" => unpack(DeflateDecoder::new(&body[..]), limit),
        "br" => unpack(brotli_decompressor::Decompressor::new(&body[..], 4096), limit),
        "zstd" => match StreamingDecoder::new(&body[..]) {
            Ok(decoder) => unpack(decoder, limit),
            Err(why) => Err((ErrorKind::Content, format!("the compressed body is broken: {why}"))),
        },
        other => Err((ErrorKind::Content, format!("the Content-Encoding {other} is not known"))),
    }
}

/// Whether this begins as data in the zlib format do (RFC 1950 2.2).
fn is_zlib(body: &[u8]) -> bool {
    let [first, second, ..] = *body else { return false };
    first & 0x0f == 8 && u16::from_be_bytes([first, second]).is_multiple_of(31)
}

fn unpack(decoder: impl Read, limit: usize) -> Result<Bytes, Fault> {
    let mut out = Vec::new();
    let read = decoder.take(limit as u64 + 1).read_to_end(&mut out);
    match read {
        Err(why) => Err((ErrorKind::Content, format!("the compressed body is broken: {why}"))),
        Ok(size) if size > limit => {
            Err((ErrorKind::TooLarge, format!("the body is larger than {limit} bytes when unpacked")))
        }
        Ok(_) => Ok(out.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::read::{DeflateEncoder, GzEncoder, ZlibEncoder};

    fn packed(text: &[u8]) -> (Headers, Bytes) {
        let mut out = Vec::new();
        GzEncoder::new(text, Compression::fast()).read_to_end(&mut out).unwrap();
        let headers = Headers::from_iter([("Content-Encoding", "gzip")]);
        (headers, out.into())
    }

    #[test]
    fn deflate_is_undone_with_and_without_zlib() {
        let headers = Headers::from_iter([("Content-Encoding", "deflate")]);
        let (text, fast) = (&b"hello hello hello"[..], Compression::fast());
        let (mut whole, mut bare) = (Vec::new(), Vec::new());
        ZlibEncoder::new(text, fast).read_to_end(&mut whole).unwrap();
        DeflateEncoder::new(text, fast).read_to_end(&mut bare).unwrap();
        for packed in [whole, bare] {
            assert_eq!(decode(&headers, packed.into(), 100).unwrap(), text);
        }
        assert_eq!(decode(&headers, Bytes::from_static(b"no"), 10).unwrap_err().0, ErrorKind::Content);
    }

    #[test]
    fn gzip_is_undone_and_bounded() {
        let (headers, body) = packed(b"hello");
        assert_eq!(decode(&headers, body, 10).unwrap(), "hello");
        for (coding, packed) in [
            ("br", &[0x0b, 0x02, 0x80, b'h', b'e', b'l', b'l', b'o', 0x03][..]),
            ("zstd", &[0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x05, 0x29, 0, 0, b'h', b'e', b'l', b'l', b'o'][..]),
        ] {
            let headers = Headers::from_iter([("Content-Encoding", coding)]);
            assert_eq!(decode(&headers, Bytes::copy_from_slice(packed), 10).unwrap(), "hello", "{coding}");
            assert_eq!(decode(&headers, Bytes::from_static(b"no"), 10).unwrap_err().0, ErrorKind::Content);
        }
        let (headers, bomb) = packed(&[0; 1 << 20]);
        assert!(bomb.len() < 10_000);
        assert_eq!(decode(&headers, bomb, 10_000).unwrap_err().0, ErrorKind::TooLarge);
        assert_eq!(decode(&headers, Bytes::from_static(b"no"), 10).unwrap_err().0, ErrorKind::Content);
    }
}
