//! Workers on another machine, by way of a real sshd.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::program::{commands, config, pause, program, run};

/// An sshd on loopback with keys of its own. It lets in whoever runs this test.
struct Sshd {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Sshd {
    /// None, with a word, where there is no sshd; unless it must be there.
    fn start() -> Option<Sshd> {
        let sshd =
            ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].map(Path::new).into_iter().find(|path| path.exists());
        let Some(sshd) = sshd else {
            let must = std::env::var_os("POPULACE_REQUIRE_SERVERS").is_some();
            assert!(!must, "there is no sshd; tests/servers/install installs it");
            println!("skipped: there is no sshd (tests/servers/install installs it)");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        for key in ["host", "user"] {
            let path = folder.path().join(key);
            let made =
                Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(path).status();
            assert!(made.unwrap().success());
        }
        // It wants to have this folder, even where it is not used.
        let _ = fs::create_dir_all("/run/sshd");
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let place = |name: &str| folder.path().join(name).display().to_string();
        let text = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\nUsePAM no\n\
             StrictModes no\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n",
            place("host"),
            place("user.pub")
        );
        fs::write(folder.path().join("sshd_config"), text).unwrap();
        let child = Command::new(sshd)
            .args(["-D", "-e", "-f", &place("sshd_config")])
            .stdin(Stdio::null())
            .stderr(fs::File::create(folder.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        let sshd = Sshd { child, port, folder };
        for _ in 0..100 {
            if std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return Some(sshd);
            }
            pause(Duration::from_millis(50));
        }
        panic!("sshd does not listen: {}", fs::read_to_string(sshd.folder.path().join("log")).unwrap());
    }

    /// The shell command that does `remote` there.
    fn command(&self, remote: &str) -> String {
        let place = |name: &str| self.folder.path().join(name).display().to_string();
        let known = format!("-o UserKnownHostsFile={} -o StrictHostKeyChecking=accept-new", place("known"));
        let (port, key) = (self.port, place("user"));
        format!(
            "exec ssh -F none -T -o BatchMode=yes {known} -o IdentitiesOnly=yes -i {key} -p {port} 127.0.0.1 '{remote}'"
        )
    }
}

/// A client program of its own, which lies beside the clients plist and nowhere else.
fn clients(folder: &Path) -> PathBuf {
    let model = folder.join("models/Mine");
    fs::create_dir_all(&model).unwrap();
    let text = "<plist version='1.0'><dict><key>like</key><string>OS_X_10_7</string>
        <key>title</key><string>Mine</string><key>userAgent</key><string>Mine/1</string></dict></plist>";
    fs::write(model.join("model.plist"), text).unwrap();
    let path = folder.join("clients.plist");
    let text =
        "<plist version='1.0'><dict><key>clients</key><array><dict><key>software</key><string>Mine</string>
        <key>profiles</key><array/></dict></array></dict></plist>";
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn workers_come_by_ssh_and_need_no_files() {
    let Some(sshd) = Sshd::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let remote = sshd.command(&format!("cd / && exec {} worker", program()));
    let gone = sshd.command("echo it is not installed here >&2; exit 127");
    let agents = ["agent", "nothing"].map(|word| {
        let command = sshd.command(&format!("echo welcome; exec {} {word}", program()));
        format!(
            "<dict><key>type</key><string>Agent</string><key>name</key><string>{word}</string><key>interval</key>\
             <integer>1</integer><key>params</key><dict><key>command</key><string>{command}</string></dict></dict>"
        )
    });
    let monitors = format!("<key>monitors</key><array>{}</array>", agents.concat());
    let config = config(folder.path(), &(commands(&[&remote, &remote]) + &monitors));
    let clients = clients(folder.path());
    let arguments =
        ["--config", config.to_str().unwrap(), "--clients", clients.to_str().unwrap(), "--runtime", "4s"];
    let ran = run(&arguments);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(
        ran.workers().iter().all(|(_, requests, state)| *requests > 0 && state == "done"),
        "{}",
        ran.said()
    );
    assert_eq!(ran.sent(), ran.served(), "{}", ran.said());
    assert!(ran.results["groups"]["Mine"].is_object(), "{}", ran.said());
    let read = &ran.results["monitors"]["agent"]["figures"];
    assert!(
        read["cpu"]["mean"].as_f64() > Some(0.0) && read["memory"]["min"].as_f64() > Some(1e6),
        "{}",
        ran.said()
    );
    let why = ran.results["server_failures"]["nothing"].as_object().unwrap().keys().next().unwrap();
    assert!(why.contains("broke off: it has ended; it said: ") && why.contains("nothing"), "{why}");

    let config = crate::program::config(folder.path(), &commands(&[&remote, &gone]));
    let ran = run(&["--config", config.to_str().unwrap(), "--clients", arguments[3], "--runtime", "3s"]);
    assert_eq!(ran.code, 4, "{}", ran.said());
    assert!(ran.stdout.contains("exit code 127; it last said: it is not installed here"), "{}", ran.said());
}
