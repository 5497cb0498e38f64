//! Chance that is the same for the same seed.

use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng as _;

/// What chance decides for one configuration.
pub(crate) struct Chance(Pcg32);

impl Chance {
    pub(crate) fn new(seed: u64, number: u64) -> Self {
        Self(Pcg32::new(seed, number))
    }

    /// A number below the limit.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.0.next_u64() % limit).unwrap_or_default()
    }

    /// Whether something with this chance happens.
    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    pub(crate) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}
