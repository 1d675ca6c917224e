//! AttachmentDownloader: fetches the files of events that come in.

use std::rc::Rc;
use std::time::Duration;

use super::choosing::mentions;
use super::habit::{ENABLED, Habit, PACING};
use super::registry::{Build, Built, Surroundings, ours};
use crate::calendar::memory::{CalendarMemory, Kind, News};
use crate::calendar::wire::{self, labels};
use crate::client::{Acting, Actor, Context, Memory, Outcome, Profile, Timer, Trigger, Trouble};
use crate::config::{Entry, Table};
use crate::label::Label;

pub const ENTRY: Entry<Build> = Entry {
    name: "AttachmentDownloader",
    aliases: &[],
    help: "Downloads each attachment of an event that is new or has changed, once.",
    params: &[ENABLED, PACING],
    build,
};

const DOWNLOAD: Label = Label::of("download");

struct AttachmentDownloader;

fn build(params: &Table<'_>, _: Surroundings) -> Option<Built> {
    let habit = Habit::decode(params, ENTRY.name);
    Some(Built::new(ENTRY.name, &habit, AttachmentDownloader))
}

impl AttachmentDownloader {
    /// The attachments of a changed event that the client does not have: Managed-ID and URL.
    fn missing(memory: &CalendarMemory, href: &str) -> Vec<(String, String)> {
        let Some((collection, event)) = memory.event(href) else { return Vec::new() };
        if collection.kind != Kind::Calendar || !mentions(event, b"ATTACH") {
            return Vec::new();
        }
        let Some(calendar) = event.calendar() else { return Vec::new() };
        let all = calendar.managed_attachments().map(|(id, url)| (id, url.trim().to_owned()));
        all.filter(|(id, _)| !memory.attachments.contains(id.as_str())).collect()
    }

    async fn download(cx: &Context, memory: &mut CalendarMemory, topic: &str) -> Result<Outcome, Trouble> {
        memory.pending.remove(topic);
        // A topic is made below: the path, a space, the id.
        let Some((url, id)) = topic.split_once(' ') else { return Ok(Outcome::Done) };
        if memory.attachments.contains(id) {
            return Ok(Outcome::Idle("the attachment is there already"));
        }
        cx.operation(DOWNLOAD, wire::attachment_get(cx, memory, id, url)).await?;
        Ok(Outcome::Done)
    }
}

impl Profile for AttachmentDownloader {
    fn name(&self) -> &str {
        ENTRY.name
    }

    fn timer(&self) -> Option<Timer> {
        None
    }

    fn operations(&self) -> Vec<Label> {
        vec![DOWNLOAD]
    }

    fn requests(&self) -> Vec<Label> {
        vec![labels::GET_ATTACHMENT]
    }

    fn act<'a>(&'a self, cx: &'a Context, memory: &'a mut dyn Memory, trigger: &'a Trigger) -> Acting<'a> {
        Box::pin(async move {
            match trigger {
                Trigger::Reaction(topic) => AttachmentDownloader::download(cx, ours(memory)?, topic).await,
                Trigger::Arrival | Trigger::Timer | Trigger::Resumed => Ok(Outcome::Done),
            }
        })
    }

    fn notice(&self, cx: &Context, memory: &mut dyn Memory, me: Actor) {
        let Ok(memory) = ours(memory) else { return };
        let changed = memory.news().iter().flat_map(|news| match news {
            News::Changed { href, .. } => AttachmentDownloader::missing(memory, href),
            News::Removed { .. } => Vec::new(),
        });
        for (id, url) in changed.collect::<Vec<_>>() {
            // A URL has no spaces; one that has is not fetched, as no server could have meant it.
            let topic: Rc<str> = format!("{url} {id}").into();
            if !url.is_empty() && !url.contains(' ') && memory.pending.insert(topic.clone()) {
                cx.react(me, Duration::ZERO, topic);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::profiles::testing::{EVENT, Stage, decode, play};

    /// Spec 13, 25: an attachment is fetched once, from the client's own server, whatever host the event names.
    #[test]
    fn an_attachment_is_fetched_once_from_the_own_server() {
        play(async {
            let (stage, downloader) = (Stage::new(1), decode("AttachmentDownloader", "").unwrap());
            let mut memory = stage.memory();
            let attached = EVENT.replace("UID:1", "UID:1\r\nATTACH;MANAGED-ID=7:http://other/attachment/url");
            stage.deliver(&mut memory, "/c/inbox/1.ics", &attached);
            stage.deliver(&mut memory, "/c/events/2.ics", EVENT);
            assert_eq!(stage.notice(&downloader, &mut memory), [], "no calendar, no attachment");
            stage.deliver(&mut memory, "/c/events/1.ics", &attached);
            let asked = stage.notice(&downloader, &mut memory);
            stage.deliver(&mut memory, "/c/events/1.ics", &attached);
            assert_eq!(stage.notice(&downloader, &mut memory), [], "asked for already");
            stage.server.store("/attachment/url", "x");
            let fetch = Trigger::Reaction(asked[0].topic.clone());
            stage.act(&downloader, &mut memory, fetch).await.0.unwrap();
            assert_eq!(stage.server.lines(), ["GET /attachment/url"]);
            assert_eq!(stage.seen.labels(), ["GET{attachment}", "[download]"]);
            stage.deliver(&mut memory, "/c/events/1.ics", &attached);
            assert_eq!(stage.notice(&downloader, &mut memory), [], "there already");
        });
    }
}
