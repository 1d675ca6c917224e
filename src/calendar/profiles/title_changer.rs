//! TitleChanger: gives a private event another title.

use super::habit::{ENABLED, PACING};
use super::registry::Build;
use super::text::{self, INTERVAL, Text};
use crate::config::{Entry, Param};

pub const ENTRY: Entry<Build> = Entry {
    name: "TitleChanger",
    aliases: &[],
    help: "Gives a random event that nobody is invited to a title of another length.",
    params: &[ENABLED, PACING, INTERVAL, LENGTH],
    build: |params, _| text::build(params, TITLE, LENGTH.name),
};

const LENGTH: Param = Param {
    name: "titleLengthDistribution",
    default: "Normal 10, 2",
    help: "the length of the title, characters, at least 5",
};

const TITLE: Text = Text { name: "TitleChanger", property: "SUMMARY", write: title };

/// "Event" and dots up to the length.
fn title(length: usize) -> String {
    format!("{:.<length$}", "Event")
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn a_title_has_its_length_but_at_least_five() {
        assert_eq!([title(0), title(5), title(8)], ["Event", "Event", "Event..."]);
    }
}
