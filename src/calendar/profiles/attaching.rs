//! A file for an event (RFC 8607).

use super::defaults;
use super::habit::{Habit, falls_within, percent};
use super::planned::no_value;
use super::registry::Surroundings;
use crate::calendar::memory::CalendarMemory;
use crate::calendar::wire::{self, Attaching, labels};
use crate::client::{Context, Trouble};
use crate::config::{Param, Table};
use crate::distribution::Numbers;
use crate::label::Label;

pub const PERCENT: Param = Param {
    name: "fileAttachPercentage",
    default: "0; 30 with `servers` in the config or with fileSizeDistribution",
    help: "the share of the events that get a file attached, percent",
};
pub const SIZE: Param = Param {
    name: "fileSizeDistribution",
    default: "Normal 1024, 1",
    help: "the size of an attached file, bytes",
};

/// The largest file that is made.
const LARGEST: u64 = 64 << 20;

/// How large files are.
#[derive(Clone, Debug)]
pub struct Files {
    size: Numbers,
}

impl Files {
    pub fn decode(params: &Table<'_>) -> Option<Files> {
        Some(Files { size: defaults::or(params, SIZE.name, || defaults::normal(1024.0, 1.0))? })
    }

    /// The labels of the requests that it may make.
    pub fn requests(&self) -> Vec<Label> {
        // The server changes the event, which is read again.
        vec![labels::ATTACH, labels::GET_EVENT]
    }

    /// Attaches a file to an event. Err(reason): this server takes no attachments.
    pub async fn attach(
        &self,
        habit: &Habit,
        cx: &Context,
        memory: &mut CalendarMemory,
        href: &str,
    ) -> Result<Result<(), String>, Trouble> {
        let size = self.size.count(&habit.draw(cx, "file size")).map_err(no_value)?.min(LARGEST);
        match wire::attachment_add(cx, memory, href, size as usize).await? {
            Attaching::Done(_) => Ok(Ok(())),
            Attaching::Refused(status) => {
                Ok(Err(format!("the server takes no attachments (status {status})")))
            }
        }
    }
}

/// Files for a share of the events.
#[derive(Clone, Debug)]
pub struct SomeFiles {
    percent: f64,
    files: Files,
}

impl SomeFiles {
    /// Reads both parameters. The state of 2013 knew no attachments, so the later default holds only where something
    /// speaks for that state.
    pub fn decode(params: &Table<'_>, around: Surroundings) -> Option<SomeFiles> {
        let later = around.servers || params.has(SIZE.name);
        let percent = percent(params, PERCENT.name, if later { 30.0 } else { 0.0 });
        let files = Files::decode(params);
        Some(SomeFiles { percent: percent?, files: files? })
    }

    /// The labels of the requests that it may make.
    pub fn requests(&self) -> Vec<Label> {
        if self.percent > 0.0 { self.files.requests() } else { Vec::new() }
    }

    /// Attaches a file to an event if the draw says so and the server has not refused one before.
    pub async fn attach(
        &self,
        habit: &Habit,
        cx: &Context,
        memory: &mut CalendarMemory,
        href: &str,
    ) -> Result<(), Trouble> {
        const REFUSED: &str = "attachments";
        let wanted = falls_within(self.percent, habit.stream(cx, "whether to attach"), cx.occurrence);
        if !wanted || memory.refused.contains(&REFUSED) {
            return Ok(());
        }
        if let Err(reason) = self.files.attach(habit, cx, memory, href).await? {
            memory.refused.push(REFUSED);
            cx.run.notice(format!("{reason}: events are created without files"));
        }
        Ok(())
    }
}
