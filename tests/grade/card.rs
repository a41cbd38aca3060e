//! The report card, and the table under several of them.

use crate::{exercises::EXERCISES, marks::*, options::Options};
use harness::{Kind, difference::middle, difference::width};

/// Characters of a reason in one line, at most.
const BRIEF: usize = 100;
/// What comes before the last words of a program that ended by an error.
const CRASH: &str = "hint: the program ended: ";

/// What there is to say of one submission: the marks, what to fix first, and a
/// line for each other reason; or every report.
pub fn report(grade: &Grade, options: &Options) -> String {
    let (mut text, mut to_come) = (plain(grade) + "\n", String::new());
    for part in Part::all(options) {
        let count = |mark: &&str| {
            let (passed, total) = grade.count(part, mark);
            let label = match part {
                Part::Sheet(_) => mark.to_string(),
                Part::Exercise(number) => format!("{} ", EXERCISES[number - 1].0),
            };
            format!("{label} {passed} of {total}")
        };
        let counts: Vec<_> = part.marks().iter().map(count).collect();
        if grade.its(part).next().is_some() {
            text += &format!("  {}  {}\n", part.name(), counts.join(", "));
        } else if options.parts.is_empty() {
            text += &format!("  {}  not submitted\n", part.name());
        }
        let (bonus, most) = grade.count(part, ROBUST);
        to_come += &if bonus < most && grade.its(part).any(|one| one.fails(false)) {
            // The exercise is not done.
            format!("    {}: {} of {most} to come\n", part.name(), most - bonus)
        } else {
            lines(&groups(grade, false, |one| one.part == part && one.fails(true)))
        };
    }
    if let Some(problem) = &grade.problem {
        return format!("{text}\n  {problem}\n\n");
    }
    let mut details = String::new();
    for group in groups(grade, true, Graded::is_grader_error) {
        details += &whole("GRADER ERROR, not counted", &group);
    }
    if options.full {
        for bonus in [false, true] {
            for group in groups(grade, false, |one| one.fails(bonus)) {
                details += &whole(&format!("FAILED ({})", group[0].mark), &group);
            }
        }
        return text + &details + "\n";
    }
    if let Some((first, then)) = groups(grade, true, |one| one.fails(false)).split_first() {
        details += &whole("fix this first", &first[..1]);
        if let more @ 1.. = first.len() - 1 {
            details += &format!("    {more} more at the same step: {}\n", step(first[0].report()));
        }
        details += &section("then", lines(then));
    }
    details += &section("bonus", to_come);
    if !details.is_empty() {
        details += "\n  cargo grade --full shows every report\n";
    }
    text + &details + "\n"
}

fn section(name: &str, lines: String) -> String {
    if lines.is_empty() { lines } else { format!("\n  {name}:\n{lines}") }
}

/// Checks of one program that failed at the same step for the same reason.
type Group<'a> = Vec<&'a Graded>;

/// The checks that are `wanted`, those that fail `alike` in one group; those
/// that were not tried are so anyway.
fn groups(grade: &Grade, alike: bool, wanted: impl Fn(&Graded) -> bool) -> Vec<Group<'_>> {
    let reason = |one: &Graded| (one.heading(), reason(one.report()));
    let mut groups: Vec<Group<'_>> = vec![];
    for one in grade.checks.iter().filter(|one| wanted(one)) {
        let alike = alike || matches!(one.outcome, Err((Kind::NotTried, _)));
        match groups.iter_mut().find(|group| alike && reason(group[0]) == reason(one)) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups
}

fn heading(group: &[&Graded]) -> String {
    match group {
        [one] => one.title(),
        _ => format!("{}: {} checks at the same step", group[0].heading(), group.len()),
    }
}

fn lines(groups: &[Group<'_>]) -> String {
    let line = |group: &Group| format!("    {}: {}\n", heading(group), step(group[0].report()));
    groups.iter().map(line).collect()
}

/// What the first of them said.
fn whole(name: &str, group: &[&Graded]) -> String {
    let report = group[0].report().trim_end().lines();
    let report: String = report.map(|line| format!("      {line}\n")).collect();
    format!("\n  {name}: {}\n{report}", heading(group))
}

/// The rest of the first line of `report` that begins with `name`.
fn field<'a>(report: &'a str, name: &str) -> Option<&'a str> {
    report.lines().find_map(|line| line.trim_start().strip_prefix(name))
}

/// The step that failed, or the crash, in a few words.
fn step(report: &str) -> String {
    let words = field(report, CRASH).or_else(|| field(report, "failed: "));
    let words = words.unwrap_or(report.lines().next().unwrap_or_default());
    let brief: String = words.chars().take(BRIEF).collect();
    if brief.len() < words.len() { brief + "..." } else { brief }
}

/// The same for all checks that fail at the same step for the same reason,
/// whatever the text that they send, and whatever their ports.
fn reason(report: &str) -> String {
    let names = [CRASH, "failed: ", "because: ", "expected: ", "actual: ", "hint: "];
    let fields = names.map(|name| field(report, name));
    let [None, Some(failed), because, ..] = fields else {
        return fields[0].unwrap_or(report).to_string();
    };
    let step: String = failed.split('"').step_by(2).collect();
    let difference = match fields[3..] {
        [Some(_), Some("nothing"), _] => "nothing".to_string(),
        [Some(_), Some(_), Some(hint)] => hint.to_string(),
        [Some(expected), Some(actual), None] => {
            let [one, other] = [expected, actual].map(|text| text.chars().collect::<Vec<_>>());
            middle(&one, &other).map(String::from_iter).join(" ")
        }
        _ => because.unwrap_or_default().to_string(),
    };
    format!("{step}: {difference}").replace(|sign: char| sign.is_ascii_digit(), "")
}

/// The submission's name, which moves no cursor.
fn plain(grade: &Grade) -> String {
    grade.folder.display().to_string().replace(char::is_control, "\u{fffd}")
}

/// One line a submission, what passed and the total of each mark.
pub fn summary(grades: &[Grade], options: &Options) -> String {
    let parts = Part::all(options);
    let (wide, legend) = match parts[0] {
        Part::Sheet(_) => (13, "original, then robust: passed/total; -: not submitted"),
        Part::Exercise(_) => (5, "each exercise: passed/total"),
    };
    let cell = |part: &Part, grade: &Grade| {
        let counts = part.marks().iter().map(|mark| grade.count(*part, mark));
        let counts: Vec<_> = counts.map(|(passed, total)| format!("{passed}/{total}")).collect();
        match grade.its(*part).next() {
            None => "-".to_string(),
            Some(_) if grade.its(*part).all(Graded::is_grader_error) => "error".to_string(),
            Some(_) => counts.join(" "),
        }
    };
    let widths = grades.iter().map(|grade| width(&plain(grade)));
    let widest = widths.fold("submission".len(), usize::max);
    let row = |name: &str, cell: &dyn Fn(&Part) -> String| {
        let cells: String = parts.iter().map(|part| format!("  {:>wide$}", cell(part))).collect();
        format!("{name}{}{cells}\n", " ".repeat(widest - width(name)))
    };
    let mut text = row("submission", &|part| part.name().replace("exercise ", ""));
    for grade in grades {
        text += &row(&plain(grade), &|part| cell(part, grade));
    }
    text + legend + "; error: the grader's\n"
}
