//! The Python scripts under the same checks: they can do all of the exercise,
//! and fail where the ledger says that they fail.

use crate::checks::{ledger, original};
use crate::project::programs;
use harness::trial::{self, on_workers};
use harness::*;

/// Checks at a time. They wait more than they compute.
const WORKERS: usize = 16;

#[test]
fn the_scripts_pass_the_exercise_and_fail_the_ledger() -> Verdict {
    let true = programs::are_to_be_tried() else { return Ok(()) };
    let Some(python) = python::wanted()? else { return Ok(()) };
    let interrupts = ctrl_c_works();
    // Where a script and its program differ, the check must see it.
    let passes = |row: &str| match row {
        // Our scripts take an address, unlike the article's.
        "one_argument_is_answered_with_the_usage" => true,
        // Unix tells an unconnected socket nothing of a reply that met a closed port.
        "a_client_that_is_gone_does_not_end_the_server" => cfg!(unix),
        "ctrl_c_ends_it_quietly" => !interrupts,
        _ => false,
    };
    let of_program = |program| {
        let exercise = original(program).map(move |check| (program, check, true));
        let row = move |check: &'static Check| (program, check, passes(check.name));
        exercise.chain(ledger(program).map(row))
    };
    let runs: Vec<_> = PROGRAMS.into_iter().flat_map(of_program).collect();
    let surprises = on_workers(WORKERS, &runs, |(program, check, passes)| {
        let command = python::script_command(python, *program);
        let outcome = trial::run(check, *program, &[(*program, command)], 1.0);
        let fails = matches!(outcome, Err((Kind::Failed, _)));
        let expected = if *passes { outcome.is_ok() } else { fails };
        (!expected).then(|| format!("{} {}: {outcome:?}", program.name(), check.name))
    });
    none("each check passes or fails as it should", surprises.into_iter().flatten().collect())
}
