//! The sequences of requests, compared with the recordings.

use std::collections::BTreeMap;

use populace::calendar::profiles;
use populace::calendar::wire::labels;
use populace::client::{Actor, Trigger};
use populace::config::{Diagnostics, Value, read_bytes};
use populace::dav::Element;

use crate::differences::expected;
use crate::stage::{Client, Reply, Sent, Stage, play};

/// One request, as far as it can be the same in every run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub label: String,
    pub method: String,
    pub path: String,
    pub depth: String,
    pub conditions: String,
    pub says: String,
}

fn recorded(facts: &str) -> BTreeMap<String, Vec<Fact>> {
    let mut scenes = BTreeMap::<String, Vec<Fact>>::new();
    let mut scene = String::new();
    for line in facts.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix("== ") {
            Some(name) => scene = name.to_owned(),
            None => {
                let mut words = line.splitn(6, ' ').map(str::to_owned);
                let mut word = || words.next().unwrap();
                let fact = Fact {
                    label: word(),
                    method: word(),
                    path: word(),
                    depth: word(),
                    conditions: word(),
                    says: word(),
                };
                scenes.entry(scene.clone()).or_default().push(fact);
            }
        }
    }
    scenes
}

/// The same of a request that we sent.
fn fact(sent: &Sent) -> Fact {
    let conditions = ["if-match", "if-schedule-tag-match", "if-none-match"];
    let conditions: Vec<_> = conditions.into_iter().filter(|name| sent.header(name).is_some()).collect();
    let kind = sent.header("content-type").unwrap_or("-");
    Fact {
        label: sent.label.clone(),
        method: sent.method.clone(),
        path: shape(&sent.path),
        depth: sent.header("depth").unwrap_or("-").to_owned(),
        conditions: if conditions.is_empty() { "-".to_owned() } else { conditions.join("+") },
        says: match kind {
            "text/xml" => says(&Element::parse(&sent.body).unwrap()),
            other => other.to_owned(),
        },
    }
}

fn shape(path: &str) -> String {
    let mut shape = path.to_owned();
    for (prefix, name) in [
        ("/calendars/__uids__/", "{home}"),
        ("/principals/__uids__/", "{principal}"),
        ("/principals/users/", "{configured}"),
    ] {
        if let Some(rest) = path.strip_prefix(prefix) {
            let (_, below) = rest.split_once('/').unwrap();
            shape = format!("{name}{below}");
        }
    }
    match shape.rsplit_once('/') {
        Some((folder, item)) if item.ends_with(".ics") => format!("{folder}/~.ics"),
        _ => shape,
    }
}

fn says(element: &Element) -> String {
    let name = element.name.to_string();
    let time =
        |value: &str| value.len() > 8 && value.as_bytes()[8] == b'T' && value[..8].parse::<u32>().is_ok();
    let attributes: String = element
        .attributes
        .iter()
        .map(|(name, value)| format!("[{}={}]", name.local(), if time(value) { "~" } else { value }))
        .collect();
    let text = element.text.trim();
    let inner = if !element.children.is_empty() {
        format!("({})", element.children.iter().map(says).collect::<Vec<_>>().join(" "))
    } else if name == "C:calendar-timezone" {
        let lines = text.lines().filter(|line| line.starts_with("PRODID") || line.starts_with("TZID"));
        match lines.collect::<Vec<_>>().join(" ") {
            none if none.is_empty() => String::new(),
            lines => format!("={lines}"),
        }
    } else if !text.is_empty()
        && ["AI:calendar-color", "AI:calendar-order", "D:sync-level"].contains(&name.as_str())
    {
        format!("={text}")
    } else if !text.is_empty() || name == "D:sync-token" {
        "=~".to_owned()
    } else {
        String::new()
    };
    // How many references there are shows in the label.
    let mut said = format!("{name}{attributes}{inner}");
    while said.contains(" D:href=~ D:href=~") {
        said = said.replace(" D:href=~ D:href=~", " D:href=~");
    }
    said
}

/// Checks what was sent since the last time against a scene of the recordings.
fn compare(stage: &Stage, model: &str, scene: &str) {
    compare_these(&stage.take(), model, scene);
}

