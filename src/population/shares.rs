//! Which worker takes which user.

use super::{Mix, MixError, Sequence, Weight};

/// What one worker may take.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Share {
    /// Its part of the users, in proportion to the others.
    pub weight: Weight,
    /// The most users it takes; the others take what is beyond.
    pub max_users: Option<u32>,
}

/// Deals users out to workers by their weights. With equal weights user n goes to worker n mod count, as
/// the ancestor's did (spec 3). There is no chance in it: manager and workers come to the same answer.
#[derive(Clone, Debug)]
pub struct Shares {
    shares: Vec<Share>,
    mix: Mix,
}

impl Shares {
    /// The shares of workers, in their order.
    pub fn new(shares: Vec<Share>) -> Result<Shares, MixError> {
        let weights: Vec<Weight> = shares.iter().map(|share| share.weight).collect();
        Ok(Shares { mix: Mix::new(&weights)?, shares })
    }

    /// For user 0, 1, 2 and so on the index of its worker; the sequence ends when all workers are full.
    pub fn deal(&self) -> Deal<'_> {
        Deal { shares: &self.shares, open: Some(self.mix.iter()), taken: vec![0; self.shares.len()] }
    }

    /// How many users all workers take together; `None` when there is no bound.
    pub fn room(&self) -> Option<u64> {
        let takes_any = |share: &&Share| share.weight.get() > 0.0;
        self.shares.iter().filter(takes_any).map(|share| share.max_users.map(u64::from)).sum()
    }
}

/// The sequence of workers.
#[derive(Clone, Debug)]
pub struct Deal<'s> {
    shares: &'s [Share],
    /// The sequence of those that are not full yet; `None` when all are.
    open: Option<Sequence>,
    taken: Vec<u32>,
}

impl Deal<'_> {
    fn full(&self, worker: usize) -> bool {
        self.shares[worker].max_users.is_some_and(|most| self.taken[worker] >= most)
    }

    /// Leaves out those that are full, and starts over among the others.
    fn again(&mut self) {
        let weight =
            |worker: usize| if self.full(worker) { Weight::NOTHING } else { self.shares[worker].weight };
        let weights: Vec<Weight> = (0..self.shares.len()).map(weight).collect();
        self.open = Mix::new(&weights).ok().map(|mix| mix.iter());
    }
}

impl Iterator for Deal<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        // Every turn leaves out at least one worker, so this ends.
        loop {
            let worker = self.open.as_mut()?.next()?;
            if !self.full(worker) {
                self.taken[worker] += 1;
                return Some(worker);
            }
            self.again();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(workers: &[(f64, Option<u32>)]) -> Shares {
        let share = |&(weight, max_users): &(f64, Option<u32>)| Share {
            weight: Weight::new(weight).unwrap(),
            max_users,
        };
        Shares::new(workers.iter().map(share).collect()).unwrap()
    }

    #[test]
    fn equal_workers_take_users_by_remainder() {
        let dealt: Vec<usize> = shares(&[(1.0, None), (1.0, None), (1.0, None)]).deal().take(7).collect();
        assert_eq!(dealt, [0, 1, 2, 0, 1, 2, 0]);
    }

    #[test]
    fn the_others_take_what_is_beyond() {
        let bounded = shares(&[(1.0, Some(2)), (2.0, Some(5)), (0.0, Some(9))]);
        assert_eq!(bounded.room(), Some(7));
        assert_eq!(bounded.deal().collect::<Vec<_>>(), [0, 1, 1, 0, 1, 1, 1]);
        assert_eq!(shares(&[(0.5, None), (1.0, Some(1))]).room(), None);
    }

    #[test]
    fn many_users_with_fractions_are_dealt_in_time() {
        let shares = shares(&[(0.5, Some(1000)), (1.5, None)]);
        let counts = shares.deal().take(200_000).fold([0u32; 2], |mut counts, worker| {
            counts[worker] += 1;
            counts
        });
        assert_eq!(counts, [1000, 199_000]);
    }
}
