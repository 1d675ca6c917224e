//! Whether `populace compare` calls runs different that are, and no others.
//!
//! `cargo bench --bench compare [-- PAIRS]` rehearses an hour of 400 users (the mix of `benches/rehearse`) against a
//! server of four slots, and lets the program compare: pairs (100 without a number) that differ in their seed alone, of
//! which at most 5 % may be called different; as many in which the service times of one are raised by 20 % as well, of
//! which at least 95 % must be called worse, with the labels; one pair of one seed, which is equal; and the same with the
//! times of one raised. It prints its figures and fails when one is not as it must be.
//!
//! `-- PAIRS --mix demo` takes `clients/demo.plist` for three minutes, where one event leads to many others at once.

#[path = "../shared/program.rs"]
mod shared;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use serde_json::Value;

/// By which part the service times are raised.
const RAISED: f64 = 0.2;

/// Of so many pairs without a difference one may be called different, and of so many with one may not.
const ONE_OF: usize = 20;

fn main() -> ExitCode {
    // Cargo itself adds `--bench`.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let pairs = words.iter().find_map(|word| word.parse().ok()).unwrap_or(100);
    let mix = if words.iter().any(|word| word == "demo") { DEMO } else { USUAL };
    match calibrate(pairs, mix) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}

/// What is rehearsed.
#[derive(Clone, Copy)]
struct Mix {
    arguments: &'static [&'static str],
    /// The median service time, milliseconds.
    median_ms: f64,
}

const USUAL: Mix = Mix {
    arguments: &["--users", "400", "--runtime", "1h", "--clients", "benches/rehearse/clients.plist"],
    median_ms: 30.0,
};
const DEMO: Mix = Mix {
    arguments: &["--users", "100", "--runtime", "3m", "--clients", "clients/demo.plist"],
    median_ms: 10.0,
};

fn calibrate(pairs: usize, mix: Mix) -> Result<bool, String> {
    let folder = tempfile::tempdir().map_err(|why| why.to_string())?;
    let rehearsals = Rehearsals { folder: folder.path(), mix };
    let (mut alike, mut raised, mut labels) = (Vec::new(), Vec::new(), BTreeMap::new());
    for pair in 0..pairs as u64 {
        let a = rehearsals.rehearse("a", 2 * pair + 1, 1.0)?;
        let b = rehearsals.rehearse("b", 2 * pair + 2, 1.0)?;
        alike.push(rehearsals.compare(&a, &b)?);
        let b = rehearsals.rehearse("b", 2 * pair + 2, 1.0 + RAISED)?;
        let compared = rehearsals.compare(&a, &b)?;
        compared.worse.iter().for_each(|label| *labels.entry(label.clone()).or_insert(0) += 1);
        raised.push(compared);
    }
    let one = rehearsals.rehearse("a", 1, 1.0)?;
    let same = rehearsals.compare(&one, &rehearsals.rehearse("b", 1, 1.0)?)?;
    let slower = rehearsals.compare(&one, &rehearsals.rehearse("b", 1, 1.0 + RAISED)?)?;

    let different = alike.iter().filter(|compared| !compared.found.is_empty()).count();
    println!(
        "seeds alone: {different} of {pairs} pairs are called different (at most {} may)",
        pairs / ONE_OF
    );
    alike.iter().flat_map(|compared| &compared.found).for_each(|found| println!("  {found}"));
    let named = raised.iter().filter(|compared| compared.exit == 1 && !compared.worse.is_empty()).count();
    println!(
        "service times of one raised by {} %: {named} of {pairs} pairs are called worse, with labels (at least {} must)",
        RAISED * 100.0,
        pairs - pairs / ONE_OF
    );
    labels.iter().for_each(|(label, times)| println!("  {label}: {times}"));
    println!("one seed twice: {}, exit {}", same.outcome, same.exit);
    println!(
        "one seed, times of one raised: {}, exit {}: {}",
        slower.outcome,
        slower.exit,
        slower.worse.join(", ")
    );
    Ok(different <= pairs / ONE_OF
        && named >= pairs - pairs / ONE_OF
        && (same.outcome.as_str(), same.exit) == ("equal", 0)
        && (slower.outcome.as_str(), slower.exit) == ("worse", 1))
}

