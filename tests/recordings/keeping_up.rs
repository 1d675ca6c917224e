//! Polls: changes, removals, tokens that fail, requests that fail.

use std::cell::Cell;

use populace::calendar::memory::News;
use populace::calendar::wire::{self, labels};
use populace::client::Trigger;

use crate::stage::{Client, Reply, Stage, home, play};

const MODELS: [&str; 4] = ["OS_X_10_6", "OS_X_10_7", "OS_X_10_11", "iOS_5"];

fn event(uid: &str) -> Vec<u8> {
    let start = "DTSTART:20261201T100000Z\r\nDTEND:20261201T110000Z";
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20261121T000000Z\r\n{start}\r\nSUMMARY:s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    .into_bytes()
}

/// Two clients of one user, started: the first writes, the second keeps up.
async fn pair(stage: &Stage, model: &str) -> (Client, Client) {
    let (mut one, mut other) = (stage.client(model, 1), stage.client(model, 1));
    stage.arrive(&mut one).await;
    stage.arrive(&mut other).await;
    stage.poll(&mut other).await;
    stage.take();
    (one, other)
}

async fn put(stage: &Stage, client: &mut Client, uid: &str) -> String {
    let cx = stage.context(client);
    let calendar = format!("{}calendar/", home(1));
    wire::put_new_event(&cx, client.known(), &calendar, uid, event(uid), labels::PUT_EVENT).await.unwrap()
}

async fn delete(stage: &Stage, client: &mut Client, href: &str) {
    let cx = stage.context(client);
    wire::delete(&cx, client.known(), href).await.unwrap();
}

fn names(client: &mut Client) -> Vec<String> {
    let calendar = client.known().calendar(&format!("{}calendar/", home(1))).unwrap();
    calendar.events().iter().map(|event| event.name.to_string()).collect()
}

#[test]
fn what_others_write_and_delete_arrives() {
    for model in MODELS {
        play(async {
            let stage = Stage::new();
            let (mut one, mut other) = pair(&stage, model).await;
            let (first, second) = (put(&stage, &mut one, "e1").await, put(&stage, &mut one, "e2").await);
            stage.poll(&mut other).await;
            let changed: Vec<_> = other
                .known()
                .news()
                .iter()
                .map(|news| match news {
                    News::Changed { href, .. } => href.to_string(),
                    News::Removed { href, .. } => format!("gone {href}"),
                })
                .collect();
            assert_eq!(changed, [first.clone(), second.clone()], "{model}");
            assert_eq!(other.known().event(&first).unwrap().1.uid.as_deref(), Some("e1"));
            other.memory.forget_news();
            stage.take();

            delete(&stage, &mut one, &first).await;
            stage.poll(&mut other).await;
            assert!(
                matches!(other.known().news(), [News::Removed { href, .. }] if **href == *first),
                "{model}"
            );
            assert_eq!(names(&mut other), ["e2.ics"], "{model}");
            assert!(!stage.labels().iter().any(|label| label.contains("multiget")), "{model}");

            stage.poll(&mut other).await;
            let quiet = stage.labels();
            assert!(
                quiet.len() <= 2
                    && quiet.iter().all(|label| !label.contains("sync-coll") && !label.contains("calendar")),
                "{model} {quiet:?}"
            );
        });
    }
}

#[test]
fn a_poll_that_fails_is_followed_by_one_that_makes_up_for_it() {
    for model in MODELS {
        play(async {
            let stage = Stage::new();
            let (mut one, mut other) = pair(&stage, model).await;
            put(&stage, &mut one, "e1").await;
            stage.operations();
            stage.script(
                |sent| if sent.body.contains("calendar-multiget") { Reply::status(500) } else { None },
            );
            assert!(stage.act(&mut other, Trigger::Timer).await.is_err());
            assert_eq!(stage.operations(), [("poll".to_owned(), false)]);
            assert_eq!(names(&mut other), [""; 0]);
            stage.unscript();
            stage.poll(&mut other).await;
            assert_eq!(names(&mut other), ["e1.ics"], "{model}");
            assert_eq!(stage.operations(), [("poll".to_owned(), true)]);
        });
    }
}

