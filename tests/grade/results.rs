//! Results for other programs: Gradescope's JSON, a spreadsheet's CSV, and a
//! text file for each student.

use crate::card::{self, title};
use crate::marks::{Grade, Graded, Mark, Part};
use crate::options::Options;
use harness::{Kind, PROGRAMS};
use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::{fs, process};

/// Links in a row that are followed, as on Linux.
const LINKS: usize = 40;

/// Writes all that is asked for.
pub fn write_all(options: &Options, grades: &[Grade]) -> Result<(), String> {
    if let Some(file) = &options.json {
        write(file, Some(&json(&grades[0])))?;
    }
    if let Some(file) = &options.csv {
        write(file, Some(&csv(options, grades)))?;
    }
    let mut taken = HashSet::new();
    for (folder, grade) in options.folders.iter().zip(grades) {
        if let Some(cards) = &options.cards {
            // Some systems take names that differ by their letters' case for one.
            let mut names = (1..).map(|number| card_name(folder, number));
            let free = |name: &OsString| taken.insert(name.to_string_lossy().to_lowercase());
            let name = names.find(free).unwrap_or_default();
            write(&cards.join(name), Some(&card::report(grade, options.full)))?;
        }
    }
    Ok(())
}

/// `chen.txt`, and for the second of that name `chen-2.txt`.
fn card_name(folder: &Path, number: usize) -> OsString {
    let mut name = last_part(folder);
    name.push(if number > 1 { format!("-{number}.txt") } else { ".txt".to_string() });
    name
}

/// The name of `folder`, also of `.` and `..`.
fn last_part(folder: &Path) -> OsString {
    let whole = fs::canonicalize(folder).unwrap_or_default();
    folder.file_name().or(whole.file_name()).unwrap_or(OsStr::new("submission")).to_os_string()
}

/// The tests of one submission as Gradescope's autograder reads them: see
/// "Autograder Specifications", `results.json`. It adds up the totals itself.
fn json(grade: &Grade) -> String {
    let of =
        |part: &Part| -> Vec<_> { part.checks.iter().map(|graded| test(part, graded)).collect() };
    let tests: Vec<_> = grade.parts.iter().flat_map(of).collect();
    format!("{{\"tests\": [\n{}\n]}}\n", tests.join(",\n"))
}

