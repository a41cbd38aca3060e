//! The Python scripts under the same checks: they can do all of the exercise,
//! and fail where the ledger says that they fail.

use harness::check::{self, Outcome};
use harness::*;
use std::env;
use std::path::PathBuf;
use std::sync::Mutex;
use std::thread;

/// Checks at a time. They wait more than they compute.
const WORKERS: usize = 6;

#[test]
fn the_scripts_pass_every_check_of_the_exercise() -> Verdict {
    let problems = on_scripts("", |outcome| match outcome {
        Outcome::Passed => None,
        Outcome::Failed(text) | Outcome::NotStarted(text) | Outcome::Error(text) => Some(text),
    })?;
    none("every check passes", &problems)
}

/// Where the script and the program differ, the check must see it.
#[test]
fn the_scripts_fail_every_check_of_the_ledger() -> Verdict {
    let problems = on_scripts("robust_", |outcome| match outcome {
        Outcome::Failed(_) => None,
        other => Some(format!("{other:?}")),
    })?;
    let problems: Vec<_> = problems
        .into_iter()
        .filter(|problem| !on_windows_only(problem))
        .collect();
    none("every check fails", &problems)
}

/// Unix tells an unconnected socket nothing of a reply that met a closed
/// port, so there the script survives, too.
fn on_windows_only(problem: &str) -> bool {
    cfg!(unix) && problem.starts_with("robust_udp_server::a_client_that_is_gone")
}

/// Runs the checks in the modules `prefix` + program with the scripts as the
/// programs under test; returns what `problem` says of them, by name.
fn on_scripts(
    prefix: &str,
    problem: impl Fn(Outcome) -> Option<String> + Sync,
) -> Verdict<Vec<String>> {
    let Some(python) = python::wanted()? else {
        return Ok(vec![]);
    };
    let tests = this_binary()?;
    let names = check::names(&tests);
    let names =
        names.map_err(|error| Report::harness("list the tests").because(&error.to_string()))?;
    let of = |program: Program| format!("{prefix}{}::", program.module());
    let queue = names.iter().filter_map(|name| {
        let program = PROGRAMS
            .into_iter()
            .find(|program| name.starts_with(&of(*program)))?;
        Some((name, program))
    });
    let queue = Mutex::new(queue.collect::<Vec<_>>());
    let found = Mutex::new(vec![]);
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().ok().and_then(|mut queue| queue.pop());
                    let Some((name, program)) = next else { break };
                    let command = python::script_command(python, program);
                    let outcome = check::run(&tests, name, program, &command);
                    if let (Some(text), Ok(mut found)) = (problem(outcome), found.lock()) {
                        found.push(format!("{name}: {text}"));
                    }
                }
            });
        }
    });
    Ok(found.into_inner().unwrap_or_default())
}

fn this_binary() -> Verdict<PathBuf> {
    env::current_exe().map_err(|error| Report::harness("find itself").because(&error.to_string()))
}

fn none(step: &str, problems: &[String]) -> Verdict {
    match problems.is_empty() {
        true => Ok(()),
        false => Err(Report::failed(step).because(&problems.join("\n"))),
    }
}
