//! Results for other programs: Gradescope's JSON, a spreadsheet's CSV, and a
//! text file for each student.

use crate::{card, marks::*, options::Options};
use harness::Kind;
use std::ffi::{OsStr, OsString};
use std::{collections::HashSet, fs, io, io::Write, iter, path::Path, path::PathBuf, process};

/// Writes all that is asked for; without grades it is only tried.
pub fn write_all(options: &Options, grades: Option<&[Grade]>) -> Result<(), String> {
    if let Some(file) = &options.json {
        write(file, grades.map(|grades| json(&grades[0])))?;
    }
    if let Some(file) = &options.csv {
        write(file, grades.map(|grades| csv(options, grades)))?;
    }
    let Some(cards) = &options.cards else { return Ok(()) };
    fs::create_dir_all(cards).map_err(|error| cannot_write(cards, &error))?;
    write(&cards.join("card.txt"), None)?;
    let mut taken = HashSet::new();
    for grade in grades.unwrap_or_default() {
        // `chen.txt`, and for the second of that name `chen-2.txt`.
        let mut names = (1..).map(|number| {
            let mut name = last_part(&grade.folder);
            name.push(if number > 1 { format!("-{number}.txt") } else { ".txt".to_string() });
            name
        });
        // Some systems take names that differ by their letters' case for one.
        let free = |name: &OsString| taken.insert(name.to_string_lossy().to_lowercase());
        let name = names.find(free).unwrap_or_default();
        write(&cards.join(name), Some(card::report(grade, options)))?;
    }
    Ok(())
}

/// The name of `folder`, also of `.` and `..`.
fn last_part(folder: &Path) -> OsString {
    let whole = fs::canonicalize(folder).unwrap_or_default();
    folder.file_name().or(whole.file_name()).unwrap_or(OsStr::new("submission")).to_os_string()
}

/// The tests of one submission as Gradescope's autograder reads them: see
/// "Autograder Specifications", `results.json`. It adds up the totals itself.
fn json(grade: &Grade) -> String {
    let test = |one: &Graded| {
        let (score, status, why) = match one.outcome {
            Ok(()) => (1, "passed", ""),
            Err((Kind::NotTried, _)) => (0, "failed", "not tried: "),
            Err((Kind::Harness, _)) => (0, "failed", "grader error, not counted: "),
            Err(_) => (0, "failed", ""),
        };
        let (title, output) = (quote(&one.title()), quote(&format!("{why}{}", one.report())));
        let (most, program) = (u8::from(!one.is_grader_error()), one.program.name());
        let mark = if one.part.is_exercise() { &one.part.name() } else { one.mark };
        format!(
            "  {{\"name\": {title}, \"score\": {score}, \"max_score\": {most}, \"status\": \
             \"{status}\", \"output\": {output}, \"tags\": [\"{program}\", \"{mark}\"]}}"
        )
    };
    let tests: Vec<_> = grade.checks.iter().map(test).collect();
    format!("{{\"tests\": [\n{}\n]}}\n", tests.join(",\n"))
}

/// A JSON string (RFC 8259, section 7).
fn quote(text: &str) -> String {
    let escaped = |character| match character {
        '"' | '\\' => format!("\\{character}"),
        '\n' => "\\n".to_string(),
        '\0'..'\x20' => format!("\\u{:04x}", u32::from(character)),
        _ => character.to_string(),
    };
    format!("\"{}\"", text.chars().map(escaped).collect::<String>())
}

/// One row a submission: for each program and mark, or for each exercise, passed
/// and total, nothing where it was not submitted; then all that passed. The mark
/// in front tells spreadsheets that this is UTF-8.
fn csv(options: &Options, grades: &[Grade]) -> String {
    let parts = Part::all(options);
    let marks = parts[0].marks();
    let columns = || parts.iter().flat_map(|part| marks.iter().map(|mark| (*part, *mark)));
    let mut text = String::from("\u{feff}name,submission");
    for (part, mark) in columns() {
        let name = part.name();
        let name = if part.is_exercise() { name } else { format!("{name} {mark}") };
        text += &format!(",{name},{name} total");
    }
    text += &format!(",{}", marks.join(","));
    // RFC 4180: a quote is doubled.
    let quoted = |text: String| format!("\"{}\"", text.replace('"', "\"\""));
    for grade in grades {
        let name = last_part(&grade.folder).to_string_lossy().into_owned();
        text += &format!("\n{},{}", quoted(name), quoted(grade.folder.display().to_string()));
        for (passed, total) in columns().map(|(part, mark)| grade.count(part, mark)) {
            text += &if total > 0 { format!(",{passed},{total}") } else { ",,".to_string() };
        }
        for mark in marks {
            // A sum without what the grader failed to try would look like a low mark.
            let complete = !grade.checks.iter().any(Graded::is_grader_error);
            let passed = grade.checks.iter().filter(|it| it.mark == *mark && it.outcome.is_ok());
            text += &if complete { format!(",{}", passed.count()) } else { ",".to_string() };
        }
    }
    text + "\n"
}

fn cannot_write(file: &Path, error: &io::Error) -> String {
    format!("cannot write {}: {error}", file.display())
}

/// Writes all of `text` or nothing; into a device or a pipe what it takes. Without a text it is
/// only tried.
fn write(file: &Path, text: Option<String>) -> Result<(), String> {
    let follow = |link: &PathBuf| Some(link.with_file_name(fs::read_link(link).ok()?));
    // So many links in a row are followed, as on Linux; what they lead to may not be there yet.
    let links: Vec<_> = iter::successors(Some(file.to_path_buf()), follow).take(41).collect();
    // By its number among those that are open, a file is written into.
    let is_open = |link: &PathBuf| link.starts_with("/proc") || link.starts_with("/dev/fd");
    let is_plain = fs::metadata(file).map_or(true, |it| it.is_file()) && !links.iter().any(is_open);
    let append = |text| fs::File::options().append(true).open(file)?.write_all(text);
    let written = match (links.last(), text) {
        (Some(target), text) if is_plain => replace(target, text),
        _ if file.is_dir() => Err(io::Error::other("it is a folder")),
        (_, None) => Ok(()),
        // Opened once more a file would be written from its start, as the card.
        (_, Some(text)) if file.as_os_str() == "/dev/stdout" => write!(io::stdout(), "{text}"),
        (_, Some(text)) => append(text.as_bytes()),
    };
    written.map_err(|error| cannot_write(file, &error))
}

/// Writes a file beside `file`, for a rename does not cross file systems, to be
/// read by whom the other may be read by, and gives it its name.
fn replace(file: &Path, text: Option<String>) -> io::Result<()> {
    let mut name = file.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.part", process::id()));
    let part = file.with_file_name(name);
    let mut written = fs::write(&part, text.as_deref().unwrap_or_default());
    if let Ok(metadata) = fs::metadata(file) {
        written = written.and_then(|()| fs::set_permissions(&part, metadata.permissions()));
    }
    if text.is_some() {
        written = written.and_then(|()| fs::rename(&part, file));
    }
    let _ = fs::remove_file(&part);
    written
}
