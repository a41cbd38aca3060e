//! `cargo grade`: a report card for anybody's programs.
//!
//! Each check is a test of this crate, run in a process of its own with the
//! submission's program as the program under test.

mod card;
mod options;
mod results;
mod run;
mod submission;

use harness::{cargo, check, deadline, python};
use options::Options;
use run::{Check, Grade, State};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use submission::{Source, Submission};

/// Every check of the exercise passed.
const ALL_PASSED: u8 = 0;
/// A check of the exercise failed, or could not be tried.
const SOME_FAILED: u8 = 1;
/// The command line is wrong, or what it names.
const USAGE: u8 = 2;
/// The grader itself failed; no mark is to be trusted.
const GRADER_ERROR: u8 = 3;

/// Why there is no grade: one line, and the exit status.
struct Stop(u8, String);

fn main() -> ExitCode {
    let status = grade().unwrap_or_else(|Stop(status, problem)| {
        let _ = writeln!(io::stderr(), "grade: {}", problem.trim_end());
        status
    });
    ExitCode::from(status)
}

fn grade() -> Result<u8, Stop> {
    let started = Instant::now();
    let usage = |problem| Stop(USAGE, problem);
    let Some(options) = Options::parse(std::env::args_os().skip(1)).map_err(usage)? else {
        return say(options::HELP).map(|()| ALL_PASSED);
    };
    let found = options.folders.iter().map(|folder| Submission::find(folder, &options.programs));
    let mut submissions = found.collect::<Result<Vec<_>, _>>().map_err(usage)?;
    for file in [&options.json, &options.csv].into_iter().flatten() {
        results::can_be_written(file).map_err(usage)?;
    }

    deadline::factor().map_err(usage)?;

    let (tests, checks) = find_checks().map_err(|problem| Stop(GRADER_ERROR, problem))?;
    if submissions.iter().any(Submission::has_script) && python::find().is_none() {
        return Err(Stop(GRADER_ERROR, "a script is submitted, and there is no python3".into()));
    }
    let cache = tests.ancestors().nth(3).unwrap_or(&tests).join("graded");
    for submission in &mut submissions {
        submission.build(&cache);
    }

    let grades = run::all(&tests, &checks, &submissions);
    for (submission, grade) in submissions.iter().zip(&grades) {
        say(&card::report(submission, grade))?;
    }
    if submissions.len() > 1 {
        say(&card::summary(&submissions, &grades))?;
    }
    let tried = grades.iter().map(|grade| grade.checks.len()).sum::<usize>();
    say(&format!("{tried} checks in {:.1} s\n", started.elapsed().as_secs_f64()))?;

    let unwritten = |problem| Stop(GRADER_ERROR, problem);
    if let Some(file) = &options.json {
        results::write(file, &results::json(&grades[0])).map_err(unwritten)?;
    }
    if let Some(file) = &options.csv {
        results::write(file, &results::csv(&submissions, &grades)).map_err(unwritten)?;
    }
    Ok(status(&grades))
}

fn status(grades: &[Grade]) -> u8 {
    let any =
        |wanted: fn(&Check) -> bool| grades.iter().flat_map(|grade| &grade.checks).any(wanted);
    if any(|check| matches!(check.state, State::GraderError(_))) {
        GRADER_ERROR
    } else if any(|check| check.original && check.state != State::Passed) {
        SOME_FAILED
    } else {
        ALL_PASSED
    }
}

/// The test binary that holds the checks, built if it is not fresh, and the
/// names of its tests.
fn find_checks() -> Result<(PathBuf, Vec<String>), String> {
    let mut arguments = vec!["test", "--quiet", "--no-run", "--package", "tests", "--test", "all"];
    if !cfg!(debug_assertions) {
        arguments.push("--release");
    }
    let built = cargo::executables(cargo::workspace(), &arguments)?;
    let tests = built.into_iter().find(|(name, _)| name == "all");
    let (_, tests) = tests.ok_or("cargo names no test binary")?;
    let names = check::names(&tests).map_err(|error| format!("cannot list the checks: {error}"))?;
    Ok((tests, names))
}

fn say(text: &str) -> Result<(), Stop> {
    let mut out = io::stdout();
    let said = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    said.map_err(|error| Stop(GRADER_ERROR, format!("cannot write to standard output: {error}")))
}
