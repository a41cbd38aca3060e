//! All submissions, several at a time: this program again, for each.

use crate::{build::graders, marks::*, one, options::Options, sandbox, submission};
use harness::{stream::Stream, trial::on_workers, *};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, thread};

/// Exercises of one submission. They wait more than they compute.
const EXERCISES_AT_A_TIME: usize = 4;

/// Grades all submissions, in their order.
pub fn all(options: &Options) -> Vec<Grade> {
    let show = |text: String| {
        if io::stderr().is_terminal() {
            let _ = write!(io::stderr(), "\r{text}");
        }
    };
    let cores = thread::available_parallelism().map_or(2, usize::from);
    let at_a_time = options.folders.len().min(4 * cores);
    let share = if at_a_time == 1 { 2 * cores } else { 2 };
    let left = AtomicUsize::new(options.folders.len());
    let grades = on_workers(at_a_time, &options.folders, |folder| {
        let grade = grade(folder, options, share);
        show(format!("{:5} submissions to go ", left.fetch_sub(1, Ordering::Relaxed) - 1));
        grade
    });
    show(format!("{:30}\r", ""));
    grades
}

/// What is graded in a process of its own.
struct Place<'a> {
    options: &'a Options,
    exercise: Option<usize>,
    folder: PathBuf,
    /// Checks that may begin at a time.
    share: usize,
}

fn grade(folder: &Path, options: &Options, share: usize) -> Grade {
    let share = if options.exercises.len() > 1 { 2 } else { share };
    let place = |exercise: Option<usize>| {
        let own = exercise.map(|number| folder.join(format!("exercise_{number}")));
        let folder = own.filter(|own| own.is_dir()).unwrap_or(folder.to_path_buf());
        Place { options, exercise, folder, share }
    };
    let (places, problem): (Vec<_>, _) = match options.exercises.as_slice() {
        [] => (vec![place(None)], submission::why_nothing(folder)),
        // What is said of an exercise stands at its checks.
        numbers => (numbers.iter().map(|number| place(Some(*number))).collect(), None),
    };
    let checks = on_workers(EXERCISES_AT_A_TIME, &places, grade_at);
    Grade { folder: folder.to_path_buf(), problem, checks: checks.into_iter().flatten().collect() }
}

fn grade_at(place: &Place) -> Vec<Graded> {
    let mut checks = asked(place.exercise);
    // What is missing is left out, unless it is asked for or all is missing.
    let missing = PROGRAMS.map(|program| submission::find(&place.folder, program).is_none());
    let options = place.options;
    let all = place.exercise.is_some() || !options.programs.is_empty() || missing == [true; 4];
    checks.retain(|one| options.want(one.program) && (all || !missing[one.program as usize]));
    let mut otherwise = match submission::why_nothing(&place.folder) {
        Some(problem) => Err((Kind::NotTried, problem)),
        None => attempt(place, &unknown(&checks), &mut checks),
    };
    // Whoever ends the process that grades it is tried again alone, and what
    // is not known then is its own fault.
    for program in unknown(&checks) {
        if matches!(otherwise, Err((Kind::Failed, _))) {
            otherwise = attempt(place, &[program], &mut checks);
        }
        let its = checks.iter_mut().filter(|one| one.program == program && one.outcome == UNKNOWN);
        its.for_each(|one| one.outcome = otherwise.clone());
    }
    checks
}

/// The programs with checks of which nothing is known.
fn unknown(checks: &[Graded]) -> Vec<Program> {
    let unknown = checks.iter().filter(|one| one.outcome == UNKNOWN);
    let mut programs: Vec<_> = unknown.map(|one| one.program).collect();
    programs.dedup();
    programs
}

/// Grades `programs` in a process of their own; the outcome of each check that is unknown then.
fn attempt(place: &Place, programs: &[Program], checks: &mut [Graded]) -> Outcome {
    let this = env::current_exe().map_err(graders)?;
    let mut command = match place.options.sandbox {
        true => sandbox::command(&this, &place.folder),
        false => Command::new(this),
    };
    command.args(["--one", &place.share.to_string()]);
    if let Some(number) = place.exercise {
        command.args(["--exercise", &number.to_string()]);
    }
    for program in programs {
        command.args(["--program", program.name()]);
    }
    command.arg(&place.folder);
    let mut found = PROGRAMS.iter().filter_map(|one| submission::find(&place.folder, *one));
    if found.any(|path| submission::is_script(&path)) {
        // Searched once for all: that takes a start of Python.
        command.envs(python::find().map(|python| (python::VARIABLE, python)));
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let child = guardian::spawn(&mut command);
    let mut child = child.map_err(|error| graders(format!("cannot run itself: {error}")))?;
    // A program could write into its parent's pipe, but has not read this.
    let secret = guardian::secret();
    if let Some(mut input) = child.0.stdin.take() {
        let _ = writeln!(input, "{secret}");
    }
    let said = Stream::of(child.0.stdout.take());
    let said = said.map_err(|_| graders("cannot read what the grading process says"))?;
    // A build and a start are what takes longest without a word.
    let (limit, mut heard) = (deadline::seconds(180.0), 0);
    let is_closed = loop {
        let end = said.wait(limit, |bytes, closed| {
            let more = bytes.len() > heard;
            heard = bytes.len();
            (more || closed).then_some(closed)
        });
        if end != Some(false) {
            break end.is_some();
        }
    };
    let ended = || child.0.try_wait().ok().flatten();
    let status = if is_closed { deadline::poll(deadline::step(), ended) } else { None };
    one::note(&String::from_utf8_lossy(&said.bytes()), &secret, checks);
    let silent = || "said nothing for too long".to_string();
    let how = status.map_or_else(silent, |status| format!("ended with {status}"));
    let because = format!("  because: the process that graded the program {how}\n");
    Err((Kind::Failed, "   failed: the check goes on\n".to_string() + &because))
}
