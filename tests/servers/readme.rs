//! The README's way to a verdict on one's own server.

use crate::cyrus::Cyrus;
use crate::readme_commands::{Desk, commands};

#[test]
fn the_five_minutes_end_with_a_verdict() {
    let Some(server) = Cyrus::start() else { return };
    let desk = Desk::new();
    let mut commands = commands().into_iter().filter(|command| command.contains("my-cyrus"));
    let new = commands.next().unwrap();
    assert!(new.starts_with("populace new"), "{new}");
    desk.type_in(&new);
    let config = desk.path("my-cyrus/config.plist");
    let text = std::fs::read_to_string(&config).unwrap();
    // The address is all that this server's administrator has to set: its users are those of the config.
    let (before, rest) = text.split_once("<key>server</key>").unwrap();
    let (_, after) = rest.split_once("</string>").unwrap();
    let adapted = format!("{before}<key>server</key><string>{}</string>{after}", server.url());
    std::fs::write(&config, adapted).unwrap();
    let others: Vec<String> = commands.collect();
    assert!(others.len() >= 4, "{others:?}");
    others.iter().for_each(|command| desk.type_in(command));
}
