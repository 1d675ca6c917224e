//! The commands of the README, as somebody types them who has the program on the path.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// All commands that stand in its blocks of shell, in their order.
pub fn commands() -> Vec<String> {
    let text = std::fs::read_to_string(root().join("README.md")).unwrap();
    let mut commands = Vec::new();
    let mut in_block = false;
    for line in text.lines().map(str::trim) {
        match line {
            "```sh" => in_block = true,
            "```" => in_block = false,
            command if in_block && !command.is_empty() => commands.push(command.to_owned()),
            _ => {}
        }
    }
    commands
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder like that of a fresh clone, where commands are typed.
pub struct Desk {
    folder: TempDir,
}

impl Desk {
    pub fn new() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        for name in ["clients", "config", "observers"] {
            std::os::unix::fs::symlink(root().join(name), folder.path().join(name)).unwrap();
        }
        let bin = folder.path().join("bin");
        std::fs::create_dir(&bin).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_populace"), bin.join("populace")).unwrap();
        Desk { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Types a command, whose time is cut short; it must succeed, and write the files that it names.
    pub fn type_in(&self, command: &str) {
        let typed = shortened(command);
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        let output = Command::new("bash")
            .args(["-c", &typed])
            .current_dir(self.folder.path())
            .env("PATH", path)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said =
            [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat();
        assert!(output.status.success(), "{typed}: {}\n{said}", output.status);
        for file in written(&typed) {
            let length = std::fs::metadata(self.path(file)).map_or(0, |file| file.len());
            assert!(length > 0, "{typed} has not written {file}\n{said}");
        }
    }
}

/// The files that a command writes.
fn written(command: &str) -> impl Iterator<Item = &str> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let named =
        |pair: &[&str]| ["--json", "--html", "--markdown", "--csv", "--junit", "--events"].contains(&pair[0]);
    words.windows(2).filter(|pair| named(pair)).map(|pair| pair[1]).collect::<Vec<_>>().into_iter()
}

/// The same command with less time and fewer users: what it does stays, how much does not.
fn shortened(command: &str) -> String {
    let command = command.replace("cargo run --release -- ", "populace ");
    let less: &[(&str, &str)] = match () {
        () if command.starts_with("populace run") => &[("--runtime", "10s"), ("--users", "5")],
        // In virtual time a preset may take as long as it says.
        () if command.contains("--preset") => &[("--users", "5")],
        () if command.starts_with("populace rehearse") => &[("--runtime", "30s"), ("--users", "5")],
        () => return command,
    };
    let mut words: Vec<&str> = command.split_whitespace().collect();
    for (option, value) in less {
        match words.iter().position(|word| word == option) {
            Some(place) => words[place + 1] = value,
            None => words.extend([option, value]),
        }
    }
    words.join(" ")
}
