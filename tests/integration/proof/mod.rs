//! What can be said of a finished configuration.

mod coverage;
mod graph;
mod objectives;
mod rules;
mod simulation;
