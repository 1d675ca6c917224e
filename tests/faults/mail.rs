//! The program against a mail server whose answer unpacks without end.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use flate2::{Compress, Compression, FlushCompress};
use serde_json::Value;

/// A message of a megabyte, a hundred times, as little as it packs to.
fn bomb() -> Vec<u8> {
    let words = format!("* 1 FETCH (BODY[] {{1000000}}\r\n{})\r\n", "x".repeat(1_000_000)).repeat(100);
    let mut packed = Vec::with_capacity(1 << 20);
    let mut compress = Compress::new(Compression::fast(), false);
    compress.compress_vec(words.as_bytes(), &mut packed, FlushCompress::Sync).unwrap();
    assert_eq!(compress.total_in(), words.len() as u64);
    packed
}

/// Logs everybody in, lets the session be compressed, and answers what comes then by the bomb, again and again.
fn serve(stream: TcpStream, bomb: &[u8]) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?);
    let mut out = stream;
    out.write_all(b"* OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] hello\r\n")?;
    let mut line = String::new();
    while lines.read_line(&mut line)? > 0 {
        let (tag, command) = line.trim_end().split_once(' ').unwrap_or_default();
        writeln!(out, "{tag} OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] done\r")?;
        if command.starts_with("COMPRESS") {
            break;
        }
        line.clear();
    }
    lines.read_exact(&mut [0])?;
    loop {
        out.write_all(bomb)?;
    }
}

#[test]
fn what_is_unpacked_is_bounded() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let bomb = bomb();
        for stream in listener.incoming().flatten() {
            // It ends when the client hangs up.
            let _ = serve(stream, &bomb);
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let config = format!(
        "<plist version='1.0'><dict><key>services</key><dict><key>imap</key><string>imap://{address}</string></dict>
         <key>accounts</key><dict><key>loader</key><string>generateRecords</string>
         <key>params</key><dict><key>count</key><integer>1</integer></dict></dict>
         <key>arrival</key><dict><key>factory</key><string>Fixed</string>
         <key>params</key><dict><key>count</key><integer>1</integer></dict></dict>
         <key>clients</key><array><dict><key>software</key><string>Mail</string><key>mix</key><string>once</string>
         <key>profiles</key><array><dict><key>class</key><string>IMAP4</string><key>params</key><dict>
         <key>compress</key><true/></dict></dict></array></dict></array></dict></plist>"
    );
    std::fs::write(path("config.plist"), config).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_populace"))
        .args(["run", "--config", &path("config.plist"), "--runtime", "5s", "--seed", "1"])
        .args(["--json", &path("results.json")])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let results =
        std::fs::read_to_string(path("results.json")).unwrap_or_else(|why| panic!("{why}: {output:?}"));
    let results: Value = serde_json::from_str(&results).unwrap();
    let errors = &results["errors"];
    assert_eq!(errors["too-large"]["count"], 1, "{errors:#}");
    assert_eq!(errors.as_object().unwrap().len(), 1, "{errors:#}");
    let memory = results["host"]["peak_rss_bytes"].as_u64().unwrap();
    assert!(memory > 0 && memory < 256 << 20, "{memory}");
}
