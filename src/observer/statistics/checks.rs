//! What was looked for in answers, as the report shows it.

use crate::report::Table;
use crate::stats::Period;

/// Each check of each request, and how often it was found; empty where nothing was looked for.
pub fn table(period: &Period) -> String {
    let mut table =
        Table::new("request", 30).text_column("looked for", 30).column("found", 9).column("not found", 9);
    for (label, checks) in &period.checks {
        for (check, count) in checks {
            let counts = [count.found, count.not_found].map(|count| count.to_string());
            table.row([label.to_string(), check.to_string()].into_iter().chain(counts).collect());
        }
    }
    if table.is_empty() { String::new() } else { format!("\n* Checks of answers\n{}", table.render()) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::event::{Checked, What};
    use crate::label::Label;
    use crate::report::{Results, summary_of};
    use crate::stats::Limits;
    use crate::stats::test::{measured, statistics, who};

    #[test]
    fn checks_stand_by_request() {
        assert_eq!(table(&Period::default()), "");
        let event = |client, check: &str, found| {
            let label = Label::new("GET{home}");
            measured(
                Duration::from_secs(1),
                What::Checked(Checked { who: who(client), profile: None, label, check: check.into(), found }),
            )
        };
        let [one, mut other] = [0, 1].map(|client| {
            let events = [event(client, "total", true), event(client, "match x", client == 0)];
            statistics(Limits::default(), &events)
        });
        other.merge(&one).unwrap();
        let text = table(other.measured().unwrap());
        let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert!(rows.contains(&vec!["GET{home}", "match", "x", "1", "1"]), "{text}");
        assert!(rows.contains(&vec!["GET{home}", "total", "2", "0"]), "{text}");
        let results = Results::of(&summary_of(&other));
        assert_eq!(results.checks[&Label::new("GET{home}")]["match x"].not_found, 1);
    }
}
