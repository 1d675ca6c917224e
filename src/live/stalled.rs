//! A connection whose other end takes nothing is given up.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, sleep};

/// How long a reader may take nothing of what was sent to it.
const PATIENCE: Duration = Duration::from_secs(20);

/// Since when something waits to be sent; None: nothing does.
#[derive(Clone, Default)]
pub struct Waiting(Rc<Cell<Option<Instant>>>);

impl Waiting {
    /// Resolves when nothing was taken for too long.
    pub async fn too_long(&self) {
        while self.0.get().is_none_or(|since| since.elapsed() < PATIENCE) {
            sleep(PATIENCE / 4).await;
        }
    }
}

/// A stream that says since when its writes wait.
pub struct Watched<S> {
    stream: S,
    waiting: Waiting,
}

impl<S> Watched<S> {
    pub fn new(stream: S) -> (Watched<S>, Waiting) {
        let waiting = Waiting::default();
        (Watched { stream, waiting: waiting.clone() }, waiting)
    }

    fn noted<T>(&self, written: Poll<T>) -> Poll<T> {
        let since = &self.waiting.0;
        since.set(written.is_pending().then(|| since.get().unwrap_or_else(Instant::now)));
        written
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.noted(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test(start_paused = true)]
    async fn only_who_takes_nothing_is_given_up() {
        let (mine, mut theirs) = tokio::io::duplex(4);
        let (mut mine, waiting) = Watched::new(mine);
        let minutes = Duration::from_secs(600);
        assert!(tokio::time::timeout(minutes, waiting.too_long()).await.is_err(), "nothing was sent");
        let writing = async {
            let _ = mine.write_all(b"more than fits").await;
            std::future::pending::<()>().await;
        };
        let reading = async {
            for _ in 0..14 {
                sleep(PATIENCE / 2).await;
                let _ = theirs.read_u8().await;
            }
            std::future::pending::<()>().await;
        };
        // Slow is not stalled; after the first 14 bytes nothing waits any more.
        let slow = async { tokio::join!(writing, reading) };
        tokio::select! {
            biased;
            () = waiting.too_long() => panic!("slow, and given up"),
            _ = slow => {}
            () = sleep(minutes) => {}
        }
        let (mine, _theirs) = tokio::io::duplex(4);
        let (mut mine, waiting) = Watched::new(mine);
        let before = Instant::now();
        tokio::select! {
            biased;
            _ = mine.write_all(b"more than fits") => panic!("nobody took it"),
            () = waiting.too_long() => {}
        }
        assert!(before.elapsed() >= PATIENCE && before.elapsed() <= 2 * PATIENCE);
    }
}
