//! Chance that is the same for the same seed, on any machine and any number of cores.

use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng;

use super::super::durations::Known;

/// The chance of one fault: a stream of its own, so that the order in which faults are played does not matter.
#[derive(Debug)]
pub(super) struct Chance(Pcg32);

impl Chance {
    pub(super) fn new(seed: u64, number: u64) -> Self {
        Self(Pcg32::new(seed, number))
    }

    /// A number from zero to below one: 53 bits, as many as a float holds.
    pub(super) fn share(&mut self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "53 bits are exact")]
        let bits = (self.0.next_u64() >> 11) as f64;
        bits / 9_007_199_254_740_992.0
    }

    /// Anything between two bounds.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.share()
    }

    /// A duration by the triangular distribution.
    pub(super) fn triangular(&mut self, low: f64, usual: f64, high: f64) -> f64 {
        let (share, width) = (self.share(), high - low);
        let peak = (usual - low) / width;
        if share < peak {
            low + (share * width * (usual - low)).sqrt()
        } else {
            high - ((1.0 - share) * width * (high - usual)).sqrt()
        }
    }

    /// How long something takes this time.
    pub(super) fn duration(&mut self, known: &Known) -> f64 {
        self.triangular(known.best, known.usual, known.worst)
    }
}

#[cfg(test)]
mod tests {
    use super::Chance;

    #[test]
    fn the_mean_is_the_one_that_is_computed_with() {
        let mut chance = Chance::new(7, 0);
        let all: Vec<f64> = (0..20_000).map(|_| chance.triangular(30.0, 60.0, 120.0)).collect();
        assert!(all.iter().all(|seconds| (30.0..=120.0).contains(seconds)));
        let mean = all.iter().sum::<f64>() / 20_000.0;
        assert!((mean - 70.0).abs() < 0.7, "{mean}");
    }

    #[test]
    fn a_number_of_a_fault_is_its_own() {
        let first = |seed, number| Chance::new(seed, number).share().to_bits();
        assert_eq!(first(1, 5), first(1, 5));
        assert_ne!(first(1, 5), first(1, 6));
        assert_ne!(first(1, 5), first(2, 5));
    }
}
