//! README is true: its transcripts run, its quoted lines stand in the files,
//! its links and the tests that it names exist.

use harness::*;
use std::collections::HashSet;
use std::fs;
use std::path::Path;

/// Characters of a quoted line, so that two fit side by side.
const WIDTH: usize = 68;

/// The rows that the ledger has at least.
const ROWS: usize = 19;

fn readme() -> Verdict<String> {
    Ok(fs::read_to_string(cargo::workspace().join("README.md"))?)
}

/// A report on line `number`, or on README as a whole with 0.
fn wrong(number: usize, problem: &str) -> Report {
    Report::failed(format!("README.md:{number} is true")).because(problem)
}

/// `look` is told each line, and whether it stands in a code block; it counts
/// what is right there, `least` on all lines, or says what is not.
fn every_line(least: usize, mut look: impl FnMut(&str, bool) -> Result<usize, String>) -> Verdict {
    let (mut code, mut right) = (false, 0);
    for (line, number) in readme()?.lines().zip(1..) {
        let fence = line.starts_with("```");
        code ^= fence;
        right += look(line, code || fence).map_err(|problem| wrong(number, &problem))?;
    }
    match right < least {
        true => Err(wrong(0, &format!("there are {right} of at least {least}"))),
        false => Ok(()),
    }
}

/// One for what is `right`; what is not is a `problem`.
fn one(right: bool, problem: String) -> Result<usize, String> {
    if right { Ok(1) } else { Err(problem) }
}

/// What stands between backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The text of the one error among them is the system's. On Windows there is
/// no Ctrl-C to send, and a sender is told that nobody is there.
#[cfg(unix)]
#[test]
fn every_transcript_runs_as_printed() -> Verdict {
    let nobody = Port::free();
    let refused = std::net::TcpStream::connect(nobody.address()).map(|_| ()).unwrap_err();
    let text = readme()?.replace("Connection refused (os error 111)", &refused.to_string());
    let transcripts = super::transcript::Transcript::all("README.md", &text);
    if transcripts.is_empty() {
        return Err(wrong(0, "there is no transcript in it"));
    }
    // Each at its own ports, so all can run at once; a test has one thread.
    std::thread::scope(|scope| {
        let running = transcripts.iter();
        let running = running.map(|one| scope.spawn(|| one.run(Author::Rust, Author::Rust)));
        let running: Vec<_> = running.collect();
        let mut ended = running.into_iter().map(|one| one.join());
        ended.try_for_each(|one| one.map_err(|_| wrong(0, "a panic"))?)
    })
}

/// The report of a failure is what one who forgets to decode gets to see.
#[cfg(target_os = "linux")]
#[test]
fn the_report_shown_is_the_one_that_comes() -> Verdict {
    let Some(python) = python::wanted()? else {
        return Ok(());
    };
    let script = fs::read_to_string(python::script(Program::TcpServer))?;
    let folder = Folder::new()?;
    let forgetful = folder.path().join("server.py");
    fs::write(&forgetful, script.replace("message.decode('utf-8'))", "message)"))?;
    let checks = crate::checks::original(Program::TcpServer);
    let mut conversations = checks.filter(|check| check.name.starts_with("a_conversation"));
    let check = conversations.next().ok_or_else(|| wrong(0, "there is no such check"))?;
    let command = [python.into(), forgetful.into()];
    let outcome = trial::run(check, Program::TcpServer, &command, 1.0);
    let trial::Outcome::Failed(report) = outcome else {
        return Err(wrong(0, &format!("{} does not fail", check.name)));
    };
    let text = readme()?;
    let mut blocks = text.split("```text\n").filter_map(|rest| rest.split("```").next());
    let shown = blocks.find(|block| block.contains("   failed: ")).unwrap_or_default();
    super::transcript::Ports::default().compare(shown.trim_end(), report.trim_end())
}

