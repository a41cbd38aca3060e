//! The grader is graded: every wrong program of the catalogue fails the check
//! named for it, and no right program fails any. The figure, in two minutes:
//!
//!     cargo test --test all -- --ignored --nocapture the_honest_figure

use crate::wrong::{RIGHT, Variant, Wrong, all_wrong};
use harness::check::{self, Outcome, on_workers};
use harness::*;
use std::thread;

/// Checks at a time: of those that compute, and of those that wait.
const WORKERS: [usize; 2] = [6, 28];

/// Compilers at a time. They do not wait.
const COMPILERS: usize = 2;

/// Variables for a check.
type Environment = &'static [(&'static str, &'static str)];

const USUAL_LIMITS: Environment = &[];

/// For mistakes that show as silence, which takes as long as a step may: they
/// spare no wrong program, but on a busy machine prove less.
const SHORT_LIMITS: Environment = &[("TEST_TIMEOUT_FACTOR", "0.3")];

/// What Python says where a mistake is the catalogue's own.
const SLIPS: [&str; 4] = ["SyntaxError", "IndentationError", "NameError", "ImportError"];

/// Every fourth, for cargo test's time; CI tries them all.
#[test]
fn wrong_programs_are_caught_by_the_check_named_for_them() -> Verdict {
    let some = all_wrong().into_iter().step_by(4).collect();
    check::none("the wrong programs are caught", &survivors(some, SHORT_LIMITS)?)
}

#[test]
#[ignore = "takes some seconds; CI runs it"]
fn every_wrong_program_is_caught_by_the_check_named_for_it() -> Verdict {
    let survivors = survivors(all_wrong(), SHORT_LIMITS)?;
    check::none("every wrong program is caught", &survivors)
}

#[test]
#[ignore = "takes some seconds; CI runs it"]
fn no_right_program_fails() -> Verdict {
    check::none("every right program passes", &false_failures(1)?)
}

#[test]
fn the_catalogue_is_large_enough_and_names_checks_that_exist() -> Verdict {
    let names = check::own_names()?;
    let wrong = all_wrong();
    let unknown = wrong.iter().map(|wrong| wrong.check());
    let unknown: Vec<_> = unknown.filter(|check| !names.contains(check)).collect();
    check::none("every check that is named exists", &unknown)?;
    let rust = wrong.iter().filter(|wrong| wrong.variant.is_rust()).count();
    let python = wrong.len() - rust;
    assert!(python >= 60, "{python} mistakes in Python, not 60");
    assert!(rust >= 12, "{rust} mistakes in Rust, not 12");
    for program in PROGRAMS {
        let right = RIGHT.iter().filter(|right| right.program == program);
        assert!(right.count() >= 3, "fewer than 3 {program:?} are right");
    }
    Ok(())
}

#[test]
#[ignore = "takes two minutes, and is for reading"]
fn the_honest_figure() -> Verdict {
    const REPEATS: usize = 10;
    let (wrong, survivors) = (all_wrong().len(), survivors(all_wrong(), USUAL_LIMITS)?);
    let caught = wrong - survivors.len();
    println!("\nwrong programs caught by the check named for them: {caught} of {wrong}");
    for survivor in &survivors {
        println!("   survives: {survivor}");
    }
    let (right, failures) = (RIGHT.len(), false_failures(REPEATS)?);
    let failed = failures.len();
    println!("false failures of {right} right programs, every check {REPEATS} times: {failed}");
    for failure in &failures {
        println!("   fails: {failure}");
    }
    check::none("all are caught, none fails", &[survivors, failures].concat())
}

/// The wrong programs that do not fail the check named for them, and why;
/// those that are silent have these limits, and the usual ones if need be.
fn survivors(wrong: Vec<&'static Wrong>, for_silence: Environment) -> Verdict<Vec<String>> {
    let tests = check::own_binary()?;
    let wrong = with_commands(wrong, |wrong| &wrong.variant)?;
    let problem = |(wrong, command): &(&Wrong, String)| {
        let (check, program) = (wrong.check(), wrong.variant.program);
        let problem = |limits| {
            let outcome = check::run_in(&tests, &check, program, command, limits);
            why_not_caught(wrong, outcome)
        };
        if wrong.variant.waits {
            problem(for_silence)?;
        }
        let problem = problem(USUAL_LIMITS)?;
        Some(format!("{}: {check}: {problem}", wrong.variant.title()))
    };
    let problems = in_two_groups(&wrong, |(wrong, _)| wrong.variant.waits, problem);
    Ok(problems.into_iter().flatten().collect())
}

/// A program must fail by its mistake, not by one of the catalogue's, nor by
/// a slow start: only the checks named "it ..." are of the start.
fn why_not_caught(wrong: &Wrong, outcome: Outcome) -> Option<String> {
    match outcome {
        Outcome::Passed => Some("not caught".to_string()),
        Outcome::NotStarted(text) | Outcome::Failed(text)
            if SLIPS.iter().any(|slip| text.contains(slip)) =>
        {
            Some(format!("the edits make no program: {text}"))
        }
        Outcome::Failed(_) => None,
        Outcome::NotStarted(_) if wrong.caught_by.starts_with("it_") => None,
        other => Some(format!("something else happened: {other:?}")),
    }
}

/// The checks that right programs fail in so many repeats, and how.
fn false_failures(repeats: usize) -> Verdict<Vec<String>> {
    let tests = check::own_binary()?;
    let names = check::own_names()?;
    let right = with_commands(RIGHT.iter().collect(), |right| right)?;
    let mut checks = vec![];
    for (right, command) in &right {
        let module = right.program.module() + "::";
        let own = names.iter().filter(|name| name.starts_with(&module));
        checks.extend(own.map(|name| (right, command, name)));
    }
    let problem = |(right, command, name): &(&&Variant, &String, &String)| match check::run(
        &tests,
        name,
        right.program,
        command,
    ) {
        Outcome::Passed => None,
        other => Some(format!("{}: {name}: {other:?}", right.title())),
    };
    let problems = in_two_groups(&checks.repeat(repeats), |(right, ..)| right.waits, problem);
    Ok(problems.into_iter().flatten().collect())
}

/// The programs with their commands, without those that need the Python that
/// this machine does not have.
fn with_commands<T: Copy + Sync>(
    mut programs: Vec<T>,
    variant: impl Fn(&T) -> &Variant + Sync,
) -> Verdict<Vec<(T, String)>> {
    let python = python::wanted()?;
    programs.retain(|program| python.is_some() || variant(program).is_rust());
    let command = |program: &T| variant(program).command(python.unwrap_or_default());
    let commands = on_workers(COMPILERS, &programs, command);
    let commands: Result<Vec<_>, _> = commands.into_iter().collect();
    let failed = |problem: String| Report::harness("make the programs").because(&problem);
    Ok(programs.into_iter().zip(commands.map_err(failed)?).collect())
}

/// What `work` makes of each item; those that wait do so beside the others.
fn in_two_groups<T: Sync, R: Send>(
    items: &[T],
    waits: impl Fn(&T) -> bool,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let (waiting, computing): (Vec<_>, Vec<_>) = items.iter().partition(|item| waits(item));
    let work = |item: &&T| work(item);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| on_workers(WORKERS[1], &waiting, work));
        let mut done = on_workers(WORKERS[0], &computing, work);
        done.extend(waiting.join().expect("no panic"));
        done
    })
}
