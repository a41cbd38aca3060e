//! Runs the checks of all submissions, several at a time.

use crate::{Source, Submission};
use harness::Program;
use harness::check::{self, Outcome};
use std::collections::VecDeque;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Checks that run at a time, at most.
const WORKERS: usize = 32;

/// A check older than this waits for a program, and takes no core from others.
const YOUNG: Duration = Duration::from_millis(300);

/// Parts of the names of checks that take seconds: these begin first.
const LONG: [&str; 2] = ["pause", "slow"];

/// The results of one submission, in the order of the report card.
#[derive(Default)]
pub struct Grade {
    pub checks: Vec<Check>,
}

/// One check of one program.
pub struct Check {
    pub program: Program,
    /// Its test's name without the module.
    pub name: String,
    /// Part of the exercise; otherwise of the ledger.
    pub original: bool,
    pub state: State,
}

/// What came of a check.
#[derive(Clone, PartialEq)]
pub enum State {
    /// The program does what is asked.
    Passed,
    /// It does not: the report.
    Failed(String),
    /// It does not start, as another check found: why. Empty before it is tried.
    NotTried(String),
    /// The grader could not do its part: never the student's fault.
    GraderError(String),
}

impl Check {
    /// Whether nothing is known of it yet.
    fn is_open(&self) -> bool {
        self.state == State::NotTried(String::new())
    }
}

/// One check that is to be run.
#[derive(Clone)]
struct Job {
    submission: usize,
    index: usize,
}

struct Shared {
    queue: VecDeque<Job>,
    running: Vec<Instant>,
    grades: Vec<Grade>,
    left: usize,
}

/// Runs the tests `names` of the binary `tests` that are checks of what each
/// submission holds.
pub fn all(tests: &Path, names: &[String], submissions: &[Submission]) -> Vec<Grade> {
    let grades: Vec<_> = submissions.iter().map(|submission| plan(names, submission)).collect();
    let mut queue = VecDeque::new();
    for (submission, grade) in grades.iter().enumerate() {
        for (index, check) in grade.checks.iter().enumerate() {
            if is_first(check) && check.is_open() {
                queue.push_back(Job { submission, index });
            }
        }
    }
    let left = grades.iter().flat_map(|grade| &grade.checks);
    let left = left.filter(|check| check.is_open()).count();
    let shared = Mutex::new(Shared { queue, running: vec![], grades, left });
    let changed = Condvar::new();
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| work(tests, submissions, &shared, &changed));
        }
    });
    clear_progress();
    shared.into_inner().unwrap_or_else(PoisonError::into_inner).grades
}

/// All checks of a submission, those that cannot be tried already decided.
fn plan(names: &[String], submission: &Submission) -> Grade {
    let mut grade = Grade::default();
    for (program, source) in &submission.programs {
        let reason = match source {
            Source::Missing { counts: false } => continue,
            Source::Missing { counts: true } => "not submitted",
            Source::Broken(problem) => problem,
            _ => "",
        };
        for (prefix, original) in [("", true), ("robust_", false)] {
            let module = format!("{prefix}{}::", program.module());
            let of_module = names.iter().filter_map(|name| name.strip_prefix(&module));
            let mut checks: Vec<_> = of_module.collect();
            checks.sort_by_key(|name| *name != FIRST);
            grade.checks.extend(checks.into_iter().map(|name| Check {
                program: *program,
                name: name.to_string(),
                original,
                state: State::NotTried(reason.to_string()),
            }));
        }
    }
    grade
}

/// The check without which no other is tried.
const FIRST: &str = "it_starts";

fn is_first(check: &Check) -> bool {
    check.original && check.name == FIRST
}

fn work(tests: &Path, submissions: &[Submission], shared: &Mutex<Shared>, changed: &Condvar) {
    while let Some(job) = next(shared, changed) {
        let (program, original, name) = {
            let shared = lock(shared);
            let check = &shared.grades[job.submission].checks[job.index];
            (check.program, check.original, check.name.clone())
        };
        let prefix = if original { "" } else { "robust_" };
        let test = format!("{prefix}{}::{name}", program.module());
        let source = submissions[job.submission].programs.iter().find(|(of, _)| *of == program);
        let Some((_, Source::Command(command))) = source else { unreachable!("only commands run") };
        let started = Instant::now();
        lock(shared).running.push(started);
        let outcome = check::run(tests, &test, program, command);
        let mut shared = lock(shared);
        shared.running.retain(|other| *other != started);
        shared.settle(&job, outcome);
        show_progress(shared.left);
        changed.notify_all();
    }
}

/// Waits for a job, and for a core to run it.
fn next(shared: &Mutex<Shared>, changed: &Condvar) -> Option<Job> {
    let cores = thread::available_parallelism().map_or(2, usize::from);
    let mut state = lock(shared);
    loop {
        if state.left == 0 {
            return None;
        }
        let young = state.running.iter().filter(|started| started.elapsed() < YOUNG).count();
        if young < 2 * cores {
            if let Some(job) = state.queue.pop_front() {
                return Some(job);
            }
        }
        let soon = Duration::from_millis(20);
        state = changed.wait_timeout(state, soon).unwrap_or_else(PoisonError::into_inner).0;
    }
}

impl Shared {
    /// Notes an outcome. The first check of a program lets its others begin,
    /// or says why they are not tried.
    fn settle(&mut self, job: &Job, outcome: Outcome) {
        let checks = &mut self.grades[job.submission].checks;
        let check = &mut checks[job.index];
        let program = check.program;
        let first = is_first(check);
        let starts = !matches!(outcome, Outcome::NotStarted(_));
        check.state = match outcome {
            Outcome::Passed => State::Passed,
            Outcome::Failed(text) | Outcome::NotStarted(text) => State::Failed(text),
            Outcome::Error(text) => State::GraderError(text),
        };
        self.left -= 1;
        if !first {
            return;
        }
        let others = checks.iter_mut().enumerate();
        for (index, other) in others.filter(|(_, other)| other.program == program) {
            let job = Job { submission: job.submission, index };
            match (is_first(other), starts) {
                (true, _) => {}
                (false, true) if LONG.iter().any(|part| other.name.contains(part)) => {
                    self.queue.push_front(job);
                }
                (false, true) => self.queue.push_back(job),
                (false, false) => {
                    other.state = State::NotTried("the program does not start".to_string());
                    self.left -= 1;
                }
            }
        }
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn show_progress(left: usize) {
    if io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "\r{left:5} checks to go ");
    }
}

fn clear_progress() {
    if io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "\r{:20}\r", "");
    }
}
