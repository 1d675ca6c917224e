//! Frames: a value in postcard's form, with its length in bytes before it (four bytes, the highest first).

use std::io;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The most bytes that one frame holds (64 MiB): two property lists of the largest size and much besides.
pub const MAX_BYTES: usize = 64 << 20;

/// Room that is made before any byte of a frame has come.
const AT_FIRST: usize = 64 << 10;

/// Why a frame could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("a frame of {0} bytes is larger than {MAX_BYTES}")]
    TooLarge(usize),
    #[error("the stream ended within a frame")]
    Cut,
    #[error("a frame that makes no sense: {0}")]
    Nonsense(String),
}

/// The bytes of a frame.
pub fn encode(value: &impl Serialize) -> Result<Vec<u8>, FrameError> {
    let mut bytes = postcard::to_extend(value, vec![0; 4]).map_err(nonsense)?;
    let length = bytes.len() - 4;
    if length > MAX_BYTES {
        return Err(FrameError::TooLarge(length));
    }
    bytes[..4].copy_from_slice(&(length as u32).to_be_bytes());
    Ok(bytes)
}

/// The value that the bytes of a frame, without its length, hold.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, FrameError> {
    match postcard::take_from_bytes(bytes).map_err(nonsense)? {
        (value, []) => Ok(value),
        (_, rest) => Err(FrameError::Nonsense(format!("{} bytes too many", rest.len()))),
    }
}

/// Writes one frame.
pub async fn write(out: &mut (impl AsyncWrite + Unpin), value: &impl Serialize) -> Result<(), FrameError> {
    out.write_all(&encode(value)?).await?;
    Ok(out.flush().await?)
}

/// Reads one frame; None where the stream ends between two. It must not be dropped half way.
pub async fn read<T: DeserializeOwned>(from: &mut (impl AsyncRead + Unpin)) -> Result<Option<T>, FrameError> {
    let mut header = [0; 4];
    let mut filled = 0;
    while filled < header.len() {
        match from.read(&mut header[filled..]).await? {
            0 if filled == 0 => return Ok(None),
            0 => return Err(FrameError::Cut),
            more => filled += more,
        }
    }
    let length = u32::from_be_bytes(header) as usize;
    if length > MAX_BYTES {
        return Err(FrameError::TooLarge(length));
    }
    let mut bytes = Vec::with_capacity(length.min(AT_FIRST));
    if from.take(length as u64).read_to_end(&mut bytes).await? < length {
        return Err(FrameError::Cut);
    }
    decode(&bytes).map(Some)
}

fn nonsense(why: postcard::Error) -> FrameError {
    FrameError::Nonsense(why.to_string())
}
