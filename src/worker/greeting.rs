//! Hears the greeting of a worker, or what comes in its place.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};
use tokio::time::timeout;

use super::frames::{self, FrameError};
use super::words::Hello;
use crate::stats::one_line;

/// How much is shown of what comes in place of a greeting, bytes.
const SHOWN: usize = 80;

/// How long is waited for more of it.
const MOMENT: Duration = Duration::from_millis(200);

/// Reads and checks the greeting. An error says why this is no worker for us.
pub async fn hear(from: &mut (impl AsyncRead + Unpin)) -> Result<(), String> {
    let mut heard = Heard { from, first: Vec::new() };
    match frames::read::<Hello>(&mut heard).await {
        Ok(Some(hello)) => hello.check(),
        Ok(None) => Err("it said nothing".to_owned()),
        Err(FrameError::Io(why)) => Err(format!("it cannot be heard: {why}")),
        Err(why) => {
            // The rest of a line is there already, or will not come.
            let _ = timeout(MOMENT, heard.read(&mut [0; SHOWN])).await;
            let what = match heard.text() {
                Some(text) => format!(
                    "it begins with {text:?}; the command of a worker may write nothing else to standard output"
                ),
                None => why.to_string(),
            };
            Err(format!("what it says is not what a populace worker says: {what}"))
        }
    }
}

/// A stream, and the first that came out of it.
struct Heard<'a, R> {
    from: &'a mut R,
    first: Vec<u8>,
}

impl<R> Heard<'_, R> {
    /// Its first line, if it is text.
    fn text(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.first);
        let line = text.trim().lines().next()?;
        let readable = !line.chars().any(|c| c == '\0' || c == char::REPLACEMENT_CHARACTER);
        readable.then(|| one_line(line))
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Heard<'_, R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        ready!(Pin::new(&mut *self.from).poll_read(cx, into))?;
        let room = SHOWN - self.first.len();
        let come = into.filled()[before..].iter().take(room);
        self.first.extend(come);
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_comes_in_place_of_a_greeting_is_shown() {
        for (said, shown) in [
            ("welcome to this host\nand more", "begins with \"welcome to this host\"; the command"),
            ("hi", "begins with \"hi\""),
            ("\n\n  late\n", "begins with \"late\""),
            ("", "it said nothing"),
            ("\0\0\0\u{1}x", "makes no sense"),
        ] {
            let why = hear(&mut said.as_bytes()).await.unwrap_err();
            assert!(why.contains(shown), "{said:?}: {why}");
        }
        let ours = frames::encode(&Hello::ours()).unwrap();
        assert_eq!(hear(&mut &ours[..]).await, Ok(()));
    }
}
