//! README.md and tests/README.md are true: their transcripts run, their quoted
//! lines stand in the files, their links and the tests that they name exist.

use crate::project::programs;
use harness::*;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Characters of a quoted line, so that two fit side by side.
const WIDTH: usize = 68;

/// Both files, each with its name.
fn texts() -> [(&'static str, String); 2] {
    let text = |file| fs::read_to_string(cargo::workspace().join(file)).expect(file);
    ["README.md", "tests/README.md"].map(|file| (file, text(file)))
}

/// Every line with the name of its file.
fn each_line<'a>(texts: &'a [(&str, String)]) -> impl Iterator<Item = (&'a str, &'a str)> {
    texts.iter().flat_map(|(file, text)| text.lines().map(move |line| (*file, line)))
}

/// The text of the one error among them is the system's. On Windows there is
/// no Ctrl-C to send, and a sender is told that nobody is there.
#[cfg(unix)]
#[test]
fn every_transcript_runs_as_printed() -> Verdict {
    let true = programs::are_to_be_tried() else { return Ok(()) };
    let nobody = Port::free();
    let refused = std::net::TcpStream::connect(nobody.address()).map(drop).unwrap_err();
    let mut texts = texts();
    for (_, text) in &mut texts {
        *text = text.replace("Connection refused (os error 111)", &refused.to_string());
    }
    use super::transcript::{Transcript, run_all};
    let transcripts = texts.iter().flat_map(|(file, text)| Transcript::all(file, text));
    let transcripts: Vec<_> = transcripts.collect();
    holds("there are transcripts", !transcripts.is_empty())?;
    run_all(&transcripts, &[(Author::Rust, Author::Rust)])
}

/// The report of a failure is what one who forgets to decode gets to see.
#[cfg(target_os = "linux")]
#[test]
fn the_report_shown_is_the_one_that_comes() -> Verdict {
    let Some(python) = python::wanted()? else { return Ok(()) };
    let program = Program::UdpServer;
    let script = fs::read_to_string(python::script(program))?;
    let folder = Folder::new()?;
    let forgetful = folder.path().join("server.py");
    fs::write(&forgetful, script.replace("message.decode('utf-8'))", "message)"))?;
    let mut checks = crate::checks::original(program);
    let check = checks.find(|check| check.name.starts_with("a_conversation"));
    let check = check.ok_or_else(|| Report::harness("find the check"))?;
    let outcome = trial::run(check, program, &[python.into(), forgetful.into()], 1.0);
    let Err((Kind::Failed, report)) = outcome else {
        return Err(Report::failed("who forgets to decode fails").because(check.name));
    };
    let [_, (_, text)] = texts();
    let mut blocks = text.split("```text\n").filter_map(|rest| rest.split("```").next());
    let shown = blocks.find(|block| block.contains("   failed: ")).unwrap_or_default();
    super::transcript::Ports::default().compare(shown.trim_end(), report.trim_end())
}

/// The sheet names, with each program, the checks that there are, and no other.
#[test]
fn every_check_stands_on_the_sheet() -> Verdict {
    let [_, (_, sheet)] = texts();
    PROGRAMS.into_iter().try_for_each(|program| {
        let task = sheet.split_once(&format!("\n### {}\n", program.name())).unwrap_or_default().1;
        let list = task.split_once("\nThe checks: ").unwrap_or_default().1;
        let list = list.split_once("\n\n").unwrap_or_default().0.replace('\n', " ");
        let mut named: Vec<_> = list.split('*').skip(1).step_by(2).collect();
        let checks = crate::checks::original(program);
        let mut titles: Vec<_> = checks.map(|check| check.name.replace('_', " ")).collect();
        named.sort_unstable();
        titles.sort_unstable();
        let lists = format!("{named:?} on the sheet, {titles:?} in checks/");
        holds(format!("the sheet has the checks of {}", program.name()), named == titles)
            .map_err(|report| report.because(&lists))
    })
}

/// All `claims` are true, and there are some.
fn are_true(claims: impl Iterator<Item = (String, bool)>) -> Verdict {
    let claims: Vec<_> = claims.collect();
    holds("there is something to look at", !claims.is_empty())?;
    let wrong = claims.into_iter().filter(|(_, right)| !right).map(|(claim, _)| claim);
    none("README is true", wrong.collect())
}

/// What stands between backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Tables whose head has "Python" and "Rust" quote lines of the program that
/// the heading above names.
#[test]
fn every_quoted_line_stands_in_its_file() -> Verdict {
    let true = programs::are_to_be_tried() else { return Ok(()) };
    let [(_, text), _] = texts();
    PROGRAMS.into_iter().try_for_each(|program| {
        let folder = cargo::workspace().join(program.name());
        let files = [program.script_name(), "src/main.rs".to_string()];
        let sources = files.map(|file| fs::read_to_string(folder.join(file)).unwrap_or_default());
        let section = text.split_once(&format!("### {}\n", program.name())).unwrap_or_default().1;
        let rows = section.lines().skip_while(|line| !line.starts_with("| Python | Rust |"));
        let cells = rows.take_while(|line| line.starts_with('|'));
        let cells = cells.flat_map(|row| row.split(" | ").zip(&sources));
        let quotes = cells.flat_map(|(cell, source)| quoted(cell).map(move |one| (one, source)));
        are_true(quotes.map(|(quote, source)| {
            // In a table's cell GitHub wants a backslash before a bar.
            let quote = quote.replace("\\|", "|");
            let stands = source.lines().any(|line| line.contains(&quote));
            let right = stands && quote.chars().count() <= WIDTH;
            (format!("{} has, in at most {WIDTH} characters: {quote}", program.name()), right)
        }))
    })
}