fn compare_these(sent: &[Sent], model: &str, scene: &str) {
    let facts = match model {
        "OS_X_10_6" => include_str!("OS_X_10_6.facts"),
        "OS_X_10_7" => include_str!("OS_X_10_7.facts"),
        "OS_X_10_11" => include_str!("OS_X_10_11.facts"),
        _ => include_str!("iOS_5.facts"),
    };
    let expected =
        expected(recorded(facts).remove(scene).unwrap_or_else(|| panic!("{model} has no {scene}")));
    let ours: Vec<Fact> = sent.iter().map(fact).collect();
    for (place, (ours, theirs)) in ours.iter().zip(&expected).enumerate() {
        assert_eq!(ours, theirs, "{model}, {scene}, request {place}");
    }
    assert_eq!(ours.len(), expected.len(), "{model}, {scene}: {ours:#?}");
    for sent in sent {
        assert!(sent.header("connection").is_none(), "{sent:?}");
        let encodings = sent.headers.iter().filter(|(name, _)| name == "accept-encoding").count();
        assert_eq!(encodings, 1);
        assert_eq!(sent.header("accept-language").is_some(), model != "OS_X_10_6");
    }
}

/// The stub of the recordings answered at the well-known place itself.
fn as_recorded(stage: &Stage) {
    stage.script(|sent| {
        let answer = "<multistatus xmlns='DAV:'><response><href>/.well-known/caldav/</href><propstat><prop><current-user-principal>\
            <href>/principals/__uids__/10000000-0000-0000-0000-000000000001/</href></current-user-principal></prop>\
            <status>HTTP/1.1 200 OK</status></propstat></response></multistatus>";
        if sent.path == "/.well-known/caldav/" { Reply::xml(207, answer) } else { None }
    });
}

/// A habit with these parameters.
fn profile(class: &str, params: &str) -> profiles::Built {
    let diags = Diagnostics::new();
    let value: Value =
        read_bytes("t", format!("<plist><dict>{params}</dict></plist>").as_bytes(), &diags).unwrap();
    let built = profiles::build(class, &value.at, Some(&value), profiles::Surroundings::default(), &diags);
    built.unwrap_or_else(|| panic!("{:?}", diags.all()))
}

/// A distribution that always gives this number.
fn fixed(key: &str, number: i32) -> String {
    format!(
        "<key>{key}</key><dict><key>type</key><string>FixedDistribution</string><key>params</key><dict><key>value</key>\
         <integer>{number}</integer></dict></dict>"
    )
}

async fn do_habit(stage: &Stage, client: &mut Client, habit: &profiles::Built, trigger: Trigger) {
    let cx = stage.context(client);
    habit.profile.act(&cx, &mut *client.memory, &trigger).await.unwrap();
}

const MODELS: [&str; 4] = ["OS_X_10_6", "OS_X_10_7", "OS_X_10_11", "iOS_5"];

#[test]
fn the_start() {
    for model in MODELS {
        play(async {
            let stage = Stage::new();
            as_recorded(&stage);
            let mut client = stage.client(model, 1);
            stage.arrive(&mut client).await;
            compare(&stage, model, "startup");
        });
    }
}

#[test]
fn a_start_where_calendars_have_entries() {
    for model in ["OS_X_10_6", "iOS_5"] {
        play(async {
            let stage = Stage::new();
            let (mut owner, mut host) = (stage.client("OS_X_10_7", 1), stage.client("OS_X_10_7", 2));
            stage.arrive(&mut owner).await;
            stage.arrive(&mut host).await;
            // As many as in the recording, as far as the labels show it: many events, some tasks, a few invitations.
            for (class, count) in [("Eventer", 25), ("Tasker", 8)] {
                for _ in 0..count {
                    do_habit(&stage, &mut owner, &profile(class, ""), Trigger::Timer).await;
                }
            }
            invite(&stage, &mut host, 0).await;
            let mut client = stage.client(model, 1);
            stage.take();
            stage.arrive(&mut client).await;
            compare(&stage, model, "startup filled");
        });
    }
}

