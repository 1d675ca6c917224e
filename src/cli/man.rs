//! `populace man`: the manual pages.

use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use clap_mangen::Man;

use super::complain;
use super::printing::print;
use crate::report::Exit;

#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Write a page for each command into this folder [default: print that of `populace`]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub fn main(args: &Args) -> Exit {
    let written = match &args.folder {
        None => show(),
        Some(folder) => write_all(folder),
    };
    match written {
        Ok(printed) => printed,
        Err(why) => {
            complain(&format!("error: {why}\n"));
            Exit::Usage
        }
    }
}

/// The page of `populace` itself, to standard output.
fn show() -> Result<Exit, String> {
    let mut page = Vec::new();
    Man::new(super::command()).render(&mut page).map_err(|why| format!("no manual page: {why}"))?;
    Ok(print(&String::from_utf8_lossy(&page)))
}

/// `populace.1`, `populace-run.1` and so on. Pages of an earlier version are replaced, as an installation does.
fn write_all(folder: &Path) -> Result<Exit, String> {
    let shown = folder.display();
    std::fs::create_dir_all(folder).map_err(|why| format!("cannot make the folder {shown}: {why}"))?;
    clap_mangen::generate_to(super::command(), folder)
        .map_err(|why| format!("cannot write the pages into {shown}: {why}"))?;
    Ok(print(&format!(
        "The pages are in {shown}; `man {}` shows one.\n",
        folder.join("populace-run.1").display()
    )))
}
