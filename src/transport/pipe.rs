//! A pipe in memory: what is written at one end is read at the other.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How many bytes wait in one direction at most; who would write more waits for the reader.
const MOST: usize = 64 * 1024;

/// One end of a pipe within one thread. Nothing waits in it at rest, so that an idle one is small. What was written
/// before an end was closed can still be read.
pub struct Pipe {
    ways: Rc<[RefCell<Way>; 2]>,
    /// The way that this end writes to; it reads from the other one.
    out: usize,
}

/// One direction.
#[derive(Default)]
struct Way {
    waiting: BytesMut,
    /// Nothing more is written.
    ended: bool,
    /// Nothing more is read.
    unheard: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

/// Both ends of a new pipe.
pub fn pipe() -> (Pipe, Pipe) {
    let ways = Rc::<[RefCell<Way>; 2]>::default();
    (Pipe { ways: ways.clone(), out: 0 }, Pipe { ways, out: 1 })
}

impl Pipe {
    /// Takes all that waits to be read. Empty: the other end has closed.
    pub fn poll_take(&mut self, cx: &mut Context<'_>) -> Poll<BytesMut> {
        self.ways[1 - self.out].borrow_mut().poll_filled(cx).map(|way| way.take())
    }

    fn write(&self, cx: &mut Context<'_>, pieces: &[&[u8]]) -> Poll<io::Result<usize>> {
        self.ways[self.out].borrow_mut().poll_write(cx, pieces)
    }
}

impl Way {
    /// Waits until there is something to read, or never will be.
    fn poll_filled(&mut self, cx: &mut Context<'_>) -> Poll<&mut Way> {
        if self.waiting.is_empty() && !self.ended {
            wait(&mut self.reader, cx);
            return Poll::Pending;
        }
        Poll::Ready(self)
    }

    /// What waits; the pipe keeps no memory for it.
    fn take(&mut self) -> BytesMut {
        wake(&mut self.writer);
        std::mem::take(&mut self.waiting)
    }

    fn read(&mut self, buf: &mut ReadBuf<'_>) {
        let count = self.waiting.len().min(buf.remaining());
        buf.put_slice(&self.waiting[..count]);
        if count == self.waiting.len() {
            self.take();
        } else {
            self.waiting.advance(count);
            wake(&mut self.writer);
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, pieces: &[&[u8]]) -> Poll<io::Result<usize>> {
        let wanted: usize = pieces.iter().map(|piece| piece.len()).sum();
        if self.unheard || self.ended {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let count = wanted.min(MOST - self.waiting.len());
        if count == 0 && wanted > 0 {
            wait(&mut self.writer, cx);
            return Poll::Pending;
        }
        self.waiting.reserve(count);
        let mut left = count;
        for piece in pieces {
            let taken = piece.len().min(left);
            self.waiting.extend_from_slice(&piece[..taken]);
            left -= taken;
        }
        wake(&mut self.reader);
        Poll::Ready(Ok(count))
    }
}

fn wait(place: &mut Option<Waker>, cx: &Context<'_>) {
    match place {
        Some(waker) => waker.clone_from(cx.waker()),
        None => *place = Some(cx.waker().clone()),
    }
}

fn wake(place: &mut Option<Waker>) {
    if let Some(waker) = place.take() {
        waker.wake();
    }
}

impl AsyncRead for Pipe {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut way = self.ways[1 - self.out].borrow_mut();
        ready!(way.poll_filled(cx)).read(buf);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.write(cx, &[buf])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut pieces: [&[u8]; 8] = [&[]; 8];
        for (piece, buf) in pieces.iter_mut().zip(bufs) {
            *piece = buf;
        }
        self.write(cx, &pieces)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut way = self.ways[self.out].borrow_mut();
        way.ended = true;
        wake(&mut way.reader);
        Poll::Ready(Ok(()))
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        let mut out = self.ways[self.out].borrow_mut();
        out.ended = true;
        wake(&mut out.reader);
        let mut back = self.ways[1 - self.out].borrow_mut();
        back.unheard = true;
        back.waiting = BytesMut::new();
        wake(&mut back.writer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// Runs a test in a thread's set of tasks.
    fn run<T>(test: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        tokio::task::LocalSet::new().block_on(&runtime, test)
    }

    #[test]
    fn everything_comes_out_in_order_and_the_writer_waits_for_the_reader() {
        run(async {
            let (mut ours, mut theirs) = pipe();
            let sent: Vec<u8> = (0..5 * MOST + 7).map(|n| (n % 251) as u8).collect();
            let expected = sent.clone();
            let writer = tokio::task::spawn_local(async move {
                ours.write_all(&sent).await.unwrap();
            });
            let mut read = vec![0; 1000];
            theirs.read_exact(&mut read).await.unwrap();
            assert!(!writer.is_finished(), "it is more than waits");
            while read.len() < expected.len() {
                read.extend_from_slice(&std::future::poll_fn(|cx| theirs.poll_take(cx)).await);
            }
            assert!(read == expected);
            assert!(std::future::poll_fn(|cx| theirs.poll_take(cx)).await.is_empty());
        });
    }

    #[test]
    fn an_end_that_is_gone_is_noticed_at_the_other() {
        run(async {
            let (mut ours, mut theirs) = pipe();
            ours.write_all(b"last words").await.unwrap();
            drop(ours);
            let mut text = String::new();
            theirs.read_to_string(&mut text).await.unwrap();
            assert_eq!(text, "last words");
            assert_eq!(theirs.write_all(b"x").await.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        });
    }

    #[test]
    fn who_has_said_all_can_still_listen() {
        run(async {
            let (mut ours, mut theirs) = pipe();
            ours.shutdown().await.unwrap();
            assert!(ours.write_all(b"x").await.is_err());
            assert_eq!(theirs.read(&mut [0]).await.unwrap(), 0);
            theirs.write_all(b"y").await.unwrap();
            assert_eq!(ours.read_u8().await.unwrap(), b'y');
        });
    }
}
