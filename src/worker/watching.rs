//! Hears the workers while the run goes on.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, timeout};

use super::enlist::Member;
use super::frames;
use super::manager::Patience;
use super::process::{Pipes, Process};
use super::words::{Done, FromWorker, ToWorker};
use crate::event::{Event, What};
use crate::scenario::Job;
use crate::simulation::Bus;
use crate::stats::Statistics;

/// How often is looked who is silent.
const LOOK: Duration = Duration::from_millis(100);

/// When nobody has looked for so long it was this process that was not there (a laptop that slept).
const ABSENCE: Duration = Duration::from_secs(3);

/// How long a worker may take to take a word.
const WRITING: Duration = Duration::from_millis(200);

/// How long the process of a worker that has ended before the others may take to end.
const IN_ANY_CASE: Duration = Duration::from_secs(1);

/// Words that wait to be heard; when they are many the workers wait.
const ROOM: usize = 64;

/// A worker of the run.
struct Seat {
    name: String,
    /// None for one that never became ready.
    process: Option<Process>,
    stdin: Option<ChildStdin>,
    heard: Instant,
    /// All that it has counted so far; None before the first word.
    counted: Option<Box<Statistics>>,
    /// How it ended: None while it works.
    outcome: Option<Result<Done, String>>,
    /// It is being seen off.
    parting: bool,
}

/// What comes from a worker: a word, or why there will be no more.
type Heard = Result<FromWorker, String>;

impl Seat {
    /// A worker that never became ready.
    fn lost(name: String, why: String) -> Seat {
        let heard = Instant::now();
        let outcome = Some(Err(why));
        Seat { name, process: None, stdin: None, heard, counted: None, outcome, parting: false }
    }

    fn is_open(&self) -> bool {
        self.outcome.is_none()
    }

    /// Notes that nothing more is to be had from it.
    fn lose(&mut self, why: String) {
        if self.is_open() {
            tracing::warn!(target: "worker", worker = self.name, "worker {} is lost: {why}; the run goes on", self.name);
            self.stdin = None;
            self.outcome = Some(Err(why));
        }
    }

    /// Adds what it has counted since its last word.
    fn count(&mut self, counted: Box<Statistics>) {
        match &mut self.counted {
            // That both are counted over the same limits was seen before.
            Some(all) => drop(all.merge(&counted)),
            None => self.counted = Some(counted),
        }
    }

    async fn tell(&mut self, word: &ToWorker) {
        let Some(stdin) = &mut self.stdin else { return };
        // How it ended, if it has, is known better where its stdout ends.
        if timeout(WRITING, frames::write(stdin, word)).await.is_err() {
            self.lose("it does not listen".to_owned());
        }
    }

    /// Sees it off when it has ended in any way: waits until its process has, which should be so by `by`.
    fn part(&mut self, by: Instant) -> Option<impl Future<Output = Parted> + use<>> {
        if self.parting {
            return None;
        }
        let outcome = self.outcome.clone()?;
        (self.parting, self.stdin) = (true, None);
        let counted = self.counted.as_deref().cloned().unwrap_or_default();
        let (name, process) = (self.name.clone(), self.process.take());
        Some(async move {
            let outcome = match (outcome, process) {
                (Ok(done), process) => {
                    if let Some(process) = process {
                        process.end(by).await;
                    }
                    Ok(done)
                }
                (Err(why), Some(process)) => Err(process.obituary(&why).await),
                (Err(why), None) => Err(why),
            };
            Parted { name, counted, outcome }
        })
    }
}

/// A worker that is gone.
pub struct Parted {
    pub name: String,
    /// All that it has counted.
    pub counted: Statistics,
    /// How it ended, or why it is lost.
    pub outcome: Result<Done, String>,
}

/// The end of the run, when it has come.
#[derive(Clone, Copy)]
struct Over {
    since: Instant,
    /// Somebody wants it before its time, and waits for it.
    asked: bool,
}

