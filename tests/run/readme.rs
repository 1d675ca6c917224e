//! Every command of the README works. Those against a server of one's own are typed in `tests/servers/readme.rs`.

use crate::command::{populace, root, texts};
use crate::readme_commands::{Desk, commands};

/// What is no command of the program.
const OTHERS: [&str; 1] = ["cargo test"];

/// What somebody has who used Mailstone.
const MAILSTONE: &str = "InitHost host=here clients=2 type=unix
<Default>
server mail.example
accountFormat user%d@mail.example
passwdFormat secret
numAccounts 10
</Default>
<SMTP HOSTS=here>
smtpMailFrom somebody
file bench3k
weight 1
</SMTP>
";

#[test]
fn every_command_does_what_the_readme_says() {
    let desk = Desk::new();
    let commands = commands();
    assert!(commands.len() > 10, "{commands:?}");
    // Those for servers of one's own are typed in by the tests of real servers.
    let elsewhere = |command: &str| {
        ["my-cyrus", "config/mail.plist", "config/web.plist"].iter().any(|file| command.contains(file))
    };
    for command in commands.iter().filter(|command| !elsewhere(command)) {
        if OTHERS.contains(&command.as_str()) {
            continue;
        }
        if command.contains("before.json") {
            // Two runs of one's own, made alike.
            for seed in ["1", "2"] {
                let (name, clients) =
                    (["before.json", "after.json"][usize::from(seed == "2")], "clients/demo.plist");
                desk.type_in(&format!("populace rehearse --clients {clients} --seed {seed} --json {name}"));
            }
        }
        if command.contains("import mailstone") {
            std::fs::write(desk.path("commands"), MAILSTONE).unwrap();
            std::fs::write(desk.path("CONFIG"), "TIME=1\n").unwrap();
        }
        desk.type_in(command);
    }
}

/// What stands in a sentence as `populace WORD` is a command.
#[test]
fn every_command_that_is_named_exists() {
    for file in ["README.md", "CONFIGURATION.md", "ARCHITECTURE.md", "CHANGELOG.md", "observers/README.md"] {
        let text = std::fs::read_to_string(root().join(file)).unwrap();
        for named in text.split("`populace ").skip(1) {
            let word: String = named.chars().take_while(char::is_ascii_lowercase).collect();
            if word.is_empty() {
                continue;
            }
            let output = populace(&["help", &word]).output().unwrap();
            assert!(output.status.success(), "{file} names `populace {word}`: {:?}", texts(&output));
        }
    }
}
