//! The Python scripts under the same checks: they can do all of the exercise,
//! and fail where the ledger says that they fail.

use crate::{checks, project::programs};
use harness::*;

#[test]
fn the_scripts_pass_the_exercise_and_fail_the_ledger() -> Verdict {
    let Some(python) = programs::with_python()? else { return Ok(()) };
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
    let mut runs = vec![];
    for program in PROGRAMS {
        runs.extend(checks::original(program).map(|check| (program, check, true)));
        runs.extend(checks::ledger(program).map(|check| (program, check, passes(check.name))));
    }
    // Sixteen at a time, for they wait more than they compute.
    let surprises = trial::on_workers(16, &runs, |(program, check, passes)| {
        let command = python::script_command(python, *program);
        let outcome = trial::run(check, *program, &[(*program, command)], 1.0);
        let fails = matches!(outcome, Err((Kind::Failed, _)));
        let expected = if *passes { outcome.is_ok() } else { fails };
        (!expected).then(|| format!("{} {}: {outcome:?}", program.name(), check.name))
    });
    none("each check passes or fails as it should", surprises.into_iter().flatten().collect())
}
