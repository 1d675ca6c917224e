//! The Accepter against answers that are as they should be, and others.

use super::*;
use crate::calendar::profiles::testing::{EVENT, Stage, decode, play};
use crate::client::Reaction;

const IN_SEVEN: &str = "<key>acceptDelayDistribution</key><integer>7</integer>";
const HREF: &str = "/c/events/1.ics";
const ITEM: &str = "/c/inbox/i1.ics";

fn invitation() -> String {
    let people = "UID:1\r\nORGANIZER:urn:x-uid:50\r\n\
        ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:other@example.com\r\n\
        ATTENDEE;CN=User 16;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:MAILTO:User16@example.com";
    EVENT.replace("UID:1", people)
}

fn message(method: &str) -> String {
    EVENT.replace("VERSION:2.0", &format!("VERSION:2.0\r\nMETHOD:{method}"))
}

fn topic(asked: Vec<Reaction>) -> (Duration, Trigger) {
    assert_eq!(asked.len(), 1, "{asked:?}");
    (asked[0].delay, Trigger::Reaction(asked[0].topic.clone()))
}

/// Spec 13, 29 and 30: one reaction after the delay, however often the event changes; then the answer, and the
/// inbox item of the same UID is gone; a later invitation is accepted again.
#[test]
fn an_invitation_is_accepted_once_after_the_delay() {
    play(async {
        let (stage, accepter) = (Stage::new(16), decode("Accepter", IN_SEVEN).unwrap());
        let mut memory = stage.memory();
        for _ in 0..2 {
            stage.deliver(&mut memory, HREF, &invitation());
            stage.deliver(&mut memory, ITEM, &message("REQUEST"));
            let (delay, accept) = topic(stage.notice(&accepter, &mut memory));
            assert_eq!(delay, Duration::from_secs(7));
            stage.deliver(&mut memory, HREF, &invitation());
            assert_eq!(stage.notice(&accepter, &mut memory), [], "while pending");
            let (outcome, more) = stage.act(&accepter, &mut memory, accept).await;
            assert_eq!((outcome.unwrap(), more), (Outcome::Done, vec![]));
            let done = ["PUT{attendee-small}", "GET{event}", "DELETE{event}", "[accept]"];
            assert_eq!(stage.seen.labels(), done);
            let body = stage.server.body(HREF);
            assert!(body.contains("ATTENDEE;CN=User 16;PARTSTAT=ACCEPTED:MAILTO:User16@"), "{body}");
            assert!(body.contains("PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:other@"), "{body}");
            assert!(memory.event(ITEM).is_none() && stage.server.body(ITEM).is_empty());
        }
    });
}

#[test]
fn a_conflict_is_read_and_tried_again_but_not_for_ever() {
    play(async {
        let (stage, accepter) = (Stage::new(16), decode("Accepter", IN_SEVEN).unwrap());
        let mut memory = stage.memory();
        stage.deliver(&mut memory, HREF, &invitation());
        let (_, accept) = topic(stage.notice(&accepter, &mut memory));
        stage.server.store(HREF, &invitation().replace("SUMMARY:x", "SUMMARY:moved"));
        assert_eq!(stage.act(&accepter, &mut memory, accept.clone()).await.0.unwrap(), Outcome::Done);
        let labels = ["PUT{attendee-small}", "GET{event}", "PUT{attendee-small}", "GET{event}", "[accept]"];
        assert_eq!(stage.seen.labels(), labels);
        assert!(stage.server.body(HREF).contains("SUMMARY:moved"));
        stage.deliver(&mut memory, HREF, &invitation());
        (0..10).for_each(|_| stage.server.refuse("PUT", 412));
        assert!(stage.act(&accepter, &mut memory, accept).await.0.is_err());
        let labels = stage.seen.labels();
        assert_eq!(labels.iter().filter(|label| label.starts_with("PUT")).count(), 4);
        assert_eq!(labels.last().unwrap(), "[accept!]");
    });
}

