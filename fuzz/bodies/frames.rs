//! Frames between manager and workers: what is read is written and read again the same, however the bytes are cut, and
//! what a worker says it has counted can be added and shown, whatever it is.
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use populace::stats::{Alike, Samples, Statistics, Tally, Texts, Timeline};
use populace::worker::frames::{self, FrameError};
use populace::worker::{FromWorker, Hello, ToWorker};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncReadExt};

/// The first byte says who listens; the rest is what comes.
pub fn check(data: &[u8]) {
    let Some((&listener, stream)) = data.split_first() else { return };
    match listener % 4 {
        0 => hear::<Hello>(stream, |hello| {
            if let Err(why) = hello.check() {
                assert!(why.len() < 1_000 && !why.contains(char::is_control), "{why:?}");
            }
        }),
        1 => hear::<ToWorker>(stream, |_| {}),
        _ => hear::<FromWorker>(stream, heard),
    }
}

fn hear<T: Serialize + DeserializeOwned>(stream: &[u8], look: impl Fn(&T)) {
    let (words, ended_well) = all::<T>(stream);
    let (begin, end) = stream.split_at(stream.len() / 2);
    let (cut, cut_well) = all::<T>(begin.chain(end));
    assert_eq!((words.len(), ended_well), (cut.len(), cut_well), "the cut makes a difference");
    for word in &words {
        let frame = frames::encode(word).expect("what was read can be written");
        let again: T = frames::decode(&frame[4..]).expect("what was written can be read");
        assert!(frames::encode(&again).is_ok_and(|bytes| bytes == frame), "it is read as something else");
        look(word);
    }
}

/// The words of a stream, and whether it ended between two of them.
fn all<T: DeserializeOwned>(mut stream: impl AsyncRead + Unpin) -> (Vec<T>, bool) {
    let mut words = Vec::new();
    loop {
        match now(frames::read(&mut stream)) {
            Ok(Some(word)) => words.push(word),
            Ok(None) => return (words, true),
            Err(FrameError::Io(why)) => panic!("bytes in memory fail: {why}"),
            Err(_) => return (words, false),
        }
    }
}

/// What a future that never waits comes to.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("bytes in memory are waited for"),
    }
}

/// What the manager does with a word of a worker.
fn heard(word: &FromWorker) {
    match word {
        FromWorker::Delta(counted) => {
            let mut sum = Statistics::new(counted.limits().clone());
            // Twice, so that sums are of two figures.
            assert!(sum.merge(counted).is_ok() && sum.merge(counted).is_ok());
            shown(&sum);
        }
        FromWorker::Events(events) => {
            let mut counted = Statistics::default();
            events.iter().for_each(|event| counted.take(event));
            shown(&counted);
        }
        _ => {}
    }
}

fn shown(sum: &Statistics) {
    for (_, period) in sum.periods() {
        let groups = period.groups.values().flat_map(|group| [&group.requests, &group.operations]);
        period.requests.values().chain(period.operations.values()).chain(groups).for_each(tally);
        assert!(period.successes() <= period.answered());
        period.reasons.values().for_each(alike);
        period.errors.values().flat_map(|errors| errors.alike.values()).for_each(alike);
    }
    assert!(sum.timeline().rows().count() as u64 <= Timeline::ROWS);
    assert!(!sum.timeline().interval().is_zero());
    sum.timeline()
        .rows()
        .for_each(|(_, row)| assert!(row.response.quantile(0.5) <= row.response.quantile(0.99)));
    [sum.sim_failures(), sum.notices()].into_iter().for_each(texts);
    alike(sum.client_failures());
    assert!(sum.users() <= u64::from(u32::MAX) && sum.clients() <= u64::from(u32::MAX));
}

fn tally(tally: &Tally) {
    assert!(tally.failures() <= tally.count());
    let times = [&tally.ok, &tally.failed].into_iter().flat_map(|times| [&times.service, &times.response]);
    times.chain([&tally.lag]).for_each(samples);
}

fn samples(samples: &Samples) {
    for figure in [samples.mean(), samples.stddev()].into_iter().flatten() {
        assert!(figure.is_finite() && figure >= 0.0, "{samples:?}");
    }
    assert!(samples.quantile(0.5) <= samples.quantile(0.99));
    assert!(samples.median() <= Some(samples.max()));
    samples.histogram().to_base64();
}

fn alike(alike: &Alike) {
    assert!(alike.sorts().len() <= Alike::KEPT);
    alike.others();
}

fn texts(texts: &Texts) {
    assert!(texts.distinct() <= Texts::KEPT);
    texts.others();
}
