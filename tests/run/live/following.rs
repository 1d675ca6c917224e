//! A browser that follows a run, and keeps its report.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::{NINE, Shown, config};
use crate::browser::Browser;
use crate::processes::pause;

/// What the page says to whoever reads it, and where they are in it.
const STATE: &str = "[document.querySelectorAll('canvas').length, document.querySelector('.kicker b')?.textContent, \
                     document.activeElement.className, Math.round(document.activeElement.getBoundingClientRect().top), document.querySelector('#course details').open, \
                     document.getElementById('state').textContent]";

#[test]
fn a_browser_follows_a_run_and_can_end_it() {
    if !crate::page::browser() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let config = config(&folder, &format!("<key>server</key><string>embedded</string>{NINE}"));
    let report = folder.path().join("report.html");
    let mut shown = Shown::run("2m", &["--config", &config, "--html", report.to_str().unwrap()]);
    while shown.metrics().value("populace_run_seconds", &[]) < Some(3.0) {
        pause(Duration::from_millis(500));
    }
    let mut browser = Browser::open(folder.path(), &shown.url());
    let wait = |browser: &mut Browser, what: &str| {
        for _ in 0..100 {
            if browser.is(what) == true {
                return;
            }
            pause(Duration::from_millis(200));
        }
        panic!("not {what}: {} {}", browser.is(STATE), shown.read("stderr"));
    };
    wait(&mut browser, "document.querySelectorAll('canvas').length >= 7");
    // A reader has opened the table, looks at a chart with the keyboard, and has scrolled there.
    browser.is("document.querySelector('#course details').open = true; document.querySelector('.plot').focus(); \
                document.querySelector('.plot').scrollIntoView({ block: 'center', behavior: 'instant' }); kept = document.querySelector('canvas'); before = document.querySelector('.kicker b').textContent");
    let before = browser.is(STATE);
    wait(&mut browser, "document.querySelector('.kicker b').textContent !== before");
    let after = browser.is(STATE);
    for place in [0, 2, 4, 5] {
        assert_eq!(before[place], after[place], "{before} {after}");
    }
    assert_ne!(before[1], after[1]);
    assert_eq!(after[2], "plot");
    // What one looks at stays where it is on the screen.
    let moved = before[3].as_f64().unwrap() - after[3].as_f64().unwrap();
    assert!(moved.abs() < 30.0, "{before} {after}");
    assert_eq!(browser.is("kept.isConnected"), true, "the charts are not made anew");
    // Who has gone nearer to a part of the chart still sees that part when there is more of it.
    let range = "document.getElementById('all').disabled";
    assert_eq!(browser.is(range), true, "all of it is shown");
    browser.is("document.querySelector('.plot').dispatchEvent(new KeyboardEvent('keydown', { key: '+' }))");
    browser.is("before = document.querySelector('.kicker b').textContent");
    wait(&mut browser, "document.querySelector('.kicker b').textContent !== before");
    assert_eq!(browser.is(range), false, "a part of it is shown");
    browser
        .is("document.querySelector('.plot').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))");
    assert_eq!(browser.is(range), true, "all of it is shown");
    pictures(&mut browser, "going");
    // Asked, one may think again.
    browser.is("document.getElementById('stop').click(); document.getElementById('no').click()");
    assert_eq!(browser.is("document.getElementById('sure').open"), false);
    browser.is("document.getElementById('stop').click(); document.getElementById('yes').click()");
    wait(&mut browser, "document.getElementById('state').textContent.startsWith('It has ended')");
    assert_eq!(shown.end().1, Some(130), "{}", shown.read("stderr"));
    // Nobody serves the page any more; its report can be kept all the same.
    let kept = save(&mut browser, folder.path());
    assert!(kept == fs::read_to_string(&report).unwrap(), "it is another report than that of --html");
    assert_eq!(browser.is("document.getElementById('stop')"), Value::Null);
    assert!(browser.is("document.querySelector('h1 .word').textContent") != "Running");
    pictures(&mut browser, "ended");
    assert_eq!(browser.complaints(), [&Value::Null; 0]);
    let own = shown.url();
    let elsewhere: Vec<String> = browser
        .asked()
        .into_iter()
        .filter(|url| !url.starts_with(&own) && !url.starts_with("data:"))
        .collect();
    assert_eq!(elsewhere, [""; 0]);
}

/// What is in the file that the page makes.
fn save(browser: &mut Browser, folder: &Path) -> String {
    let folder = folder.join("kept");
    fs::create_dir(&folder).unwrap();
    browser.keep(&folder);
    browser.is("document.getElementById('save').click()");
    for _ in 0..100 {
        // It has another name until it is whole.
        if let Ok(text) = fs::read_to_string(folder.join("populace-report.html")) {
            return text;
        }
        pause(Duration::from_millis(100));
    }
    panic!("nothing was kept")
}

/// Pictures for people to look at, where `POPULACE_PICTURES` says.
fn pictures(browser: &mut Browser, name: &str) {
    let Some(folder) = std::env::var_os("POPULACE_PICTURES") else { return };
    for (width, scheme) in [(1280, "light"), (1280, "dark"), (400, "light"), (400, "dark")] {
        browser.look(width, scheme);
        for (place, top) in [("top", "0"), ("course", "document.getElementById('course').offsetTop - 60")] {
            browser.is(&format!("scrollTo({{ top: {top}, behavior: 'instant' }})"));
            pause(Duration::from_millis(700));
            let file = std::path::Path::new(&folder).join(format!("{name}-{width}-{scheme}-{place}.png"));
            fs::write(file, browser.picture()).unwrap();
        }
    }
    browser.look(1280, "light");
}
