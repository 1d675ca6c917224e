//! Server-sent events: a body that has something new whenever its reader has taken the last, and there is something.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame};
use tokio::sync::watch;

use super::link::Parcel;
use super::readings::Readings;

/// The most streams at once: so there is always a connection left for the button that ends the run.
const MOST: usize = 16;

/// So often something is sent, so that whoever has gone is noticed.
const QUIET: Duration = Duration::from_secs(15);

/// How many streams there are.
#[derive(Default)]
pub struct Streams(Rc<Cell<usize>>);

impl Streams {
    /// One more; None if there are too many.
    pub fn open(&self, readings: &Rc<Readings>) -> Option<Updates> {
        let place = Place::take(&self.0)?;
        // The page has what was new when it was made; it gets what there is now all the same, should it have been lost.
        let mut news = readings.link().news.subscribe();
        news.mark_changed();
        let reader = Reader { readings: readings.clone(), news, over: false, _place: place };
        Some(Updates(Box::pin(reader.next())))
    }
}

struct Place(Rc<Cell<usize>>);

impl Place {
    fn take(places: &Rc<Cell<usize>>) -> Option<Place> {
        (places.get() < MOST).then(|| {
            places.set(places.get() + 1);
            Place(places.clone())
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

struct Reader {
    readings: Rc<Readings>,
    news: watch::Receiver<Option<Arc<Parcel>>>,
    /// The run has ended, and that was told.
    over: bool,
    _place: Place,
}

impl Reader {
    async fn next(mut self) -> Next {
        if self.over {
            return None;
        }
        match tokio::time::timeout(QUIET, self.readings.next(&mut self.news)).await {
            Ok(reading) => {
                let reading = reading?;
                self.over = reading.progress.is_none();
                Some((reading.update().ok()?, self))
            }
            // A comment.
            Err(_) => Some((Bytes::from_static(b":\n\n"), self)),
        }
    }
}

/// The body of such an answer. Nothing is made before its reader takes it.
pub struct Updates(Pin<Box<dyn Future<Output = Next>>>);

/// What is sent next, and who goes on after it.
type Next = Option<(Bytes, Reader)>;

impl Body for Updates {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(match ready!(self.0.as_mut().poll(context)) {
            Some((bytes, reader)) => {
                self.0 = Box::pin(reader.next());
                Some(Ok(Frame::data(bytes)))
            }
            None => {
                self.0 = Box::pin(std::future::pending());
                None
            }
        })
    }
}
