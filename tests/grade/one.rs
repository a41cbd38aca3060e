//! One submission, in a process of its own: whatever its programs do to this
//! process, the grader goes on. What comes of each check is written as a line,
//! see [`Line`], as soon as it is known.

use crate::build::{self, Fault};
use crate::marks;
use crate::options::Options;
use crate::submission::{self, Source};
use harness::guardian::{self, Folder};
use harness::process::lock;
use harness::trial::{self, on_workers};
use harness::{Kind, Outcome, Program, python};
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};
use std::{fs, thread};

/// Checks that run at a time, at most.
const WORKERS: usize = 32;

/// A check older than this waits for a program, and takes no core from others.
const YOUNG: Duration = Duration::from_millis(300);

/// A start that takes longer is slow.
const SLOW: Duration = Duration::from_secs(1);

/// Parts of the names of checks that take seconds: these begin first.
const LONG: [&str; 2] = ["pause", "slow"];

/// What each line begins with, so that no program's is taken for one: the first
/// line of the input.
static SECRET: OnceLock<String> = OnceLock::new();

/// The first word of a line.
const PASSED: &str = "Passed";
const KINDS: [Kind; 4] = [Kind::Failed, Kind::NotStarted, Kind::NotTried, Kind::Harness];

/// What is known: of a program, or of one of its checks.
pub struct Line<'a> {
    pub program: Program,
    pub check: Option<&'a str>,
    pub outcome: Outcome,
}

impl Line<'_> {
    /// Writes it on standard output, which only the grader reads.
    fn say(&self) {
        let (word, text) = match &self.outcome {
            Ok(()) => (PASSED.to_string(), ""),
            Err((kind, text)) => (format!("{kind:?}"), text.as_str()),
        };
        let text = text.replace('\\', "\\\\").replace('\n', "\\n");
        let check = self.check.unwrap_or("-");
        let secret = SECRET.get().map_or("", String::as_str);
        let line = format!("{secret}{word} {} {check} {text}\n", self.program.name());
        let _ = io::stdout().lock().write_all(line.as_bytes());
    }

    /// Reads it back.
    pub fn read(line: &str) -> Option<Line<'_>> {
        let mut words = line.splitn(4, ' ');
        let (word, program, check) = (words.next()?, words.next()?, words.next()?);
        let mut text = String::new();
        let mut characters = words.next()?.chars();
        while let Some(character) = characters.next() {
            text.push(match character {
                '\\' => characters.next().map(|next| if next == 'n' { '\n' } else { next })?,
                other => other,
            });
        }
        let mut kinds = KINDS.into_iter();
        let outcome = match kinds.find(|kind| format!("{kind:?}") == word) {
            Some(kind) => Err((kind, text)),
            None => (word == PASSED).then_some(Ok(()))?,
        };
        let check = (check != "-").then_some(check);
        Some(Line { program: Program::named(program)?, check, outcome })
    }
}

/// One program, ready to be tried.
struct Ready {
    program: Program,
    words: Vec<OsString>,
    /// How long its first start took.
    start: Duration,
    /// What was built for it.
    _built: Option<Folder>,
}

