//! A controlled run, as WCAT has it: what the server sees of warm-up, measured phase and cool-down, and what is measured.

use std::fs;

use super::Web;
use crate::mixes::judge::alone;
use crate::mixes::ran::run;

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
    // All three are of the same load, and only the one in the middle is in the report.
    let [warmup, measured, cooldown] = phases;
    assert_eq!(measured, ran.requests("GET{/page.html}"));
    let of_load = |part: u64, seconds: u64| (part * 9).abs_diff(seen * seconds) < 2 * seen;
    assert!(of_load(warmup, 2) && of_load(measured, 5) && of_load(cooldown, 2), "{phases:?} of {seen}");
    let of_worker = |id: &str| ran.figure(&format!("/workers/{id}/measured/requests/count")).unwrap_or(0.0);
    let (one, other) = (of_worker("1"), of_worker("2"));
    assert!(one > 0.0 && other > 0.0 && one + other == measured as f64, "{one} and {other} of {measured}");

    // The server's figures are those of the same five seconds.
    let figure = |what: &str| {
        let figure = ran.figure(&format!("/monitors/nginx/figures/{what}"));
        figure.unwrap_or_else(|| panic!("{what}: {}", ran.said()))
    };
    let started = ran.started().timestamp_micros() as f64 / 1e6;
    let [least, mean, most] = ["min", "mean", "max"].map(|what| figure(&format!("moment/{what}")) - started);
    assert!(
        least >= 2.0 && most < 8.9 && (3.5..5.9).contains(&mean),
        "{least} {mean} {most}: {}",
        ran.said()
    );
    assert!((3.0..=6.0).contains(&figure("moment/samples")), "{}", ran.said());
    let grown = figure("seen/max") - figure("seen/min");
    assert!(grown > 0.5 * measured as f64 && grown < 1.2 * measured as f64, "{grown} of {measured}");
}
