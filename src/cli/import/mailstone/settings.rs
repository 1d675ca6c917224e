//! The config of mailmaster (rows 10 to 14): `KEY=VALUE`, a line each.

use std::rc::Rc;

use crate::cli::import::words::{Word, lines};
use crate::config::{Diagnostics, Source, did_you_mean};

/// What it says that has a meaning here.
#[derive(Debug, Default)]
pub struct Settings {
    /// How long, minutes.
    pub minutes: Option<f64>,
    /// How many operations a minute a process does at most.
    pub throttle: Option<(f64, Word)>,
}

/// The keys, and what does the same here where nothing becomes of them.
const KEYS: [(&str, &str); 5] = [
    ("TIME", ""),
    ("THROTTLE", ""),
    ("DEBUG", "--log-level debug of populace run says what happens"),
    ("GNUPLOT", "--html FILE of populace run makes a page with its graphs, without other programs"),
    ("PPMTOGIF", "--html FILE of populace run makes a page with its graphs, without other programs"),
];

impl Settings {
    /// Reads it. What is not carried over is a warning, what makes no sense an error.
    pub fn read(source: &Rc<Source>, diags: &Diagnostics) -> Settings {
        let mut settings = Settings::default();
        for line in lines(source, source, diags) {
            let whole = line.whole();
            let Some((key, value)) = line.setting(&whole) else {
                diags
                    .error(&whole.at, "this is no KEY=VALUE")
                    .help("a line that begins with # is passed over");
                continue;
            };
            let number =
                |wanted: &str| value.number(wanted, |number: &f64| *number > 0.0 && *number < 1e6, diags);
            match KEYS.iter().find(|(known, _)| known.eq_ignore_ascii_case(&key.text)) {
                Some(("TIME", _)) => settings.minutes = number("a number of minutes above 0"),
                Some(("THROTTLE", _)) => {
                    let number = number("a number of operations a minute above 0");
                    settings.throttle = number.map(|number| (number, key));
                }
                // What was off is as it was.
                Some(("DEBUG", _)) if value.text == "0" => {}
                Some((name, way)) => {
                    diags.warning(&key.at, format!("{name} is not carried over")).help(*way);
                }
                None => {
                    let help = did_you_mean(&key.text, KEYS.iter().map(|(known, _)| *known));
                    diags.error(&key.at, format!("there is no setting `{}`", key.text)).help(help);
                }
            }
        }
        settings
    }
}
