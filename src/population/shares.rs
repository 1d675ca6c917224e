//! Which worker takes which user.

use serde::{Deserialize, Serialize};

use super::Weight;

/// What one worker may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// Its part of the users, in proportion to the others.
    pub weight: Weight,
    /// The most users it takes; the others take what is beyond.
    pub max_users: Option<u32>,
}

/// Why users cannot be dealt out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DealError {
    /// Nobody takes anybody.
    #[error("no worker has a weight above zero")]
    NothingToChoose,
    #[error("{users} users come, and the workers take no more than {room} together")]
    TooLittleRoom { users: u32, room: u64 },
}

/// The worker of every user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dealt(Vec<u16>);

impl Dealt {
    /// The index of the worker that takes this user; None for a number beyond the last user.
    pub fn worker(&self, user: u32) -> Option<usize> {
        self.0.get(user as usize).map(|worker| usize::from(*worker))
    }

    /// How many users a worker takes.
    pub fn count(&self, worker: usize) -> u32 {
        self.0.iter().filter(|one| usize::from(**one) == worker).count() as u32
    }
}

/// Deals users 0 to `users` out to workers, so that each has the same mix: the users of one stratum (the population of
/// their first client) are dealt by the weights for themselves, so that no worker is a whole user off its share of any
/// population; between workers that are equally due the one with fewer users in all takes the next. In all a worker is less than one
/// user a population off its share. (By the remainder,
/// as the ancestor dealt them (spec 3), a mix of two populations on two workers puts all of one population on one.)
///
/// There is no chance in it: the manager and every worker come to the same answer.
pub fn deal(shares: &[Share], users: u32, mut stratum: impl FnMut(u32) -> usize) -> Result<Dealt, DealError> {
    let mut dealer = Dealer::new(shares, users)?;
    (0..users)
        .map(|user| dealer.next(stratum(user)))
        .collect::<Option<_>>()
        .map(Dealt)
        .ok_or_else(|| DealError::TooLittleRoom { users, room: room(shares).unwrap_or(0) })
}

/// How many users all workers take together; `None` when there is no bound.
fn room(shares: &[Share]) -> Option<u64> {
    let takes_any = |share: &&Share| share.weight.get() > 0.0;
    shares.iter().filter(takes_any).map(|share| share.max_users.map(u64::from)).sum()
}

/// How many users each worker should have, none more than it takes: what is beyond one's bound goes to the others by
/// their weights.
fn quotas(shares: &[Share], users: u32) -> Vec<f64> {
    let mut bounded = vec![false; shares.len()];
    loop {
        let bound = |worker: usize| f64::from(shares[worker].max_users.unwrap_or(u32::MAX));
        let taken: f64 = (0..shares.len()).filter(|worker| bounded[*worker]).map(bound).sum();
        let weights: f64 =
            shares.iter().zip(&bounded).filter(|(_, bounded)| !**bounded).map(|(s, _)| s.weight.get()).sum();
        let rest = (f64::from(users) - taken).max(0.0);
        let quota = |worker: usize| match bounded[worker] {
            true => bound(worker),
            false if weights > 0.0 => rest * shares[worker].weight.get() / weights,
            false => 0.0,
        };
        let quotas: Vec<f64> = (0..shares.len()).map(quota).collect();
        let beyond: Vec<usize> = (0..shares.len())
            .filter(|worker| !bounded[*worker] && quotas[*worker] > bound(*worker))
            .collect();
        if beyond.is_empty() {
            return quotas;
        }
        // Each round bounds at least one worker more, so this ends.
        beyond.into_iter().for_each(|worker| bounded[worker] = true);
    }
}

/// Rounding must neither make a worker due too early nor too late.
const TINY: f64 = 1e-9;

struct Dealer {
    /// The part of the whole that each should have; the parts of those that are not full add up to 1.
    parts: Vec<f64>,
    room: Vec<u32>,
    total: Vec<u32>,
    strata: Vec<Stratum>,
}

#[derive(Clone)]
struct Stratum {
    dealt: u32,
    taken: Vec<u32>,
}

impl Dealer {
    fn new(shares: &[Share], users: u32) -> Result<Dealer, DealError> {
        let weights: f64 = shares.iter().map(|share| share.weight.get()).sum();
        if !(weights > 0.0 && weights.is_finite()) {
            return Err(DealError::NothingToChoose);
        }
        if let Some(room) = room(shares).filter(|room| *room < u64::from(users)) {
            return Err(DealError::TooLittleRoom { users, room });
        }
        let room = shares.iter().map(|share| share.max_users.unwrap_or(u32::MAX)).collect();
        let mut dealer =
            Dealer { parts: quotas(shares, users), room, total: vec![0; shares.len()], strata: Vec::new() };
        dealer.again();
        Ok(dealer)
    }

    /// Makes the parts add up to 1, without those that are full, and begins anew in every stratum.
    fn again(&mut self) {
        for (part, (total, room)) in self.parts.iter_mut().zip(self.total.iter().zip(&self.room)) {
            if total >= room {
                *part = 0.0;
            }
        }
        let sum: f64 = self.parts.iter().sum();
        if sum > 0.0 {
            self.parts.iter_mut().for_each(|part| *part /= sum);
        }
        self.strata.clear();
    }