fn test(part: &Part, graded: &Graded) -> String {
    let (score, max_score, status, output) = match &graded.outcome {
        Ok(()) => (1, 1, "passed", String::new()),
        Err((Kind::Failed | Kind::NotStarted, report)) => (0, 1, "failed", report.clone()),
        Err((Kind::NotTried, reason)) => (0, 1, "failed", format!("not tried: {reason}")),
        Err((Kind::Harness, problem)) => {
            let output = format!("grader error, not counted: {problem}");
            (0, 0, "failed", output)
        }
    };
    let program = part.program.name();
    let name = quote(&format!("{}: {}", part.heading(), title(graded.check)));
    let mark = match part.exercise {
        Some(number) => format!("exercise {number}"),
        None => graded.mark.name().to_string(),
    };
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

/// One row a submission: for each program and mark, or for each exercise, passed
/// and total, nothing where it was not submitted; then all that passed. The mark
/// in front tells spreadsheets that this is UTF-8.
fn csv(options: &Options, grades: &[Grade]) -> String {
    type Column = (String, Box<dyn Fn(&Grade) -> (usize, usize)>);
    let of_exercise = |number: &usize| -> Column {
        let number = *number;
        (format!("exercise {number}"), Box::new(move |grade| grade.exercise(number)))
    };
    let mut columns: Vec<Column> = options.exercises.iter().map(of_exercise).collect();
    let mut sums = vec![Mark::Exercise];
    if columns.is_empty() {
        sums = vec![Mark::Original, Mark::Robust];
        for (program, mark) in
            PROGRAMS.into_iter().flat_map(|one| sums.iter().map(move |m| (one, *m)))
        {
            let marks = move |grade: &Grade| {
                let part = grade.parts.iter().find(|part| part.program == program);
                part.map_or((0, 0), |part| part.marks(mark))
            };
            columns.push((format!("{} {}", program.name(), mark.name()), Box::new(marks)));
        }
    }
    let mut text = String::from("\u{feff}name,submission");
    for (name, _) in &columns {
        let _ = write!(text, ",{name},{name} total");
    }
    for mark in &sums {
        let _ = write!(text, ",{}", mark.name());
    }
    // RFC 4180: a quote is doubled.
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    for (folder, grade) in options.folders.iter().zip(grades) {
        let name = last_part(folder).to_string_lossy().into_owned();
        let _ = write!(text, "\n{},{}", quoted(&name), quoted(&grade.name));
        for (_, marks) in &columns {
            let _ = match marks(grade) {
                (_, 0) => write!(text, ",,"),
                (passed, total) => write!(text, ",{passed},{total}"),
            };
        }
        for mark in &sums {
            // A sum without what the grader failed to try would look like a low mark.
            let complete = !grade.parts.iter().any(Part::has_grader_error);
            let passed: usize = grade.parts.iter().map(|part| part.marks(*mark).0).sum();
            let _ = if complete { write!(text, ",{passed}") } else { write!(text, ",") };
        }
    }
    text + "\n"
}

/// Makes the folder for the cards, and tries all files, before anything is
/// graded.
pub fn can_be_written(options: &Options) -> Result<(), String> {
    if let Some(cards) = &options.cards {
        fs::create_dir_all(cards).map_err(|error| cannot_write(cards, &error))?;
    }
    let card = options.cards.as_ref().map(|cards| cards.join("card.txt"));
    let mut files = [&options.json, &options.csv, &card].into_iter().flatten();
    files.try_for_each(|file| write(file, None))
}

fn cannot_write(file: &Path, error: &io::Error) -> String {
    format!("cannot write {}: {error}", file.display())
}

/// Writes all of `text` or nothing; into a device or a pipe what it takes.
/// Without a text it is only tried.
fn write(file: &Path, text: Option<&str>) -> Result<(), String> {
    let done = match (plain_file(file), text) {
        (None, None) if file.is_dir() => Err(io::Error::other("it is a folder")),
        (None, None) => Ok(()),
        // Opened once more a file would be written from its start, as the card.
        (None, Some(text)) if file == Path::new("/dev/stdout") => {
            io::stdout().write_all(text.as_bytes())
        }
        (None, Some(text)) => {
            let open = fs::OpenOptions::new().append(true).open(file);
            open.and_then(|mut open| open.write_all(text.as_bytes()))
        }
        (Some(file), text) => replace(&file, text),
    };
    done.map_err(|error| cannot_write(file, &error))
}

/// The file, there or not, that `file` is or links to; `None` if that is no
/// plain file, or one by its number among those that are open.
fn plain_file(file: &Path) -> Option<PathBuf> {
    let mut target = file.to_path_buf();
    for _ in 0..LINKS {
        if ["/proc", "/dev/fd"].iter().any(|open| target.starts_with(open)) {
            return None;
        }
        let Ok(link) = fs::read_link(&target) else { break };
        target = target.parent().unwrap_or(Path::new("")).join(link);
    }
    fs::metadata(&target).map_or(true, |metadata| metadata.is_file()).then_some(target)
}

/// Writes a file beside `file`, for a rename does not cross file systems, to be
/// read by whom the other may be read by, and gives it its name.
fn replace(file: &Path, text: Option<&str>) -> io::Result<()> {
    let mut name = file.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.part", process::id()));
    let part = file.with_file_name(name);
    let written = fs::write(&part, text.unwrap_or_default())
        .and_then(|()| match fs::metadata(file) {
            Ok(metadata) => fs::set_permissions(&part, metadata.permissions()),
            Err(_) => Ok(()),
        })
        .and_then(|()| text.map_or(Ok(()), |_| fs::rename(&part, file)));
    let _ = fs::remove_file(&part);
    written
}
