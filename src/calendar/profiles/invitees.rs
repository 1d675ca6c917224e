//! Who is invited.

use super::defaults;
use super::habit::Habit;
use super::planned::no_value;
use crate::client::{Context, Trouble};
use crate::config::{Param, Table};
use crate::distribution::{Draw, Numbers};
use crate::icalendar::compose::Person;
use crate::icalendar::{Addresses, Calendar};
use crate::population::Account;

/// How often one invitee is drawn before the user gives up (spec 6).
const TRIES: u64 = 10;

/// The distribution of invitees.
#[derive(Clone, Debug)]
pub struct Invitees {
    numbers: Numbers,
    /// Whether a drawn number is counted from the organizer's own account, and not from the first one.
    clumping: bool,
}

pub const INVITEE: Param = Param {
    name: "inviteeDistribution",
    default: "UniformDiscrete -10 to 10",
    help: "which account is invited: its distance from the organizer's, or without clumping its number, from 0",
};

impl Invitees {
    /// Reads `inviteeDistribution`.
    pub fn decode(params: &Table<'_>, clumping: bool) -> Option<Invitees> {
        let numbers = defaults::or(params, INVITEE.name, || defaults::bag(-10..=10))?;
        Some(Invitees { numbers, clumping })
    }

    /// The people to invite in this act, at most `count`, none of them twice, none of `taken`, never the user.
    /// One for whom nobody is found in ten tries is left out, and the rest goes on.
    pub fn choose(
        &self,
        habit: &Habit,
        cx: &Context,
        count: u64,
        taken: impl Fn(&Account) -> bool,
    ) -> Result<Vec<usize>, Trouble> {
        let accounts = &cx.run.accounts;
        let (stream, now) = (habit.draws(cx, "invitee"), cx.run.clock.utc());
        let (own, own_addresses) = (cx.account_index, addresses(&cx.account));
        let mut chosen: Vec<usize> = Vec::new();
        let mut draws = 0;
        // Each invitation takes a new person: more than there are accounts can never be found.
        for _ in 0..count.min(accounts.len() as u64) {
            for _ in 0..TRIES {
                let sample = self.numbers.number(&Draw::new(stream, draws, now)).map_err(no_value)?;
                draws += 1;
                let Some(index) = place(own, self.clumping, sample) else { continue };
                let Some(account) = accounts.get(index) else { continue };
                let is_self = index == own || own_addresses.contains(&address(account));
                if !is_self && !account.email.is_empty() && !chosen.contains(&index) && !taken(account) {
                    chosen.push(index);
                    break;
                }
            }
        }
        Ok(chosen)
    }
}

/// The account's place that a drawn number means: cut off towards zero; before the first is the first (spec 6).
fn place(own: usize, clumping: bool, sample: f64) -> Option<usize> {
    let from = if clumping { i64::try_from(own).ok()? } else { 0 };
    let place = from.checked_add(sample as i64)?.max(0);
    usize::try_from(place).ok()
}

/// The account's address in invitations.
pub fn address(account: &Account) -> String {
    format!("mailto:{}", account.email)
}

/// The account as an attendee.
pub fn person(account: &Account) -> Person {
    Person { address: address(account), name: account.common_name.to_string() }
}

/// Whether the event invites the account, under whichever of its addresses.
pub fn is_invited(calendar: &Calendar, account: &Account) -> bool {
    let who = addresses(account);
    calendar.entries().any(|entry| entry.all("ATTENDEE").any(|line| who.named_by(line)))
}

/// The addresses under which a server may know the account (spec 5.3).
fn addresses(account: &Account) -> Addresses {
    let Account { email, guid, uid, .. } = account;
    let mail = if email.is_empty() { String::new() } else { format!("mailto:{email}") };
    let urn = |id: &str, form: &str| if id.is_empty() { String::new() } else { format!("urn:{form}:{id}") };
    Addresses::new([mail, urn(guid, "uuid"), urn(guid, "x-uid"), urn(uid, "uuid")])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::profiles::testing::{Stage, bag_of, habit};

    fn chosen(clumping: bool, own: usize, samples: &[i32], count: u64) -> Vec<usize> {
        let stage = Stage::new(own);
        let invitees = Invitees { numbers: bag_of(samples), clumping };
        invitees.choose(&habit(), &stage.context(0), count, |account| &*account.uid == "user05").unwrap()
    }

    /// Spec 13, 26 to 28: the number is counted from the organizer; self and whoever is invited already give
    /// way to the next sample.
    #[test]
    fn samples_that_cannot_be_invited_are_drawn_again() {
        assert_eq!(chosen(true, 16, &[1], 1), [17]);
        assert_eq!(chosen(true, 16, &[0, 1], 1), [17]);
        assert_eq!(chosen(true, 16, &[1, 1, 1, 2], 2), [17, 18]);
        assert_eq!(chosen(true, 6, &[-1, -2], 1), [4], "user05 is taken");
        assert_eq!(chosen(true, 3, &[-9], 1), [0], "before the first is the first");
        assert_eq!(chosen(true, 98, &[50, -1], 1), [97], "beyond the last");
        assert_eq!(chosen(false, 16, &[1], 1), [1]);
    }

    #[test]
    fn who_cannot_be_found_is_left_out_and_the_rest_goes_on() {
        assert_eq!(chosen(true, 16, &[0], 3), [0usize; 0]);
        assert_eq!(chosen(true, 16, &[1], 5), [17]);
        assert_eq!(chosen(true, 6, &[-1], 1), [0usize; 0], "always one who is invited");
        let many = chosen(true, 50, &(0..40).collect::<Vec<_>>(), 30);
        assert_eq!(many.len(), 30);
        assert!(many.iter().all(|index| (51..90).contains(index)));
    }

    #[test]
    fn an_attendee_is_known_by_any_address() {
        let stage = Stage::new(0);
        let account = &stage.run.accounts[7];
        let text = |line: &str| {
            format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{line}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
        };
        for (line, known) in [
            ("ATTENDEE:MAILTO:User07@example.com", true),
            ("ATTENDEE;EMAIL=user07@example.com:urn:x-uid:1", true),
            ("ATTENDEE:urn:uuid:user07", true),
            ("ATTENDEE:mailto:user08@example.com", false),
        ] {
            let calendar = Calendar::parse(text(line).as_bytes()).unwrap();
            assert_eq!(is_invited(&calendar, account), known, "{line}");
        }
    }
}