    /// The worker of the next user of a stratum; None when all are full.
    fn next(&mut self, stratum: usize) -> Option<u16> {
        if self.strata.len() <= stratum {
            let fresh = Stratum { dealt: 0, taken: vec![0; self.parts.len()] };
            self.strata.resize(stratum + 1, fresh);
        }
        let strata = &mut self.strata[stratum];
        let now = f64::from(strata.dealt) + 1.0;
        // Each of a worker's users has a time from which it may be taken and one by which it must; whoever must first
        // comes first. That keeps everybody within one user of the share (it is the rule of P-fair scheduling).
        let candidates =
            (0..self.parts.len()).filter(|worker| self.parts[*worker] > 0.0).filter_map(|worker| {
                let (part, taken) = (self.parts[worker], f64::from(strata.taken[worker]));
                let may = taken < part * now - TINY;
                let must = ((taken + 1.0) / part - TINY).ceil();
                may.then_some((must, f64::from(self.total[worker]) / part, worker))
            });
        let by_need = |a: &(f64, f64, usize), b: &(f64, f64, usize)| {
            a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2))
        };
        let (_, _, worker) = candidates.min_by(by_need)?;
        strata.dealt += 1;
        strata.taken[worker] += 1;
        self.total[worker] += 1;
        if self.total[worker] >= self.room[worker] {
            self.again();
        }
        u16::try_from(worker).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shares(workers: &[(f64, Option<u32>)]) -> Vec<Share> {
        let share = |&(weight, max_users): &(f64, Option<u32>)| Share {
            weight: Weight::new(weight).unwrap(),
            max_users,
        };
        workers.iter().map(share).collect()
    }

    fn dealt(workers: &[(f64, Option<u32>)], users: u32, strata: u32) -> Result<Vec<usize>, DealError> {
        let dealt = deal(&shares(workers), users, |user| (user % strata) as usize)?;
        Ok((0..users).map(|user| dealt.worker(user).unwrap()).collect())
    }

    #[test]
    fn every_worker_has_the_same_mix() {
        // By the remainder all users of one population would be on one worker.
        let two = dealt(&[(1.0, None), (1.0, None)], 8, 2).unwrap();
        assert_eq!(two, [0, 1, 1, 0, 0, 1, 1, 0]);
    }

    #[test]
    fn the_others_take_what_is_beyond() {
        let counts = |workers: &[(f64, Option<u32>)], users| {
            let all = deal(&shares(workers), users, |_| 0).unwrap();
            (0..workers.len()).map(|worker| all.count(worker)).collect::<Vec<_>>()
        };
        assert_eq!(counts(&[(1.0, Some(2)), (2.0, Some(5)), (0.0, Some(9))], 7), [2, 5, 0]);
        assert_eq!(counts(&[(0.5, Some(1000)), (1.5, None)], 20_000), [1000, 19_000]);
        assert_eq!(counts(&[(1.0, None); 3], 7), [3, 2, 2]);
    }

    #[test]
    fn what_cannot_be_dealt_is_an_error() {
        let too_little = DealError::TooLittleRoom { users: 8, room: 7 };
        assert_eq!(dealt(&[(1.0, Some(2)), (2.0, Some(5)), (0.0, Some(9))], 8, 1), Err(too_little));
        assert_eq!(dealt(&[(0.0, None)], 1, 1), Err(DealError::NothingToChoose));
        assert_eq!(dealt(&[], 1, 1), Err(DealError::NothingToChoose));
    }

    proptest! {
        #[test]
        fn nobody_is_a_whole_user_off_in_any_population(
            weights in proptest::collection::vec(0.05f64..9.0, 1..6),
            strata in proptest::collection::vec(0usize..4, 0..400),
        ) {
            let workers: Vec<_> = weights.iter().map(|weight| (*weight, None)).collect();
            let users = strata.len() as u32;
            let all = deal(&shares(&workers), users, |user| strata[user as usize]).unwrap();
            let sum: f64 = weights.iter().sum();
            let mut counts = vec![vec![0u32; weights.len()]; 4];
            for user in 0..users {
                let stratum = strata[user as usize];
                counts[stratum][all.worker(user).unwrap()] += 1;
                let dealt: u32 = counts[stratum].iter().sum();
                for (worker, weight) in weights.iter().enumerate() {
                    let share = f64::from(dealt) * weight / sum;
                    prop_assert!((f64::from(counts[stratum][worker]) - share).abs() < 1.0 + 1e-6);
                }
            }
            prop_assert_eq!((0..weights.len()).map(|worker| all.count(worker)).sum::<u32>(), users);
        }

        #[test]
        fn bounds_hold_and_room_is_used(
            workers in proptest::collection::vec((0.05f64..9.0, proptest::option::of(0u32..60)), 1..6),
            users in 0u32..200,
            strata in 1u32..5,
        ) {
            let shares = shares(&workers);
            let enough = room(&shares).is_none_or(|room| room >= u64::from(users));
            match deal(&shares, users, |user| (user % strata) as usize) {
                Ok(all) => {
                    prop_assert!(enough);
                    for (worker, share) in shares.iter().enumerate() {
                        prop_assert!(share.max_users.is_none_or(|most| all.count(worker) <= most));
                    }
                }
                Err(why) => prop_assert!(!enough, "{why}"),
            }
        }
    }
}
