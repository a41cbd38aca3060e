//! What the exercise asks of each program, in the order of the report card, and the ledger.

pub mod clients;
pub mod ledger;
pub mod servers;

use harness::{Check, Program};

/// The checks of the exercise for `program`.
pub fn original(program: Program) -> impl Iterator<Item = &'static Check> {
    let all = servers::CHECKS.iter().chain(clients::CHECKS);
    all.filter(move |check| check.programs.contains(&program))
}

/// The rows of the ledger that `program` has.
pub fn ledger(program: Program) -> impl Iterator<Item = &'static Check> {
    ledger::CHECKS.iter().filter(move |check| check.programs.contains(&program))
}
