//! `populace accounts`: what creates the accounts of a config on a server, or in a directory.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | the command |
//! | `ldif.rs` | entries of a directory |
//! | `csv.rs` | the file that the loader `recordsFromCSVFile` reads |
//! | `dovecot.rs` | Dovecot's passwd-file |
//! | `cyrus.rs` | a shell script for the SASL database that Cyrus asks |

mod csv;
mod cyrus;
mod dovecot;
mod ldif;

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, Subcommand};

use super::complain;
use super::printing::print;
use crate::config::{Diagnostics, render};
use crate::population::Account;
use crate::report::Exit;
use crate::scenario::{Options, accounts};

#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    form: Form,
}

/// For whom it is.
#[derive(Debug, Subcommand)]
enum Form {
    /// A directory: inetOrgPerson entries as LDIF, for ldapadd
    Ldif {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        tree: ldif::Tree,
    },
    /// The loader recordsFromCSVFile: one account a line
    Csv {
        #[command(flatten)]
        which: Which,
    },
    /// Dovecot: lines of a passwd-file
    Dovecot {
        #[command(flatten)]
        which: Which,
    },
    /// Cyrus: a shell script that calls saslpasswd2 for each account
    Cyrus {
        #[command(flatten)]
        which: Which,
    },
}

#[derive(Debug, ClapArgs)]
struct Which {
    /// The config plist whose `accounts` they are
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Write it into this file, which must not be there yet; only you can read it [default: standard output]
    #[arg(long, short = 'o', value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Why an account cannot be written so.
#[derive(Debug, thiserror::Error)]
#[error("the account {uid:?} cannot be written: its {what}")]
struct Unwritable {
    uid: String,
    what: String,
}

impl Unwritable {
    fn new(account: &Account, what: impl Into<String>) -> Unwritable {
        Unwritable { uid: account.uid.to_string(), what: what.into() }
    }
}

pub fn main(args: &Args) -> Exit {
    let (Form::Ldif { which, .. } | Form::Csv { which } | Form::Dovecot { which } | Form::Cyrus { which }) =
        &args.form;
    let diags = Diagnostics::new();
    let options = Options { config: Some(which.config.clone()), ..Options::default() };
    let accounts = accounts(&options, &diags);
    complain(&render(&diags));
    let Some(accounts) = accounts else { return Exit::Usage };
    let text = match &args.form {
        Form::Ldif { tree, .. } => Ok(ldif::text(&accounts, tree)),
        Form::Csv { .. } => csv::text(&accounts),
        Form::Dovecot { .. } => dovecot::text(&accounts),
        Form::Cyrus { .. } => cyrus::text(&accounts),
    };
    let written = text.map_err(|why| why.to_string()).and_then(|text| match &which.output {
        Some(path) => write(path, &text).map(|()| Exit::Pass),
        None => Ok(print(&text)),
    });
    match written {
        Ok(exit) => exit,
        Err(why) => {
            complain(&format!("error: {why}\n"));
            Exit::Usage
        }
    }
}

/// Makes the file. There are passwords in it: nobody else reads it.
fn write(path: &Path, text: &str) -> Result<(), String> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    made.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|why| match why.kind() {
        ErrorKind::AlreadyExists => {
            format!(
                "{} is there already, and stays as it is\n  = help: name another --output",
                path.display()
            )
        }
        _ => format!("cannot write {}: {why}", path.display()),
    })
}

#[cfg(test)]
fn account(uid: &str, password: &str, name: &str, email: &str) -> std::rc::Rc<Account> {
    let password = crate::population::Password::new(password);
    let (uid, common_name, email) = (uid.into(), name.into(), email.into());
    std::rc::Rc::new(Account { uid, password, common_name, email, guid: "".into(), pod: "PodA".into() })
}
