//! `cargo grade`: a report card for anybody's programs.
//!
//! Each check is a function of this program, called in a process that grades
//! one program of a submission: this one again, see `one`.

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

use harness::{Kind, process};
use marks::{Graded, ROBUST};
use options::Options;
use std::{env, io, io::Write, process::ExitCode, time::Instant};

// The exit statuses, as the help says; of two checks the higher counts.
const ALL_PASSED: u8 = 0;
const SOME_FAILED: u8 = 1;
const USAGE: u8 = 2;
const GRADER_ERROR: u8 = 3;

fn main() -> ExitCode {
    let options = Options::parse(env::args_os().skip(1)).map_err(|problem| (USAGE, problem));
    let status = options.and_then(|it| grade(it).map_err(|problem| (GRADER_ERROR, problem)));
    let status = status.unwrap_or_else(|(status, problem)| {
        let _ = writeln!(io::stderr(), "grade: {}", problem.trim_end());
        status
    });
    process::finish();
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
    let status = |one: &Graded| match one.outcome {
        Err((Kind::Harness, _)) => GRADER_ERROR,
        Err(_) if one.mark != ROBUST => SOME_FAILED,
        _ => ALL_PASSED,
    };
    Ok(checks().map(status).max().unwrap_or(ALL_PASSED))
}

fn say(text: &str) -> Result<(), String> {
    let mut out = io::stdout();
    let said = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    said.map_err(|error| format!("cannot write to standard output: {error}"))
}
