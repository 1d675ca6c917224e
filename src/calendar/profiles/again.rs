//! Reactions that failed because of a trouble that may pass: they are tried again, later and later, and not for ever.

use std::rc::Rc;
use std::time::Duration;

use crate::calendar::memory::CalendarMemory;
use crate::client::{Actor, Context, Trouble};

/// How long the first of these waits is; each is twice as long as the one before.
const FIRST_WAIT: Duration = Duration::from_secs(60);
const TRIES: u32 = 5;

/// What stands before a topic among the pending ones of a client: it is to be asked for, or has been, for the n-th time.
const WANTED: &str = "again";
const TRIED: &str = "tried";

/// Whether what failed may work later as it is: the server was not there, was busy or was broken.
fn may_pass(trouble: &Trouble) -> bool {
    match (trouble, trouble.status()) {
        (Trouble::Stopped, _) => false,
        (_, Some(status)) => matches!(status, 401 | 408 | 423 | 425 | 429 | 500 | 502..600),
        (_, None) => true,
    }
}

/// Takes note of how the reaction to `topic` ended. If it is to be tried again, it is pending once more.
pub fn conclude<T>(memory: &mut CalendarMemory, topic: &str, result: &Result<T, Trouble>) {
    let tried = (1..=TRIES).take_while(|n| memory.pending.contains(&*mark(TRIED, *n, topic))).count() as u32;
    let failed = result.as_ref().is_err_and(may_pass);
    if failed && tried < TRIES {
        memory.pending.insert(topic.into());
        memory.pending.insert(mark(WANTED, tried + 1, topic).into());
    } else {
        (1..=tried).for_each(|n| {
            memory.pending.remove(&*mark(TRIED, n, topic));
        });
    }
}

/// Asks for what is to be tried again, by `me`.
pub fn ask(cx: &Context, memory: &mut CalendarMemory, me: Actor) {
    let wanted: Vec<Rc<str>> =
        memory.pending.iter().filter(|topic| topic.starts_with(WANTED)).cloned().collect();
    for mark_of in wanted {
        memory.pending.remove(&mark_of);
        let mut words = mark_of.splitn(3, ' ').skip(1);
        let (Some(Ok(n)), Some(topic)) = (words.next().map(str::parse::<u32>), words.next()) else {
            continue;
        };
        memory.pending.insert(mark(TRIED, n, topic).into());
        cx.react(me, FIRST_WAIT * 2_u32.pow(n.saturating_sub(1)), topic);
    }
}

fn mark(word: &str, n: u32, topic: &str) -> String {
    format!("{word} {n} {topic}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::calendar::profiles::testing::{EVENT, Stage, decode, play};
    use crate::client::Trigger;

    const HREF: &str = "/c/events/1.ics";

    #[test]
    fn a_trouble_that_may_pass_is_waited_for_longer_and_longer() {
        play(async {
            let (stage, accepter) = (Stage::new(16), decode("Accepter", "").unwrap());
            let people =
                "UID:1\r\nORGANIZER:urn:x-uid:50\r\nATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:user16@example.com";
            let invitation = EVENT.replace("UID:1", people);
            let mut memory = stage.memory();
            for outage in [2, 5, 6] {
                stage.deliver(&mut memory, HREF, &invitation);
                let (_, mut accept) = first(stage.notice(&accepter, &mut memory));
                let mut waits = Vec::new();
                for n in 0.. {
                    if n < outage {
                        stage.server.refuse("PUT", 503);
                    }
                    let (outcome, more) = stage.act(&accepter, &mut memory, accept.clone()).await;
                    assert_eq!(outcome.is_ok(), n == outage);
                    stage.deliver(&mut memory, HREF, &invitation);
                    if more.is_empty() {
                        break;
                    }
                    assert_eq!(stage.notice(&accepter, &mut memory), [], "while pending");
                    let (wait, again) = first(more);
                    waits.push(wait.as_secs());
                    accept = again;
                }
                assert_eq!(waits, [60, 120, 240, 480, 960][..outage.min(5)]);
                stage.notice(&accepter, &mut memory);
                memory.pending.clear();
            }
        });
    }

    fn first(asked: Vec<crate::client::Reaction>) -> (Duration, Trigger) {
        (asked[0].delay, Trigger::Reaction(asked[0].topic.clone()))
    }
}
