//! The grader is graded: every wrong program of the catalogue fails the check
//! named for it, and no right program fails any. The figure, in some minutes:
//!
//!     cargo test --test all -- --ignored --nocapture the_honest_figure

use super::catalogue::{self, Variant};
use crate::checks;
use crate::project::programs;
use harness::trial::{self, on_workers};
use harness::*;
use std::ffi::OsString;

/// Checks at a time. They wait more than they compute.
const WORKERS: usize = 20;

/// They compute.
const COMPILERS: usize = 2;

/// For mistakes that show as silence, which takes as long as a step may: this
/// spares no wrong program, but on a busy machine proves less.
const SHORT_LIMITS: f64 = 0.3;
const USUAL_LIMITS: f64 = 1.0;

/// What Python says where a mistake is the catalogue's own.
pub const SLIPS: [&str; 4] = ["SyntaxError", "IndentationError", "NameError", "ImportError"];

/// A program, and the words that run it.
type Made = (Variant, Vec<OsString>);

/// Every fourth, for cargo test's time; CI tries them all.
#[test]
fn wrong_programs_are_caught_by_the_check_named_for_them() -> Verdict {
    let true = programs::are_to_be_tried() else { return Ok(()) };
    let (wrong, _) = catalogue::read()?;
    let some = wrong.into_iter().step_by(4).collect();
    none("the wrong programs are caught", survivors(some, SHORT_LIMITS)?)
}

#[test]
#[ignore = "takes some seconds; CI runs it"]
fn every_wrong_program_is_caught_by_the_check_named_for_it() -> Verdict {
    let (wrong, _) = catalogue::read()?;
    none("every wrong program is caught", survivors(wrong, SHORT_LIMITS)?)
}

#[test]
#[ignore = "takes some seconds; CI runs it"]
fn no_right_program_fails() -> Verdict {
    let (_, right) = catalogue::read()?;
    none("every right program passes", false_failures(right, 1)?)
}

#[test]
fn the_catalogue_is_large_enough_and_names_checks_that_exist() -> Verdict {
    let (wrong, right) = catalogue::read()?;
    let unknown = wrong.iter().filter(|wrong| check_for(wrong).is_none());
    let unknown: Vec<_> = unknown.map(|wrong| wrong.title.clone()).collect();
    none("every check that is named exists", unknown)?;
    let rust = wrong.iter().filter(|wrong| wrong.is_rust()).count();
    let python = wrong.len() - rust;
    assert!(python >= 170 && rust >= 55, "{python} wrong in Python, {rust} in Rust");
    for program in PROGRAMS {
        let right = right.iter().filter(|right| right.program == program).count();
        assert!(right >= 3, "{right} {program:?} are right, not 3");
    }
    Ok(())
}

#[test]
#[ignore = "takes some minutes, and is for reading"]
fn the_honest_figure() -> Verdict {
    const REPEATS: usize = 10;
    let (wrong, right) = catalogue::read()?;
    let (wrongs, rights) = (wrong.len(), right.len());
    let survivors = survivors(wrong, USUAL_LIMITS)?;
    let failures = false_failures(right, REPEATS)?;
    let (caught, failed) = (wrongs - survivors.len(), failures.len());
    println!("\nwrong programs caught by the check named for them: {caught} of {wrongs}");
    println!("false failures of {rights} right programs, every check {REPEATS} times: {failed}");
    none("all are caught, none fails", [survivors, failures].concat())
}

/// The check that must fail a wrong program.
fn check_for(wrong: &Variant) -> Option<&'static Check> {
    checks::original(wrong.program)
        .chain(checks::ledger(wrong.program))
        .find(|check| check.name == wrong.caught_by)
}

/// The wrong programs that do not fail the check named for them, and why;
/// those that are silent have these limits, and the usual ones if need be.
fn survivors(wrong: Vec<Variant>, for_silence: f64) -> Verdict<Vec<String>> {
    let survives = |made: &Made| {
        if made.0.waits {
            survives(made, for_silence)?;
        }
        survives(made, USUAL_LIMITS)
    };
    Ok(on_workers(WORKERS, &made(wrong)?, survives).into_iter().flatten().collect())
}

/// A program must fail by its mistake, not by one of the catalogue's, nor by a slow start.
fn survives((wrong, command): &Made, limits: f64) -> Option<String> {
    let outcome = match check_for(wrong) {
        Some(check) => {
            trial::run(check, wrong.program, &[(wrong.program, command.clone())], limits)
        }
        None => Err((Kind::Harness, "there is no such check".to_string())),
    };
    let slipped = |text: &str| SLIPS.iter().any(|slip| text.contains(slip));
    // The checks named so are of the start itself.
    let of_the_start = ["it_", "a_host_name"].iter().any(|s| wrong.caught_by.starts_with(s));
    let caught = match &outcome {
        Err((Kind::Failed, text)) => !slipped(text),
        Err((Kind::NotStarted, text)) => of_the_start && !slipped(text),
        _ => false,
    };
    (!caught).then(|| format!("{}: {}: {outcome:?}", wrong.title, wrong.caught_by))
}

/// The checks that right programs fail in so many repeats, and how.
fn false_failures(right: Vec<Variant>, repeats: usize) -> Verdict<Vec<String>> {
    let (wrong, _) = catalogue::read()?;
    let right = made(right)?;
    let mut trials = vec![];
    for (right, command) in &right {
        // A program that is wrong by one check alone is right by all others.
        let wrong_by = |check: &&Check| {
            wrong.iter().any(|wrong| wrong.is_same(right) && wrong.caught_by == check.name)
        };
        let checks = checks::original(right.program).filter(|check| !wrong_by(check));
        trials.extend(checks.map(|check| (right, command, check)));
    }
    let fails = on_workers(WORKERS, &trials.repeat(repeats), |(right, command, check)| {
        let commands = [(right.program, (*command).clone())];
        let outcome = trial::run(check, right.program, &commands, USUAL_LIMITS);
        outcome.is_err().then(|| format!("{}: {}: {outcome:?}", right.title, check.name))
    });
    Ok(fails.into_iter().flatten().collect())
}

/// Those that wait first; without those that need a Python that is not there.
fn made(mut programs: Vec<Variant>) -> Verdict<Vec<Made>> {
    let python = python::wanted()?;
    programs.retain(|program| python.is_some() || program.is_rust());
    programs.sort_by_key(|program| !program.waits);
    let commands = on_workers(COMPILERS, &programs, |program| {
        let command = program.command(python.unwrap_or_default());
        command.map_err(|error| Report::harness(&program.title).because(error))
    });
    let commands: Verdict<Vec<_>> = commands.into_iter().collect();
    Ok(programs.into_iter().zip(commands?).collect())
}
