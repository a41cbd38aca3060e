//! `cargo grade`: a report card for anybody's programs.
//!
//! Each check is a function of this program, called in a process that grades
//! one submission: this program again, see `one`.

mod build;
mod card;
#[path = "../checks/mod.rs"]
mod checks;
#[path = "../exercises/mod.rs"]
mod exercises;
mod marks;
mod one;
mod options;
mod results;
mod run;
mod sandbox;
mod submission;

use harness::{deadline, guardian, python};
use marks::{Grade, Mark};
use options::Options;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Instant;

/// Every check of the sheet passed, or every one of the exercises asked for.
const ALL_PASSED: u8 = 0;
/// One of them failed, or could not be tried.
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
    guardian::finish();
    ExitCode::from(status)
}

fn grade() -> Result<u8, Stop> {
    let started = Instant::now();
    let usage = |problem| Stop(USAGE, problem);
    let Some(mut options) = Options::parse(std::env::args_os().skip(1)).map_err(usage)? else {
        return say(options::HELP).map(|()| ALL_PASSED);
    };
    deadline::factor().map_err(usage)?;
    if let Some(share) = options.one {
        one::grade(&options.folders[0], &options, share);
        return Ok(ALL_PASSED);
    }
    results::can_be_written(&options).map_err(usage)?;
    if let Some(problem) = options.sandbox.then(sandbox::why_not).flatten() {
        return Err(Stop(USAGE, problem));
    }
    if run::has_script(&options) {
        options.python = python::find();
    }

    let grades = run::all(&options);
    let unwritten = |problem| Stop(GRADER_ERROR, problem);
    results::write_all(&options, &grades).map_err(unwritten)?;
    for grade in &grades {
        say(&card::report(grade, options.full))?;
    }
    if grades.len() > 1 {
        say(&card::summary(&grades))?;
    }
    let parts = grades.iter().flat_map(|grade| &grade.parts);
    let tried = parts.map(|part| part.checks.len()).sum::<usize>();
    say(&format!("{tried} checks in {:.1} s\n", started.elapsed().as_secs_f64()))?;
    Ok(status(&grades))
}

fn status(grades: &[Grade]) -> u8 {
    let parts = || grades.iter().flat_map(|grade| &grade.parts);
    let misses = |graded: &marks::Graded| graded.mark != Mark::Robust && graded.outcome.is_err();
    if parts().any(marks::Part::has_grader_error) {
        GRADER_ERROR
    } else if parts().flat_map(|part| &part.checks).any(misses) {
        SOME_FAILED
    } else {
        ALL_PASSED
    }
}

fn say(text: &str) -> Result<(), Stop> {
    let mut out = io::stdout();
    let said = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    said.map_err(|error| Stop(GRADER_ERROR, format!("cannot write to standard output: {error}")))
}
