//! What `run` and `rehearse` share: from the options to the report and the exit code.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::Future;
use std::path::{Path, PathBuf};

use clap::Args;
use tokio::sync::oneshot;
use tokio::task::LocalSet;

use super::complain;
use super::control::{self, Control};
use super::files::{Files, Others, Wanted};
use super::interruption::{again, interruption};
use super::live::{Following, LiveArgs};
use super::logging::Logging;
use super::outputs::Outputs;
use super::printing::print_at_end;
use super::reading::read_for;
use super::view::{self, terminal};
use crate::live::Stopped;
use crate::observer::{CsvLog, EventLog, HdrLog};
use crate::report::{Exit, Results};
use crate::scenario::{Conducted, NotConducted, Onlooker, Options, Scenario};
use crate::simulation::DRAIN;

/// What becomes of the results.
#[derive(Debug, Args)]
pub struct Conducting {
    /// Write the results file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write every event, a line of JSON each
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
    /// Write histograms of response times by label and second, as HdrHistogram's interval log
    #[arg(long, value_name = "FILE")]
    hdr: Option<PathBuf>,
    /// Write the course of the run as comma-separated values, a line for every second whatever its length
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    #[command(flatten)]
    outputs: Outputs,
    #[command(flatten)]
    live: LiveArgs,
    #[command(flatten)]
    pub logging: Logging,
}

impl Conducting {
    /// Resolves the scenario, lets `perform` do it, and writes what came of it. In a rehearsal time is virtual.
    /// `perform` gets what resolves when somebody wants the run to end, and those who look at it. Whoever says so twice
    /// does not want to wait for the report: then everything is dropped, and with it all processes that were started end.
    pub fn main<F>(&self, options: &Options, perform: impl FnOnce(Scenario, Stop, Onlookers) -> F) -> Exit
    where
        F: Future<Output = Result<Conducted, NotConducted>>,
    {
        self.logging.install();
        let Some(mut scenario) = read_for(options, self.logging.is_quiet()) else { return Exit::Usage };
        let others = Others { files: scenario.watch.files(), folders: scenario.folders() };
        if let Some(path) = &self.events {
            scenario.watch.add(Box::new(EventLog::to(path)));
        }
        if let Some(path) = &self.hdr {
            scenario.watch.add(Box::new(HdrLog::to(path)));
        }
        if let Some(path) = &self.csv {
            scenario.watch.add(Box::new(CsvLog::to(path)));
        }
        let files = match self.files(options, &others) {
            Ok(files) => files,
            Err(why) => {
                complain(&format!("error: {why}\n"));
                return Exit::Usage;
            }
        };
        let queued = terminal::begin(options.rehearse);
        tracing::info!(target: "run", seed = scenario.seed.0, "seed {}", scenario.seed.0);
        let (following, stopped) = match self.live.open(&scenario) {
            Ok(page) => page.unzip(),
            Err(why) => {
                complain(&format!("error: {why}\n  = help: `--live` without an address takes a free port\n"));
                return Exit::Usage;
            }
        };
        let (control, told) = control(options).unzip();
        let onlookers = self.onlookers(following.as_ref(), control.as_ref());
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = match builder.enable_all().start_paused(options.rehearse).build() {
            Ok(runtime) => runtime,
            Err(why) => {
                complain(&format!("error: no runtime: {why}\n"));
                return Exit::Usage;
            }
        };
        let interrupted = Cell::new(false);
        let conducted = LocalSet::new().block_on(&runtime, async {
            let (said, hears) = oneshot::channel();
            tokio::select! {
                biased;
                at_once = interruptions(said, stopped, told, &interrupted) => Err(at_once),
                never = served(control.as_ref()) => match never {},
                conducted = perform(scenario, Stop(hears), onlookers) => Ok(conducted),
            }
        });
        // A name that is still being looked up cannot be called off; it must not keep the process alive.
        runtime.shutdown_background();
        if conducted.is_err() {
            tracing::warn!(target: "run", "stopped at once, without the report");
        }
        drop(control);
        drop(queued);
        match conducted {
            Ok(Ok(conducted)) => {
                let exit = finish(conducted, files);
                if let Some(following) = following {
                    following.leave(interrupted.get(), interruption);
                }
                exit
            }
            Ok(Err(why)) => {
                complain(&format!("error: {why}\n"));
                why.exit()
            }
            Err(at_once) => at_once,
        }
    }
}

