//! The checks of a program, and what came of each.

use crate::checks;
use crate::options::Options;
use harness::{Check, Program};

/// What a check counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// What the exercise asks.
    Original,
    /// The ledger: a bonus.
    Robust,
}

impl Mark {
    /// Its name on the card.
    pub fn name(self) -> &'static str {
        match self {
            Mark::Original => "original",
            Mark::Robust => "robust",
        }
    }
}

/// What came of a check.
#[derive(Clone, PartialEq)]
pub enum State {
    /// The program does what is asked.
    Passed,
    /// It does not: the report.
    Failed(String),
    /// It was not tried: why.
    NotTried(String),
    /// The grader could not do its part: never the student's fault.
    GraderError(String),
}

/// One check of one program.
pub struct Graded {
    pub check: &'static Check,
    pub mark: Mark,
    pub state: State,
}

/// The results of one program, in the order of the report card.
pub struct Part {
    pub program: Program,
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

impl Part {
    /// Passed and total of the checks of one mark. Those that failed by the
    /// grader's fault count in neither.
    pub fn marks(&self, mark: Mark) -> (usize, usize) {
        let of_mark = |graded: &&Graded| graded.mark == mark;
        let counted = |graded: &&Graded| !matches!(graded.state, State::GraderError(_));
        let checks = || self.checks.iter().filter(of_mark).filter(counted);
        let passed = checks().filter(|graded| graded.state == State::Passed);
        (passed.count(), checks().count())
    }
}

/// What `program` is asked, the simplest first: the first is whether it starts.
pub fn table(program: Program, _options: &Options) -> Vec<(&'static Check, Mark)> {
    let original = checks::original(program).map(|check| (check, Mark::Original));
    let rows = checks::ledger(program).map(|check| (check, Mark::Robust));
    original.chain(rows).collect()
}