/// Tables whose head has "Python" and "Rust" quote lines of the program that
/// the heading above names.
#[test]
fn every_quoted_line_stands_in_its_file() -> Verdict {
    let (mut program, mut quotes) = (None, None);
    every_line(1, |line, code| {
        if line.starts_with('#') {
            program = PROGRAMS.into_iter().find(|program| line.contains(program.name()));
        }
        let cells: Vec<_> = line.split(" | ").map(|cell| cell.trim_matches(['|', ' '])).collect();
        let mut right = 0;
        if code || !line.starts_with('|') {
            quotes = None;
        } else if cells.starts_with(&["Python", "Rust"]) {
            quotes = program;
        } else if let (Some(program), [python, rust, ..]) = (quotes, cells.as_slice()) {
            let folder = cargo::workspace().join(program.name());
            for (cell, file) in [(python, program.script_name()), (rust, "src/main.rs".into())] {
                let source = fs::read_to_string(folder.join(&file)).unwrap_or_default();
                // In a table's cell GitHub wants a backslash before a bar.
                for quote in quoted(&cell.replace("\\|", "|")) {
                    let short = quote.chars().count() <= WIDTH;
                    one(short, format!("over {WIDTH} characters: {quote}"))?;
                    let stands = source.lines().any(|line| line.contains(quote));
                    right += one(stands, format!("not in {file}: {quote}"))?;
                }
            }
        }
        Ok(right)
    })
}

/// A test's path is `module::test`, in backquotes.
fn tests_named(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let word = |text: &str| text.chars().all(|one| one.is_alphanumeric() || one == '_');
    quoted(line)
        .filter_map(|name| name.split_once("::"))
        .filter(move |(m, test)| word(m) && word(test))
}

/// In the sources, so that a test of one system exists on every other.
#[test]
fn every_test_that_is_named_exists() -> Verdict {
    let tests = cargo::workspace().join("tests");
    every_line(1, |line, _| {
        let mut named = tests_named(line);
        named.try_fold(0, |right, (module, test)| {
            let exists = has_test(&tests, module, test);
            Ok(right + one(exists, format!("there is no test {module}::{test}"))?)
        })
    })
}

/// Whether a file `module.rs` somewhere in `folder` has the function `test`.
fn has_test(folder: &Path, module: &str, test: &str) -> bool {
    let mut paths = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    paths.any(|path| match path.is_dir() {
        true => has_test(&path, module, test),
        false => {
            let source = fs::read_to_string(&path).unwrap_or_default();
            let is_module = path.file_name() == Some(format!("{module}.rs").as_ref());
            is_module && source.contains(&format!("fn {test}("))
        }
    })
}

#[test]
fn every_row_of_the_ledger_names_its_test() -> Verdict {
    let (mut ledger, mut row) = (false, 0);
    every_line(ROWS, |line, _| {
        if line.starts_with("## ") {
            ledger = line == "## The ledger";
        }
        row = if line.starts_with('|') { row + 1 } else { 0 };
        // The first two rows are the head and its rule.
        match ledger && row > 2 {
            true => one(tests_named(line).next().is_some(), format!("no test is named: {line}")),
            false => Ok(0),
        }
    })
}

#[test]
fn every_link_leads_somewhere() -> Verdict {
    let mut anchors = HashSet::new();
    every_line(1, |line, code| {
        let is_heading = !code && line.starts_with('#');
        Ok(usize::from(is_heading && anchors.insert(anchor(line))))
    })?;
    every_line(1, |line, code| {
        let links = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        links.filter(|_| !code).try_fold(0, |right, link| {
            let leads = match link.strip_prefix('#') {
                Some(name) => anchors.contains(name),
                None => link.starts_with("https://") || cargo::workspace().join(link).exists(),
            };
            Ok(right + one(leads, format!("nothing is at {link}"))?)
        })
    })
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
    let folders = PROGRAMS.map(|program| format!("{}/", program.name()));
    let is_path = |word: &&str| {
        word.starts_with("tests/") || folders.iter().any(|folder| word.starts_with(folder))
    };
    every_line(1, |line, _| {
        let words = line.split(['`', ' ', '(', ')', '|', ',']);
        let paths = words.map(|word| word.trim_end_matches(['.', ':', ';'])).filter(is_path);
        let behind = line.split(" -p ").skip(1);
        let packages = behind.filter_map(|rest| rest.split([' ', '`']).next());
        let manifests = packages.map(|package| format!("{package}/Cargo.toml"));
        paths.map(str::to_string).chain(manifests).try_fold(0, |right, path| {
            let exists = cargo::workspace().join(&path).exists();
            Ok(right + one(exists, format!("there is no {path}"))?)
        })
    })
}
