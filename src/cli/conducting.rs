//! What `run` and `rehearse` share: from the options to the report and the exit code.

use std::fs::File;
use std::future::Future;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::LocalSet;

use super::{complain, print};
use crate::config::{Diagnostics, render};
use crate::report::{Exit, Results};
use crate::scenario::{Conducted, NotConducted, Options, Scenario, resolve};
use crate::simulation::DRAIN;

/// What becomes of the results.
#[derive(Debug, Args)]
pub struct Conducting {
    /// Write the results file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

impl Conducting {
    /// Resolves the scenario, lets `perform` do it, and writes what came of it. In a rehearsal time is virtual.
    /// `perform` gets what resolves when somebody wants the run to end. Whoever says so twice does not want to wait for
    /// the report: then everything is dropped, and with it all processes that were started end.
    pub fn main<F>(&self, options: &Options, perform: impl FnOnce(Scenario, Stop) -> F) -> Exit
    where
        F: Future<Output = Result<Conducted, NotConducted>>,
    {
        let diags = Diagnostics::new();
        let scenario = resolve(options, &diags);
        complain(&render(&diags));
        let Some(scenario) = scenario else { return Exit::Usage };
        // The file is opened first: a run of hours must not end with a path that cannot be written.
        let json = match self.json.as_deref().map(create).transpose() {
            Ok(json) => json,
            Err(why) => {
                complain(&format!("error: {why}\n"));
                return Exit::Usage;
            }
        };
        complain(&format!("seed {}\n", scenario.seed.0));
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = match builder.enable_all().start_paused(options.rehearse).build() {
            Ok(runtime) => runtime,
            Err(why) => {
                complain(&format!("error: no runtime: {why}\n"));
                return Exit::Usage;
            }
        };
        let conducted = LocalSet::new().block_on(&runtime, async {
            let (said, hears) = oneshot::channel();
            tokio::select! {
                biased;
                at_once = interruptions(said) => Err(at_once),
                conducted = perform(scenario, Stop(hears)) => Ok(conducted),
            }
        });
        // A name that is still being looked up cannot be called off; it must not keep the process alive.
        runtime.shutdown_background();
        match conducted {
            Ok(Ok(conducted)) => finish(conducted, json),
            Ok(Err(why)) => {
                complain(&format!("error: {why}\n"));
                why.exit()
            }
            Err(at_once) => {
                complain("stopped at once, without the report\n");
                at_once
            }
        }
    }
}

fn create(path: &Path) -> Result<(File, PathBuf), String> {
    // What is there stays until there is something to put in its place.
    let opened = File::options().write(true).create(true).truncate(false).open(path);
    let file = opened.map_err(|why| format!("{} cannot be written: {why}", path.display()))?;
    Ok((file, path.to_owned()))
}

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

/// Says the first time that somebody wants the run to end; resolves the second time.
async fn interruptions(said: oneshot::Sender<Exit>) -> Exit {
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    let first = either(&mut interrupt, &mut terminate).await;
    complain(&format!(
        "ending: requests under way have {} s, then comes the report; once more stops at once\n",
        DRAIN.as_secs()
    ));
    // Whoever does not listen has ended already.
    let _ = said.send(first);
    either(&mut interrupt, &mut terminate).await
}

async fn either(interrupt: &mut Signal, terminate: &mut Signal) -> Exit {
    tokio::select! {
        biased;
        _ = interrupt.recv() => Exit::Interrupted,
        _ = terminate.recv() => Exit::Terminated,
    }
}

fn finish(conducted: Conducted, json: Option<(File, PathBuf)>) -> Exit {
    let written = json.map(|(file, path)| write(file, &path, &conducted.results));
    print(&conducted.report);
    match written {
        Some(Err(why)) => {
            complain(&format!("error: {why}\n"));
            conducted.exit.or(Exit::Usage)
        }
        _ => conducted.exit,
    }
}

fn write(file: File, path: &Path, results: &Results) -> Result<(), String> {
    // Only a file has a length; a pipe is fine as it is.
    let _ = file.set_len(0);
    let mut out = BufWriter::new(file);
    serde_json::to_writer_pretty(&mut out, results)
        .map_err(std::io::Error::from)
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush())
        .map_err(|why| format!("{} cannot be written: {why}", path.display()))
}
