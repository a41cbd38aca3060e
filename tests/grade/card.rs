//! The report card, and the table under several of them.

use crate::exercises::EXERCISES;
use crate::marks::{Grade, Graded, Mark, Part};
use harness::difference::{middle, width};
use harness::{Check, Kind, PROGRAMS};
use std::fmt::Write;

/// Characters of a reason in one line, at most.
const BRIEF: usize = 100;

/// What comes before the last words of a program that ended by an error.
const CRASH: &str = "hint: the program ended: ";

/// A check's name as a sentence.
pub fn title(check: &Check) -> String {
    check.name.replace('_', " ")
}

/// What there is to say of one submission: the marks, what to fix first, and a
/// line for each other reason; or every report.
pub fn report(grade: &Grade, full: bool) -> String {
    let mut text = format!("{}\n", plain(&grade.name));
    for number in exercises(grade) {
        let (passed, total) = grade.exercise(number);
        let (title, _) = EXERCISES[number - 1];
        let _ = writeln!(text, "  exercise {number}  {title}  {passed} of {total}");
    }
    for part in grade.parts.iter().filter(|part| part.exercise.is_none()) {
        let [(passed, total), (bonus, most)] = part.both();
        let marks = match part.left_out {
            true => "not submitted".to_string(),
            false => format!("original {passed} of {total}, robust {bonus} of {most}"),
        };
        let _ = writeln!(text, "  {}  {marks}", part.program.name());
    }
    if let Some(problem) = &grade.problem {
        return format!("{text}\n  {problem}\n\n");
    }
    for group in groups(grade, true, Graded::is_grader_error) {
        let _ = writeln!(text, "\n  GRADER ERROR, not counted: {}", group.heading());
        indent(&mut text, group.report);
    }
    for mark in [Mark::Original, Mark::Exercise, Mark::Robust] {
        let failed = groups(grade, !full && mark != Mark::Robust, |graded| graded.fails(mark));
        match (full, mark) {
            (true, _) => failed.iter().for_each(|group| {
                let _ = writeln!(text, "\n  FAILED ({}): {}", mark.name(), group.heading());
                indent(&mut text, group.report);
            }),
            (false, Mark::Robust) => bonus(&mut text, &failed),
            (false, _) => what_to_fix(&mut text, &failed),
        }
    }
    if text.contains("\n\n") && !full {
        text += "\n  cargo grade --full shows every report\n";
    }
    text + "\n"
}

fn what_to_fix(text: &mut String, failed: &[Group<'_>]) {
    let Some((first, then)) = failed.split_first() else { return };
    let _ = writeln!(text, "\n  fix this first: {}", first.title());
    indent(text, first.report);
    if first.checks.len() > 1 {
        let more = first.checks.len() - 1;
        let _ = writeln!(text, "    {more} more at the same step: {}", step(first.report));
    }
    let lines: String = then.iter().map(Group::line).collect();
    section(text, "then", &lines);
}

/// A line for each row, but where the exercise is not done yet.
fn bonus(text: &mut String, failed: &[Group<'_>]) {
    let mut lines = String::new();
    for group in failed {
        let [(passed, total), (bonus, most)] = group.part.both();
        let program = group.part.program.name();
        if passed == total {
            lines += &group.line();
        } else if !lines.contains(program) {
            let _ = writeln!(lines, "    {program}: {} of {most} to come", most - bonus);
        }
    }
    section(text, "bonus", &lines);
}

fn section(text: &mut String, name: &str, lines: &str) {
    if !lines.is_empty() {
        let _ = write!(text, "\n  {name}:\n{lines}");
    }
}

/// The exercises that were graded, if any.
pub fn exercises(grade: &Grade) -> Vec<usize> {
    let mut numbers: Vec<_> = grade.parts.iter().filter_map(|part| part.exercise).collect();
    numbers.dedup();
    numbers
}

impl Part {
    /// Its name, behind the exercise that it was tried for.
    pub fn heading(&self) -> String {
        let exercise = self.exercise.map_or(String::new(), |number| format!("exercise {number}: "));
        exercise + self.program.name()
    }

    fn both(&self) -> [(usize, usize); 2] {
        [Mark::Original, Mark::Robust].map(|mark| self.marks(mark))
    }
}

impl Graded {
    /// Whether it counts for nothing.
    fn fails(&self, mark: Mark) -> bool {
        self.mark == mark && self.outcome.is_err() && !self.is_grader_error()
    }
}

/// Checks of one program that failed at the same step for the same reason.
struct Group<'a> {
    part: &'a Part,
    checks: Vec<&'a Graded>,
    /// What the first of them said.
    report: &'a str,
}

/// The checks that are `wanted`, those that fail `alike` in one group; those
/// that were not tried are so anyway.
fn groups(grade: &Grade, alike: bool, wanted: impl Fn(&Graded) -> bool) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = vec![];
    for part in &grade.parts {
        let start = groups.len();
        for graded in part.checks.iter().filter(|graded| wanted(graded)) {
            let Err((kind, report)) = &graded.outcome else { continue };
            let alike = alike || *kind == Kind::NotTried;
            let same = |other: &&mut Group<'_>| alike && reason(other.report) == reason(report);
            match groups[start..].iter_mut().find(same) {
                Some(group) => group.checks.push(graded),
                None => groups.push(Group { part, checks: vec![graded], report }),
            }
        }
    }
    groups
}

