//! Debian's Chromium, driven over a pipe by the protocol of its developer tools
//! (<https://chromedevtools.github.io/devtools-protocol/>): messages of JSON, each with a zero byte at its end.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// A browser with one page. It reaches nothing but this machine.
pub struct Browser {
    child: Child,
    to: File,
    said: Receiver<Value>,
    session: Option<String>,
    last: u64,
    events: Vec<Value>,
}

impl Browser {
    /// Starts it, with its files in a folder, and loads a page.
    pub fn open(folder: &Path, url: &str) -> Browser {
        let (to, from) = (folder.join("to"), folder.join("from"));
        assert!(Command::new("mkfifo").args([&to, &from]).status().unwrap().success());
        // Processes of its own outlive it, unless they are of one group that is ended.
        let script = format!(
            "exec timeout --kill-after=1 120 chromium --headless=new --no-sandbox --disable-gpu \
             --disable-dev-shm-usage --no-first-run --disable-background-networking --disable-component-update \
             --disable-sync --disable-default-apps --disable-domain-reliability --remote-debugging-pipe \
             --proxy-server=http://127.0.0.1:9 --hide-scrollbars --user-data-dir={} about:blank 3<{} 4>{}",
            folder.join("profile").display(),
            to.display(),
            from.display()
        );
        let mut command = Command::new("sh");
        command.args(["-c", &script]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().unwrap();
        let (to, from) = (OpenOptions::new().write(true).open(to).unwrap(), File::open(from).unwrap());
        let (tell, said) = channel();
        std::thread::spawn(move || {
            let messages = BufReader::new(from).split(0).map_while(Result::ok);
            let messages = messages.map_while(|message| serde_json::from_slice(&message).ok());
            messages.map_while(|message| tell.send(message).ok()).for_each(drop);
        });
        let mut browser = Browser { child, to, said, session: None, last: 0, events: Vec::new() };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }))["targetId"].clone();
        let attached = browser.call("Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser.call("Page.navigate", json!({ "url": url }));
        browser
    }

    /// Calls a method, and waits for what it gives.
    pub fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        self.to.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let said = self.said.recv_timeout(Duration::from_secs(60)).expect("the browser says nothing");
            if said["id"] == self.last {
                assert!(said["error"].is_null(), "{method}: {said}");
                return said["result"].clone();
            }
            self.events.push(said);
        }
    }

    /// What an expression of JavaScript is in the page.
    pub fn is(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", asked);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Errors and warnings of the page, and all that it wrote.
    pub fn complaints(&self) -> Vec<&Value> {
        let of = ["Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"];
        self.events.iter().filter(|event| of.iter().any(|name| event["method"] == *name)).collect()
    }

    /// All addresses that it has asked for.
    pub fn asked(&self) -> BTreeSet<String> {
        let of = |event: &&Value| event["method"] == "Network.requestWillBeSent";
        let url = |event: &Value| event["params"]["request"]["url"].as_str().unwrap_or_default().to_owned();
        self.events.iter().filter(of).map(url).collect()
    }

    /// The page as a screen of this width shows it, light or dark.
    pub fn look(&mut self, width: u32, scheme: &str) {
        let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", size);
        let scheme = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", scheme);
    }

    /// Puts what it downloads into this folder from now on.
    pub fn keep(&mut self, folder: &Path) {
        let to = json!({ "behavior": "allow", "downloadPath": folder });
        self.call("Page.setDownloadBehavior", to);
    }

    /// A picture of it, as a PNG.
    pub fn picture(&mut self) -> Vec<u8> {
        let picture = self.call("Page.captureScreenshot", json!({}));
        STANDARD.decode(picture["data"].as_str().unwrap()).unwrap()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It ends by itself when nobody holds the other end of its pipe; `timeout` passes on what it is told.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}
