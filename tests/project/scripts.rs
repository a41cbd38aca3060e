//! The Python scripts under the same checks: they can do all of the exercise,
//! and fail where the ledger says that they fail.

use crate::checks::{ledger, original};
use harness::trial::{self, Outcome, on_workers};
use harness::*;

/// Checks at a time. They wait more than they compute.
const WORKERS: usize = 8;

#[test]
fn the_scripts_pass_every_check_of_the_exercise() -> Verdict {
    let checks = PROGRAMS.map(|program| (program, original(program).collect()));
    none("every check passes", surprises(checks, |_| true)?)
}

/// Where the script and the program differ, the check must see it.
#[test]
fn the_scripts_fail_every_check_of_the_ledger() -> Verdict {
    let interrupts = ctrl_c_works();
    let passes = |name: &str| match name {
        // Our scripts take an address, unlike the article's.
        "one_argument_is_answered_with_the_usage" => true,
        // Unix tells an unconnected socket nothing of a reply that met a
        // closed port.
        "a_client_that_is_gone_does_not_end_the_server" => cfg!(unix),
        "ctrl_c_ends_it_quietly" => !interrupts,
        _ => false,
    };
    let checks = PROGRAMS.map(|program| (program, ledger(program).collect()));
    none("every check fails", surprises(checks, passes)?)
}

/// Runs the checks with the scripts as the programs under test; returns those
/// that do not pass or fail as they should, with what happened.
fn surprises(
    checks: [(Program, Vec<&'static Check>); 4],
    passes: impl Fn(&str) -> bool + Sync,
) -> Verdict<Vec<String>> {
    let Some(python) = python::wanted()? else {
        return Ok(vec![]);
    };
    let of = |(program, checks): &(Program, Vec<&'static Check>)| {
        let program = *program;
        checks.iter().map(move |check| (program, *check)).collect::<Vec<_>>()
    };
    let runs: Vec<_> = checks.iter().flat_map(of).collect();
    let surprises = on_workers(WORKERS, &runs, |(program, check)| {
        let command = python::script_command(python, *program);
        let outcome = trial::run(check, *program, &command, 1.0);
        let expected = match passes(check.name) {
            true => outcome == Outcome::Passed,
            false => matches!(outcome, Outcome::Failed(_)),
        };
        (!expected).then(|| format!("{} {}: {outcome:?}", program.name(), check.name))
    });
    Ok(surprises.into_iter().flatten().collect())
}

/// There are no problems.
pub fn none(step: &str, problems: Vec<String>) -> Verdict {
    holds(step, problems.is_empty()).map_err(|report| report.because(&problems.join("\n")))
}
