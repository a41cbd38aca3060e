//! All submissions, several programs of their parts at a time: this program again, for each.

use crate::{build::Problem, build::graders, marks::*, one, options::Options, sandbox, submission};
use harness::*;
use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, atomic::AtomicUsize, atomic::Ordering};
use std::{env, path::Path, process::Command, process::ExitStatus, process::Stdio, thread};

/// Grades all submissions, in their order.
pub fn all(options: &Options) -> Vec<Grade> {
    let show = |text: String| {
        if io::stderr().is_terminal() {
            let _ = write!(io::stderr(), "\r{text}");
        }
    };
    let mut grades: Vec<_> = options.folders.iter().map(|it| untried(it, options)).collect();
    let mut parts = vec![];
    for Grade { folder, checks, .. } in &mut grades {
        let its = checks.chunk_by_mut(|one, other| one.heading() == other.heading());
        parts.extend(its.map(|checks| (&*folder, Mutex::new(checks))));
    }
    let cores = thread::available_parallelism().map_or(2, usize::from);
    let at_a_time = parts.len().min(16 * cores); // they wait more than they compute
    let share = (2 * cores / at_a_time).max(1);
    let left = AtomicUsize::new(parts.len());
    on_workers(at_a_time, &parts, |(folder, checks)| {
        grade(folder, &mut lock(checks), options, share);
        let left = left.fetch_sub(1, Ordering::Relaxed) - 1;
        let left = (left * options.folders.len()).div_ceil(parts.len());
        show(format!("{left:5} submissions to go "));
    });
    show(format!("{:30}\r", ""));
    grades
}

/// What is missing is left out, unless it is asked for or all is missing.
fn untried(folder: &Path, options: &Options) -> Grade {
    let problem = submission::why_nothing(folder);
    let is_tried = |part: &Part| match part {
        Part::Sheet(program) if options.parts.is_empty() => {
            problem.is_some() || submission::find(folder, *program).is_some()
        }
        _ => options.parts.contains(part),
    };
    let parts = Part::all(options).into_iter().filter(is_tried);
    let checks: Vec<_> = parts.flat_map(Part::checks).collect();
    // What is said of an exercise stands at its checks.
    let problem = problem.filter(|_| !checks[0].part.is_exercise());
    Grade { folder: folder.to_path_buf(), problem, checks }
}

/// Grades one program of a part of a submission. Whoever ends the process that grades it is tried
/// again, and what is not known then is its own fault.
fn grade(submission: &Path, checks: &mut [Graded], options: &Options, share: usize) {
    let part = checks[0].part;
    let own = submission.join(part.name().replace(' ', "_"));
    let folder = if part.is_exercise() && own.is_dir() { &own } else { submission };
    let mut end = match submission::why_nothing(folder) {
        Some(problem) => Err((Kind::NotTried, problem)),
        None => attempt(folder, checks, options, share),
    };
    if matches!(end, Ok(Some(_))) && checks.iter().any(|one| one.outcome == UNKNOWN) {
        end = attempt(folder, checks, options, share);
    }
    let otherwise = end.and_then(|status| {
        let how = status.map(|status| format!("ended with {status}"));
        let how = how.unwrap_or("said nothing for too long".to_string());
        let because = format!("the process that graded the program {how}");
        Err(Report::failed("the check goes on").because(because).outcome())
    });
    let unknown = checks.iter_mut().filter(|one| one.outcome == UNKNOWN);
    unknown.for_each(|one| one.outcome = otherwise.clone());
}

/// Tries `checks` in a process of their own, where `share` of them may begin at a time; how it
/// ended, if not in silence.
fn attempt(
    folder: &Path,
    checks: &mut [Graded],
    options: &Options,
    share: usize,
) -> Result<Option<ExitStatus>, Problem> {
    let this = env::current_exe().map_err(graders)?;
    // In the sandbox, links that lie in the temporary folder are not there.
    let target = if options.sandbox { folder.canonicalize().ok() } else { None };
    let folder = target.as_deref().unwrap_or(folder);
    let mut command = match options.sandbox {
        true => sandbox::command(&this, folder),
        false => Command::new(this),
    };
    command.args(["--one", &share.to_string()]);
    if let Part::Exercise(number) = checks[0].part {
        command.args(["--exercise", &number.to_string()]);
    }
    command.args(["--program", checks[0].program.name()]).arg(folder);
    let mut found = PROGRAMS.iter().filter_map(|one| submission::find(folder, *one));
    if found.any(|path| submission::is_script(&path)) {
        // Searched once for all: that takes a start of Python.
        command.envs(python::find().map(|python| (python::VARIABLE, python)));
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let child = process::spawn(&mut command);
    let mut child = child.map_err(|error| graders(format!("cannot run itself: {error}")))?;
    // A program could write into its parent's pipe, but has not read this.
    let secret = process::secret();
    if let Some(mut input) = child.0.stdin.take() {
        let _ = input.write_all(secret.as_bytes());
    }
    let said = Stream::of(child.0.stdout.take());
    let said = said.map_err(|_| graders("cannot read what the grading process says"))?;
    let mut heard = 0;
    let mut goes_on = |bytes: &[u8], closed| {
        let more = bytes.len() > heard;
        heard = bytes.len();
        (more || closed).then_some(!closed)
    };
    // A build and a start are what takes longest without a word.
    while said.wait(deadline::seconds(180.0), &mut goes_on) == Some(true) {}
    let status = deadline::poll(deadline::step(), || child.0.try_wait().ok().flatten());
    let said = String::from_utf8_lossy(&said.bytes()).into_owned();
    one::note(&said, &secret, checks);
    // Before it touches a submission it says something.
    match said.contains(&secret) {
        true => Ok(status),
        false => Err(graders("the process that was to grade it did not begin")),
    }
}
