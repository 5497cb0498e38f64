//! Three numbers for one thing: the recovery time that is computed from the document, that is simulated with it, and that the
//! game day has measured.

use std::fmt::{self, Display, Formatter};

use anyhow::{Result, anyhow, ensure};
use dr_synth::proof::model;
use dr_synth::proof::objectives::{self, Agreement, TOLERANCE};
use dr_synth::terraform::evaluation::Inputs;
use dr_synth::terraform::{Configuration, parse};

use super::measures::Recovery;

/// How many faults are simulated, and what chance begins with.
const FAULTS: u64 = 2_000;
const SEED: u64 = 1;

/// The numbers, for people.
#[derive(Debug, Clone, Copy)]
pub struct ThreeNumbers(Agreement);

impl ThreeNumbers {
    /// What a recovery has measured, held against the document that it was measured on.
    ///
    /// # Errors
    ///
    /// When the document says nothing to hold it against.
    pub fn of(document: &str, recovery: &Recovery) -> Result<Self> {
        let module = parse::document(document).map_err(|found| anyhow!("the document cannot be read: {found:?}"))?;
        let model = model::from_configuration(&Configuration::from(module), &Inputs::default());
        objectives::agreement(&model, recovery.measured(), FAULTS, SEED).map(Self).map_err(|reason| anyhow!(reason))
    }

    /// Whether they agree.
    ///
    /// # Errors
    ///
    /// When they do not; with all numbers.
    pub fn agree(&self) -> Result<()> {
        ensure!(self.0.holds(), "the three do not agree\n{self}");
        Ok(())
    }
}

impl Display for ThreeNumbers {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(numbers) = self;
        let percent = |share: f64| format!("{:+.1} %, at most {:.0} % are allowed", share * 100.0, TOLERANCE * 100.0);
        let computed = numbers.computed;
        writeln!(f, "recovery time in seconds, with AWS's durations, in three ways:")?;
        writeln!(
            f,
            "  {:6.1}  computed from the document; {:.1} at best, {:.1} at worst",
            computed.expected, computed.best, computed.worst
        )?;
        writeln!(
            f,
            "  {:6.1}  simulated with it, the mean of {FAULTS} faults ({})",
            numbers.simulated,
            percent(numbers.of_simulated())
        )?;
        let within = if numbers.is_within() { "within" } else { "NOT within" };
        writeln!(f, "  {:6.1}  measured today, {within} the computed interval", numbers.measured)?;
        write!(
            f,
            "  {:6.1}  computed with today's detection; what was measured differs by {}",
            numbers.computed_for_the_day,
            percent(numbers.of_measured())
        )
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use dr_synth::settings::Settings;
    use dr_synth::stack;

    use super::ThreeNumbers;
    use crate::gameday::measures::Recovery;

    /// The day of docs/failover.md: detected after this many seconds, one for the guards, five for the emulator's promotion.
    fn recorded(detected: u64) -> Recovery {
        let cut = Instant::now();
        let at = |seconds| cut + Duration::from_secs(seconds);
        Recovery {
            cut,
            detected: at(detected),
            promotion: at(detected + 1),
            writer: at(detected + 6),
            first_payment: at(detected + 7),
            longest_gap: Duration::from_secs(detected + 10),
        }
    }

    fn of(recovery: &Recovery) -> ThreeNumbers {
        let document = stack::build(&Settings::default()).document().unwrap().to_string();
        ThreeNumbers::of(&document, recovery).unwrap()
    }

    #[test]
    fn a_recorded_day_agrees_and_is_shown_in_full() {
        for detected in [90, 97, 115] {
            let numbers = of(&recorded(detected));
            numbers.agree().unwrap();
            let text = numbers.to_string();
            for words in
                ["computed from the document", "simulated with it", "measured today, within", "today's detection"]
            {
                assert!(text.contains(words), "{text}");
            }
        }
    }

    #[test]
    fn a_day_that_took_longer_than_is_computed_does_not_agree() {
        let slow = Recovery { longest_gap: Duration::from_secs(280), ..recorded(97) };
        let told = of(&slow).agree().unwrap_err().to_string();
        assert!(told.contains("NOT within"), "{told}");
        // Within the interval, but slower than that day's own detection explains.
        let day = recorded(97);
        let told = of(&Recovery { first_payment: day.first_payment + Duration::from_secs(40), ..day }).agree();
        assert!(told.unwrap_err().to_string().contains("measured today, within"));
    }
}
