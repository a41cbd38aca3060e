//! README is true: its transcripts run, its quoted lines stand in the files,
//! its links and the tests that it names exist.

#[cfg(target_os = "linux")]
use crate::transcript::Transcript;
use harness::*;
use std::collections::HashSet;
use std::env;
use std::fs;

/// Characters of a quoted line, so that two fit side by side.
const WIDTH: usize = 68;

fn readme() -> Verdict<String> {
    let path = cargo::workspace().join("README.md");
    fs::read_to_string(path).map_err(|error| wrong(0, &error.to_string()))
}

/// A report on line `number`, or on README as a whole with 0.
fn wrong(number: usize, problem: &str) -> Report {
    Report::failed(format!("README.md:{number} is true")).because(problem)
}

/// The lines with their numbers, and whether each stands in a code block.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str, bool)> {
    let mut code = false;
    text.lines().enumerate().map(move |(index, line)| {
        let fence = line.starts_with("```");
        code ^= fence;
        (index + 1, line, code || fence)
    })
}

#[cfg(target_os = "linux")]
#[test]
fn every_transcript_runs_as_printed() -> Verdict {
    let text = readme()?;
    let transcripts = Transcript::all(&text);
    if transcripts.is_empty() {
        return Err(wrong(0, "there is no transcript in it"));
    }
    let run = |transcript: &Transcript| transcript.run();
    // Each at its own ports, so all can run at once; a test has one thread.
    std::thread::scope(|scope| {
        let running: Vec<_> = transcripts.iter().map(|one| scope.spawn(|| run(one))).collect();
        let ended = running.into_iter().map(|one| one.join().map_err(|_| wrong(0, "a panic"))?);
        ended.collect::<Verdict<Vec<()>>>().map(|_| ())
    })
}

/// The report of a failure is what one who forgets to decode gets to see.
#[cfg(target_os = "linux")]
#[test]
fn the_report_shown_is_the_one_that_comes() -> Verdict {
    use crate::{transcript::masked, wrong};
    let Some(python) = python::wanted()? else {
        return Ok(());
    };
    let forgets = |one: &&&wrong::Wrong| {
        one.variant.program == Program::TcpServer && one.variant.does == "shows bytes, not text"
    };
    let wrong = wrong::all_wrong();
    let wrong = wrong.iter().find(forgets).ok_or_else(|| self::wrong(0, "no such program"))?;
    let command = wrong.variant.command(python).map_err(Report::harness_error)?;
    let check = wrong.check();
    let outcome = check::run(&check::own_binary()?, &check, Program::TcpServer, &command);
    let check::Outcome::Failed(report) = outcome else {
        return Err(self::wrong(0, &format!("{check} does not fail")));
    };
    let text = readme()?;
    let shown = text.split("```text\n").filter_map(|rest| rest.split("```").next());
    let shown = shown.map(masked).find(|block| block.contains("   failed: "));
    let (shown, report) = (shown.unwrap_or_default(), masked(report.trim_end()) + "\n");
    match shown == report {
        true => Ok(()),
        false => Err(self::wrong(0, "the report of a failure is another").compared(
            report.as_bytes(),
            shown.as_bytes(),
            true,
        )),
    }
}

/// Tables whose head has "Python" and "Rust" quote lines of the program that
/// the heading above names.
#[test]
fn every_quoted_line_stands_in_its_file() -> Verdict {
    let text = readme()?;
    let mut program = None;
    let mut quotes = None;
    let mut checked = 0;
    for (number, line, code) in lines(&text).filter(|(_, line, _)| !line.is_empty()) {
        if line.starts_with('#') {
            program = PROGRAMS.into_iter().find(|program| line.contains(program.name()));
        }
        let cells: Vec<_> = line.split(" | ").map(|cell| cell.trim_matches(['|', ' '])).collect();
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
                    checked += 1;
                    if quote.chars().count() > WIDTH {
                        return Err(wrong(number, &format!("over {WIDTH} characters: {quote}")));
                    }
                    if !source.lines().any(|line| line.contains(quote)) {
                        return Err(wrong(number, &format!("not in {file}: {quote}")));
                    }
                }
            }
        }
    }
    match checked {
        0 => Err(wrong(0, "no line is quoted")),
        _ => Ok(()),
    }
}

/// What stands between backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Words in backquotes that look like a test's path.
#[test]
fn every_test_that_is_named_exists() -> Verdict {
    let text = readme()?;
    let tests = env::current_exe().map_err(|error| wrong(0, &error.to_string()))?;
    let tests = check::names(&tests).map_err(|error| wrong(0, &error.to_string()))?;
    let modules: HashSet<_> = tests.iter().filter_map(|test| test.split("::").next()).collect();
    let mut named = 0;
    for (number, line, _) in lines(&text) {
        for name in quoted(line) {
            let module = name.split_once("::").map(|(module, _)| module);
            if module.is_some_and(|module| modules.contains(module)) {
                named += 1;
                if !tests.iter().any(|test| test == name) {
                    return Err(wrong(number, &format!("there is no test {name}")));
                }
            }
        }
    }
    match named {
        0 => Err(wrong(0, "no test is named")),
        _ => Ok(()),
    }
}

/// Every row of the ledger's table names at least one test.
#[test]
fn every_row_of_the_ledger_names_its_test() -> Verdict {
    let text = readme()?;
    let rows = lines(&text)
        .skip_while(|(_, line, _)| *line != "## The ledger")
        .skip(1)
        .take_while(|(_, line, _)| !line.starts_with("## "))
        .filter(|(_, line, _)| line.starts_with('|'));
    let rows: Vec<_> = rows.skip(2).collect();
    if rows.len() < 19 {
        return Err(wrong(0, &format!("the ledger has {} rows", rows.len())));
    }
    let bare = rows.iter().find(|(_, row, _)| !quoted(row).any(|word| word.contains("::")));
    match bare {
        None => Ok(()),
        Some((number, row, _)) => Err(wrong(*number, &format!("no test is named: {row}"))),
    }
}

#[test]
fn every_link_leads_somewhere() -> Verdict {
    let text = readme()?;
    let headings = lines(&text).filter(|(_, line, code)| !code && line.starts_with('#'));
    let anchors: HashSet<_> = headings.map(|(_, line, _)| anchor(line)).collect();
    for (number, line, _) in lines(&text).filter(|(_, _, code)| !code) {
        for link in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let leads = match link.strip_prefix('#') {
                Some(name) => anchors.contains(name),
                None => link.starts_with("https://") || cargo::workspace().join(link).exists(),
            };
            if !leads {
                return Err(wrong(number, &format!("nothing is at {link}")));
            }
        }
    }
    Ok(())
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
    let text = readme()?;
    for (number, line, _) in lines(&text) {
        for word in line.split(['`', ' ', '(', ')', '|', ',']) {
            let word = word.trim_end_matches(['.', ':', ';']);
            let looks_like_one =
                PROGRAMS.iter().any(|program| word.starts_with(&format!("{}/", program.name())))
                    || word.starts_with("tests/");
            if looks_like_one && !cargo::workspace().join(word).exists() {
                return Err(wrong(number, &format!("there is no {word}")));
            }
        }
        let packages = line.split(" -p ").skip(1).filter_map(|rest| rest.split([' ', '`']).next());
        for package in packages {
            if !cargo::workspace().join(package).join("Cargo.toml").is_file() {
                return Err(wrong(number, &format!("there is no package {package}")));
            }
        }
    }
    Ok(())
}