/// All workers of a run.
pub struct Watching<'a> {
    job: &'a Job<'a>,
    patience: Patience,
    seats: Vec<Seat>,
    words: mpsc::Receiver<(usize, Heard)>,
    mouth: mpsc::Sender<(usize, Heard)>,
    /// Users and clients that have come, as far as events tell.
    arrived: (u32, u32),
}

impl<'a> Watching<'a> {
    pub fn new(job: &'a Job<'a>, patience: Patience) -> Watching<'a> {
        let (mouth, words) = mpsc::channel(ROOM);
        Watching { job, patience, seats: Vec::new(), words, mouth, arrived: (0, 0) }
    }

    /// A worker that is ready, or one that is not.
    pub fn seat(&mut self, name: String, member: Result<Member, String>) {
        let index = self.seats.len();
        self.seats.push(match member {
            Err(why) => Seat::lost(name, why),
            Ok(Member { process, pipes: Pipes { stdin, stdout } }) => {
                tokio::task::spawn_local(listen(index, stdout, self.mouth.clone()));
                Seat {
                    process: Some(process),
                    stdin: Some(stdin),
                    outcome: None,
                    ..Seat::lost(name, String::new())
                }
            }
        });
    }

    /// Starts all, and hears them until the last has ended and its process has; `stop` ends them early.
    pub async fn watch(mut self, start_in: Duration, stop: impl Future<Output = ()>) -> Vec<Parted> {
        let mut stop = pin!(stop);
        let mut over: Option<Over> = None;
        let mut partings = JoinSet::new();
        let mut parted = Vec::new();
        self.tell_all(&ToWorker::Start { in_ms: start_in.as_millis() as u32 }).await;
        let begun = Instant::now();
        self.seats.iter_mut().for_each(|seat| seat.heard = begun + start_in);
        let mut looks = interval(LOOK);
        let mut looked = begun;
        let end = self.job.scenario.timing.phases.end().and_then(|end| (begun + start_in).checked_add(end));
        loop {
            let by =
                over.map_or_else(|| Instant::now() + IN_ANY_CASE, |over| over.since + self.patience.ending);
            for parting in self.seats.iter_mut().filter_map(|seat| seat.part(by + self.patience.parting)) {
                partings.spawn_local(parting);
            }
            if partings.is_empty() && !self.seats.iter().any(Seat::is_open) {
                return all(&self.seats, parted);
            }
            tokio::select! {
                biased;
                () = &mut stop, if !over.is_some_and(|over| over.asked) => {
                    let since = over.map_or_else(Instant::now, |over| over.since);
                    over = Some(Over { since, asked: true });
                    self.tell_all(&ToWorker::Stop).await;
                }
                _ = looks.tick() => {
                    if looked.elapsed() > ABSENCE {
                        let now = Instant::now();
                        self.seats.iter_mut().for_each(|seat| seat.heard = now);
                    }
                    looked = Instant::now();
                    if over.is_none() && let Some(since) = end.filter(|end| *end <= looked) {
                        over = Some(Over { since, asked: false });
                    }
                    self.look(over);
                }
                Some(ended) = partings.join_next() => parted.extend(ended),
                Some((index, heard)) = self.words.recv() => {
                    self.hear(index, heard, over.is_some_and(|over| over.asked));
                }
            }
        }
    }

    async fn tell_all(&mut self, word: &ToWorker) {
        for seat in &mut self.seats {
            seat.tell(word).await;
        }
    }

    /// Loses those who were silent for too long. At the end nobody waits long for a silent one, and when somebody asked
    /// for the end not for one that goes on talking either.
    fn look(&mut self, over: Option<Over>) {
        let Patience { silence, last_silence, ending, .. } = self.patience;
        let late = over.is_some_and(|over| over.since.elapsed() > ending);
        let asked = over.is_some_and(|over| over.asked);
        let silence = if asked || late { silence.min(last_silence) } else { silence };
        for seat in self.seats.iter_mut().filter(|seat| seat.is_open()) {
            let silent = seat.heard.elapsed();
            let why = if silent > silence {
                format!("no word for {} s", silent.as_secs())
            } else if late && asked {
                format!("it did not end within {:.1} s", ending.as_secs_f64())
            } else {
                continue;
            };
            seat.lose(why);
            // It may hang in a way that only this ends.
            seat.process.iter().for_each(Process::kill);
        }
    }

    fn hear(&mut self, index: usize, heard: Heard, stopping: bool) {
        let bus: &Bus = &self.job.bus;
        let Some(seat) = self.seats.get_mut(index).filter(|seat| seat.is_open()) else { return };
        seat.heard = Instant::now().max(seat.heard);
        match heard {
            Ok(FromWorker::Delta(counted)) => {
                if let Err(why) = bus.merge(&counted) {
                    seat.lose(why.to_string());
                } else {
                    seat.count(counted);
                }
            }
            Ok(FromWorker::Events(events)) => {
                events.into_iter().for_each(|event| relay(bus, &mut self.arrived, event));
            }
            Ok(FromWorker::Done(done)) => match done.end.fault().filter(|_| !stopping) {
                Some(why) => seat.lose(why),
                None => {
                    // It ends when its stdin does.
                    seat.stdin = None;
                    seat.outcome = Some(Ok(done));
                }
            },
            Ok(FromWorker::Failed(why)) => seat.lose(why),
            Ok(FromWorker::Ready | FromWorker::Warming | FromWorker::Warmed(_)) => {
                seat.lose("it spoke out of turn".to_owned())
            }
            Err(why) => seat.lose(why),
        }
    }
}

