//! Numbered stretches of time, whose length doubles when there are too many of them.

use std::collections::BTreeMap;
use std::time::Duration;

/// What is known of one stretch of time.
pub(super) trait Stretch: Default {
    /// Adds what is known of another.
    fn merge(&mut self, other: &Self);
}

/// Stretches of equal length by number, of which only some are there. The length is a second, doubled so often as
/// follows from what there is, so that parts merge to exactly the whole.
pub(super) trait Stretches {
    type Of: Stretch;

    /// How often the length was doubled, and the stretches.
    fn fields(&self) -> (u32, &BTreeMap<u64, Self::Of>);
    fn fields_mut(&mut self) -> (&mut u32, &mut BTreeMap<u64, Self::Of>);

    /// Whether they must become longer.
    fn too_many(&self) -> bool;

    /// How long each is.
    fn width(&self) -> Duration {
        Duration::from_secs(1 << self.fields().0)
    }

    /// The number of the stretch in which this is.
    fn number(&self, at: Duration) -> u64 {
        at.as_secs() >> self.fields().0
    }

    fn join(&mut self, other: &Self) {
        let (doublings, theirs) = other.fields();
        self.widen_to(doublings);
        let (ours, all) = self.fields_mut();
        for (number, stretch) in theirs {
            all.entry(number >> (*ours - doublings)).or_default().merge(stretch);
        }
        self.fit();
    }

    /// Lets neighbours merge until there are few enough.
    fn fit(&mut self) {
        while self.too_many() {
            self.widen();
        }
    }

    /// Lets neighbours merge once.
    fn widen(&mut self) {
        self.widen_to(self.fields().0 + 1);
    }

    fn widen_to(&mut self, doublings: u32) {
        let (ours, all) = self.fields_mut();
        let by = doublings.saturating_sub(*ours);
        if by == 0 {
            return;
        }
        *ours = doublings;
        for (number, stretch) in std::mem::take(all) {
            all.entry(number >> by).or_default().merge(&stretch);
        }
    }
}
