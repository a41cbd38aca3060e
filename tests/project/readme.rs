//! README.md and tests/README.md are true: their transcripts run, their quoted
//! lines stand in the files, their links and the tests that they name exist.

use crate::{checks, project::programs};
use harness::*;
use std::{fs, path::Path};

const FILES: [&str; 2] = ["README.md", "tests/README.md"];

/// What stands in a text behind `start` and before `end`.
pub fn part<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let rest = text.split_once(start).unwrap_or_default().1;
    rest.split_once(end).map_or(rest, |(part, _)| part)
}

/// What stands between backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// A test's path is `module::test`, in backquotes, maybe behind a command.
fn tests_named(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let paths = quoted(line).filter_map(|name| name.rsplit(' ').next()?.split_once("::"));
    paths.filter(|(_, test)| !test.is_empty() && !test.contains('('))
}

/// All `claims` are true, and there are some.
fn are_true(claims: impl IntoIterator<Item = (String, bool)>) -> Verdict {
    let claims: Vec<_> = claims.into_iter().collect();
    holds("there is something to look at", !claims.is_empty())?;
    let wrong = claims.into_iter().filter(|(_, right)| !right).map(|(claim, _)| claim);
    none("README is true", wrong.collect())
}

/// On Windows there is no Ctrl-C to send, and a sender is told that nobody is there.
#[cfg(unix)]
#[test]
fn every_transcript_runs_as_printed() -> Verdict {
    super::transcript::run_all(&FILES, &[None])
}

/// The report of a failure is what one who forgets to decode gets to see.
#[cfg(target_os = "linux")]
#[test]
fn the_report_shown_is_the_one_that_comes() -> Verdict {
    let has_python = programs::are_to_be_tried()? && python::wanted()?.is_some();
    let true = has_python else { return Ok(()) };
    let (wrong, _) = super::grader::catalogue()?;
    let mut wrong = wrong.iter();
    let one = wrong.find(|one| one.title.ends_with("udp_server.py: shows bytes, not text"));
    let Some(Err((Kind::Failed, report))) = one.map(|one| one.tried(one.checks[0], 1.0)) else {
        return Err(Report::failed("who forgets to decode is in the catalogue, and fails"));
    };
    let sheet = cargo::text(FILES[1])?;
    let shown = part(&sheet, "```text\n", "```");
    super::transcript::Run::default().compare(shown.trim_end(), report.trim_end())
}

/// The sheet names, with each program, the checks that there are, and no other.
#[test]
fn every_check_stands_on_the_sheet() -> Verdict {
    let sheet = cargo::text(FILES[1])?;
    PROGRAMS.into_iter().try_for_each(|program| {
        let task = part(&sheet, &format!("\n### {}\n", program.name()), "\n#");
        let list = part(task, "\nThe checks: ", "\n\n").replace(['\n', ' '], "_");
        let mut named: Vec<_> = list.split('*').skip(1).step_by(2).collect();
        let mut checks: Vec<_> = checks::original(program).map(|check| check.name).collect();
        named.sort_unstable();
        checks.sort_unstable();
        let lists = format!("{named:?} on the sheet, {checks:?} in checks/");
        holds(format!("the sheet has the checks of {}: {lists}", program.name()), named == checks)
    })
}

/// Tables whose head has "Python" and "Rust" quote lines of the program that
/// the heading above names.
#[test]
fn every_quoted_line_stands_in_its_file() -> Verdict {
    let true = programs::are_to_be_tried()? else { return Ok(()) };
    let readme = cargo::text(FILES[0])?;
    PROGRAMS.into_iter().try_for_each(|program| {
        let (name, mut claims) = (program.name(), vec![]);
        let section = part(&readme, &format!("\n### {name}\n"), "\n#");
        for row in part(section, "| Python | Rust |", "\n\n").lines() {
            for (cell, file) in
                row.split(" | ").zip([program.script(), format!("{name}/src/main.rs")])
            {
                let source = cargo::text(file)?;
                let cell = cell.replace("\\|", "|"); // GitHub wants a backslash in a table's cell
                // So many, so that two fit side by side.
                claims.extend(quoted(&cell).map(|quote| {
                    let stands = source.lines().any(|line| line.contains(quote));
                    let right = stands && quote.chars().count() <= 68;
                    (format!("{name} has, in at most 68 characters: {quote}"), right)
                }));
            }
        }
        are_true(claims)
    })
}

