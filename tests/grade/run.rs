//! All submissions, several at a time: this program again, for each.

use crate::marks::{self, Grade, Graded, Part};
use crate::one::Line;
use crate::options::{Options, Place};
use crate::{sandbox, submission};
use harness::guardian;
use harness::stream::Stream;
use harness::trial::on_workers;
use harness::{Kind, Outcome, PROGRAMS, Program, deadline, python};
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Exercises of one submission. They wait more than they compute.
const EXERCISES_AT_A_TIME: usize = 4;

/// Grades all submissions, in their order.
pub fn all(options: &Options) -> Vec<Grade> {
    let cores = thread::available_parallelism().map_or(2, usize::from);
    let at_a_time = options.folders.len().min(4 * cores);
    let share = if at_a_time == 1 { 2 * cores } else { 2 };
    let left = AtomicUsize::new(options.folders.len());
    let grades = on_workers(at_a_time, &options.folders, |folder| {
        let grade = grade(folder, options, share);
        show_progress(left.fetch_sub(1, Ordering::Relaxed) - 1);
        grade
    });
    if io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "\r{:30}\r", "");
    }
    grades
}

fn grade(folder: &Path, options: &Options, share: usize) -> Grade {
    let places = options.places(folder);
    let (at_a_time, share) = if places.len() > 1 { (EXERCISES_AT_A_TIME, 2) } else { (1, share) };
    let graded = on_workers(at_a_time, &places, |place| grade_at(place, options, share));
    let mut grade = Grade { name: folder.display().to_string(), problem: None, parts: vec![] };
    for at in graded {
        // What is said of an exercise stands at its checks.
        grade.problem = if options.exercises.is_empty() { at.problem } else { None };
        grade.parts.extend(at.parts);
    }
    grade
}

fn grade_at(place: &Place, options: &Options, share: usize) -> Grade {
    let Place { exercise, folder } = place;
    let mut grade = Grade { name: String::new(), problem: None, parts: vec![] };
    grade.problem = submission::why_nothing(folder);
    let asked = exercise.is_some() || !options.programs.is_empty();
    let wanted = options.programs().into_iter();
    let programs = marks::programs(*exercise);
    for program in wanted.filter(|program| programs.contains(program)) {
        let checks = marks::table(program, *exercise).into_iter();
        let checks = checks.map(|(check, mark)| Graded { check, mark, outcome: open() });
        let left_out = grade.problem.is_none()
            && !asked
            && matches!(submission::find(folder, program), submission::Source::Missing);
        let checks = if left_out { vec![] } else { checks.collect() };
        grade.parts.push(Part { program, exercise: *exercise, problem: None, left_out, checks });
    }
    if let Some(problem) = &grade.problem {
        for part in &mut grade.parts {
            part.settle(&Err((Kind::NotTried, problem.clone())));
        }
        return grade;
    }
    // Whoever ends the process that grades it is tried again alone, and what
    // is not known then is its own fault.
    let unknown = |parts: &[Part]| -> Vec<Program> {
        parts.iter().filter(|part| part.is_open()).map(|part| part.program).collect()
    };
    let mut programs = unknown(&grade.parts);
    let mut ended = attempt(place, options, share, &programs, &mut grade.parts);
    programs = unknown(&grade.parts);
    for program in programs {
        if ended.is_ok() {
            ended = attempt(place, options, share, &[program], &mut grade.parts);
        }
        let outcome = Err(match &ended {
            Ok(how) => (
                Kind::Failed,
                format!(
                    "   failed: the check goes on\n  because: the process that graded the program {how}\n"
                ),
            ),
            Err(problem) => (Kind::Harness, problem.clone()),
        });
        let part = grade.parts.iter_mut().find(|part| part.program == program);
        part.into_iter().for_each(|part| part.settle(&outcome));
    }
    grade
}

/// Grades `programs` in a process of their own; how it ended, or why it could
/// not begin.
fn attempt(
    place: &Place,
    options: &Options,
    share: usize,
    programs: &[Program],
    parts: &mut [Part],
) -> Result<String, String> {
    let mut words = options.for_one(place, share, programs);
    words.insert(0, std::env::current_exe().map_err(|error| error.to_string())?.into());
    if options.sandbox {
        words = sandbox::around(words, &place.folder);
    }
    let mut command = std::process::Command::new(&words[0]);
    command.args(&words[1..]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    if let Some(python) = options.python {
        command.env(python::VARIABLE, python);
    }
    let mut child =
        guardian::spawn(&mut command).map_err(|error| format!("cannot run itself: {error}"))?;
    // A program could write into its parent's pipe, but has not read this.
    let secret = guardian::secret();
    if let Some(mut input) = child.0.stdin.take() {
        let _ = writeln!(input, "{secret}");
    }
    let said = Stream::of(child.0.stdout.take());
    let mut read = 0;
    // A build and a start are what takes longest without a word.
    let limit = deadline::seconds(180.0);
    let mut how = "said nothing for too long".to_string();
    if let Ok(said) = &said {
        while let Some(closed) = said.wait(limit, |bytes, closed| {
            let more = bytes[read..].contains(&b'\n');
            (more || closed).then_some(closed && !more)
        }) {
            if closed {
                let status = deadline::poll(deadline::step(), || child.0.try_wait().ok().flatten());
                how = status.map_or(how, |status| format!("ended with {status}"));
                break;
            }
            let bytes = said.bytes();
            let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(read, |end| end + 1);
            let text = String::from_utf8_lossy(&bytes[read..end]);
            let lines = text.lines().filter_map(|line| Line::read(line.strip_prefix(&secret)?));
            lines.for_each(|line| note(parts, line));
            read = end;
        }
    }
    drop(child);
    said.map(|_| how).map_err(|_| "cannot read what the grading process says".to_string())
}

fn note(parts: &mut [Part], line: Line) {
    let Some(part) = parts.iter_mut().find(|part| part.program == line.program) else { return };
    let Some(name) = line.check else {
        if let Err((Kind::NotTried, problem)) = &line.outcome {
            part.problem = Some(problem.clone());
        }
        return part.settle(&line.outcome);
    };
    if let Some(graded) = part.checks.iter_mut().find(|graded| graded.check.name == name) {
        graded.outcome = line.outcome;
    }
}

/// Of a check of which nothing is known yet.
fn open() -> Outcome {
    Err((Kind::NotTried, String::new()))
}

impl Part {
    /// Whether something is not known yet.
    fn is_open(&self) -> bool {
        self.checks.iter().any(|graded| graded.outcome == open())
    }

    /// What is not known yet is `outcome`.
    fn settle(&mut self, outcome: &Outcome) {
        for graded in &mut self.checks {
            if graded.outcome == open() {
                graded.outcome = outcome.clone();
            }
        }
    }
}

fn show_progress(left: usize) {
    if io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "\r{left:5} submissions to go ");
    }
}

/// Whether a script is among what is submitted.
pub fn has_script(options: &Options) -> bool {
    let script = |folder: &Path, program| {
        matches!(submission::find(folder, program), submission::Source::Script(_))
    };
    let mut places = options.folders.iter().flat_map(|folder| options.places(folder));
    places.any(|place| PROGRAMS.into_iter().any(|program| script(&place.folder, program)))
}
