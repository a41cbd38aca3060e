//! Results for other programs: Gradescope's JSON, and a spreadsheet's CSV.

use crate::card::{marks, title};
use crate::{Check, Grade, State, Submission};
use harness::PROGRAMS;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// The tests of one submission as Gradescope's autograder reads them: see
/// "Autograder Specifications", `results.json`. It adds up the totals itself.
pub fn json(grade: &Grade) -> String {
    let tests: Vec<_> = grade.checks.iter().map(test).collect();
    format!("{{\"tests\": [\n{}\n]}}\n", tests.join(",\n"))
}

fn test(check: &Check) -> String {
    let (score, max_score, status, output) = match &check.state {
        State::Passed => (1, 1, "passed", String::new()),
        State::Failed(report) => (0, 1, "failed", report.clone()),
        State::NotTried(reason) => (0, 1, "failed", format!("not tried: {reason}")),
        State::GraderError(problem) => {
            let output = format!("grader error, not counted: {problem}");
            (0, 0, "failed", output)
        }
    };
    let program = check.program.name();
    let name = quote(&format!("{program}: {}", title(check)));
    let mark = if check.original { "original" } else { "robust" };
    format!(
        "  {{\"name\": {name}, \"score\": {score}, \"max_score\": {max_score}, \
         \"status\": \"{status}\", \"output\": {}, \"tags\": [\"{program}\", \"{mark}\"]}}",
        quote(&output)
    )
}

/// A JSON string (RFC 8259, section 7).
fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\0'..'\x20' => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted + "\""
}

/// One row a submission: for each program and mark, passed and total; nothing
/// where it was not submitted.
pub fn csv(submissions: &[Submission], grades: &[Grade]) -> String {
    let mut text = String::from("submission");
    for program in PROGRAMS {
        for mark in ["original", "robust"] {
            let name = program.name();
            let _ = write!(text, ",{name} {mark},{name} {mark} total");
        }
    }
    for (submission, grade) in submissions.iter().zip(grades) {
        // RFC 4180: a quote is doubled.
        let _ = write!(text, "\n\"{}\"", submission.name.replace('"', "\"\""));
        for program in PROGRAMS {
            for original in [true, false] {
                let _ = match marks(grade, program, original) {
                    (_, 0) => write!(text, ",,"),
                    (passed, total) => write!(text, ",{passed},{total}"),
                };
            }
        }
    }
    text + "\n"
}

/// Whether `file` could be written, found out before anything is graded.
pub fn can_be_written(file: &Path) -> Result<(), String> {
    let temporary = temporary(file);
    if file.is_dir() {
        return Err(format!("cannot write {}: it is a folder", file.display()));
    }
    let made = fs::write(&temporary, "").and_then(|()| fs::remove_file(&temporary));
    made.map_err(|error| format!("cannot write {}: {error}", file.display()))
}

/// Writes all of `text` or nothing.
pub fn write(file: &Path, text: &str) -> Result<(), String> {
    let temporary = temporary(file);
    let written = fs::write(&temporary, text).and_then(|()| fs::rename(&temporary, file));
    written.map_err(|error| {
        let _ = fs::remove_file(&temporary);
        format!("cannot write {}: {error}", file.display())
    })
}

/// Beside `file`, for a rename does not cross file systems.
fn temporary(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.part", std::process::id()));
    file.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn json_strings_are_escaped() {
        assert_eq!(quote("a\"\\\n\u{1}好"), "\"a\\\"\\\\\\n\\u0001好\"");
    }
}
