//! The Python scripts under the same checks: they can do all of the exercise,
//! and fail where the ledger says that they fail.

use harness::check::{self, Outcome, on_workers};
use harness::*;

/// Checks at a time. They wait more than they compute.
const WORKERS: usize = 8;

#[test]
fn the_scripts_pass_every_check_of_the_exercise() -> Verdict {
    let problems = on_scripts("", |_, outcome| outcome != Outcome::Passed)?;
    check::none("every check passes", &problems)
}

/// Where the script and the program differ, the check must see it.
#[test]
fn the_scripts_fail_every_check_of_the_ledger() -> Verdict {
    let interrupts = ctrl_c_works();
    let problems = on_scripts("robust_", |name, outcome| {
        // Unix tells an unconnected socket nothing of a reply that met a
        // closed port, so there the script survives, too.
        let survives = cfg!(unix) && name.contains("a_client_that_is_gone")
            || name.contains("ctrl_c") && !interrupts;
        !survives && !matches!(outcome, Outcome::Failed(_))
    })?;
    check::none("every check fails", &problems)
}

/// Runs the checks in the modules `prefix` + program with the scripts as the
/// programs under test; returns those whose outcome is `wrong`, and why.
fn on_scripts(prefix: &str, wrong: impl Fn(&str, Outcome) -> bool + Sync) -> Verdict<Vec<String>> {
    let Some(python) = python::wanted()? else {
        return Ok(vec![]);
    };
    let tests = check::own_binary()?;
    let names = check::own_names()?;
    let of = |program: Program| format!("{prefix}{}::", program.module());
    let program_of = |name: &str| PROGRAMS.into_iter().find(|one| name.starts_with(&of(*one)));
    let checks = names.iter().filter_map(|name| Some((name, program_of(name)?)));
    let checks: Vec<_> = checks.collect();
    let problems = on_workers(WORKERS, &checks, |(name, program)| {
        let command = python::script_command(python, *program);
        let outcome = check::run(&tests, name, *program, &command);
        wrong(name, outcome.clone()).then(|| format!("{name}: {outcome:?}"))
    });
    Ok(problems.into_iter().flatten().collect())
}
