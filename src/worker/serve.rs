//! The other end: `populace worker`.

use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Notify, mpsc};
use tokio::time::{MissedTickBehavior, interval};

use super::brief::{Brief, Part};
use super::frames;
use super::relay::{Queue, Relay};
use super::roster::Record;
use super::talking::{Mouth, listen};
use super::words::{Done, End, FromWorker, Hello, ToWorker};
use crate::clock::Clock;
use crate::observer::Watch;
use crate::report::{Cost, Exit};
use crate::scenario::{InProcess, Job, NotPrepared, Workforce};
use crate::simulation::Bus;

/// How often is told what was counted: the heartbeat.
const BEAT: Duration = Duration::from_secs(1);

/// How often events are sent on, if somebody wants them.
const SENDING: Duration = Duration::from_millis(50);

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
            let mut mine = InProcess::with(part.mine(), part.at_once);
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
    let Some((part, mut mine, (relay, queue))) = workforce.filter(|_| said) else { return Exit::Usage };
    let mut orders = listen(input);
    let in_ms = loop {
        let order = tokio::select! {
            biased;
            () = &mut terminate => return Exit::Terminated,
            order = orders.recv() => order,
        };
        match order {
            Some(Ok(ToWorker::Start { in_ms })) => break in_ms,
            Some(Ok(ToWorker::Warm)) => {}
            _ => return Exit::Pass,
        }
        let warmed = tokio::select! {
            biased;
            () = &mut terminate => return Exit::Terminated,
            // Whatever comes meanwhile, or that nothing more can come, means that there is no run.
            _ = orders.recv() => return Exit::Pass,
            warmed = warm(&mut mine, &part, &mut output) => warmed,
        };
        let word = warmed.map_or_else(|why| FromWorker::Failed(why.to_string()), FromWorker::Warmed);
        if frames::write(&mut output, &word).await.is_err() {
            return Exit::Usage;
        }
    };
    tokio::time::sleep(Duration::from_millis(in_ms.into())).await;
    let clock = Clock::starting_now();
    let bus = Rc::new(Bus::new(clock, Watch::of(vec![Box::new(relay)])));
    Shift { part, bus, queue, mouth: Mouth::to(output) }.work(mine, clock, orders, terminate).await
}

/// Lets the clients learn what they know from yesterday, and says every second that it goes on.
async fn warm(
    mine: &mut InProcess,
    part: &Part,
    output: &mut (impl AsyncWrite + Unpin),
) -> Result<u64, NotPrepared> {
    let mut warming = std::pin::pin!(mine.warm(&part.scenario, &part.venue));
    let mut beat = interval(BEAT);
    loop {
        tokio::select! {
            biased;
            warmed = &mut warming => return warmed,
            // A manager that does not listen ends this worker by its input.
            _ = beat.tick() => {
                let _ = frames::write(output, &FromWorker::Warming).await;
            }
        }
    }
}

/// Everything up to the configuration; None when the input ended before.
async fn briefing(input: &mut (impl AsyncRead + Unpin)) -> Result<Option<(Brief, Vec<Record>)>, String> {
    let mut accounts = Vec::new();
    loop {
        match frames::read(input).await.map_err(|why| why.to_string())? {
            Some(ToWorker::Accounts(more)) => accounts.extend(more),
            Some(ToWorker::Configure(brief)) => return Ok(Some((*brief, accounts))),
            Some(ToWorker::Start { .. } | ToWorker::Warm) => {
                return Err("there is nothing to start".to_owned());
            }
            Some(ToWorker::Stop) | None => return Ok(None),
        }
    }
}

/// A worker at work.
struct Shift {
    part: Part,
    bus: Rc<Bus>,
    queue: Rc<Queue>,
    mouth: Mouth,
}

impl Shift {
    async fn work(
        self,
        mine: InProcess,
        clock: Clock,
        mut orders: mpsc::Receiver<Result<ToWorker, String>>,
        terminate: impl Future<Output = ()>,
    ) -> Exit {
        let Shift { part, bus, queue, mouth } = self;
        let scenario = &part.scenario;
        let run = scenario.run(clock, bus.clone());
        let job = Job { scenario, run: run.clone(), bus: bus.clone() };
        let enough = Notify::new();
        let mut work = std::pin::pin!(mine.work(&job, enough.notified()));
        let mut terminate = std::pin::pin!(terminate);
        let (mut beat, mut sending) = (interval(BEAT), interval(SENDING));
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        sending.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut terminated, mut listening) = (false, true);
        let mut end = End::Over;
        let time = scenario.timing.phases.end();
        let mut cut_short = |why: End| {
            // What comes when its time is over changes nothing any more; what came first counts.
            if end == End::Over && time.is_none_or(|time| clock.elapsed() < time) {
                end = why;
            }
            enough.notify_one();
        };
        let worked = loop {
            tokio::select! {
                biased;
                worked = &mut work => break worked,
                () = &mut terminate, if !terminated => {
                    terminated = true;
                    cut_short(End::Terminated);
                }
                order = orders.recv(), if listening => {
                    listening = matches!(order, Some(Ok(_)));
                    cut_short(match order {
                        Some(Ok(ToWorker::Stop)) => End::Stopped,
                        Some(Err(why)) => End::Deaf(why),
                        Some(Ok(_)) | None => End::Deaf("what it was told made no sense".to_owned()),
                    });
                }
                _ = beat.tick() => mouth.offer(|| delta(&bus)),
                _ = sending.tick(), if !queue.is_empty() => while !queue.is_empty() && mouth.has_room() {
                    mouth.offer(|| FromWorker::Events(queue.take()));
                },
            }
        };
        if queue.dropped() > 0 {
            let text =
                format!("{} events of a worker were dropped: what reads them was too slow", queue.dropped());
            run.notice(text);
        }
        let done = Done { census: worked.census, cost: Cost::measure(), end };
        let events =
            std::iter::from_fn(move || (!queue.is_empty()).then(|| FromWorker::Events(queue.take())));
        mouth.close(events.chain([delta(&bus), FromWorker::Done(done)])).await;
        if terminated { Exit::Terminated } else { Exit::Pass }
    }
}

/// What was counted since the last time.
fn delta(bus: &Bus) -> FromWorker {
    FromWorker::Delta(Box::new(bus.drain()))
}
