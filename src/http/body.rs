//! Bounded reading and decoding of bodies (design, decision 12).

use std::io::Read;
use std::rc::Rc;

use bytes::{Bytes, BytesMut};
use flate2::read::{GzDecoder, ZlibDecoder};
use http_body_util::BodyExt;
use hyper::HeaderMap;
use hyper::body::Incoming;
use hyper::header::CONTENT_ENCODING;

use super::fault::{explain, kind_of};
use crate::event::ErrorKind;
use crate::transport::Budget;

/// Reads a whole body of at most `limit` bytes.
pub async fn read(body: Incoming, limit: usize, budget: &Rc<Budget>) -> Result<Bytes, (ErrorKind, String)> {
    let mut body = body;
    let mut whole = BytesMut::new();
    let mut share = budget.share();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|why| (kind_of(&why), format!("the body broke off: {}", explain(&why))))?;
        let Ok(data) = frame.into_data() else { continue };
        if whole.len() + data.len() > limit {
            return Err((ErrorKind::TooLarge, format!("the body is larger than {limit} bytes")));
        }
        if !share.take(data.len()) {
            let all = Budget::WHOLE;
            return Err((
                ErrorKind::TooLarge,
                format!("the bodies under way are larger than {all} bytes together"),
            ));
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.freeze())
}

/// Undoes the Content-Encoding; what comes out is bounded as well.
pub fn decode(headers: &HeaderMap, body: Bytes, limit: usize) -> Result<Bytes, (ErrorKind, String)> {
    let encoding = headers.get(CONTENT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    match encoding.trim().to_ascii_lowercase().as_str() {
        _ if body.is_empty() => Ok(body),
        "" | "identity" => Ok(body),
        "gzip" | "x-gzip" => unpack(GzDecoder::new(&body[..]), limit),
        "deflate" => unpack(ZlibDecoder::new(&body[..]), limit),
        other => Err((ErrorKind::Content, format!("the Content-Encoding {other} is not known"))),
    }
}

fn unpack(decoder: impl Read, limit: usize) -> Result<Bytes, (ErrorKind, String)> {
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
    use flate2::read::GzEncoder;
    use hyper::header::HeaderValue;

    fn packed(text: &[u8]) -> (HeaderMap, Bytes) {
        let mut out = Vec::new();
        GzEncoder::new(text, Compression::fast()).read_to_end(&mut out).unwrap();
        let headers = HeaderMap::from_iter([(CONTENT_ENCODING, HeaderValue::from_static("gzip"))]);
        (headers, out.into())
    }

    #[test]
    fn gzip_is_undone_and_bounded() {
        let (headers, body) = packed(b"hello");
        assert_eq!(decode(&headers, body, 10).unwrap(), "hello");
        let (headers, bomb) = packed(&[0; 1 << 20]);
        assert!(bomb.len() < 10_000);
        assert_eq!(decode(&headers, bomb, 10_000).unwrap_err().0, ErrorKind::TooLarge);
        assert_eq!(decode(&headers, Bytes::from_static(b"no"), 10).unwrap_err().0, ErrorKind::Content);
    }
}
