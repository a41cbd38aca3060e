//! The Python scripts under the same checks: they can do all of the exercise,
//! and fail where the ledger says that they fail.

use super::catalogue::{Variant, made};
use super::grader::{Trial, surprises};
use super::programs;
use crate::checks::{ledger, original};
use harness::*;

/// Every second check, for cargo test's time; CI tries them all.
#[test]
fn the_scripts_pass_the_exercise_and_fail_the_ledger() -> Verdict {
    let trials: Vec<_> = trials()?.into_iter().step_by(2).collect();
    none("each check passes or fails as it should", surprises(&trials))
}

#[test]
#[ignore = "takes some seconds; CI runs it"]
fn every_check_of_the_scripts_passes_or_fails_as_it_should() -> Verdict {
    none("each check passes or fails as it should", surprises(&trials()?))
}

fn trials() -> Verdict<Vec<Trial>> {
    let Some(_) = programs::with_python()? else { return Ok(vec![]) };
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
    let scripts = PROGRAMS.map(Variant::script).into_iter().collect::<Verdict<_>>()?;
    let mut trials = vec![];
    for mut script in made(scripts)? {
        script.caught_by = "right".to_string();
        trials.extend(original(script.program).map(|check| Trial::new(&script, check)));
        for row in ledger(script.program) {
            let caught_by = if passes(row.name) { "right" } else { row.name }.to_string();
            trials.push(Trial::new(&Variant { caught_by, ..script.clone() }, row));
        }
    }
    Ok(trials)
}
