//! The loaders, and the decoding of `accounts`.

use std::path::Path;

use crate::config::{Diagnostics, Entry, Param, Table, Value, find};
use crate::population::Account;

use super::{Use, csv, numbered};

/// Makes accounts from the parameters of a loader. What is wrong goes to the table's diagnostics, and then the answer is
/// `None`. The caller finishes the table.
pub type Loader = fn(&Table<'_>, &Around<'_>) -> Option<Vec<Account>>;

/// What a loader must know beside its parameters.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// The configuration file, for paths.
    pub beside: &'a Path,
    /// The server makes any account there is to be: where accounts are made from patterns, there are so many at least.
    pub at_least: u32,
}

/// All loaders.
pub static LOADERS: &[Entry<Loader>] = &[
    Entry {
        name: "generateRecords",
        aliases: &["contrib.performance.loadtest.sim.generateRecords"],
        help: "numbered accounts from patterns",
        params: numbered::GENERATE_PARAMS,
        build: numbered::generate,
    },
    Entry {
        name: "recordsFromCount",
        aliases: &["contrib.performance.loadtest.sim.recordsFromCount"],
        help: "numbered accounts from patterns, with the parameter names of 2013",
        params: numbered::COUNT_PARAMS,
        build: numbered::from_count,
    },
    Entry {
        name: "recordsFromCSVFile",
        aliases: &["contrib.performance.loadtest.sim.recordsFromCSVFile"],
        help: "accounts from a CSV file",
        params: &[
            Param { name: "path", default: "user01 to user99", help: "the file; empty for the default list" },
            Param { name: "interleavePods", default: "false", help: "take turns among the pods" },
        ],
        build: csv::load,
    },
];

/// What `accounts` says.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// The accounts; the index is the user number where each user has its own.
    pub list: Vec<Account>,
    /// Which user gets which; `None` leaves it to the domain.
    pub usage: Option<Use>,
}

/// Decodes the dict `accounts` (`loader`, `params`, `use`) and loads the accounts. Only users who have one each need more of
/// them.
pub fn load(value: &Value, around: Around<'_>, diags: &Diagnostics) -> Option<Accounts> {
    let table = Table::new(value, diags, "accounts")?;
    let name: Option<String> = table.required("loader");
    let usage = table.optional("use");
    let params = table.table("params", "the parameters of the account loader");
    let loader = name.and_then(|name| match find(LOADERS, &name) {
        Ok(entry) => Some(entry),
        Err(help) => {
            table.error_at_key("loader", format!("unknown account loader `{name}`")).help(help);
            None
        }
    });
    table.finish();
    let (params, loader) = (params?, loader?);
    let own = usage.unwrap_or(Use::Own) == Use::Own;
    let around = Around { at_least: if own { around.at_least } else { 0 }, ..around };
    let list = (loader.build)(&params, &around);
    params.finish();
    let list = list?;
    // They are said in protocols of lines, where a line break would begin a command of its own.
    let broken = list.iter().enumerate().find_map(|(n, account)| Some((n, account.control()?)));
    if let Some((n, what)) = broken {
        let message =
            format!("the {what} of account number {} holds a line break or another control character", n + 1);
        diags.error(&value.at, message);
        return None;
    }
    Some(Accounts { list, usage })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read_bytes;

    fn load_text(loader: &str, params: &str) -> Result<Vec<Account>, String> {
        let text = format!(
            "<plist><dict><key>loader</key><string>contrib.performance.loadtest.sim.{loader}</string>\n\
             <key>params</key><dict>{params}</dict></dict></plist>"
        );
        let diags = Diagnostics::new();
        let value = read_bytes("c", text.as_bytes(), &diags).unwrap();
        let around = Around { beside: Path::new("c"), at_least: 0 };
        let accounts = load(&value, around, &diags);
        let messages: Vec<String> = diags.all().iter().map(ToString::to_string).collect();
        if messages.is_empty() { Ok(accounts.unwrap().list) } else { Err(messages.join("; ")) }
    }

    #[test]
    fn a_line_break_in_an_account_is_an_error_that_does_not_tell_it() {
        let pattern =
            "<key>count</key><integer>2</integer><key>passwordPattern</key><string>s3cret%d&#10;x</string>";
        let told = load_text("generateRecords", pattern).unwrap_err();
        assert!(told.contains("the password of account number 1") && !told.contains("s3cret"), "{told}");
    }

    #[test]
    fn generated_accounts_have_the_ancestors_defaults() {
        let accounts = load_text("generateRecords", "<key>count</key><integer>2</integer>").unwrap();
        let second = &accounts[1];
        assert_eq!((&*second.uid, &*second.password.reveal()), ("user2", "user2"));
        assert_eq!((&*second.common_name, &*second.email), ("User 2", "user2@example.com"));
        assert_eq!((&*second.guid, &*second.pod), ("user2", "PodA"));
        let counted = load_text("recordsFromCount", "<key>count</key><integer>1</integer>").unwrap();
        assert_eq!((&*counted[0].uid, &*counted[0].guid), ("user01", ""));
    }

    #[test]
    fn patterns_and_the_first_number_are_taken() {
        let params = "<key>count</key><integer>3</integer><key>uidPattern</key><string>USER%03d</string>\
                      <key>first</key><integer>0</integer>";
        let accounts = load_text("generateRecords", params).unwrap();
        assert_eq!((&*accounts[0].uid, &*accounts[2].uid), ("USER000", "USER002"));
    }

    #[test]
    fn the_default_list_has_99_users() {
        let accounts = load_text("recordsFromCSVFile", "<key>path</key><string/>").unwrap();
        assert_eq!((accounts.len(), &*accounts[98].uid), (99, "user99"));
        assert_eq!(&*accounts[8].guid, "10000000-0000-0000-0000-000000000009");
    }

    #[test]
    fn faults_are_at_their_place() {
        let fault = load_text("generateRecord", "").unwrap_err();
        assert!(fault.starts_with("c:1:31: error: unknown account loader"), "{fault}");
        let fault = load_text("generateRecords", "<key>counts</key><integer>2</integer>").unwrap_err();
        assert!(fault.contains("`count` is missing") && fault.contains("unknown key `counts`"), "{fault}");
        let fault = load_text(
            "generateRecords",
            "<key>count</key><integer>2</integer><key>uidPattern</key><string>user</string>",
        );
        assert!(fault.unwrap_err().contains("has no number in it"));
        let fault = load_text("recordsFromCSVFile", "<key>path</key><string>none.csv</string>").unwrap_err();
        assert!(fault.starts_with("c:2:39: error: there is no file none.csv"), "{fault}");
    }
}
