//! The live page of `run` and `rehearse`: the options, and what comes after the end.

use std::future::Future;
use std::time::Duration;

use clap::Args;

use super::complain;
use crate::config::Seconds;
use crate::live::{Address, Live, LiveError, Stopped};
use crate::scenario::Scenario;

/// Whether the run is shown while it goes on.
#[derive(Debug, Args)]
pub struct LiveArgs {
    /// Show the run in a browser while it goes on [default address: 127.0.0.1 and a free port]
    #[arg(long, value_name = "ADDRESS:PORT", num_args = 0..=1)]
    live: Option<Option<Address>>,
    /// How long to stay after the end until the live page's metrics are fetched once more, if they were fetched before
    #[arg(long, value_name = "TIME", default_value = "15s", allow_hyphen_values = true)]
    live_wait: Seconds,
}

/// A live page, and how long it stays at most.
pub struct Following {
    pub page: Live,
    longest: Duration,
}

impl LiveArgs {
    /// Opens the page, if the command line or the config wants one, and says where it is.
    ///
    /// # Errors
    /// A sentence, when it cannot be had.
    pub fn open(&self, scenario: &Scenario) -> Result<Option<(Following, Stopped)>, LiveError> {
        let wanted = match (&self.live, &scenario.webadmin) {
            (Some(given), _) => given.clone().unwrap_or_default(),
            (None, Some(webadmin)) => Address::from(webadmin),
            (None, None) => return Ok(None),
        };
        let (page, stopped) = Live::open(&wanted)?;
        announce(page.url());
        if page.is_exposed() {
            tracing::warn!(
                target: "live",
                "other machines reach the live page, too, without encryption: whoever knows its address sees the run and can \
                 end it"
            );
        }
        Ok(Some((Following { page, longest: self.live_wait.0 }, stopped)))
    }
}

/// Says where the page is. Whoever wants it quiet wants to know this all the same: nobody could guess it.
fn announce(url: &str) {
    if tracing::enabled!(target: "live", tracing::Level::INFO) {
        tracing::info!(target: "live", url, "live page: {url}");
    } else {
        complain(&format!("live page: {url}\n"));
    }
}

impl Following {
    /// Lets the page end when its readers have what they wait for, unless the run was `interrupted` already; at once, when
    /// `interruption` resolves.
    pub fn leave<F: Future>(self, interrupted: bool, interruption: impl FnOnce() -> F) {
        // The runtime of a rehearsal has its own time.
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        let longest = if interrupted { Duration::ZERO } else { self.longest };
        let waits = || {
            let seconds = longest.as_secs_f64();
            tracing::info!(
                target: "live",
                "the live page's metrics are there for one more fetch, {seconds} s at most; Ctrl-C ends this"
            );
        };
        runtime.block_on(async {
            tokio::select! {
                biased;
                _ = interruption() => {}
                () = self.page.leave(longest, waits) => {}
            }
        });
    }
}
