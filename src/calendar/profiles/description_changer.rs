//! DescriptionChanger: gives a private event another description.

use super::habit::{ENABLED, PACING};
use super::registry::Build;
use super::text::{self, INTERVAL, Text};
use crate::config::{Entry, Param};

pub const ENTRY: Entry<Build> = Entry {
    name: "DescriptionChanger",
    aliases: &[],
    help: "Gives a random event that nobody is invited to a description of another length.",
    params: &[ENABLED, PACING, INTERVAL, LENGTH],
    build: |params, _| text::build(params, DESCRIPTION, LENGTH.name),
};

const LENGTH: Param = Param {
    name: "descriptionLengthDistribution",
    default: "Normal 10, 2",
    help: "the length of the description, characters",
};

const DESCRIPTION: Text =
    Text { name: "DescriptionChanger", property: "DESCRIPTION", write: |length| ".".repeat(length) };
