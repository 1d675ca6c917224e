//! Frames: a value in postcard's form, with its length in bytes before it (four bytes, the highest first).

use std::io;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The most bytes that one frame holds (64 MiB): property lists of many megabytes and much besides.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::stats::test::some_event;
    use crate::stats::{Limits, Statistics};
    use crate::worker::{FromWorker, Hello, ToWorker};
    use proptest::prelude::*;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().build().unwrap()
    }

    /// Reads all frames of some bytes, in pieces of `piece`.
    fn read_all<T: DeserializeOwned>(bytes: &[u8], piece: usize) -> Result<Vec<T>, FrameError> {
        let pieces =
            bytes.chunks(piece).map(|piece| Ok::<_, io::Error>(bytes::Bytes::copy_from_slice(piece)));
        let pieces: Vec<_> = pieces.collect();
        runtime().block_on(async {
            let (mut ours, mut theirs) = tokio::io::duplex(7);
            let writing = async {
                for piece in pieces.into_iter().flatten() {
                    if ours.write_all(&piece).await.is_err() {
                        return;
                    }
                }
                drop(ours);
            };
            let reading = async {
                let mut all = Vec::new();
                while let Some(value) = read(&mut theirs).await? {
                    all.push(value);
                }
                drop(theirs);
                Ok(all)
            };
            tokio::join!(writing, reading).1
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn what_is_written_is_read(events in prop::collection::vec(some_event(), 0..20), piece in 1usize..50) {
            let mut counted = Statistics::new(Limits::default());
            events.iter().for_each(|event| counted.take(event));
            let mut bytes = encode(&FromWorker::Events(events.clone())).unwrap();
            bytes.extend(encode(&FromWorker::Delta(Box::new(counted.clone()))).unwrap());
            let words: Vec<FromWorker> = read_all(&bytes, piece).unwrap();
            let [FromWorker::Events(read), FromWorker::Delta(delta)] = &words[..] else { panic!("{words:?}") };
            prop_assert_eq!(&**delta, &counted);
            let shown = |events: &[Event]| serde_json::to_string(events).unwrap();
            prop_assert_eq!(shown(read), shown(&events));
        }

        #[test]
        fn nonsense_is_an_error_and_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = read_all::<FromWorker>(&bytes, 64);
            let _ = decode::<ToWorker>(&bytes).is_ok() || decode::<Hello>(&bytes).is_ok();
        }
    }

    #[test]
    fn frames_that_are_cut_or_too_large_are_refused() {
        let whole = encode(&Hello::ours()).unwrap();
        assert_eq!(read_all::<Hello>(&whole, 3).unwrap(), [Hello::ours()]);
        assert!(read_all::<Hello>(&[], 1).unwrap().is_empty());
        for cut in [1, 3, 4, whole.len() - 1] {
            assert!(matches!(read_all::<Hello>(&whole[..cut], 9), Err(FrameError::Cut)), "{cut}");
        }
        assert!(matches!(read_all::<Hello>(b"\xffwelcome to host", 9), Err(FrameError::TooLarge(_))));
        let mut longer = whole.clone();
        longer.push(0);
        assert!(matches!(decode::<Hello>(&longer[4..]), Err(FrameError::Nonsense(_))));
    }
}
