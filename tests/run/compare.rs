//! Two results files against each other.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{populace, texts};

/// Rehearses a minute with these service times and gives the results file.
fn rehearsed(folder: &Path, name: &str, median_ms: f64) -> PathBuf {
    let config = folder.join("config.plist");
    let text = format!(
        "<plist version=\"1.0\"><dict><key>server</key><string>embedded</string>
         <key>accounts</key><dict><key>loader</key><string>recordsFromCount</string><key>params</key>
           <dict><key>count</key><integer>40</integer></dict></dict>
         <key>arrival</key><dict><key>factory</key><string>SmoothRampUp</string><key>params</key><dict>
           <key>groups</key><integer>40</integer><key>groupSize</key><integer>1</integer>
           <key>interval</key><real>0.1</real><key>clientsPerUser</key><integer>1</integer></dict></dict>
         <key>embedded</key><dict><key>service</key><dict><key>type</key><string>LogNormal</string>
           <key>params</key><dict><key>mode</key><real>{}</real><key>median</key><real>{}</real></dict>
         </dict></dict></dict></plist>",
        median_ms * 0.8e-3,
        median_ms * 1e-3
    );
    fs::write(&config, text).unwrap();
    let json = folder.join(name);
    let [config, to] = [&config, &json].map(|path| path.to_str().unwrap());
    let with = ["rehearse", "--config", config, "--clients", "clients/demo.plist", "--runtime", "60s"];
    let output = populace(&[&with[..], &["--seed", "1", "--json", to]].concat()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", texts(&output).1);
    json
}

/// Exit code, standard output and standard error.
fn compare(a: &Path, b: &Path, more: &[&str]) -> (i32, String, String) {
    let files = [a, b].map(|path| path.to_str().unwrap());
    let output = populace(&[&["compare"], &files[..], more].concat()).output().unwrap();
    let (stdout, stderr) = texts(&output);
    (output.status.code().unwrap(), stdout, stderr)
}

#[test]
fn one_seed_is_equal_and_a_fifth_slower_is_worse() {
    let folder = tempfile::tempdir().unwrap();
    let [a, again, slower] = [("a.json", 40.0), ("again.json", 40.0), ("slower.json", 48.0)]
        .map(|(n, ms)| rehearsed(folder.path(), n, ms));
    let (code, said, _) = compare(&a, &again, &[]);
    assert!(code == 0 && said.contains("*** EQUAL: "), "{said}");
    let (code, said, _) = compare(&a, &slower, &["--max-regression", "5%"]);
    let verdict = said.lines().last().unwrap();
    assert!(code == 1 && verdict.starts_with("*** WORSE (up to 5 % is allowed): "), "{said}");
    assert!(verdict.contains("request REPORT{sync-coll} (p50 +"), "{said}");
    let markdown = folder.path().join("compared.md");
    // Neither form is lost to the other.
    let one = folder.path().join("one").to_str().unwrap().to_owned();
    let (code, said, complaint) = compare(&a, &slower, &["--markdown", &one, "--json", &one]);
    assert!(code == 2 && said.is_empty(), "{said}");
    assert!(complaint.contains("--markdown and --json name one file"), "{complaint}");
    let (code, said, _) =
        compare(&a, &slower, &["--max-regression=80%", "--markdown", markdown.to_str().unwrap()]);
    assert!(code == 0 && said.contains("*** SLOWER"), "{said}");
    assert!(fs::read_to_string(markdown).unwrap().contains("| `request REPORT{sync-coll}` | p50 |"));
    // The other way round it is faster, which fails nothing.
    let (code, said, _) = compare(&slower, &a, &[]);
    assert!(code == 0 && said.contains("*** BETTER: "), "{said}");
}

#[test]
fn what_is_no_results_file_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let broken = file("broken.json", "{\n  \"schema\": \"populace.results/1\",\n  seed: 3\n}");
    let short = file("short.json", "{\n  \"schema\": \"populace.results/1\"\n}");
    let newer = file("newer.json", "{\n  \"schema\": \"populace.results/9\"\n}");
    let missing = folder.path().join("missing.json");
    for (path, place, says) in [
        (&broken, "broken.json:3:3", "key must be a string"),
        (&short, "short.json:3:1", "missing field"),
        (&newer, "newer.json:2:3", "has the form `populace.results/9`"),
    ] {
        let (code, said, complaint) = compare(path, &short, &[]);
        assert!(code == 2 && said.is_empty(), "{said}");
        for part in [place, says, "help"] {
            assert!(complaint.contains(part), "{part} is not in\n{complaint}");
        }
    }
    let (code, _, complaint) = compare(&missing, &short, &[]);
    assert!(
        code == 2 && complaint.contains("missing.json") && complaint.contains("cannot open"),
        "{complaint}"
    );
    let (code, _, complaint) = compare(&short, &short, &["--max-regression", "much"]);
    assert!(code == 2 && complaint.contains("as 10%"), "{complaint}");
}