/// Every worker is told of, also one whose end nobody has seen for a defect of this program.
fn all(seats: &[Seat], mut parted: Vec<Parted>) -> Vec<Parted> {
    for Seat { name, counted, .. } in seats {
        if !parted.iter().any(|one| one.name == *name) {
            let outcome = Err("its end is not known".to_owned());
            let counted = counted.as_deref().cloned().unwrap_or_default();
            parted.push(Parted { name: name.clone(), counted, outcome });
        }
    }
    parted
}

/// Shows an event to the observers. A worker counts its own arrivals, and they are told of all.
fn relay(bus: &Bus, arrived: &mut (u32, u32), mut event: Event) {
    if let What::Arrived { who, users, clients } = &mut event.what {
        arrived.0 += u32::from(who.instance == 0);
        arrived.1 += 1;
        (*users, *clients) = *arrived;
    }
    bus.relay(&event);
}

/// Hands on what a worker says, to its end.
async fn listen(index: usize, mut stdout: ChildStdout, mouth: mpsc::Sender<(usize, Heard)>) {
    loop {
        let heard = match frames::read(&mut stdout).await {
            Ok(Some(word)) => Ok(word),
            Ok(None) => Err("it ended before its time".to_owned()),
            Err(why) => Err(why.to_string()),
        };
        let last = heard.is_err();
        if mouth.send((index, heard)).await.is_err() || last {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Limits;
    use crate::stats::test::{response, statistics};

    #[tokio::test]
    async fn no_worker_is_left_out() {
        let mut seats = ["a", "b"].map(|name| Seat::lost(name.to_owned(), "it was never ready".to_owned()));
        let answers: Vec<Event> = (0..7).map(|user| response(user, "GET{/}", 0.1, true)).collect();
        seats[1].count(Box::new(statistics(Limits::default(), &answers)));
        let by = Instant::now();
        let first = seats[0].part(by).unwrap().await;
        // The other is seen off, and what sees it off ends without a result.
        drop(seats[1].part(by));
        let parted = all(&seats, vec![first]);
        let told: Vec<_> = parted
            .iter()
            .map(|one| {
                (one.name.as_str(), one.counted.answered(), one.outcome.as_ref().unwrap_err().as_str())
            })
            .collect();
        assert_eq!(told, [("a", 0, "it was never ready"), ("b", 7, "its end is not known")]);
    }
}