#[test]
fn another_error_is_a_failed_operation_and_a_later_invitation_works() {
    play(async {
        let (stage, accepter) = (Stage::new(16), decode("Accepter", IN_SEVEN).unwrap());
        let mut memory = stage.memory();
        stage.deliver(&mut memory, HREF, &invitation());
        let (_, accept) = topic(stage.notice(&accepter, &mut memory));
        stage.server.refuse("PUT", 403);
        let (outcome, _) = stage.act(&accepter, &mut memory, accept).await;
        assert_eq!(outcome.unwrap_err().status(), Some(403));
        assert_eq!(stage.seen.labels(), ["PUT{attendee-small}!", "[accept!]"]);
        stage.deliver(&mut memory, HREF, &invitation());
        let (_, accept) = topic(stage.notice(&accepter, &mut memory));
        // Without an inbox item the copy in the calendar is all there is.
        stage.act(&accepter, &mut memory, accept).await.0.unwrap();
        assert_eq!(stage.seen.labels(), ["PUT{attendee-small}", "GET{event}", "[accept]"]);
    });
}

#[test]
fn an_event_that_is_gone_or_answered_leaves_nothing_to_do() {
    play(async {
        let (stage, accepter) = (Stage::new(16), decode("Accepter", IN_SEVEN).unwrap());
        let mut memory = stage.memory();
        let accepted = invitation().replace("NEEDS-ACTION", "ACCEPTED");
        stage.deliver(&mut memory, HREF, &accepted);
        assert_eq!(stage.notice(&accepter, &mut memory), [], "accepted already");
        stage.deliver(&mut memory, HREF, &invitation());
        let (_, accept) = topic(stage.notice(&accepter, &mut memory));
        stage.deliver(&mut memory, HREF, &accepted);
        let idle = stage.act(&accepter, &mut memory, accept.clone()).await.0.unwrap();
        assert_eq!(idle, Outcome::Idle("the invitation is answered already"));
        memory.drop_event(HREF, true);
        let idle = stage.act(&accepter, &mut memory, accept).await.0.unwrap();
        assert_eq!(idle, Outcome::Idle("the invitation is gone"));
        assert_eq!(stage.seen.labels(), [""; 0]);
    });
}

/// A limit on events, or whoever invited, was quicker than the answer.
#[test]
fn a_message_that_invites_to_what_is_gone_is_deleted() {
    play(async {
        let (stage, accepter) = (Stage::new(16), decode("Accepter", IN_SEVEN).unwrap());
        let mut memory = stage.memory();
        let other = message("REQUEST").replace("UID:1", "UID:2");
        stage.deliver(&mut memory, "/c/inbox/i2.ics", &other);
        stage.deliver(&mut memory, "/c/events/2.ics", &EVENT.replace("UID:1", "UID:2"));
        stage.deliver(&mut memory, HREF, &invitation());
        stage.deliver(&mut memory, ITEM, &message("REQUEST"));
        let (_, accept) = topic(stage.notice(&accepter, &mut memory));
        memory.drop_event(HREF, true);
        stage.server.refuse("DELETE", 503);
        let (outcome, more) = stage.act(&accepter, &mut memory, accept).await;
        assert!(outcome.is_err());
        let (_, again) = topic(more);
        stage.act(&accepter, &mut memory, again).await.0.unwrap();
        assert_eq!(stage.seen.labels(), ["DELETE{event}!", "[accept!]", "DELETE{event}", "[accept]"]);
        assert!(memory.event(ITEM).is_none() && memory.event("/c/inbox/i2.ics").is_some());
        assert!(memory.pending.is_empty(), "{:?}", memory.pending);
    });
}

/// Spec 13, 31. An answer that could not be deleted is not forgotten.
#[test]
fn an_answer_is_deleted_at_once_and_later_if_that_fails() {
    play(async {
        let (stage, accepter) = (Stage::new(16), decode("Accepter", IN_SEVEN).unwrap());
        let mut memory = stage.memory();
        stage.deliver(&mut memory, ITEM, &message("REPLY"));
        let (delay, clear) = topic(stage.notice(&accepter, &mut memory));
        assert_eq!(delay, Duration::ZERO);
        stage.server.refuse("DELETE", 503);
        let (outcome, more) = stage.act(&accepter, &mut memory, clear).await;
        assert!(outcome.is_err() && memory.event(ITEM).is_some());
        let (_, clear) = topic(more);
        stage.act(&accepter, &mut memory, clear.clone()).await.0.unwrap();
        assert!(memory.event(ITEM).is_none() && stage.server.body(ITEM).is_empty());
        assert!(memory.pending.is_empty(), "{:?}", memory.pending);
        let labels = ["DELETE{event}!", "[reply done!]", "DELETE{event}", "[reply done]"];
        assert_eq!(stage.seen.labels(), labels);
        assert!(matches!(stage.act(&accepter, &mut memory, clear).await.0, Ok(Outcome::Idle(_))));
    });
}

