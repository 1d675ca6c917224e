//! What a worker hears from its manager, and how it answers.

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::frames::{self, FrameError};
use super::words::{FromWorker, ToWorker};

/// Frames that wait to be written. When the manager is slow statistics wait where they are counted.
const ROOM: usize = 4;

/// How long nothing at all may be taken of the last words before nobody listens any more.
const DEAF: Duration = Duration::from_secs(5);

/// What the manager says; an error is the last, and says why there will be no more.
pub fn listen(mut input: impl AsyncRead + Unpin + 'static) -> mpsc::Receiver<Result<ToWorker, String>> {
    let (mouth, orders) = mpsc::channel(ROOM);
    tokio::task::spawn_local(async move {
        loop {
            let order = match frames::read(&mut input).await {
                Ok(Some(order)) => Ok(order),
                Ok(None) => Err("its input ended before the run did".to_owned()),
                Err(why) => {
                    let why = format!("what it was told cannot be read: {why}");
                    tracing::error!(target: "worker", "{why}");
                    Err(why)
                }
            };
            let last = order.is_err();
            if mouth.send(order).await.is_err() || last {
                return;
            }
        }
    });
    orders
}

/// Writes what is to be said, so that the clients never wait for the manager.
pub struct Mouth {
    words: mpsc::Sender<FromWorker>,
    writer: JoinHandle<()>,
    /// Bytes so far.
    written: Rc<Cell<u64>>,
}

impl Mouth {
    pub fn to(mut output: impl AsyncWrite + Unpin + 'static) -> Mouth {
        let (words, mut waiting) = mpsc::channel(ROOM);
        let written = Rc::<Cell<u64>>::default();
        let count = written.clone();
        let writer = tokio::task::spawn_local(async move {
            while let Some(word) = waiting.recv().await {
                if let Err(why) = write(&mut output, &word, &count).await {
                    tracing::error!(target: "worker", "the manager cannot be told: {why}");
                    return;
                }
            }
        });
        Mouth { words, writer, written }
    }

    /// Says it, unless too much waits already.
    pub fn offer(&self, word: impl FnOnce() -> FromWorker) {
        if let Ok(place) = self.words.try_reserve() {
            place.send(word());
        }
    }

    /// Whether there is room for events: one place is kept for what is counted, which must not wait behind them.
    pub fn has_room(&self) -> bool {
        self.words.capacity() > 1
    }

    /// Says the last words. A manager that takes none of it for a while is not waited for.
    pub async fn close(self, last: impl Iterator<Item = FromWorker>) {
        let Mouth { words, writer, written } = self;
        let mut saying = pin!(async move {
            for word in last {
                if words.send(word).await.is_err() {
                    return;
                }
            }
            drop(words);
            // A writer that has panicked has nothing more to say either.
            let _ = writer.await;
        });
        loop {
            let before = written.get();
            let over = timeout(DEAF, &mut saying).await.is_ok();
            if over || written.get() == before {
                return;
            }
        }
    }
}

/// Writes a frame and counts the bytes as they are taken.
async fn write(
    output: &mut (impl AsyncWrite + Unpin),
    word: &FromWorker,
    written: &Cell<u64>,
) -> Result<(), FrameError> {
    let bytes = frames::encode(word)?;
    let mut rest = &bytes[..];
    while !rest.is_empty() {
        let taken = output.write(rest).await?;
        if taken == 0 {
            return Err(std::io::Error::from(std::io::ErrorKind::WriteZero).into());
        }
        written.set(written.get() + taken as u64);
        rest = &rest[taken..];
    }
    Ok(output.flush().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;
    use tokio::task::LocalSet;
    use tokio::time::{Instant, sleep};

    fn long() -> FromWorker {
        FromWorker::Failed("x".repeat(20_000))
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_manager_is_waited_for_and_a_deaf_one_is_not() {
        let all = async {
            let (ours, mut theirs) = tokio::io::duplex(1024);
            let reader = tokio::task::spawn_local(async move {
                let (mut all, mut piece) = (0, [0; 600]);
                // Minutes in all, and never five seconds without a byte.
                loop {
                    match theirs.read(&mut piece).await.unwrap() {
                        0 => return all,
                        more => all += more,
                    }
                    sleep(Duration::from_secs(3)).await;
                }
            });
            Mouth::to(ours).close([long(), long()].into_iter()).await;
            let all = reader.await.unwrap();
            assert_eq!(all, 2 * frames::encode(&long()).unwrap().len());

            let (ours, _theirs) = tokio::io::duplex(1024);
            let begun = Instant::now();
            Mouth::to(ours).close((0..20).map(|_| long())).await;
            assert_eq!(begun.elapsed(), 2 * DEAF, "the pipe took the first bytes, and then no more");
        };
        LocalSet::new().run_until(all).await;
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_counted_does_not_wait_behind_events() {
        let all = async {
            let (ours, mut theirs) = tokio::io::duplex(16);
            let mouth = Mouth::to(ours);
            let mut frames = 0;
            for _ in 0..100 {
                while mouth.has_room() {
                    mouth.words.try_send(FromWorker::Events(Vec::new())).unwrap();
                    frames += 1;
                }
                tokio::task::yield_now().await;
            }
            assert!(frames < 20, "nobody reads");
            mouth.offer(|| FromWorker::Failed("counted".into()));
            tokio::task::spawn_local(mouth.close(std::iter::empty()));
            for _ in 0..frames {
                let word = frames::read::<FromWorker>(&mut theirs).await.unwrap();
                assert!(matches!(word, Some(FromWorker::Events(_))));
            }
            let last = frames::read::<FromWorker>(&mut theirs).await.unwrap();
            assert!(matches!(last, Some(FromWorker::Failed(_))), "{last:?}");
        };
        LocalSet::new().run_until(all).await;
    }

    #[tokio::test]
    async fn why_nothing_more_comes_is_told() {
        let heard = async |bytes: &'static [u8]| {
            LocalSet::new().run_until(async { listen(bytes).recv().await.unwrap().unwrap_err() }).await
        };
        assert_eq!(heard(b"").await, "its input ended before the run did");
        assert!(heard(b"\xff\xff\xff\xff").await.contains("cannot be read: a frame of"));
    }
}
