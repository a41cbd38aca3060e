//! What is asked of a submission, what came of each check, and the marks.

use crate::{checks, exercises::EXERCISES, options::Options};
use harness::*;
use std::path::PathBuf;

/// What has a line of the card and a column of the table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What the sheet asks of this program and, as a bonus, the ledger.
    Sheet(Program),
    /// What the further exercise of this number asks.
    Exercise(usize),
}

/// The mark that is a bonus.
pub const ROBUST: &str = "robust";

impl Part {
    /// All that each submission may have: the exercises asked for, or the sheet.
    pub fn all(options: &Options) -> Vec<Part> {
        let exercises = (1..=EXERCISES.len()).map(Part::Exercise);
        let exercises: Vec<_> = exercises.filter(|part| options.parts.contains(part)).collect();
        if exercises.is_empty() { PROGRAMS.map(Part::Sheet).into() } else { exercises }
    }

    pub fn name(self) -> String {
        match self {
            Part::Sheet(program) => program.name().to_string(),
            Part::Exercise(number) => format!("exercise {number}"),
        }
    }

    pub fn is_exercise(self) -> bool {
        matches!(self, Part::Exercise(_))
    }

    pub fn marks(self) -> &'static [&'static str] {
        match self {
            Part::Sheet(_) => &["original", ROBUST],
            Part::Exercise(_) => &["exercise"],
        }
    }

    /// All that it asks, program by program, the simplest first.
    pub fn checks(self) -> Vec<Graded> {
        let as_a = |mark, program| {
            move |check| Graded { part: self, mark, program, check, outcome: UNKNOWN }
        };
        match self {
            Part::Sheet(program) => {
                let original = checks::original(program).map(as_a("original", program));
                original.chain(checks::ledger(program).map(as_a(ROBUST, program))).collect()
            }
            Part::Exercise(number) => {
                let checks = |program| {
                    let all = EXERCISES[number - 1].1.iter();
                    let its = all.filter(move |check| check.programs.contains(&program));
                    its.map(as_a("exercise", program))
                };
                PROGRAMS.into_iter().flat_map(checks).collect()
            }
        }
    }
}

/// One check of one program.
pub struct Graded {
    pub part: Part,
    pub mark: &'static str,
    pub program: Program,
    pub check: &'static Check,
    pub outcome: Outcome,
}

/// Of a check that nothing is known of yet.
pub const UNKNOWN: Outcome = Err((Kind::NotTried, String::new()));

impl Graded {
    /// Whether the grader could not do its part, which counts in no mark.
    pub fn is_grader_error(&self) -> bool {
        matches!(self.outcome, Err((Kind::Harness, _)))
    }

    /// Whether it did not pass by the program's fault: one of the bonus, or one that counts.
    pub fn fails(&self, bonus: bool) -> bool {
        (self.mark == ROBUST) == bonus && self.outcome.is_err() && !self.is_grader_error()
    }

    pub fn report(&self) -> &str {
        self.outcome.as_ref().err().map_or("", |(_, text)| text)
    }

    /// Its program, behind the exercise that it was tried for.
    pub fn heading(&self) -> String {
        let (part, program) = (self.part.name(), self.program.name());
        if self.part.is_exercise() { format!("{part}: {program}") } else { part }
    }

    /// The same, and the check as a sentence.
    pub fn title(&self) -> String {
        format!("{}: {}", self.heading(), self.check.name.replace('_', " "))
    }
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

impl Grade {
    /// All that was to be tried of `part`: nothing, if it was not submitted.
    pub fn its(&self, part: Part) -> impl Iterator<Item = &Graded> {
        self.checks.iter().filter(move |one| one.part == part)
    }

    /// What passed and the total of a mark of `part`.
    pub fn count(&self, part: Part, mark: &str) -> (usize, usize) {
        let counted = || self.its(part).filter(|one| one.mark == mark && !one.is_grader_error());
        (counted().filter(|one| one.outcome.is_ok()).count(), counted().count())
    }
}
