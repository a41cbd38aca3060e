//! The checks of a program, and what came of each.

use crate::checks;
use crate::exercises::EXERCISES;
use harness::{Check, Kind, Outcome, PROGRAMS, Program};

/// What a check counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// What the exercise asks.
    Original,
    /// The ledger: a bonus.
    Robust,
    /// What a further exercise asks.
    Exercise,
}

impl Mark {
    /// Its name on the card.
    pub fn name(self) -> &'static str {
        match self {
            Mark::Original => "original",
            Mark::Robust => "robust",
            Mark::Exercise => "exercise",
        }
    }
}

/// One check of one program.
pub struct Graded {
    pub check: &'static Check,
    pub mark: Mark,
    pub outcome: Outcome,
}

/// The results of one program, in the order of the report card.
pub struct Part {
    pub program: Program,
    /// The further exercise that it was tried for, if any.
    pub exercise: Option<usize>,
    /// Why nothing of it was tried, if so.
    pub problem: Option<String>,
    /// It is not there, and was not asked for.
    pub left_out: bool,
    pub checks: Vec<Graded>,
}

/// The results of one submission.
pub struct Grade {
    /// The folder as it was named.
    pub name: String,
    /// Why nothing of it was tried, if so.
    pub problem: Option<String>,
    pub parts: Vec<Part>,
}

impl Graded {
    /// Whether the grader could not do its part.
    pub fn is_grader_error(&self) -> bool {
        matches!(self.outcome, Err((Kind::Harness, _)))
    }
}

impl Part {
    /// Passed and total of the checks of one mark. Those that failed by the
    /// grader's fault count in neither.
    pub fn marks(&self, mark: Mark) -> (usize, usize) {
        let of_mark = |graded: &&Graded| graded.mark == mark;
        let counted = |graded: &&Graded| !graded.is_grader_error();
        let checks = || self.checks.iter().filter(of_mark).filter(counted);
        let passed = checks().filter(|graded| graded.outcome.is_ok());
        (passed.count(), checks().count())
    }

    /// Whether the grader could not do its part somewhere.
    pub fn has_grader_error(&self) -> bool {
        self.checks.iter().any(Graded::is_grader_error)
    }
}

impl Grade {
    /// Passed and total of the checks of one exercise.
    pub fn exercise(&self, number: usize) -> (usize, usize) {
        let parts = self.parts.iter().filter(|part| part.exercise == Some(number));
        let marks = parts.map(|part| part.marks(Mark::Exercise));
        marks.fold((0, 0), |(passed, total), (more, most)| (passed + more, total + most))
    }
}

/// What `program` is asked, the simplest first: of the sheet that it starts.
pub fn table(program: Program, exercise: Option<usize>) -> Vec<(&'static Check, Mark)> {
    let original = checks::original(program).map(|check| (check, Mark::Original));
    let rows = checks::ledger(program).map(|check| (check, Mark::Robust));
    let Some(number) = exercise else { return original.chain(rows).collect() };
    let checks = EXERCISES[number - 1].1.iter().filter(|check| check.programs.contains(&program));
    checks.map(|check| (check, Mark::Exercise)).collect()
}

/// The programs that are asked something.
pub fn programs(exercise: Option<usize>) -> Vec<Program> {
    PROGRAMS.into_iter().filter(|program| !table(*program, exercise).is_empty()).collect()
}
