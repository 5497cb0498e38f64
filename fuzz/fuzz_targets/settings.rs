//! Any text, as `dr-synth.toml`: no panic, and every error points into the text.

#![no_main]

use dr_synth::settings::{Origin, file};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Err(errors) = file::read(text) else { return };
    for origin in errors.into_iter().flat_map(|error| error.origins) {
        if let Origin::File(place) = origin {
            assert!(text.get(place.clone()).is_some(), "{place:?}");
        }
    }
});