/// What comes last fails: it is all that is done again.
#[test]
fn a_message_or_an_event_that_could_not_be_deleted_is_deleted_later() {
    play(async {
        for (about, label) in [("REQUEST", "accept"), ("CANCEL", "cancelled")] {
            let (stage, accepter) = (Stage::new(16), decode("Accepter", IN_SEVEN).unwrap());
            let mut memory = stage.memory();
            let answered = if about == "CANCEL" { "ACCEPTED" } else { "NEEDS-ACTION" };
            stage.deliver(&mut memory, HREF, &invitation().replace("NEEDS-ACTION", answered));
            stage.deliver(&mut memory, ITEM, &message(about));
            let (_, act) = topic(stage.notice(&accepter, &mut memory));
            let last = if about == "CANCEL" { HREF } else { ITEM };
            stage.server.refuse(&format!("DELETE {last}"), 503);
            let (outcome, more) = stage.act(&accepter, &mut memory, act).await;
            assert!(outcome.is_err() && memory.event(last).is_some());
            stage.server.take();
            let (delay, again) = topic(more);
            assert_eq!(delay, Duration::from_secs(60));
            stage.act(&accepter, &mut memory, again).await.0.unwrap();
            assert_eq!(stage.server.lines(), [format!("DELETE {last}")]);
            assert!(memory.event(last).is_none() && memory.pending.is_empty(), "{:?}", memory.pending);
            let labels = stage.seen.labels();
            assert_eq!(
                labels[labels.len() - 3..],
                [format!("[{label}!]"), "DELETE{event}".to_owned(), format!("[{label}]")]
            );
        }
    });
}

#[test]
fn a_cancelled_event_is_removed_after_the_delay() {
    play(async {
        let (stage, accepter) = (Stage::new(16), decode("Accepter", IN_SEVEN).unwrap());
        let mut memory = stage.memory();
        stage.deliver(&mut memory, HREF, &invitation().replace("NEEDS-ACTION", "ACCEPTED"));
        stage.deliver(&mut memory, ITEM, &message("CANCEL"));
        stage.deliver(&mut memory, "/c/inbox/i2.ics", &message("REQUEST"));
        let (delay, cancel) = topic(stage.notice(&accepter, &mut memory));
        assert_eq!(delay, Duration::from_secs(7));
        stage.act(&accepter, &mut memory, cancel.clone()).await.0.unwrap();
        assert_eq!(stage.server.lines(), [format!("DELETE {ITEM}"), format!("DELETE {HREF}")]);
        assert_eq!(stage.seen.labels(), ["DELETE{event}", "DELETE{event}", "[cancelled]"]);
        assert!(matches!(stage.act(&accepter, &mut memory, cancel).await.0, Ok(Outcome::Idle(_))));
    });
}

#[test]
fn the_delays_of_a_client_empty_a_bag_before_it_is_filled_again() {
    play(async {
        let bag = "<key>acceptDelayDistribution</key><dict><key>type</key><string>UniformDiscrete</string>\
                   <key>params</key><dict><key>values</key><array><integer>1</integer><integer>2</integer>\
                   <integer>3</integer></array></dict></dict>";
        let (stage, accepter) = (Stage::new(16), decode("Accepter", bag).unwrap());
        let mut memory = stage.memory();
        for n in 0..3 {
            stage.deliver(&mut memory, &format!("/c/events/{n}.ics"), &invitation());
        }
        let mut delays: Vec<_> =
            stage.notice(&accepter, &mut memory).iter().map(|asked| asked.delay.as_secs()).collect();
        delays.sort_unstable();
        assert_eq!(delays, [1, 2, 3]);
    });
}