#[test]
fn a_poll_that_finds_what_was_created_and_one_that_finds_nothing() {
    for model in MODELS {
        play(async {
            let stage = Stage::new();
            let mut client = stage.client(model, 1);
            stage.arrive(&mut client).await;
            stage.poll(&mut client).await;
            do_habit(&stage, &mut client, &profile("Eventer", ""), Trigger::Timer).await;
            // In the recording of 10.11 there is an event only.
            if model != "OS_X_10_11" {
                do_habit(&stage, &mut client, &profile("Tasker", ""), Trigger::Timer).await;
            }
            stage.take();
            stage.poll(&mut client).await;
            compare(&stage, model, "poll changed");
            stage.poll(&mut client).await;
            compare(&stage, model, "poll idle");
        });
    }
}

#[test]
fn a_new_event() {
    for model in MODELS {
        play(async {
            let stage = Stage::new();
            let mut client = stage.client(model, 1);
            stage.arrive(&mut client).await;
            stage.take();
            let nothing = if model == "OS_X_10_11" {
                "<key>fileAttachPercentage</key><integer>0</integer>"
            } else {
                ""
            };
            do_habit(&stage, &mut client, &profile("Eventer", nothing), Trigger::Timer).await;
            compare(&stage, model, "create");
        });
    }
}

/// A client with one event of its own.
async fn with_an_event(stage: &Stage, model: &str) -> Client {
    let mut client = stage.client(model, 1);
    stage.arrive(&mut client).await;
    do_habit(stage, &mut client, &profile("Eventer", ""), Trigger::Timer).await;
    client
}

#[test]
fn an_invitation_by_a_new_event() {
    for model in MODELS {
        play(async {
            let stage = Stage::new();
            let mut client = stage.client(model, 1);
            stage.arrive(&mut client).await;
            stage.take();
            let who = "<key>inviteeDistribution</key><dict><key>type</key><string>UniformInteger</string><key>params</key><dict>\
                <key>min</key><integer>1</integer><key>max</key><integer>8</integer></dict></dict><key>inviteeClumping</key><false/>";
            let params = format!("{who}{}", fixed("inviteeCountDistribution", 2));
            do_habit(&stage, &mut client, &profile("RealisticInviter", &params), Trigger::Timer).await;
            if model == "OS_X_10_11" {
                // Its recording has an attachment, so the event is read again there too.
                compare(&stage, model, "invite new");
            } else {
                // The stub of the recordings sent an ETag; a server that changed the body must not (RFC 4791 section 5.3.4).
                let mut sent = stage.take();
                assert_eq!(sent.pop().map(|sent| sent.label), Some(labels::GET_EVENT.to_string()));
                compare_these(&sent, model, "invite new");
            }
        });
    }
}

#[test]
fn an_invitation_to_an_event_that_was_there() {
    for model in ["OS_X_10_6", "OS_X_10_7", "iOS_5"] {
        play(async {
            let stage = Stage::new();
            let mut client = with_an_event(&stage, model).await;
            stage.take();
            let params = fixed("inviteeDistribution", 3);
            do_habit(&stage, &mut client, &profile("Inviter", &params), Trigger::Timer).await;
            compare(&stage, model, "invite existing");
        });
    }
}

/// The client invites the user in this place of the accounts to a new event.
async fn invite(stage: &Stage, client: &mut Client, whom: i32) {
    let params = [
        fixed("inviteeDistribution", whom),
        fixed("inviteeCountDistribution", 1),
        "<key>inviteeClumping</key><false/>".to_owned(),
    ];
    do_habit(stage, client, &profile("RealisticInviter", &params.concat()), Trigger::Timer).await;
}

#[test]
fn an_invitation_that_is_accepted() {
    for model in MODELS {
        play(async {
            let stage = Stage::new();
            let (mut host, mut guest) = (stage.client(model, 1), stage.client(model, 2));
            stage.arrive(&mut host).await;
            stage.arrive(&mut guest).await;
            stage.poll(&mut guest).await;
            invite(&stage, &mut host, 1).await;
            stage.take();
            stage.poll(&mut guest).await;
            compare(&stage, model, "invited");
            let accepter = profile("Accepter", &fixed("acceptDelayDistribution", 5));
            let cx = stage.context(&guest);
            accepter.profile.notice(&cx, &mut *guest.memory, Actor::profile(0));
            guest.memory.forget_news();
            let asked = cx.take_reactions();
            assert_eq!(asked.len(), 1, "{model}: {asked:?}");
            do_habit(&stage, &mut guest, &accepter, Trigger::Reaction(asked[0].topic.clone())).await;
            compare(&stage, model, "accept");
        });
    }
}
