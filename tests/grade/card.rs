//! The report card, and the table under several of them.

use crate::{Check, Grade, Source, State, Submission};
use harness::{PROGRAMS, Program};
use std::fmt::Write;

/// A check's name as a sentence.
pub fn title(check: &Check) -> String {
    check.name.replace('_', " ")
}

/// Passed and total of the checks of one program and mark. Those that failed
/// by the grader's fault count in neither.
pub fn marks(grade: &Grade, program: Program, original: bool) -> (usize, usize) {
    let of_mark = |check: &&Check| check.program == program && check.original == original;
    let counted = |check: &&Check| !matches!(check.state, State::GraderError(_));
    let checks = || grade.checks.iter().filter(of_mark).filter(counted);
    let passed = checks().filter(|check| check.state == State::Passed);
    (passed.count(), checks().count())
}

/// All that there is to say of one submission.
pub fn report(submission: &Submission, grade: &Grade) -> String {
    let mut text = format!("{}\n", submission.name);
    for (program, source) in &submission.programs {
        let name = program.name();
        if matches!(source, Source::Missing { counts: false }) {
            let _ = writeln!(text, "  {name}  not submitted");
            continue;
        }
        let (passed, total) = marks(grade, *program, true);
        let (bonus, most) = marks(grade, *program, false);
        let _ = writeln!(text, "  {name}  original {passed} of {total}, robust {bonus} of {most}");
        match source {
            Source::Missing { .. } => text += "    not submitted\n",
            Source::Broken(problem) => {
                let _ = writeln!(text, "    not tried, for it does not compile:");
                indent(&mut text, problem);
            }
            _ => failures(&mut text, grade, *program),
        }
    }
    text + "\n"
}

fn failures(text: &mut String, grade: &Grade, program: Program) {
    for check in grade.checks.iter().filter(|check| check.program == program) {
        let mark = if check.original { "original" } else { "robust" };
        let title = title(check);
        match &check.state {
            State::Passed | State::NotTried(_) => continue,
            State::Failed(report) => {
                let _ = writeln!(text, "    FAILED ({mark}): {title}");
                indent(text, report);
                text.push('\n');
            }
            State::GraderError(problem) => {
                let _ = writeln!(text, "    GRADER ERROR, not counted ({mark}): {title}");
                indent(text, problem);
                text.push('\n');
            }
        }
    }
    let not_tried =
        |check: &&Check| check.program == program && matches!(check.state, State::NotTried(_));
    let count = grade.checks.iter().filter(not_tried).count();
    if count > 0 {
        let _ = writeln!(text, "    not tried, for the program does not start: {count} checks");
    }
}

fn indent(text: &mut String, lines: &str) {
    for line in lines.trim_end().lines() {
        let _ = writeln!(text, "      {line}");
    }
}

/// One line a submission, original and robust marks of each program.
pub fn summary(submissions: &[Submission], grades: &[Grade]) -> String {
    let width = submissions.iter().map(|submission| submission.name.chars().count());
    let width = width.max().unwrap_or(0).max("submission".len());
    let mut text = format!("{:width$}", "submission");
    for program in PROGRAMS {
        let _ = write!(text, "  {:>13}", program.name());
    }
    text.push('\n');
    for (submission, grade) in submissions.iter().zip(grades) {
        let _ = write!(text, "{:width$}", submission.name);
        for program in PROGRAMS {
            let (passed, total) = marks(grade, program, true);
            let (bonus, most) = marks(grade, program, false);
            let cell = match total + most {
                0 => "-".to_string(),
                _ => format!("{passed}/{total} {bonus}/{most}"),
            };
            let _ = write!(text, "  {cell:>13}");
        }
        text.push('\n');
    }
    text + "original, then robust: passed/total; -: not submitted\n"
}
