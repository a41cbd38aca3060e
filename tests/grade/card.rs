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
    let mut text = plain(grade) + "\n";
    let parts = Part::all(options);
    for part in &parts {
        let mark = |(mark, (passed, total)): (&&str, _)| match part {
            Part::Sheet(_) => format!("{mark} {passed} of {total}"),
            Part::Exercise(number) => format!("{}  {passed} of {total}", EXERCISES[number - 1].0),
        };
        let marks = part
            .counts(grade)
            .map(|counts| part.marks().iter().zip(counts).map(mark).collect::<Vec<_>>().join(", "));
        if marks.is_some() || options.programs.is_empty() {
            let marks = marks.unwrap_or("not submitted".to_string());
            text += &format!("  {}  {marks}\n", part.name());
        }
    }
    if let Some(problem) = &grade.problem {
        return format!("{text}\n  {problem}\n\n");
    }
    let mut details = String::new();
    for group in groups(grade, true, Graded::is_grader_error) {
        details += &whole("GRADER ERROR, not counted", &group);
    }
    let failed = groups(grade, !options.full, |one| one.fails() && one.mark != ROBUST);
    let bonus = groups(grade, false, |one| one.fails() && one.mark == ROBUST);
    if options.full {
        for group in failed.iter().chain(&bonus) {
            details += &whole(&format!("FAILED ({})", group[0].mark), group);
        }
        return text + &details + "\n";
    }
    if let Some((first, then)) = failed.split_first() {
        details += &whole("fix this first", &first[..1]);
        if let more @ 1.. = first.len() - 1 {
            details += &format!("    {more} more at the same step: {}\n", step(first[0].report()));
        }
        details += &section("then", then.iter().map(line).collect());
    }
    let to_come = parts.iter().map(|part| to_come(*part, grade, &bonus));
    details += &section("bonus", to_come.collect());
    if !details.is_empty() {
        details += "\n  cargo grade --full shows every report\n";
    }
    text + &details + "\n"
}

fn section(name: &str, lines: String) -> String {
    if lines.is_empty() { lines } else { format!("\n  {name}:\n{lines}") }
}

/// A line for each row of the ledger, or one for all while the exercise is not done.
fn to_come(part: Part, grade: &Grade, bonus: &[Group<'_>]) -> String {
    match part.counts(grade).as_deref() {
        Some([(passed, total), (bonus, most)]) if passed < total && bonus < most => {
            format!("    {}: {} of {most} to come\n", part.name(), most - bonus)
        }
        _ => bonus.iter().filter(|group| group[0].part == part).map(line).collect(),
    }
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
        [Some(expected), Some(actual), ..] => difference(expected, actual),
        [.., because] => because.unwrap_or_default().to_string(),
    };
    format!("{step}: {difference}").replace(|sign: char| sign.is_ascii_digit(), "")
}

/// What is between the common start and the common end.
fn difference(expected: &str, actual: &str) -> String {
    let [one, other] = [expected, actual].map(|text| text.chars().collect::<Vec<_>>());
    middle(&one, &other).map(String::from_iter).join(" ")
}

/// The submission's name, which moves no cursor.
fn plain(grade: &Grade) -> String {
    grade.folder.display().to_string().replace(char::is_control, "\u{fffd}")
}

/// One line a submission, what passed and the total of each mark.
pub fn summary(grades: &[Grade], options: &Options) -> String {
    let parts = Part::all(options);
    let (wide, legend) = match options.exercises.is_empty() {
        true => (13, "original, then robust: passed/total; -: not submitted"),
        false => (5, "each exercise: passed/total"),
    };
    let titles = parts.iter().map(|part| part.name().replace("exercise ", ""));
    let mut rows = vec![("submission".to_string(), titles.collect())];
    for grade in grades {
        rows.push((plain(grade), parts.iter().map(|part| cell(part.counts(grade))).collect()));
    }
    let names = rows.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
    let row = |(name, cells): &(String, Vec<String>)| {
        let cells: String = cells.iter().map(|cell| format!("  {cell:>wide$}")).collect();
        format!("{name}{}{cells}\n", " ".repeat(names - width(name)))
    };
    rows.iter().map(row).collect::<String>() + legend + "; error: the grader's\n"
}

fn cell(counts: Option<Vec<(usize, usize)>>) -> String {
    let Some(counts) = counts else { return "-".to_string() };
    if counts.iter().all(|(_, total)| *total == 0) {
        return "error".to_string();
    }
    let counts = counts.iter().map(|(passed, total)| format!("{passed}/{total}"));
    counts.collect::<Vec<_>>().join(" ")
}
