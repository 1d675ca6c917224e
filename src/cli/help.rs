//! Help texts: the commands in groups, and examples of each.

use clap::Command;

use super::lists::text::{columns, width};

/// The commands by what one wants; every command that is shown stands here.
const GROUPS: &[(&str, &[&str])] = &[
    ("Bring a population", &["run", "rehearse", "status", "stop", "report", "compare"]),
    ("Look before you run", &["presets", "new", "import", "accounts", "check", "plan", "labels"]),
    (
        "What can be configured",
        &["models", "profiles", "distributions", "observers", "monitors", "arrivals", "loaders"],
    ),
    ("For other programs", &["serve", "worker", "agent", "schema", "completions", "man"]),
];

/// Under the help of each command, a line each; every one is parsed by a test.
const EXAMPLES: &[(&str, &[&str])] = &[
    (
        "run",
        &[
            "populace run --clients clients/demo.plist --runtime 30s",
            "populace run --config my.plist --users 200 --runtime 10m --html report.html",
        ],
    ),
    ("rehearse", &["populace rehearse --users 100 --runtime 1h --seed 1 --json results.json"]),
    ("status", &["populace status", "populace status --pid 4711 --format json"]),
    ("stop", &["populace stop"]),
    ("report", &["populace report results.json --html report.html"]),
    ("compare", &["populace compare before.json after.json --max-regression 10%"]),
    (
        "presets",
        &[
            "populace presets",
            "populace presets monday > my-monday.plist",
            "populace rehearse --preset monday",
            "populace run --config my.plist --preset ./my-monday.plist",
        ],
    ),
    ("new", &["populace new cyrus my-cyrus"]),
    ("import", &["populace import mailstone commands --config CONFIG > my-mailstone.plist"]),
    (
        "accounts",
        &[
            "populace accounts ldif --config my.plist --output accounts.ldif",
            "populace accounts cyrus --config my.plist > make-accounts.sh",
        ],
    ),
    ("check", &["populace check --config my.plist --clients clients/clients.plist"]),
    ("plan", &["populace plan --clients clients/demo.plist --runtime 30s --seed 1"]),
    ("labels", &["populace labels --config my.plist"]),
    ("models", &["populace models", "populace models OS_X_10_11"]),
    ("profiles", &["populace profiles", "populace profiles Eventer"]),
    ("distributions", &["populace distributions", "populace distributions LogNormal"]),
    ("observers", &["populace observers", "populace observers ReportStatistics --format json"]),
    ("monitors", &["populace monitors", "populace monitors NodeExporter"]),
    ("arrivals", &["populace arrivals", "populace arrivals DayCurve"]),
    ("loaders", &["populace loaders generateRecords"]),
    ("serve", &["populace serve --listen 127.0.0.1:8008 --users 200", "populace serve --calendarserver"]),
    (
        "schema",
        &["populace schema config > config.schema.json", "populace schema plist --format dtd > plist.dtd"],
    ),
    ("completions", &["populace completions bash > ~/.local/share/bash-completion/completions/populace"]),
    ("man", &["populace man ~/.local/share/man/man1"]),
];

/// The command line with its commands in groups and examples under each.
pub fn arranged(command: Command) -> Command {
    let list = grouped(&command);
    let template = format!(
        "{{about}}\n\n{{usage-heading}} {{usage}}\n\n{list}\nOptions:\n{{options}}\n\n\
         `populace COMMAND --help` says more and has examples.{{after-help}}"
    );
    let command = command.help_template(template);
    EXAMPLES.iter().fold(command, |command, (name, lines)| {
        command.mut_subcommand(name, |one| one.after_help(examples(lines)))
    })
}

fn grouped(command: &Command) -> String {
    let row = |name: &&str| {
        let about = command.find_subcommand(name).and_then(Command::get_about);
        ((*name).to_owned(), about.map(ToString::to_string).unwrap_or_default())
    };
    let group = |(heading, names): &(&str, &[&str])| {
        let rows: Vec<_> = names.iter().map(row).collect();
        format!("{heading}:\n{}", columns(&rows, 2, 15, width()))
    };
    GROUPS.iter().map(group).collect::<Vec<_>>().join("\n")
}

fn examples(lines: &[&str]) -> String {
    let heading = if lines.len() > 1 { "Examples" } else { "Example" };
    format!("{heading}:\n  {}", lines.join("\n  "))
}

#[cfg(test)]
mod tests {
    use super::super::{Cli, command};
    use super::*;
    use clap::{CommandFactory, Parser};

    #[test]
    fn every_command_has_its_group_and_an_example() {
        let listed: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        for one in Cli::command().get_subcommands() {
            let name = one.get_name();
            assert_eq!(listed.iter().filter(|listed| **listed == name).count(), 1, "{name}");
            let without = ["worker", "agent"].contains(&name);
            assert_eq!(EXAMPLES.iter().any(|(with, _)| *with == name), !without, "{name}");
        }
        command().debug_assert();
    }

    #[test]
    fn every_example_is_a_command_line() {
        for line in EXAMPLES.iter().flat_map(|(_, lines)| lines.iter()) {
            let words = line.split(" > ").next().unwrap_or_default().split_whitespace();
            assert!(Cli::try_parse_from(words).is_ok(), "{line}");
        }
    }
}
