//! What is asked of a submission, what came of each check, and the marks.

use crate::{checks, exercises::EXERCISES};
use harness::*;
use std::{fmt, path::PathBuf};

/// What a check counts for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// What the sheet asks.
    Original,
    /// The ledger: a bonus.
    Robust,
    /// What the further exercise of this number asks.
    Exercise(usize),
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mark::Original => write!(f, "original"),
            Mark::Robust => write!(f, "robust"),
            Mark::Exercise(number) => write!(f, "exercise {number}"),
        }
    }
}

/// One check of one program.
pub struct Graded {
    pub program: Program,
    pub check: &'static Check,
    pub mark: Mark,
    pub outcome: Outcome,
}

/// Of a check of which nothing is known yet.
pub const UNKNOWN: Outcome = Err((Kind::NotTried, String::new()));

impl Graded {
    /// Whether the grader could not do its part, which counts in no mark.
    pub fn is_grader_error(&self) -> bool {
        matches!(self.outcome, Err((Kind::Harness, _)))
    }

    /// Whether it did not pass by the program's fault.
    pub fn fails(&self) -> bool {
        self.outcome.is_err() && !self.is_grader_error()
    }

    /// What was said where it did not pass.
    pub fn report(&self) -> &str {
        self.outcome.as_ref().err().map_or("", |(_, text)| text)
    }

    /// Its program, behind the exercise that it was tried for.
    pub fn heading(&self) -> String {
        match self.mark {
            Mark::Exercise(_) => format!("{}: {}", self.mark, self.program.name()),
            _ => self.program.name().to_string(),
        }
    }

    /// The same, and the check as a sentence.
    pub fn title(&self) -> String {
        format!("{}: {}", self.heading(), self.check.name.replace('_', " "))
    }
}

/// All that the sheet or an exercise asks, program by program, the simplest first.
pub fn asked(exercise: Option<usize>) -> Vec<Graded> {
    let of = |program| -> Vec<_> {
        let as_a = |mark| move |check| Graded { program, check, mark, outcome: UNKNOWN };
        let original = checks::original(program).map(as_a(Mark::Original));
        let Some(number) = exercise else {
            return original.chain(checks::ledger(program).map(as_a(Mark::Robust))).collect();
        };
        let its = EXERCISES[number - 1].1.iter().filter(|check| check.programs.contains(&program));
        its.map(as_a(Mark::Exercise(number))).collect()
    };
    PROGRAMS.into_iter().flat_map(of).collect()
}

/// The results of one submission.
pub struct Grade {
    /// The folder as it was named.
    pub folder: PathBuf,
    /// Why nothing of it was tried, if so.
    pub problem: Option<String>,
    /// In the order of the report card.
    pub checks: Vec<Graded>,
}

/// What has a line of the card and a column of the table: an exercise or, for
/// the sheet, a program with its two marks.
pub struct Column {
    program: Option<Program>,
    pub marks: Vec<Mark>,
}

impl Column {
    /// Those of all submissions, which were graded for these exercises.
    pub fn all(exercises: &[usize]) -> Vec<Column> {
        let of_exercise = |number: &usize| (None, vec![Mark::Exercise(*number)]);
        let of_program = |program| (Some(program), vec![Mark::Original, Mark::Robust]);
        let columns: Vec<_> = match exercises {
            [] => PROGRAMS.map(of_program).into(),
            _ => exercises.iter().map(of_exercise).collect(),
        };
        columns.into_iter().map(|(program, marks)| Column { program, marks }).collect()
    }

    pub fn name(&self) -> String {
        self.program.map_or(self.marks[0].to_string(), |program| program.name().to_string())
    }

    /// Whether a check counts in it.
    pub fn has(&self, one: &Graded) -> bool {
        self.program.is_none_or(|program| program == one.program) && self.marks.contains(&one.mark)
    }

    /// Whether anything of it was to be tried.
    pub fn is_in(&self, grade: &Grade) -> bool {
        grade.checks.iter().any(|one| self.has(one))
    }

    /// What passed and the total of each mark of a submission.
    pub fn counts(&self, grade: &Grade) -> Vec<(usize, usize)> {
        let count = |mark: &Mark| {
            let its = |one: &&Graded| self.has(one) && one.mark == *mark && !one.is_grader_error();
            let checks = || grade.checks.iter().filter(its);
            (checks().filter(|one| one.outcome.is_ok()).count(), checks().count())
        };
        self.marks.iter().map(count).collect()
    }
}
