//! What is made of the newest that is known of a run: each form once, when the first reader wants it.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::header::HeaderValue;
use tokio::sync::watch;

use super::link::{Link, NotTold, Parcel};
use super::metrics;
use crate::report::page::{self, PageError, Progress};
use crate::report::{Results, Stopwatch};

/// What is older is not what goes on now.
const NEW: Duration = Duration::from_millis(1_500);

/// How long is waited for something newer: a run may have other things to do, as to get ready.
const PATIENCE: Duration = Duration::from_secs(3);

/// A run at one moment, for readers.
pub struct Reading {
    pub progress: Option<Progress>,
    results: Results,
    page: OnceCell<Result<Page, Rc<PageError>>>,
    update: OnceCell<Result<Bytes, Rc<PageError>>>,
    metrics: OnceCell<Bytes>,
}

/// A page as it is sent.
#[derive(Clone)]
pub struct Page {
    pub text: Bytes,
    /// Its Content-Security-Policy.
    pub policy: HeaderValue,
}

impl Page {
    /// What is shown before anything is known of the run.
    pub fn not_yet() -> Result<Page, Rc<PageError>> {
        Ok(page::not_yet().map_err(Rc::new)?.into())
    }
}

impl From<page::Live> for Page {
    fn from(live: page::Live) -> Page {
        // In a header it may say who may put the page into a frame, too.
        let policy = HeaderValue::try_from(format!("{}; frame-ancestors 'none'", live.policy));
        let policy = policy.unwrap_or(HeaderValue::from_static("default-src 'none'"));
        Page { text: live.page.into(), policy }
    }
}

impl Reading {
    fn of(parcel: &Parcel) -> Result<Reading, NotTold> {
        Ok(Reading {
            progress: parcel.progress.clone(),
            results: parcel.open()?,
            page: OnceCell::new(),
            update: OnceCell::new(),
            metrics: OnceCell::new(),
        })
    }

    pub fn page(&self) -> Result<Page, Rc<PageError>> {
        self.page.get_or_init(|| self.make_page().map_err(Rc::new)).clone()
    }

    fn make_page(&self) -> Result<Page, PageError> {
        Ok(page::live(&self.results, self.progress.as_ref())?.into())
    }

    /// One event of a stream (HTML, 9.2.6 "Interpreting an event stream").
    pub fn update(&self) -> Result<Bytes, Rc<PageError>> {
        let make = || page::update(&self.results, self.progress.as_ref());
        let event = |json: String| Bytes::from(format!("event: update\ndata: {json}\n\n"));
        self.update.get_or_init(|| make().map(event).map_err(Rc::new)).clone()
    }

    pub fn metrics(&self) -> Bytes {
        let make = || Bytes::from(metrics::write(&self.results, self.progress.as_ref()));
        self.metrics.get_or_init(make).clone()
    }
}

/// Where readers get it.
pub struct Readings {
    link: Link,
    news: watch::Receiver<Option<Arc<Parcel>>>,
    newest: RefCell<Option<(Arc<Parcel>, Rc<Reading>)>>,
}

impl Readings {
    pub fn new(link: Link) -> Readings {
        Readings { news: link.news.subscribe(), link, newest: RefCell::default() }
    }

    pub fn link(&self) -> &Link {
        &self.link
    }

    /// How the run is now, or was a little while ago; None if nothing is known of it yet.
    pub async fn now(&self) -> Option<Rc<Reading>> {
        let mut news = self.news.clone();
        let new = |parcel: &Option<Arc<Parcel>>| {
            parcel
                .as_ref()
                .is_some_and(|parcel| parcel.progress.is_none() || age(parcel, &self.link.stopwatch) < NEW)
        };
        let wait = async {
            while !new(&news.borrow_and_update()) {
                self.link.want();
                if news.changed().await.is_err() {
                    return;
                }
            }
        };
        let _ = tokio::time::timeout(PATIENCE, wait).await;
        let newest = self.news.borrow().clone();
        newest.and_then(|parcel| self.reading(&parcel))
    }

    /// What is newer than the last that this receiver has seen.
    pub async fn next(&self, news: &mut watch::Receiver<Option<Arc<Parcel>>>) -> Option<Rc<Reading>> {
        loop {
            self.link.want();
            news.changed().await.ok()?;
            let newest = news.borrow_and_update().clone();
            if let Some(parcel) = newest {
                return self.reading(&parcel);
            }
        }
    }

    fn reading(&self, parcel: &Arc<Parcel>) -> Option<Rc<Reading>> {
        let mut newest = self.newest.borrow_mut();
        if let Some((known, reading)) = newest.as_ref()
            && Arc::ptr_eq(known, parcel)
        {
            return Some(reading.clone());
        }
        let reading = Rc::new(Reading::of(parcel).ok()?);
        *newest = Some((parcel.clone(), reading.clone()));
        Some(reading)
    }
}

fn age(parcel: &Parcel, stopwatch: &Stopwatch) -> Duration {
    stopwatch.elapsed().saturating_sub(parcel.made)
}
