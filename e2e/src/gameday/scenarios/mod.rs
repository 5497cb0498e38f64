//! What else can go wrong, one idea a file.

pub mod bad_release;
pub mod by_hand;
pub mod drill_with_key;
pub mod long_refusal;
pub mod lossy_day;
pub mod lost_in_drill;
pub mod overload;
pub mod throttled;
pub mod unfenced;