/// A test's path is `module::test`, in backquotes.
fn tests_named(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let word = |text: &str| text.chars().all(|one| one.is_alphanumeric() || one == '_');
    let paths = quoted(line).filter_map(|name| name.split_once("::"));
    paths.filter(move |(module, test)| word(module) && word(test) && !test.is_empty())
}

/// Rust's files below `folder`, each with its text.
fn sources(folder: &Path) -> io::Result<Vec<(PathBuf, String)>> {
    let mut all = vec![];
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            all.extend(sources(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path)?;
            all.push((path, text));
        }
    }
    Ok(all)
}

/// In the sources, so that a test of one system exists on every other.
#[test]
fn every_test_that_is_named_exists() -> Verdict {
    let sources = sources(&cargo::workspace().join("tests"))?;
    are_true(each_line(&texts()).flat_map(|(_, line)| tests_named(line)).map(|(module, test)| {
        let mut files =
            sources.iter().filter(|(file, _)| file.file_stem() == Some(module.as_ref()));
        let [function, check] = [format!("fn {test}("), format!("\n    {test} [")];
        let exists = files.any(|(_, text)| text.contains(&function) || text.contains(&check));
        (format!("there is a test {module}::{test}"), exists)
    }))
}

/// A move of the project's folder changes nothing: where it lies is asked when something is run.
#[test]
fn no_path_of_this_machine_is_built_in() -> Verdict {
    are_true(sources(&cargo::workspace().join("tests"))?.into_iter().map(|(file, text)| {
        (format!("{} has no path", file.display()), !text.contains("env!(\"CARGO"))
    }))
}

#[test]
fn every_row_of_the_ledger_names_its_test() -> Verdict {
    let [(_, text), _] = texts();
    let ledger = text.split("\n## ").find(|chapter| chapter.starts_with("The ledger"));
    // The first two rows are the head and its rule.
    let rows = ledger.unwrap_or_default().lines().filter(|line| line.starts_with('|')).skip(2);
    holds("the ledger has 19 rows at least", rows.clone().count() >= 19)?;
    are_true(rows.map(|row| (row.to_string(), tests_named(row).next().is_some())))
}

#[test]
fn every_link_leads_somewhere() -> Verdict {
    let mut texts = texts();
    for (_, text) in &mut texts {
        *text = text.split("```").step_by(2).collect(); // no code
    }
    let headings = each_line(&texts).filter(|(_, line)| line.starts_with('#'));
    let anchors: HashSet<_> =
        headings.map(|(file, heading)| (target(file, ""), anchor(heading))).collect();
    let links = each_line(&texts).flat_map(|(file, line)| {
        let links = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        links.map(move |link| (file, link))
    });
    are_true(links.map(|(file, link)| {
        let (to, name) = link.split_once('#').unwrap_or((link, ""));
        let to = target(file, to);
        let exists = to.exists() && (name.is_empty() || anchors.contains(&(to, name.to_string())));
        (format!("{link} leads somewhere"), exists || link.starts_with("https://"))
    }))
}

/// Where a link in `file` leads to; an empty one to the file itself.
fn target(file: &str, link: &str) -> PathBuf {
    let file = cargo::workspace().join(file);
    let path = if link.is_empty() { file } else { file.with_file_name(link) };
    path.canonicalize().unwrap_or(path)
}

/// GitHub's anchor of a heading: small letters, no punctuation, hyphens.
fn anchor(heading: &str) -> String {
    let title = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = title.chars().filter(|one| one.is_alphanumeric() || matches!(one, ' ' | '-' | '_'));
    kept.map(|one| if one == ' ' { '-' } else { one }).collect()
}

/// Paths in backquotes, and packages behind `-p`.
#[test]
fn every_path_and_package_that_is_named_exists() -> Verdict {
    let is_path = |word: &&str| {
        let room = word.split_once('/').map(|(room, _)| room);
        room.is_some_and(|room| room == "tests" || Program::named(room).is_some())
    };
    let texts = texts();
    are_true(each_line(&texts).flat_map(|(_, line)| {
        let words = line.split(['`', ' ', '(', ')', '|', ',']);
        let paths = words.map(|word| word.trim_end_matches(['.', ':', ';', '"'])).filter(is_path);
        let behind = line.split(" -p ").skip(1);
        let packages = behind.filter_map(|rest| rest.split([' ', '`']).next());
        let exists = |path: &str| cargo::workspace().join(path).exists();
        paths.chain(packages).map(move |path| (format!("there is {path}"), exists(path)))
    }))
}
