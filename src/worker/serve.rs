//! The other end: `populace worker`.

use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::brief::{Brief, Part};
use super::frames;
use super::process::say;
use super::relay::{Queue, Relay};
use super::roster::Record;
use super::words::{Done, FromWorker, Hello, ToWorker};
use crate::clock::Clock;
use crate::observer::Watch;
use crate::report::{Cost, Exit};
use crate::scenario::{InProcess, Job, Workforce};
use crate::simulation::{Bus, Census};

/// How often is told what was counted: the heartbeat.
const BEAT: Duration = Duration::from_secs(1);

/// How often events are sent on, if somebody wants them.
const SENDING: Duration = Duration::from_millis(50);

/// How long the last words may take.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Frames that wait to be written. When the manager is slow statistics wait where they are counted.
const ROOM: usize = 4;

/// Works for the manager at the other end of `input` and `output`, until the work is done, `terminate` resolves or the
/// input ends. Must be called within a `LocalSet`.
pub async fn serve(
    mut input: impl AsyncRead + Unpin + 'static,
    output: impl AsyncWrite + Unpin + 'static,
    terminate: impl Future<Output = ()>,
) -> Exit {
    let (mut output, mut terminate) = (output, std::pin::pin!(terminate));
    let told = async {
        frames::write(&mut output, &Hello::ours()).await.map_err(|why| why.to_string())?;
        briefing(&mut input).await
    };
    let told = tokio::select! {
        biased;
        () = &mut terminate => return Exit::Terminated,
        told = told => told,
    };
    let part = match told {
        Ok(Some((brief, records))) => {
            let accounts = records.into_iter().map(Record::account).collect();
            let (limits, needs) = (brief.limits.clone(), brief.needs);
            brief.resolve(accounts).map(|part| (part, Relay::new(needs, limits)))
        }
        // Nobody wants anything any more.
        Ok(None) => return Exit::Pass,
        Err(why) => Err(why),
    };
    let mut workforce = None;
    let ready = match part {
        Ok((part, relay)) => {
            let mut mine = InProcess::with(part.mine());
            match mine.assemble(&part.scenario, &part.venue).await {
                Ok(()) => {
                    workforce = Some((part, mine, relay));
                    FromWorker::Ready
                }
                Err(why) => FromWorker::Failed(why.to_string()),
            }
        }
        Err(why) => FromWorker::Failed(why),
    };
    let said = frames::write(&mut output, &ready).await.is_ok();
    let Some((part, mine, (relay, queue))) = workforce.filter(|_| said) else { return Exit::Usage };
    let mut orders = listen(input);
    let start = tokio::select! {
        biased;
        () = &mut terminate => return Exit::Terminated,
        order = orders.recv() => order,
    };
    let Some(ToWorker::Start { in_ms }) = start else { return Exit::Pass };
    tokio::time::sleep(Duration::from_millis(in_ms.into())).await;
    let clock = Clock::starting_now();
    let bus = Rc::new(Bus::new(clock, Watch::of(vec![Box::new(relay)])));
    let (words, written) = speak(output);
    let exit = Shift { part, bus, queue, words }.work(mine, clock, orders, terminate).await;
    // The last word is out when the writer has ended; a manager that does not listen is not waited for.
    let _ = timeout(LAST_WORDS, written).await;
    exit
}

/// Everything up to the configuration; None when the input ended before.
async fn briefing(input: &mut (impl AsyncRead + Unpin)) -> Result<Option<(Brief, Vec<Record>)>, String> {
    let mut accounts = Vec::new();
    loop {
        match frames::read(input).await.map_err(|why| why.to_string())? {
            Some(ToWorker::Accounts(more)) => accounts.extend(more),
            Some(ToWorker::Configure(brief)) => return Ok(Some((*brief, accounts))),
            Some(ToWorker::Start { .. }) => return Err("there is nothing to start".to_owned()),
            Some(ToWorker::Stop) | None => return Ok(None),
        }
    }
}

/// What the manager says, as long as it does.
fn listen(mut input: impl AsyncRead + Unpin + 'static) -> mpsc::Receiver<ToWorker> {
    let (mouth, orders) = mpsc::channel(ROOM);
    tokio::task::spawn_local(async move {
        while let Ok(Some(order)) = frames::read(&mut input).await {
            if mouth.send(order).await.is_err() {
                return;
            }
        }
    });
    orders
}

/// Writes what is to be said, so that the clients never wait for the manager.
fn speak(mut output: impl AsyncWrite + Unpin + 'static) -> (mpsc::Sender<FromWorker>, JoinHandle<()>) {
    let (mouth, mut words) = mpsc::channel(ROOM);
    let writer = tokio::task::spawn_local(async move {
        while let Some(word) = words.recv().await {
            if let Err(why) = frames::write(&mut output, &word).await {
                say(&format!("the manager cannot be told: {why}"));
                return;
            }
        }
    });
    (mouth, writer)
}

/// A worker at work.
struct Shift {
    part: Part,
    bus: Rc<Bus>,
    queue: Rc<Queue>,
    words: mpsc::Sender<FromWorker>,
}

impl Shift {
    async fn work(
        self,
        mine: InProcess,
        clock: Clock,
        mut orders: mpsc::Receiver<ToWorker>,
        terminate: impl Future<Output = ()>,
    ) -> Exit {
        let run = self.part.scenario.run(clock, self.bus.clone());
        let job = Job { scenario: &self.part.scenario, run: run.clone(), bus: self.bus.clone() };
        let enough = Notify::new();
        let mut work = std::pin::pin!(mine.work(&job, enough.notified()));
        let mut terminate = std::pin::pin!(terminate);
        let (mut beat, mut sending) = (interval(BEAT), interval(SENDING));
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        sending.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut terminated, mut listening) = (false, true);
        let worked = loop {
            tokio::select! {
                biased;
                worked = &mut work => break worked,
                () = &mut terminate, if !terminated => {
                    terminated = true;
                    enough.notify_one();
                }
                order = orders.recv(), if listening => {
                    // Nothing but an end can come: the word, or that of the manager.
                    listening = order.is_some();
                    enough.notify_one();
                }
                _ = beat.tick() => self.beat(),
                _ = sending.tick(), if !self.queue.is_empty() => self.send_events(),
            }
        };
        if self.queue.dropped() > 0 {
            let text = format!(
                "{} events of a worker were dropped: what reads them was too slow",
                self.queue.dropped()
            );
            run.notice(text);
        }
        self.conclude(worked.census, terminated).await;
        if terminated { Exit::Terminated } else { Exit::Pass }
    }

    fn beat(&self) {
        if let Ok(place) = self.words.try_reserve() {
            place.send(FromWorker::Delta(Box::new(self.bus.drain())));
        }
    }

    fn send_events(&self) {
        while !self.queue.is_empty()
            && let Ok(place) = self.words.try_reserve()
        {
            place.send(FromWorker::Events(self.queue.take()));
        }
    }

    /// Says everything that is left. When nobody listens any more it ends all the same.
    async fn conclude(&self, census: Census, terminated: bool) {
        let words = &self.words;
        while !self.queue.is_empty() && words.send(FromWorker::Events(self.queue.take())).await.is_ok() {}
        let done = Done { census, cost: Cost::measure(), terminated };
        for word in [FromWorker::Delta(Box::new(self.bus.drain())), FromWorker::Done(done)] {
            if words.send(word).await.is_err() {
                return;
            }
        }
    }
}