struct Rehearsals<'a> {
    folder: &'a Path,
    mix: Mix,
}

/// What the program said of a pair.
struct Compared {
    outcome: String,
    exit: i32,
    /// The labels of which it says that they are worse, each once.
    worse: Vec<String>,
    /// Every figure that is called different in whatever way, in words.
    found: Vec<String>,
}

impl Rehearsals<'_> {
    /// Rehearses with service times longer by this factor; gives the results file.
    fn rehearse(&self, name: &str, seed: u64, factor: f64) -> Result<PathBuf, String> {
        let config = self.folder.join("config.plist");
        std::fs::write(&config, config_of(self.mix.median_ms / 1e3 * factor))
            .map_err(|why| why.to_string())?;
        let (results, output) = shared::results(
            Command::new(env!("CARGO_BIN_EXE_populace"))
                .args(["rehearse", "--seed", &seed.to_string()])
                .args(["--config".as_ref(), config.as_os_str()])
                .args(self.mix.arguments)
                .current_dir(env!("CARGO_MANIFEST_DIR")),
        )?;
        if results["verdict"] == "incomplete" || results["verdict"] == "error" {
            return Err(format!("the rehearsal came to nothing\n{}", shared::said(&output)));
        }
        let path = self.folder.join(format!("{name}.json"));
        std::fs::write(&path, results.to_string()).map_err(|why| why.to_string())?;
        Ok(path)
    }

    fn compare(&self, a: &Path, b: &Path) -> Result<Compared, String> {
        let json = self.folder.join("compared.json");
        let output = Command::new(env!("CARGO_BIN_EXE_populace"))
            .arg("compare")
            .args([a, b])
            .args(["--json".as_ref(), json.as_os_str()])
            .stdin(Stdio::null())
            .output()
            .map_err(|why| why.to_string())?;
        let text =
            std::fs::read_to_string(&json).map_err(|why| format!("{why}\n{}", shared::said(&output)))?;
        let comparison: Value = serde_json::from_str(&text).map_err(|why| why.to_string())?;
        let exit = output.status.code().unwrap_or(-1);
        Ok(Compared::of(&comparison, exit))
    }
}

impl Compared {
    fn of(comparison: &Value, exit: i32) -> Compared {
        let (mut worse, mut found) = (Vec::new(), Vec::new());
        for label in comparison["labels"].as_array().into_iter().flatten() {
            let name = format!("{} {}", text(&label["kind"]), text(&label["label"]));
            let times = label["percentiles"].as_array().into_iter().flatten();
            let times = times.map(|pair| (text(&pair[0]), &pair[1]));
            for (figure, change) in times.chain([("failed", &label["failures"])]) {
                let finding = text(&change["finding"]);
                if ["better", "slower", "worse"].contains(&finding) {
                    found.push(format!("{name} {figure} {finding}: {change}"));
                }
                if finding == "worse" && worse.last() != Some(&name) {
                    worse.push(name.clone());
                }
            }
        }
        Compared { outcome: text(&comparison["outcome"]).to_owned(), exit, worse, found }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Users within two minutes, a server of four slots, and times that scatter as those of servers do.
fn config_of(median: f64) -> String {
    let real = |key: &str, value: f64| format!("<key>{key}</key><real>{value}</real>");
    format!(
        "<plist version=\"1.0\"><dict><key>server</key><string>embedded</string>
         <key>accounts</key><dict><key>loader</key><string>recordsFromCount</string>
           <key>params</key><dict><key>count</key><integer>400</integer></dict></dict>
         <key>arrival</key><dict><key>factory</key><string>SmoothRampUp</string><key>params</key><dict>
           <key>groups</key><integer>400</integer><key>groupSize</key><integer>1</integer>
           <key>interval</key><real>0.25</real><key>clientsPerUser</key><integer>1</integer></dict></dict>
         <key>run</key><dict><key>warmup</key><integer>120</integer></dict>
         <key>embedded</key><dict><key>slots</key><integer>4</integer><key>service</key><dict>
           <key>type</key><string>LogNormal</string>
           <key>params</key><dict>{}{}</dict></dict></dict></dict></plist>",
        real("mode", median * 0.7),
        real("median", median)
    )
}