impl Conducting {
    /// Looks at all of them before the run.
    fn files(&self, options: &Options, others: &Others) -> Result<Files<Results>, String> {
        let json: Wanted<'_, Results> =
            ("--json", self.json.as_deref(), |results, place| place.write_json(results));
        // Observers write these while the run goes on.
        let events: Wanted<'_, Results> = ("--events", self.events.as_deref(), |_, _| Ok(()));
        let hdr: Wanted<'_, Results> = ("--hdr", self.hdr.as_deref(), |_, _| Ok(()));
        let csv: Wanted<'_, Results> = ("--csv", self.csv.as_deref(), |_, _| Ok(()));
        let preset = options.preset.as_deref().map(Path::new);
        let [config, clients] = [&options.config, &options.clients].map(|path| path.as_deref());
        let read = [("--config", config), ("--clients", clients), ("--preset", preset)];
        let read: Vec<_> = read.into_iter().filter_map(|(option, path)| Some((option, path?))).collect();
        Files::find(&read, others, [json, events, hdr, csv].into_iter().chain(self.outputs.wanted()))
    }

    fn onlookers(&self, following: Option<&Following>, control: Option<&Control>) -> Onlookers {
        let view = (!self.logging.is_quiet()).then(|| view::of(self.logging.is_for_programs()));
        let page = following.map(|following| following.page.onlooker());
        view.into_iter().chain(page).chain(control.map(Control::onlooker)).collect()
    }
}

/// Those who look at the run while it goes on.
pub type Onlookers = Vec<Box<dyn Onlooker>>;

/// Resolves when somebody wants the run to end, with the exit code that it then has.
pub struct Stop(oneshot::Receiver<Exit>);

impl Stop {
    pub async fn wait(self) -> Exit {
        match self.0.await {
            Ok(how) => how,
            Err(_) => std::future::pending().await,
        }
    }
}

/// The socket by which a second terminal can ask a run; it goes without, if there can be none. A rehearsal has no time for that.
fn control(options: &Options) -> Option<(Control, control::Stopped)> {
    let opened = (!options.rehearse).then(Control::open)?;
    opened
        .map_err(|why| tracing::debug!(target: "run", "`populace status` will not know of this run: {why}"))
        .ok()
}

async fn served(control: Option<&Control>) -> Infallible {
    match control {
        Some(control) => control.serve().await,
        None => std::future::pending().await,
    }
}

/// Says the first time that somebody wants the run to end, on the live page or by `populace stop` too; resolves the second time. Notes in
/// `interrupted` whether it was the system that was told so: then nothing may keep the process after the report.
async fn interruptions(
    said: oneshot::Sender<Exit>,
    page: Option<Stopped>,
    told: Option<control::Stopped>,
    interrupted: &Cell<bool>,
) -> Exit {
    let first = tokio::select! {
        biased;
        first = interruption() => {
            interrupted.set(true);
            first
        }
        () = stopped(page) => {
            tracing::info!(target: "live", "somebody stops this run on the live page");
            Exit::Interrupted
        }
        () = told_to(told) => {
            tracing::info!(target: "run", "`populace stop` ends this run");
            interrupted.set(true);
            Exit::Interrupted
        }
    };
    tracing::info!(
        target: "run",
        "ending: requests under way have {} s, then comes the report; once more stops at once",
        DRAIN.as_secs()
    );
    // Whoever does not listen has ended already.
    let _ = said.send(first);
    again().await
}

async fn told_to(told: Option<control::Stopped>) {
    match told {
        Some(mut told) => told.wait().await,
        None => std::future::pending().await,
    }
}

async fn stopped(page: Option<Stopped>) {
    match page {
        Some(mut page) => page.wait().await,
        None => std::future::pending().await,
    }
}

fn finish(conducted: Conducted, files: Files<Results>) -> Exit {
    let faults = [conducted.unwritten, files.write(&conducted.results)].concat();
    let exit = print_at_end(conducted.exit, &conducted.report);
    faults.iter().for_each(|why| complain(&format!("error: {why}\n")));
    if faults.is_empty() { exit } else { exit.or(Exit::Usage) }
}
