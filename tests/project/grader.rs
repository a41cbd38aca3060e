//! The grader is graded: every wrong program of the catalogue fails the check
//! named for it, no right program fails any, and our scripts fail where README says
//! so. The figure, in some minutes:
//!
//!     cargo test --test all -- --ignored --nocapture the_honest_figure

use super::catalogue::{Variant, made, read};
use super::programs;
use crate::checks::{ledger, original};
use harness::trial::{on_workers, run};
use harness::*;
use std::ffi::OsString;

/// Trials at a time. They wait more than they compute.
const WORKERS: usize = 20;

/// Limits for mistakes that show as silence, which takes as long as a step may: a third of the
/// usual ones spares no wrong program, but on a busy machine proves less.
const SHORT_LIMITS: f64 = 0.3;

/// What Python says where a mistake is the catalogue's own.
const SLIPS: [&str; 4] = ["SyntaxError", "IndentationError", "NameError", "ImportError"];

/// A program passes all of these checks if it is `right`, and else fails one by its mistake.
#[derive(Clone)]
pub struct Trial {
    pub of: Variant,
    pub checks: Vec<&'static Check>,
    /// The words for other programs that a check may start.
    pub beside: Vec<(Program, Vec<OsString>)>,
}

/// What comes of the trials other than it must.
pub fn surprises(trials: &[Trial]) -> Vec<String> {
    let surprise = |trial: &Trial| {
        if trial.of.waits && trial.of.caught_by != "right" {
            trial.surprise(SHORT_LIMITS)?;
        }
        trial.surprise(1.0)
    };
    on_workers(WORKERS, trials, surprise).into_iter().flatten().collect()
}

impl Trial {
    pub fn new(of: &Variant, check: &'static Check) -> Trial {
        Trial { of: of.clone(), checks: vec![check], beside: vec![] }
    }

    fn surprise(&self, factor: f64) -> Option<String> {
        let Variant { program, title, command, caught_by, .. } = &self.of;
        let failure = |check: &&Check| {
            let commands = [&self.beside[..], &[(*program, command.clone())]].concat();
            Some((check.name, run(check, *program, &commands, factor).err()?))
        };
        let is_right = caught_by == "right";
        let Some((check, (kind, text))) = self.checks.iter().find_map(failure) else {
            return (!is_right).then(|| format!("{title}: passes, not caught by {caught_by}"));
        };
        // The checks named so are of the start itself.
        let of_the_start = ["half", "it_", "a_host_name"].iter().any(|s| caught_by.starts_with(s));
        let fails = kind == Kind::Failed || kind == Kind::NotStarted && of_the_start;
        let slips = SLIPS.iter().any(|slip| text.contains(slip));
        (is_right || !fails || slips).then(|| format!("{title}: {check}: {kind:?}: {text}"))
    }
}

/// Every fourth, for cargo test's time, or every eighth on Linux, where CI tries them all.
#[test]
fn wrong_programs_are_caught_by_the_check_named_for_them() -> Verdict {
    let true = programs::are_to_be_tried() else { return Ok(()) };
    let some = wrong(if cfg!(target_os = "linux") { 8 } else { 4 })?;
    none("the wrong programs are caught", surprises(&some))
}

/// The scripts can do all of the exercise, and fail where the ledger says that they fail. On
/// Linux every second check, likewise.
#[test]
fn the_scripts_pass_the_exercise_and_fail_the_ledger() -> Verdict {
    let step = if cfg!(target_os = "linux") { 2 } else { 1 };
    let some: Vec<_> = scripts()?.into_iter().step_by(step).collect();
    none("each check passes or fails as it should", surprises(&some))
}

#[test]
#[ignore = "takes some seconds; CI runs it"]
fn every_wrong_program_is_caught_no_right_one_fails_and_the_scripts_do_as_they_should() -> Verdict {
    let all = [wrong(1)?, right()?, scripts()?].concat();
    none("each passes or fails as it should", surprises(&all))
}

#[test]
fn the_catalogue_is_large_enough_and_names_checks_that_exist() -> Verdict {
    let true = programs::are_to_be_tried() else { return Ok(()) };
    let (wrong, right) = catalogue()?;
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
    let (mut wrong, rights) = (wrong(1)?, catalogue()?.1.len());
    wrong.iter_mut().for_each(|trial| trial.of.waits = false); // the usual limits
    let (survivors, failures) = (surprises(&wrong), surprises(&vec![right()?; REPEATS].concat()));
    let (caught, failed) = (wrong.len() - survivors.len(), failures.len());
    println!("\nwrong programs caught by the check named for them: {caught} of {}", wrong.len());
    println!("false failures of {rights} right programs, every check {REPEATS} times: {failed}");
    none("all are caught, none fails", [survivors, failures].concat())
}

/// The wrong programs, and the right ones.
fn catalogue() -> Verdict<(Vec<Variant>, Vec<Variant>)> {
    let mut all = vec![];
    for program in PROGRAMS {
        all.extend(read(&format!("tests/wrong/{}.txt", program.module()))?);
    }
    Ok(all.into_iter().partition(|variant| variant.caught_by != "right"))
}

/// The check that must fail a wrong program.
fn check_for(wrong: &Variant) -> Option<&'static Check> {
    let mut all = original(wrong.program).chain(ledger(wrong.program));
    all.find(|check| check.name == wrong.caught_by)
}

/// One wrong program of so many, with the check named for it.
fn wrong(of: usize) -> Verdict<Vec<Trial>> {
    let made = made(catalogue()?.0.into_iter().step_by(of).collect())?;
    let trial = |wrong: &Variant| {
        let unknown = || Report::harness(format!("find the check of {}", wrong.title));
        Ok(Trial::new(wrong, check_for(wrong).ok_or_else(unknown)?))
    };
    made.iter().map(trial).collect()
}

/// Each right program with each check of its exercise.
fn right() -> Verdict<Vec<Trial>> {
    let (wrong, right) = catalogue()?;
    let mut trials = vec![];
    for right in made(right)? {
        // A program that is wrong by one check alone is right by all others.
        let is_same = |wrong: &&Variant| wrong.source == right.source;
        let wrong_by: Vec<_> = wrong.iter().filter(is_same).map(|wrong| &wrong.caught_by).collect();
        let checks = original(right.program);
        let checks = checks.filter(|check| wrong_by.iter().all(|wrong_by| *wrong_by != check.name));
        trials.extend(checks.map(|check| Trial::new(&right, check)));
    }
    Ok(trials)
}

/// The Python scripts with each check of theirs.
fn scripts() -> Verdict<Vec<Trial>> {
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