#[test]
fn the_same_listing_says_nothing_new_until_less_is_known() {
    play(async {
        let stage = Stage::new();
        let (mut one, mut other) = pair(&stage, "OS_X_10_7").await;
        stage.poll(&mut other).await;
        assert!(other.known().home.settled.is_some());
        stage.poll(&mut other).await;
        assert_eq!(stage.labels(), ["PROPFIND{home}", "PROPFIND{home}"]);

        let calendar = format!("{}calendar/", home(1));
        let known = other.known().calendars.get_mut(&calendar).unwrap();
        (known.change, known.token) = (None, None);
        stage.poll(&mut other).await;
        assert_eq!(stage.labels(), ["PROPFIND{home}", "REPORT{sync-coll-init}"]);

        put(&stage, &mut one, "e1").await;
        stage.poll(&mut other).await;
        assert_eq!(names(&mut other), ["e1.ics"]);
    });
}

#[test]
fn a_token_that_is_refused_leads_to_a_full_list_that_keeps_what_is_unchanged() {
    for status in [400, 403, 409, 412] {
        play(async {
            let stage = Stage::new();
            let (mut one, mut other) = pair(&stage, "OS_X_10_7").await;
            let first = put(&stage, &mut one, "e1").await;
            put(&stage, &mut one, "e2").await;
            stage.poll(&mut other).await;
            delete(&stage, &mut one, &first).await;
            put(&stage, &mut one, "e3").await;
            stage.take();
            stage.script(move |sent| {
                let token = sent.body.contains("<D:sync-token>data:");
                if token { Reply::status(status) } else { None }
            });
            other.memory.forget_news();
            stage.poll(&mut other).await;
            let sent = stage.take();
            let labels: Vec<_> = sent.iter().map(|sent| sent.label.as_str()).collect();
            assert_eq!(
                labels,
                ["PROPFIND{home}", "REPORT{sync-coll}", "REPORT{sync-coll-init}", "REPORT{multiget-small}"]
            );
            assert_eq!(sent[1].success, status != 400);
            assert!(sent[3].body.contains("e3.ics") && !sent[3].body.contains("e2.ics"), "{}", sent[3].body);
            assert_eq!(names(&mut other), ["e2.ics", "e3.ics"]);
        });
    }
}

#[test]
fn a_home_token_that_is_refused_leads_to_a_list_of_the_home() {
    play(async {
        let stage = Stage::new();
        let (mut one, mut other) = pair(&stage, "OS_X_10_11").await;
        put(&stage, &mut one, "e1").await;
        stage.take();
        stage.script(|sent| {
            if sent.body.contains("sync-collection") && sent.body.contains("calendar-color") {
                Reply::status(403)
            } else {
                None
            }
        });
        stage.poll(&mut other).await;
        assert_eq!(stage.labels()[..2], ["REPORT{sync-home}".to_owned(), "PROPFIND{home}".to_owned()]);
        assert_eq!(names(&mut other), ["e1.ics"]);
    });
}

#[test]
fn a_home_that_breaks_when_it_is_synchronised_is_listed_from_then_on() {
    play(async {
        let stage = Stage::new();
        let (mut one, mut other) = pair(&stage, "OS_X_10_11").await;
        // One that worked before is believed: the poll fails, and the next one tries again.
        stage.script(|sent| if sent.body.contains("sync-collection") { Reply::status(500) } else { None });
        assert!(stage.act(&mut other, Trigger::Timer).await.is_err());
        stage.unscript();
        stage.take();
        stage.poll(&mut other).await;
        assert_eq!(stage.labels()[0], "REPORT{sync-home}");

        let home_only =
            |sent: &crate::stage::Sent| sent.body.contains("sync-collection") && sent.path == home(1);
        stage.script(move |sent| if home_only(sent) { Reply::status(500) } else { None });
        put(&stage, &mut one, "e1").await;
        stage.take();
        stage.poll(&mut one).await;
        assert_eq!(stage.labels()[..2], ["REPORT{sync-home}".to_owned(), "PROPFIND{home}".to_owned()]);
        stage.poll(&mut one).await;
        assert_eq!(stage.labels()[0], "PROPFIND{home}");
    });
}