impl Group<'_> {
    fn title(&self) -> String {
        format!("{}: {}", self.part.heading(), title(self.checks[0].check))
    }

    fn heading(&self) -> String {
        match self.checks.len() {
            1 => self.title(),
            many => format!("{}: {many} checks at the same step", self.part.heading()),
        }
    }

    fn line(&self) -> String {
        format!("    {}: {}\n", self.heading(), step(self.report))
    }
}

/// The rest of the first line of `report` that begins with `name`.
fn field<'a>(report: &'a str, name: &str) -> Option<&'a str> {
    report.lines().find_map(|line| line.trim_start().strip_prefix(name))
}

/// The step that failed, or the crash, in a few words.
fn step(report: &str) -> String {
    let words = field(report, CRASH).or_else(|| field(report, "failed: "));
    let words = words.unwrap_or(report.lines().next().unwrap_or_default());
    match words.char_indices().nth(BRIEF) {
        Some((end, _)) => format!("{}...", &words[..end]),
        None => words.to_string(),
    }
}

/// The same for all checks that fail at the same step for the same reason,
/// whatever the text that they send, and whatever their ports.
fn reason(report: &str) -> String {
    if let Some(words) = field(report, CRASH) {
        return words.to_string();
    }
    let Some(failed) = field(report, "failed: ") else { return report.to_string() };
    let step: String = failed.split('"').step_by(2).collect();
    let difference = match (field(report, "expected: "), field(report, "actual: ")) {
        (Some(_), Some("nothing")) => "nothing".to_string(),
        (Some(expected), Some(actual)) => {
            field(report, "hint: ").map_or(difference(expected, actual), str::to_string)
        }
        _ => field(report, "because: ").unwrap_or_default().to_string(),
    };
    let words = format!("{step}: {difference}");
    words.chars().filter(|character| !character.is_ascii_digit()).collect()
}

/// What is between the common start and the common end.
fn difference(expected: &str, actual: &str) -> String {
    let [one, other] = [expected, actual].map(|text| text.chars().collect::<Vec<_>>());
    middle(&one, &other).map(String::from_iter).join(" ")
}

fn indent(text: &mut String, lines: &str) {
    for line in lines.trim_end().lines() {
        let _ = writeln!(text, "      {line}");
    }
}

/// A name that moves no cursor.
fn plain(name: &str) -> String {
    name.replace(char::is_control, "\u{fffd}")
}

/// One line a submission, original and robust marks of each program.
pub fn summary(grades: &[Grade]) -> String {
    let names: Vec<_> = grades.iter().map(|grade| plain(&grade.name)).collect();
    let columns = names.iter().map(|name| width(name)).max().unwrap_or(0).max("submission".len());
    let mut text = format!("{:columns$}", "submission");
    let exercises = exercises(&grades[0]);
    for number in &exercises {
        let _ = write!(text, "  {number:>5}");
    }
    for program in PROGRAMS.into_iter().filter(|_| exercises.is_empty()) {
        let _ = write!(text, "  {:>13}", program.name());
    }
    for (name, grade) in names.iter().zip(grades) {
        let _ = write!(text, "\n{name}{}", " ".repeat(columns - width(name)));
        for number in &exercises {
            let cell = match grade.exercise(*number) {
                (_, 0) => "error".to_string(),
                (passed, total) => format!("{passed}/{total}"),
            };
            let _ = write!(text, "  {cell:>5}");
        }
        for program in PROGRAMS.into_iter().filter(|_| exercises.is_empty()) {
            let part = grade.parts.iter().find(|part| part.program == program && !part.left_out);
            let cell = match part.map(Part::both) {
                None => "-".to_string(),
                Some([(_, 0), (_, 0)]) => "error".to_string(),
                Some([(passed, total), (bonus, most)]) => {
                    format!("{passed}/{total} {bonus}/{most}")
                }
            };
            let _ = write!(text, "  {cell:>13}");
        }
    }
    if !exercises.is_empty() {
        return text + "\neach exercise: passed/total; error: the grader's\n";
    }
    text + "\noriginal, then robust: passed/total; -: not submitted; error: the grader's\n"
}
