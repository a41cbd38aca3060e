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
        let Some(counts) = part.counts(grade) else {
            if options.parts.is_empty() {
                text += &format!("  {}  not submitted\n", part.name());
            }
            continue;
        };
        let mark = |(mark, (passed, total)): (&&str, &_)| match part {
            Part::Sheet(_) => format!("{mark} {passed} of {total}"),
            Part::Exercise(number) => format!("{}  {passed} of {total}", EXERCISES[number - 1].0),
        };
        let marks: Vec<_> = part.marks().iter().zip(&counts).map(mark).collect();
        text += &format!("  {}  {}\n", part.name(), marks.join(", "));
        to_come += &match counts[..] {
            // The exercise is not done.
            [(passed, total), (bonus, most)] if passed < total && bonus < most => {
                format!("    {}: {} of {most} to come\n", part.name(), most - bonus)
            }
            _ => {
                let its = groups(grade, false, |one| one.part == part && one.fails(true));
                its.iter().map(line).collect()
            }
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
        details += &section("then", then.iter().map(line).collect());
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

fn line(group: &Group<'_>) -> String {
    format!("    {}: {}\n", heading(group), step(group[0].report()))
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
    if let Some(words) = field(report, CRASH) {
        return words.to_string();
    }
    let Some(failed) = field(report, "failed: ") else { return report.to_string() };
    let step: String = failed.split('"').step_by(2).collect();
    let fields = ["expected: ", "actual: ", "hint: ", "because: "].map(|name| field(report, name));
    let difference = match fields {
        [Some(_), Some("nothing"), ..] => "nothing".to_string(),
        [Some(_), Some(_), Some(hint), _] => hint.to_string(),
        [Some(expected), Some(actual), ..] => {
            let [one, other] = [expected, actual].map(|text| text.chars().collect::<Vec<_>>());
            middle(&one, &other).map(String::from_iter).join(" ")
        }
        [.., because] => because.unwrap_or_default().to_string(),
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
    let cell = |part: &Part, grade| match part.counts(grade) {
        None => "-".to_string(),
        Some(counts) if counts.iter().all(|(_, total)| *total == 0) => "error".to_string(),
        Some(counts) => {
            let counts = counts.iter().map(|(passed, total)| format!("{passed}/{total}"));
            counts.collect::<Vec<_>>().join(" ")
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
