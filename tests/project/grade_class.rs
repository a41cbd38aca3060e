//! A class of students, as they are (`class.txt`): graded in one run, each
//! for what is theirs alone.
#![cfg(unix)]

use super::grade_cli::{grader, put, shown, starts_fast};
use super::words::argument;
use crate::checks::{ledger, original};
use crate::project::programs;
use harness::*;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::{env, fs, os::unix::fs::symlink};

/// The submissions of one run, in a folder below the project's own, where
/// cargo takes a package for a stray member of the workspace.
struct Class {
    folder: PathBuf,
    /// What the grader showed of them all.
    shown: String,
}

impl Drop for Class {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Makes the submissions of a run in class.txt; `command`, which ends with `code`, gives each the
/// marks and the card that are its.
fn graded(run: &str, command: &mut Command, code: i32) -> Verdict<Class> {
    let folder = format!("target/tmp/{}-{}", run.replace(' ', "-"), process::id());
    let mut class = Class { folder: cargo::workspace().join(folder), shown: String::new() };
    let results = Folder::new()?;
    let (csv, cards) = (results.path().join("csv"), results.path().join("cards"));
    let python = python::wanted()?;
    starts_fast(command, results.path())?;
    let lines = include_str!("class.txt").split_once(&format!("\n{run}\n")).unwrap_or_default().1;
    let lines = lines.split("\n\n").next().unwrap_or_default().lines();
    let lines: Vec<_> = lines.filter(|line| !line.starts_with('#')).collect();
    let mut submissions = vec![];
    for submission in lines.chunk_by(|_, line| line.starts_with("    ")) {
        let (name, lines) = (submission[0].trim(), &submission[1..]);
        let is_script = lines.iter().any(|line| line.contains(".py "));
        if is_script && python.is_none() || name.contains('�') && cfg!(not(target_os = "linux")) {
            continue;
        }
        let path = class.folder.join(argument(name));
        let lines = lines.iter().map(|line| line.trim_start());
        let (files, claims): (Vec<_>, Vec<_>) =
            lines.partition(|line| line.starts_with(['+', '<']));
        files.iter().try_for_each(|file| put(&path, file))?;
        match name {
            "stray" => fs::write(path, "")?,
            _ => fs::create_dir_all(path)?,
        }
        submissions.push((name, claims));
    }
    holds("there are submissions", !submissions.is_empty())?;

    command.arg("--csv").arg(&csv).arg("--cards").arg(&cards).arg(class.folder.join("*"));
    class.shown = shown(command, code)?;
    let csv = fs::read_to_string(csv)?;
    for (name, claims) in submissions {
        let card = fs::read_to_string(cards.join(argument(&format!("{name}.txt"))))?;
        let (marks, texts): (Vec<&str>, Vec<_>) =
            claims.into_iter().partition(|it| it.starts_with('='));
        for text in texts {
            let count = card.matches(&text[2..].replace('⏎', "\n")).count();
            assert!(count == 1 || count > 1 && text.starts_with('>'), "{name}: {text}: {card}");
        }
        let marks: Vec<_> = marks.iter().map(|mark| mark[2..].split(' ').collect()).collect();
        let start = format!("\"{name}\",\"{}/{name}\",", class.folder.display());
        let row = csv.lines().find_map(|row| row.strip_prefix(&start)).unwrap_or_default();
        assert_eq!(row, wanted(row, &marks), "{name}: {card}");
    }
    Ok(class)
}

/// What must stand behind the submission's name: passed and total of both marks of each program,
/// and how many passed in all, where all was tried. `row` is what does.
fn wanted(row: &str, marks: &[Vec<&str>]) -> String {
    let mut cells = row.split(',').step_by(2).map(|cell| cell.parse().unwrap_or(0));
    let (mut wanted, mut sums) = (String::new(), [0, 0]);
    for program in PROGRAMS {
        let its = marks.iter().find(|mark| ["each", program.name()].contains(&mark[0]));
        let totals = [original(program).count(), ledger(program).count()];
        for (mark, total) in totals.into_iter().enumerate() {
            let there = cells.next();
            let passed = match its.map_or("none", |its| its[mark + 1]) {
                "none" => None,
                "all" => Some(total),
                "?" => there,
                number => number.parse().ok(),
            };
            wanted += &passed.map_or(",,".to_string(), |passed| format!("{passed},{total},"));
            sums[mark] += passed.unwrap_or(0);
        }
    }
    let complete = marks.iter().all(|mark| mark[1] != "none");
    wanted + &sums.map(|sum| if complete { sum.to_string() } else { String::new() }).join(",")
}

#[test]
fn each_of_a_class_gets_marks_for_what_is_theirs() -> Verdict {
    let true = programs::are_to_be_tried() else { return Ok(()) };
    let class = graded("a class", grader().env("CARGO_NET_OFFLINE", "true"), 3)?;
    let length = |name: &str| {
        let row = class.shown.lines().rev().find(|line| line.contains(&format!("/{name} ")));
        row.unwrap_or_default().chars().count()
    };
    assert_eq!(length("李四") + 2, length("deep"), "two take four columns: {}", class.shown);
    assert!(cfg!(not(target_os = "linux")) || length("����") == length("deep"), "{}", class.shown);
    let built = fs::read_dir(class.folder.join("broken/udp-client"))?.count();
    assert_eq!(built, 2, "the submission holds no build");

    // Archives bring the dates of their files.
    let package = class.folder.join("package");
    put(&package, "+ udp-client/src/main.rs fn main() { panic!(\"2nd\") }")?;
    let main = fs::File::options().append(true).open(package.join("udp-client/src/main.rs"))?;
    main.set_modified(std::time::UNIX_EPOCH)?;
    let card = shown(grader().arg(package), 1)?;
    assert!(card.contains("[udp-client error] 2nd"), "{card}");
    Ok(())
}

#[test]
fn a_missing_program_counts_only_when_it_is_asked_for() -> Verdict {
    let true = programs::are_to_be_tried() else { return Ok(()) };
    let one = ["--program", "tcp-client"];
    graded("one program that is asked for", grader().args(one), 1).map(drop)
}

#[test]
fn a_build_that_never_ends_is_the_students_and_the_others_go_on() -> Verdict {
    let mut grader = grader();
    grader.env("TEST_TIMEOUT_FACTOR", "0.05");
    graded("a build that never ends", &mut grader, 1).map(drop)
}

#[test]
fn what_cannot_be_built_here_counts_in_no_mark() -> Verdict {
    // All that a build and the grader need, but no linker.
    let tools = Folder::new()?;
    let beside = Path::new(&cargo::cargo()).with_file_name("");
    let path = env::var_os("PATH").unwrap_or_default();
    let places: Vec<_> = [beside].into_iter().chain(env::split_paths(&path)).collect();
    for tool in ["cargo", "rustc", "sh", "rm", "chmod", "grep", "tr"] {
        let found = places.iter().map(|place| place.join(tool)).find(|tool| tool.is_file());
        let found = found.ok_or_else(|| Report::harness(format!("find {tool}")))?;
        symlink(found, tools.path().join(tool))?;
    }
    graded("no linker", grader().env("PATH", tools.path()), 3).map(drop)
}