/// Grades what `folder` holds; `share` checks may begin at a time.
pub fn grade(folder: &Path, options: &Options, share: usize) {
    let mut secret = String::new();
    let _ = io::stdin().read_line(&mut secret);
    let _ = SECRET.set(secret.trim_end().to_string());
    let folder = fs::canonicalize(folder).map_or(folder.to_path_buf(), strip_verbatim);
    let exercise = options.exercises.first().copied();
    let asked = options.programs();
    // A check of an exercise may start a program that is not asked for.
    let programs = if exercise.is_some() { marks::programs(exercise) } else { asked.clone() };
    let ready = on_workers(programs.len(), &programs, |program| match exercise {
        None => starts(&folder, *program),
        Some(_) => prepared(&folder, *program),
    });
    let ready: Vec<_> = ready.into_iter().flatten().collect();
    let commands: Vec<_> = programs
        .iter()
        .map(|program| {
            let words = ready.iter().find(|ready| ready.program == *program);
            let nobody = || vec![format!("{}, which cannot be started", program.name()).into()];
            (*program, words.map_or_else(nobody, |ready| ready.words.clone()))
        })
        .collect();
    let tried = usize::from(exercise.is_none()); // by the start
    let of = |ready: &Ready| marks::table(ready.program, exercise).into_iter().skip(tried);
    let jobs = ready.iter().filter(|ready| asked.contains(&ready.program));
    let jobs = jobs.flat_map(|ready| of(ready).map(move |(check, _)| (ready, check)));
    let mut jobs: Vec<_> = jobs.collect();
    jobs.sort_by_key(|(_, check)| !LONG.iter().any(|part| check.name.contains(part)));
    let young = Mutex::new(Vec::new());
    on_workers(WORKERS.min(jobs.len()), &jobs, |(ready, check)| {
        let end = begins(&young, share, YOUNG.max(ready.start));
        // Where many start at a time, a slow one takes longer still.
        let factor = if ready.start < SLOW { 1.0 } else { 1.0 + ready.start.as_secs_f64() };
        let outcome = trial::run(check, ready.program, &commands, factor);
        lock(&young).retain(|other| *other != end);
        Line { program: ready.program, check: Some(check.name), outcome }.say();
    });
    drop(ready);
    guardian::finish();
}

/// Looks for a program, and builds it where it is a package.
fn prepared(folder: &Path, program: Program) -> Option<Ready> {
    let mut built = None;
    let words = match submission::find(folder, program) {
        Source::Command(words) => Ok(words),
        Source::Missing => Err((Kind::NotTried, "not submitted".to_string())),
        Source::Broken(problem) => Err((Kind::NotTried, problem)),
        Source::Script(path) => match python::find() {
            Some(python) => Ok(vec![python.into(), "-u".into(), path.into()]),
            None => Err((Kind::Harness, "there is no working python3".to_string())),
        },
        Source::Package(package) => {
            let folder = Folder::new().map_err(|error| Fault::Graders(error.to_string()));
            let path = folder.and_then(|folder| {
                let path = build::build(program, &package, &folder)?;
                built = Some(folder);
                Ok(path)
            });
            path.map(|path| vec![path.into()]).map_err(|fault| match fault {
                Fault::Students(text) => (Kind::NotTried, format!("it does not compile\n{text}")),
                Fault::Graders(text) => (Kind::Harness, text),
            })
        }
    };
    match words {
        Ok(words) => Some(Ready { program, words, start: Duration::ZERO, _built: built }),
        Err(problem) => {
            Line { program, check: None, outcome: Err(problem) }.say();
            None
        }
    }
}

/// Prepares a program and tries its first check, without which no other is.
fn starts(folder: &Path, program: Program) -> Option<Ready> {
    let ready = prepared(folder, program)?;
    let (first, _) = *marks::table(program, None).first()?;
    let started = Instant::now();
    let outcome = trial::run(first, program, &[(program, ready.words.clone())], 2.0);
    let start = started.elapsed();
    // Why nothing else is tried, if so: its fault, or the grader's.
    let problem = match &outcome {
        Ok(()) | Err((Kind::Failed, _)) => None,
        Err((Kind::NotStarted, _)) => {
            Some((Kind::NotTried, "the program does not start".to_string()))
        }
        Err(error) => Some(error.clone()),
    };
    Line { program, check: Some(first.name), outcome }.say();
    let Some(problem) = problem else {
        return Some(Ready { start, ..ready });
    };
    Line { program, check: None, outcome: Err(problem) }.say();
    None
}

/// Waits until fewer than `share` checks are young; until when this one is.
fn begins(young: &Mutex<Vec<Instant>>, share: usize, youth: Duration) -> Instant {
    loop {
        let now = Instant::now();
        let mut ends = lock(young);
        ends.retain(|end| *end > now);
        if ends.len() < share {
            let end = now + youth;
            ends.push(end);
            return end;
        }
        let first = ends.iter().min().map_or(YOUNG, |end| *end - now);
        drop(ends);
        thread::sleep(first.min(Duration::from_millis(2)));
    }
}

/// Windows' canonical paths begin with `\\?\`, which not every program takes.
fn strip_verbatim(path: PathBuf) -> PathBuf {
    match path.to_str().and_then(|text| text.strip_prefix(r"\\?\")) {
        Some(plain) => plain.into(),
        None => path,
    }
}
