//! The game day: a region is lost under load, payments move, come back, and are counted.
//!
//! [`stage`] applies a stack on an emulator of its own with [`crate::dns`] over it; [`load`] lets [`customer`]s pay all the
//! time and keeps their [`ledger`]; [`watcher`] tells the [`timeline`] what changes; [`story`] is the day itself, [`guards`]
//! are the days on which nothing may happen; [`measures`] says what it has cost.
//!
//! What is real, and what the emulator only echoes, stands in `e2e/README.md`.

pub mod customer;
pub mod guards;
pub mod ledger;
pub mod load;
pub mod measures;
pub mod stage;
pub mod story;
pub mod timeline;
pub mod watcher;