/// Tests in the sources, so that one of one system exists on every other. No source knows where
/// the project lies, so that a move of its folder changes nothing.
#[test]
fn every_test_that_is_named_exists_and_no_path_of_this_machine_is_built_in() -> Verdict {
    let (mut paths, mut sources) = (vec![cargo::workspace().join("tests")], vec![]);
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            paths.extend(fs::read_dir(path)?.filter_map(|entry| Some(entry.ok()?.path())));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            sources.push((cargo::text(&path)?, path));
        }
    }
    let texts = cargo::text(FILES[0])? + &cargo::text(FILES[1])?;
    let tests = texts.lines().flat_map(tests_named).map(|(module, test)| {
        let [function, check] = [format!("fn {test}("), format!("\n    {test} [")];
        let exists = sources.iter().any(|(text, path)| {
            let is_there = text.contains(&function) || text.contains(&check);
            is_there && path.file_stem() == Some(module.as_ref())
        });
        (format!("there is a test {module}::{test}"), exists)
    });
    are_true(tests)?;
    are_true(sources.iter().map(|(text, path)| {
        (format!("{} has no path", path.display()), !text.contains("env!(\"CARGO"))
    }))
}

#[test]
fn every_row_of_the_ledger_names_its_test() -> Verdict {
    let readme = cargo::text(FILES[0])?;
    let rows = part(&readme, "| script | program | test |\n|---|---|---|---|\n", "\n\n").lines();
    holds("the ledger has 19 rows at least", rows.clone().count() >= 19)?;
    are_true(rows.map(|row| (row.to_string(), tests_named(row).next().is_some())))
}

/// Links, with GitHub's anchor of a heading: small letters, no punctuation, hyphens. Paths, also
/// those in backquotes. Packages behind `-p`.
#[test]
fn every_link_path_and_package_leads_somewhere() -> Verdict {
    let exists = |path: &Path| cargo::workspace().join(path).exists();
    let is_dropped = |sign: char| !sign.is_alphanumeric() && !matches!(sign, '-' | '_');
    for file in FILES {
        let text = cargo::text(file)?;
        let prose = |text: &str| text.split("```").step_by(2).collect::<String>();
        are_true(prose(&text).split("](").skip(1).map(|rest| {
            let link = part(rest, "", ")");
            let (to, name) = link.split_once('#').unwrap_or((link, ""));
            let to = if to.is_empty() { file.into() } else { Path::new(file).with_file_name(to) };
            let there = prose(&cargo::text(&to).unwrap_or_default());
            let has_anchor = |line: &str| {
                let title = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
                line.starts_with('#') && title.replace(is_dropped, "") == name
            };
            let right = exists(&to) && (name.is_empty() || there.lines().any(has_anchor));
            (format!("{link} leads somewhere"), right || link.starts_with("https://"))
        }))?;
        let words = text.split(['`', ' ', '(', ')', '|', ',', '\n', '#']);
        let words: Vec<_> = words.map(|word| word.trim_end_matches(['.', ':', ';', '"'])).collect();
        let names = words.windows(2).filter(|two| {
            let room = two[1].split_once('/').unwrap_or_default().0;
            two[0] == "-p" || room == "tests" || Program::named(room).is_some()
        });
        are_true(names.map(|two| (format!("there is {}", two[1]), exists(two[1].as_ref()))))?;
    }
    Ok(())
}
