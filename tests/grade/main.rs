//! `cargo grade`: a report card for anybody's programs.
//!
//! Each check is a function of this program, called in a process that grades
//! one part of a submission: this program again, see `one`.

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

use harness::guardian;
use marks::{Graded, ROBUST};
use options::Options;
use std::{env, io, io::Write, process::ExitCode, time::Instant};

/// Every check of the sheet passed, or every one of the exercises asked for.
const ALL_PASSED: u8 = 0;
/// One of them failed, or could not be tried.
const SOME_FAILED: u8 = 1;
/// The command line is wrong, or what it names.
const USAGE: u8 = 2;
/// The grader itself failed; no mark is to be trusted.
const GRADER_ERROR: u8 = 3;

fn main() -> ExitCode {
    let options = Options::parse(env::args_os().skip(1)).map_err(|problem| (USAGE, problem));
    let status = options.and_then(|it| grade(it).map_err(|problem| (GRADER_ERROR, problem)));
    let status = status.unwrap_or_else(|(status, problem)| {
        let _ = writeln!(io::stderr(), "grade: {}", problem.trim_end());
        status
    });
    guardian::finish();
    ExitCode::from(status)
}

fn grade(options: Option<Options>) -> Result<u8, String> {
    let started = Instant::now();
    let Some(options) = options else { return say(include_str!("help.txt")).map(|()| ALL_PASSED) };
    if let Some(share) = options.one {
        one::grade(&options, share);
        return Ok(ALL_PASSED);
    }
    let grades = run::all(&options);
    results::write_all(&options, Some(&grades))?;
    let mut text: String = grades.iter().map(|grade| card::report(grade, &options)).collect();
    if grades.len() > 1 {
        text += &card::summary(&grades, &options);
    }
    let checks = || grades.iter().flat_map(|grade| &grade.checks);
    let (tried, seconds) = (checks().count(), started.elapsed().as_secs_f64());
    say(&format!("{text}{tried} checks in {seconds:.1} s\n"))?;
    let counts_and_fails = |one: &Graded| one.mark != ROBUST && one.outcome.is_err();
    Ok(if checks().any(Graded::is_grader_error) {
        GRADER_ERROR
    } else if checks().any(counts_and_fails) {
        SOME_FAILED
    } else {
        ALL_PASSED
    })
}

fn say(text: &str) -> Result<(), String> {
    let mut out = io::stdout();
    let said = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    said.map_err(|error| format!("cannot write to standard output: {error}"))
}
