//! A controlled run, as WCAT has it: what the server sees of warm-up, measured phase and cool-down, and what is measured.

use std::fs;

use serde_json::Value;

use super::Web;
use crate::mixes::judge::alone;
use crate::mixes::ran::{Ran, run};

#[test]
fn only_what_lies_between_warmup_and_cooldown_is_measured() {
    let Some(server) = Web::start() else { return };
    let log = server.path("access.log");
    let before = fs::read_to_string(&log).expect("a log").lines().count();
    // What a monitor reads is when it reads it, so that its mean tells which readings it is of; and what the log has.
    let reads = format!(
        "printf '{{\"moment\": %s, \"seen\": %s}}\\n' $(date +%s.%N) $(wc -l &lt; {})",
        log.display()
    );
    let text = format!(
        "<plist version=\"1.0\"><dict><key>server</key><string>{}</string>
         <key>accounts</key><dict><key>loader</key><string>generateRecords</string>
           <key>params</key><dict><key>count</key><integer>20</integer></dict></dict>
         <key>arrival</key><dict><key>factory</key><string>Fixed</string><key>params</key><dict>
           <key>count</key><integer>20</integer></dict></dict>
         <key>run</key><dict><key>warmup</key><integer>2</integer><key>duration</key><integer>5</integer>
           <key>cooldown</key><integer>2</integer></dict>
         <key>monitors</key><array><dict><key>type</key><string>Command</string><key>name</key><string>nginx</string>
           <key>interval</key><integer>1</integer><key>params</key><dict><key>command</key><string>{reads}</string></dict>
           </dict></array>
         <key>clients</key><array><dict><key>software</key><string>Web</string><key>mix</key><string>choose</string>
           <key>params</key><dict><key>think</key><real>0.1</real></dict><key>profiles</key><array><dict>
           <key>class</key><string>Script</string><key>params</key><dict><key>steps</key><array><dict>
             <key>do</key><string>GET</string><key>url</key><string>/page.html</string></dict></array></dict></dict>
         </array></dict></array></dict></plist>",
        server.url()
    );
    let config = server.path("controlled.plist");
    fs::write(&config, text).expect("a file");
    let config = config.display().to_string();
    let ran = {
        let _alone = alone();
        run(&["--config", &config, "--seed", "1", "--workers", "2"])
    };
    assert_eq!(ran.code, 0, "{}", ran.said());
    let seen = (fs::read_to_string(&log).expect("a log").lines().count() - before) as u64;
    let phases = ["warmup", "measured", "cooldown"]
        .map(|phase| ran.figure(&format!("/phases/{phase}/requests")).unwrap_or_default() as u64);
    assert_eq!(phases.iter().sum::<u64>(), seen, "{}", ran.said());
    // Only the one in the middle is in the report. A request belongs to the phase in which it was due, a row of the timeline
    // counts it when it has come to its end: of each of the 20 clients one may lie astride of the end of a phase.
    let [warmup, measured, cooldown] = phases;
    assert_eq!(measured, ran.requests("GET{/page.html}"));
    let rows = rows(&ran);
    for (part, seconds) in [(warmup, 0..2), (measured, 2..7), (cooldown, 7..u64::MAX)] {
        let ended: u64 =
            rows.iter().filter(|row| seconds.contains(&row.second)).map(|row| row.requests).sum();
        assert!(part > 0 && part.abs_diff(ended) <= 20, "{ended} in {seconds:?} of {phases:?}");
    }
    let of_worker = |id: &str| ran.figure(&format!("/workers/{id}/measured/requests/count")).unwrap_or(0.0);
    let (one, other) = (of_worker("1"), of_worker("2"));
    assert!(one > 0.0 && other > 0.0 && one + other == measured as f64, "{one} and {other} of {measured}");

    // The server's figures are those of the same five seconds. A reading belongs to the phase in which the middle between it
    // and the one before lies, of which the rows tell the second.
    let figure = |what: &str| {
        let figure = ran.figure(&format!("/monitors/nginx/figures/{what}"));
        figure.unwrap_or_else(|| panic!("{what}: {}", ran.said()))
    };
    let [least, mean, most] = ["min", "mean", "max"].map(|what| figure(&format!("moment/{what}")));
    let mut judged = Vec::new();
    let mut before = None;
    for (second, [moment, seen]) in rows.iter().filter_map(|row| Some((row.second, row.read?))) {
        // Twice the middle, at the earliest and at the latest.
        let (early, late) = (before.unwrap_or(second) + second, before.unwrap_or(second) + second + 2);
        before = Some(second);
        let (surely, at_all) = (early >= 4 && late <= 14, late > 4 && early < 14);
        let counted = (least..=most).contains(&moment);
        assert!(counted || !surely, "{moment} of second {second} is lacking: {}", ran.said());
        assert!(at_all || !counted, "{moment} of second {second} counts: {}", ran.said());
        judged.extend(counted.then_some(seen));
    }
    assert_eq!(figure("moment/samples"), judged.len() as f64, "{}", ran.said());
    assert!((least..=most).contains(&mean), "{least} {mean} {most}");
    assert_eq!([figure("seen/min"), figure("seen/max")], [judged[0], judged[judged.len() - 1]]);
}

/// A row of the timeline.
struct Row {
    /// When it began, since the start of the run.
    second: u64,
    /// Requests that came to an end in it.
    requests: u64,
    /// What the monitor read in it: when that was, and how many lines the log had.
    read: Option<[f64; 2]>,
}

fn rows(ran: &Ran) -> Vec<Row> {
    assert_eq!(ran.figure("/timeline_interval_s"), Some(1.0));
    let row = |row: &Value| {
        let read = &row["monitors"]["nginx"];
        Row {
            second: row["at_s"].as_f64().expect("a time") as u64,
            requests: row["requests"].as_u64().expect("a number"),
            read: read["moment"].as_f64().zip(read["seen"].as_f64()).map(|(moment, seen)| [moment, seen]),
        }
    };
    ran.rows().map(row).collect()
}
