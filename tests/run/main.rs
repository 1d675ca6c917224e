//! Black-box tests of the program: what a person types, and what comes of it.

mod ancestor;
mod beginning;
mod breaking;
#[path = "../shared/browser.rs"]
mod browser;
mod command;
mod compare;
mod control;
mod demo;
mod endings;
#[path = "../shared/exposition.rs"]
mod exposition;
mod golden;
mod importing;
mod json_schema;
mod limits;
mod lists;
mod live;
mod made_up_model;
mod monitors;
mod outputs;
mod overwriting;
mod page;
mod piped;
mod plug_ins;
mod presets;
#[path = "../shared/processes.rs"]
mod processes;
mod readme;
#[path = "../shared/readme.rs"]
mod readme_commands;
mod rehearsal;
mod schema;
#[path = "../shared/silent.rs"]
mod silent;
mod stall;
mod stopping;
mod thresholds;
mod view;
mod web;
