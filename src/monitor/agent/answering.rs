//! The agent's side: a line for each line.

use std::io::{self, BufRead, Write};
use std::path::Path;

use super::processes::Ledger;
use super::wanted::{Told, Wanted};

/// Answers each line of `from` with one in `to`, until there are no more. Nothing else happens here, so that it may wait.
///
/// # Errors
/// Nobody reads the answers, or the questions cannot be read.
pub fn answer(from: impl BufRead, mut to: impl Write) -> io::Result<()> {
    let mut ledger = Ledger::default();
    for line in from.lines() {
        let told = match serde_json::from_str::<Wanted>(&line?) {
            Ok(wanted) => wanted.read(Path::new("/proc"), &mut ledger),
            Err(why) => {
                Told { lacking: Some(format!("the question makes no sense: {why}")), ..Told::default() }
            }
        };
        serde_json::to_writer(&mut to, &told)?;
        to.write_all(b"\n")?;
        to.flush()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_has_its_answer() {
        let mut said = Vec::new();
        answer(&b"{\"standard\": true}\nwhat?\n{}\n"[..], &mut said).unwrap();
        let said = String::from_utf8(said).unwrap();
        let all: Vec<Told> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(all[0].values.iter().any(|value| &*value.name == "memory"), "{said}");
        assert!(all[1].lacking.as_ref().unwrap().contains("makes no sense"));
        assert_eq!((all.len(), &all[2]), (3, &Told::default()));
    }
}
