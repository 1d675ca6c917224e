//! `populace worker`: brings a share of the population for a manager, over stdin and stdout.

use clap::Args as ClapArgs;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::LocalSet;

use super::complain;
use super::logging::WorkerLogging;
use crate::report::Exit;
use crate::worker::serve;

/// Works for a manager (`workers` in the config, or `run --workers`): frames on standard input and output, nothing for
/// people. It ends when standard input does.
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    logging: WorkerLogging,
}

pub fn main(args: &Args) -> Exit {
    args.logging.install();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(why) => {
            complain(&format!("error: no runtime: {why}\n"));
            return Exit::Usage;
        }
    };
    let exit = LocalSet::new().block_on(&runtime, async {
        // Ctrl-C is for the manager, which then says so.
        let _ignored = signal(SignalKind::interrupt());
        let terminate = async {
            match signal(SignalKind::terminate()) {
                Ok(mut terminate) => drop(terminate.recv().await),
                Err(_) => std::future::pending().await,
            }
        };
        serve(tokio::io::stdin(), tokio::io::stdout(), terminate).await
    });
    // A read of standard input cannot be called off; it must not keep the process alive.
    runtime.shutdown_background();
    exit
}
