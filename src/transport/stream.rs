//! An open stream that counts its bytes.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::pipe::Pipe;
use super::slots::Slot;
use super::sources::Source;

/// Bytes that went through a stream (inside TLS), shared with whoever asks.
#[derive(Debug, Default)]
pub struct ByteCount {
    pub sent: Cell<u64>,
    pub received: Cell<u64>,
    /// How many may be received in all; 0: as many as come.
    most: Cell<u64>,
}

/// What went through a stream from one moment on.
#[derive(Clone, Debug)]
pub struct Meter {
    bytes: Rc<ByteCount>,
    before: (u64, u64),
}

impl Meter {
    /// Bytes (sent, received) since the meter was made.
    pub fn read(&self) -> (u64, u64) {
        (self.bytes.sent.get() - self.before.0, self.bytes.received.get() - self.before.1)
    }
}

impl ByteCount {
    /// Lets no more than so many bytes be received from now on: reading further is an error with [`TooMuch`] in it.
    pub fn allow(&self, bytes: u64) {
        self.most.set(self.received.get().saturating_add(bytes));
    }

    fn check_allowed(&self) -> io::Result<()> {
        let most = self.most.get();
        match most > 0 && self.received.get() >= most {
            true => Err(io::Error::other(TooMuch)),
            false => Ok(()),
        }
    }

    fn add_received(&self, bytes: usize) {
        self.received.set(self.received.get() + bytes as u64);
    }

    /// A meter that begins now.
    pub fn meter(self: &Rc<Self>) -> Meter {
        Meter { bytes: self.clone(), before: (self.sent.get(), self.received.get()) }
    }
}

/// More came than was allowed; found within an [`io::Error`].
#[derive(Debug, thiserror::Error)]
#[error("the answer has no end")]
pub struct TooMuch;

/// A byte stream to a server, whatever carries it.
pub struct Stream {
    carrier: Carrier,
    bytes: Rc<ByteCount>,
    slot: Option<Slot>,
    /// The local address it comes from, which counts it until it is dropped.
    _source: Option<Source>,
}

/// What carries a stream.
pub enum Carrier {
    Tcp(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    Pipe(Pipe),
}

/// What stays of a stream when something else carries it.
pub struct Kept {
    bytes: Rc<ByteCount>,
    slot: Option<Slot>,
    source: Option<Source>,
}

impl Kept {
    pub fn with(self, carrier: Carrier) -> Stream {
        Stream { carrier, bytes: self.bytes, slot: self.slot, _source: self.source }
    }
}

/// Calls a method of the stream that is there.
macro_rules! carried {
    ($self:expr, $stream:ident => $call:expr) => {
        match &mut $self.carrier {
            Carrier::Tcp($stream) => $call,
            Carrier::Tls($stream) => $call,
            Carrier::Pipe($stream) => $call,
        }
    };
}

impl Stream {
    pub fn new(carrier: Carrier, slot: Option<Slot>, source: Option<Source>) -> Stream {
        Stream { carrier, bytes: Rc::default(), slot, _source: source }
    }

    /// The socket of a plain stream, and what else belongs to the stream; the stream itself, if it is another.
    pub fn into_plain(self) -> Result<(TcpStream, Kept), Stream> {
        match self.carrier {
            Carrier::Tcp(tcp) => Ok((tcp, Kept { bytes: self.bytes, slot: self.slot, source: self._source })),
            carrier => Err(Stream { carrier, ..self }),
        }
    }

    /// The running count of this stream's bytes.
    pub fn bytes(&self) -> Rc<ByteCount> {
        self.bytes.clone()
    }

    /// The slot that it keeps.
    pub fn slot(&self) -> Option<Slot> {
        self.slot.clone()
    }

    /// Ready when the peer has closed the stream or sent something: on a stream where nothing is under way, both mean
    /// that it is of no use any more. What was sent is lost.
    pub fn poll_stirred(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut byte = [0];
        carried!(self, stream => Pin::new(stream).poll_read(cx, &mut ReadBuf::new(&mut byte)).map(|_| ()))
    }

    /// Reads what is there and appends it to `into`; 0 bytes: the peer has closed. `scratch` is where a socket puts it
    /// first, so that no more memory is taken than came.
    pub fn poll_append(
        &mut self,
        cx: &mut Context<'_>,
        into: &mut BytesMut,
        scratch: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        if let Carrier::Pipe(pipe) = &mut self.carrier
            && into.is_empty()
        {
            self.bytes.check_allowed()?;
            *into = ready!(pipe.poll_take(cx));
            self.bytes.add_received(into.len());
            return Poll::Ready(Ok(into.len()));
        }
        let mut buf = ReadBuf::new(scratch);
        ready!(Pin::new(self).poll_read(cx, &mut buf))?;
        into.extend_from_slice(buf.filled());
        Poll::Ready(Ok(buf.filled().len()))
    }

    /// Closes the stream without waiting: within TLS the peer is told first, if that can be sent at once.
    pub fn close(mut self) {
        if let Carrier::Tls(stream) = &mut self.carrier {
            let _ = Pin::new(stream).poll_shutdown(&mut Context::from_waker(Waker::noop()));
        }
        // What is dropped is closed: to shut it down before would be one more call of the system.
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.bytes.check_allowed()?;
        let before = buf.filled().len();
        let result = carried!(self, stream => Pin::new(stream).poll_read(cx, buf));
        self.bytes.add_received(buf.filled().len() - before);
        result
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let result = carried!(self, stream => Pin::new(stream).poll_write(cx, buf));
        if let Poll::Ready(Ok(count)) = result {
            self.bytes.sent.set(self.bytes.sent.get() + count as u64);
        }
        result
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        carried!(self, stream => Pin::new(stream).poll_flush(cx))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        carried!(self, stream => Pin::new(stream).poll_shutdown(cx))
    }
}
