//! One check in a process of its own, against one program.

use crate::live::WATCH;
use crate::{Kind, Program, Report, Verdict, deadline, process};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::{env, io, thread};

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The program does what the check asks.
    Passed,
    /// It does not: the report without its first line.
    Failed(String),
    /// It does not start: the report without its first line.
    NotStarted(String),
    /// The check itself went wrong: all that it said.
    Error(String),
}

/// The names of all tests of the test binary `tests`.
pub fn names(tests: &Path) -> io::Result<Vec<String>> {
    let list = Command::new(tests).args(["--list", "--format", "terse"]).output()?;
    let list = String::from_utf8_lossy(&list.stdout);
    let names = list.lines().filter_map(|line| line.strip_suffix(": test"));
    Ok(names.map(str::to_string).collect())
}

/// The test binary that this test is in.
pub fn own_binary() -> Verdict<PathBuf> {
    env::current_exe().map_err(Report::harness_error)
}

/// The names of all tests of the binary that this test is in.
pub fn own_names() -> Verdict<Vec<String>> {
    names(&own_binary()?).map_err(Report::harness_error)
}

/// There are no problems.
pub fn none(step: &str, problems: &[String]) -> Verdict {
    match problems.is_empty() {
        true => Ok(()),
        false => Err(Report::failed(step).because(&problems.join("\n"))),
    }
}

/// Runs the test `name` of the test binary `tests` with `command`, in the form
/// of [`Program::command_variable`], as `program`.
pub fn run(tests: &Path, name: &str, program: Program, command: &str) -> Outcome {
    run_in(tests, name, program, command, &[])
}

/// The same with more environment variables for the check.
pub fn run_in(
    tests: &Path,
    name: &str,
    program: Program,
    command: &str,
    environment: &[(&str, &str)],
) -> Outcome {
    let mut check = Command::new(tests);
    check
        .args([name, "--exact", "--nocapture"])
        .env(program.command_variable(), command)
        .env(WATCH, "1")
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    // Ctrl-C ends the grader; its checks then clean up behind themselves.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut check, 0);
    let mut child = match check.spawn() {
        Ok(child) => child,
        Err(error) => return Outcome::Error(format!("cannot run {}: {error}", tests.display())),
    };
    let said = child.stderr.take().map(crate::stream::Stream::of).unwrap_or_default();
    // Steps have limits of their own; only a program that is slow at each of
    // many steps comes here.
    let limit = deadline::seconds(60.0);
    let ended = deadline::poll(limit, || child.try_wait().ok().flatten());
    let Some(status) = ended else {
        drop(child.stdin.take()); // the check ends its program
        deadline::poll(deadline::step(), || child.try_wait().ok().flatten());
        process::kill_group(&mut child);
        return Outcome::Failed(format!("   failed: the check ends within {limit:?}\n"));
    };
    said.wait(deadline::step(), |_, closed| closed.then_some(()));
    let said = String::from_utf8_lossy(&said.bytes()).into_owned();
    if status.success() {
        return Outcome::Passed;
    }
    // std prints what a test returns behind this word; notes may come before.
    let report = said.split_once("Error: ").map_or("", |(_, report)| report);
    let of_kind = |kind: &Kind| report.strip_prefix(kind.first_line()).map(|rest| (*kind, rest));
    let text = |rest: &str| rest.trim_start_matches('\n').to_string();
    match Kind::ALL.iter().find_map(of_kind) {
        Some((Kind::Failed, rest)) => Outcome::Failed(text(rest)),
        Some((Kind::NotStarted, rest)) => Outcome::NotStarted(text(rest)),
        _ => Outcome::Error(format!("{status}: {said}")),
    }
}

/// What `work` makes of each item, in their order, on so many threads.
/// The threads share a queue: an item that takes long holds up no other.
///
/// # Panics
/// If `work` does.
pub fn on_workers<T: Sync, R: Send>(
    workers: usize,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let queue = Mutex::new(items.iter().enumerate());
    let done = Mutex::new(vec![]);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let next = || queue.lock().expect("no panic").next();
                while let Some((number, item)) = next() {
                    let result = work(item);
                    done.lock().expect("no panic").push((number, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no panic");
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}