#[test]
fn a_list_that_is_cut_short_is_continued() {
    play(async {
        let stage = Stage::new();
        let (_, mut other) = pair(&stage, "OS_X_10_7").await;
        let calendar = format!("{}calendar/", home(1));
        let page = Cell::new(0);
        let path = calendar.clone();
        stage.script(move |sent| {
            if sent.path == home(1) && sent.method == "PROPFIND" {
                return Reply::xml(207, &format!(
                    "<multistatus xmlns='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav'><response><href>{path}</href><propstat><prop>\
                     <resourcetype><collection/><C:calendar/></resourcetype><sync-token>data:,new</sync-token><supported-report-set>\
                     <supported-report><report><sync-collection/></report></supported-report></supported-report-set></prop>\
                     <status>HTTP/1.1 200 OK</status></propstat></response></multistatus>"));
            }
            if !sent.body.contains("sync-collection") {
                return None;
            }
            page.set(page.get() + 1);
            let n = page.get();
            let cut = if n < 3 { format!("<response><href>{path}</href><status>HTTP/1.1 507 Insufficient Storage</status></response>") } else { String::new() };
            Reply::xml(207, &format!(
                "<multistatus xmlns='DAV:'><response><href>{path}p{n}.ics</href><propstat><prop><getetag>\"{n}\"</getetag></prop>\
                 <status>HTTP/1.1 200 OK</status></propstat></response>{cut}<sync-token>data:,page{n}</sync-token></multistatus>"))
        });
        stage.act(&mut other, Trigger::Timer).await.unwrap();
        let sent = stage.take();
        let reports: Vec<_> = sent.iter().filter(|sent| sent.label.contains("sync-coll")).collect();
        assert_eq!(reports.len(), 3);
        assert!(reports[2].body.contains("data:,page2"), "{}", reports[2].body);
        assert!(
            reports
                .iter()
                .all(|sent| sent.header("depth") == Some("0") && sent.body.contains("sync-level>1<"))
        );
        let multiget = sent.last().unwrap();
        assert!(["p1.ics", "p2.ics", "p3.ics"].iter().all(|name| multiget.body.contains(name)));
        // What was listed is not on the server: it is left out, and the calendars that the home does not show are gone.
        assert_eq!(other.known().calendars().len(), 1);
        assert_eq!(other.known().calendars()[0].token.as_deref(), Some("data:,page3"));
        assert_eq!(names(&mut other), [""; 0]);
    });
}

#[test]
fn a_calendar_that_is_gone_is_forgotten() {
    for model in MODELS {
        play(async {
            let stage = Stage::new();
            let (mut one, mut other) = pair(&stage, model).await;
            let cx = stage.context(&one);
            let tasks = format!("{}tasks/", home(1));
            wire::delete(&cx, one.known(), &tasks).await.unwrap();
            stage.poll(&mut other).await;
            assert!(other.known().calendar(&tasks).is_none(), "{model}");
            assert_eq!(other.known().calendars().len(), 2, "{model}");
        });
    }
}

#[test]
fn an_invitation_to_a_calendar_is_accepted() {
    play(async {
        let stage = Stage::new();
        let (mut owner, mut guest) = (stage.client("OS_X_10_11", 1), stage.client("OS_X_10_11", 2));
        stage.arrive(&mut owner).await;
        stage.arrive(&mut guest).await;
        let cx = stage.context(&owner);
        let calendar = format!("{}calendar/", home(1));
        wire::share_calendar(&cx, owner.known(), &calendar, "mailto:user02@example.com").await.unwrap();
        stage.take();
        stage.poll(&mut guest).await;
        let labels = stage.labels();
        let tail = ["REPORT{sync-notif}", "GET{notification}", "POST{invite-accept}", "DELETE{invite}"];
        assert!(labels.ends_with(&tail.map(str::to_owned)), "{labels:?}");
        stage.poll(&mut guest).await;
        let shared: Vec<_> =
            guest.known().calendars().iter().filter(|calendar| !calendar.is_owned()).collect();
        assert_eq!(shared.len(), 1);
        assert_eq!(guest.known().pushkeys().count(), 2);
        stage.poll(&mut owner).await;
        let mine = owner.known().calendar(&calendar).unwrap();
        assert!(mine.is_owned() && mine.invitees.len() == 1, "{mine:?}");
    });
}

#[test]
fn restarting_brings_everything_back() {
    for model in MODELS {
        play(async {
            let stage = Stage::new();
            let (mut one, mut other) = pair(&stage, model).await;
            put(&stage, &mut one, "e1").await;
            stage.poll(&mut other).await;
            let cx = stage.context(&other);
            populace::calendar::sync::restart(&cx, other.known()).await.unwrap();
            assert_eq!(names(&mut other), ["e1.ics"], "{model}");
            assert!(!stage.labels().iter().any(|label| label.is_empty()));
        });
    }
}

#[test]
fn a_push_is_a_poll_of_its_own_name() {
    play(async {
        let stage = Stage::new();
        let (_, mut other) = pair(&stage, "OS_X_10_7").await;
        stage.operations();
        stage.act(&mut other, Trigger::Reaction("push".into())).await.unwrap();
        assert_eq!(stage.operations(), [("push".to_owned(), true)]);
        assert_eq!(stage.labels(), ["PROPFIND{home}"]);
    });
}
