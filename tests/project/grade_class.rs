//! A class of students, as they are (`class.txt`): graded in one run, each
//! for what is theirs alone.
#![cfg(unix)]

use super::grade_cli::{grader, put, shown};
use super::words::argument;
use crate::checks::{ledger, original};
use crate::project::programs;
use harness::*;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::time::{Duration, SystemTime};
use std::{env, fs};

/// The submissions of one run, in a folder below the project's own, where
/// cargo takes a package for a stray member of the workspace.
struct Class {
    folder: PathBuf,
    results: Folder,
    /// Each name, and what must be said of it: the lines with =, > and 1.
    claims: Vec<(&'static str, Vec<(&'static str, String)>)>,
}

impl Class {
    /// Makes the folders and files of a run in class.txt.
    fn new(run: &str) -> Verdict<Class> {
        let folder = format!("target/tmp/{}-{}", run.replace(' ', "-"), process::id());
        let folder = cargo::workspace().join(folder);
        let mut class = Class { folder, results: Folder::new()?, claims: vec![] };
        let python = python::wanted()?.is_some();
        let text = include_str!("class.txt").split_once(&format!("\n{run}\n"));
        let lines = text.unwrap_or_default().1.split("\n\n").next().unwrap_or_default().lines();
        let lines: Vec<_> = lines.filter(|line| !line.starts_with('#')).collect();
        for submission in lines.chunk_by(|_, line| line.starts_with("    ")) {
            let (name, lines) = (submission[0].trim(), &submission[1..]);
            let is_script = lines.iter().any(|line| line.contains(".py "));
            if is_script && !python || name.contains('�') && cfg!(not(target_os = "linux")) {
                continue;
            }
            let (path, mut claims) = (class.folder.join(argument(name)), vec![]);
            for line in lines {
                match line.trim_start().split_once(' ').unwrap_or_default() {
                    (sign @ ("+" | "<"), file) => holds_file(&path, sign == "+", file)?,
                    (sign, claim) => claims.push((sign, claim.replace('⏎', "\n"))),
                }
            }
            match name {
                "stray" => fs::write(path, "")?,
                _ => fs::create_dir_all(path)?,
            }
            class.claims.push((name, claims));
        }
        holds("there are submissions", !class.claims.is_empty())?;
        Ok(class)
    }

    /// What the grader shows of all, which ends with `code`, when each has got
    /// the marks and the card that are its.
    fn is_graded(&self, command: &mut Command, code: i32) -> Verdict<String> {
        let (csv, cards) = (self.results.path().join("csv"), self.results.path().join("cards"));
        command.arg("--csv").arg(&csv).arg("--cards").arg(&cards).arg(self.folder.join("*"));
        let shown = shown(command, code)?;
        let csv = fs::read_to_string(csv)?;
        for (name, claims) in &self.claims {
            let card = fs::read_to_string(cards.join(argument(&format!("{name}.txt"))))?;
            for (sign, text) in claims.iter().filter(|(sign, _)| *sign != "=") {
                let count = card.matches(text).count();
                assert!(count == 1 || count > 1 && *sign == ">", "{name}: {text:?}: {card}");
            }
            let marks = claims.iter().filter(|(sign, _)| *sign == "=");
            let marks: Vec<_> = marks.map(|(_, mark)| mark.split(' ').collect()).collect();
            let start = format!("\"{name}\",\"{}/{name}\",", self.folder.display());
            let row = csv.lines().find_map(|row| row.strip_prefix(&start)).unwrap_or_default();
            assert!(is_right(row, &marks), "{name}: {row:?}, not {marks:?}: {card}");
        }
        Ok(shown)
    }
}

impl Drop for Class {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Writes what stands behind + or <.
fn holds_file(folder: &Path, is_text: bool, line: &str) -> Verdict {
    let Some((name, source)) = line.split_once(' ') else {
        return put(folder, line, None);
    };
    let text = source.replace('⏎', "\n");
    let (path, without) = source.split_once(" - ").unwrap_or((source, "\0"));
    let copy = || fs::read_to_string(cargo::workspace().join(path));
    put(folder, name, Some(&if is_text { text } else { copy()?.replace(without, "") }))
}

/// Whether a row holds, behind the submission's name, what passed and the total
/// of both marks of each program, and how many passed in all, where all was tried.
fn is_right(row: &str, marks: &[Vec<&str>]) -> bool {
    let mut wanted = vec![];
    for program in PROGRAMS {
        let its = marks.iter().find(|mark| ["each", program.name()].contains(&mark[0]));
        for (mark, total) in [(1, original(program).count()), (2, ledger(program).count())] {
            let total = total.to_string();
            wanted.extend(match its.map_or("none", |its| its[mark]) {
                "none" => [String::new(), String::new()],
                "all" => [total.clone(), total],
                passed => [passed.to_string(), total],
            });
        }
    }
    let cells: Vec<_> = row.split(',').collect();
    let number = |cell: &&str| cell.parse().unwrap_or(0);
    let passed = |mark| cells.iter().skip(mark).step_by(4).take(4).map(number).sum::<usize>();
    let failed_to_grade = marks.iter().any(|mark| mark[1] == "none");
    let sum = |mark| if failed_to_grade { String::new() } else { passed(mark).to_string() };
    wanted.extend([0, 2].map(sum));
    let same = |(cell, wanted): (&&str, &String)| cell == wanted || wanted == "?";
    cells.len() == wanted.len() && cells.iter().zip(&wanted).all(same)
}

#[test]
fn each_of_a_class_gets_marks_for_what_is_theirs() -> Verdict {
    let true = programs::are_to_be_tried() else { return Ok(()) };
    let class = Class::new("a class")?;
    let shown_of_all = class.is_graded(grader().env("CARGO_NET_OFFLINE", "true"), 3)?;
    let length = |name: &str| {
        let row = shown_of_all.lines().rev().find(|line| line.contains(&format!("/{name} ")));
        row.unwrap_or_default().chars().count()
    };
    assert_eq!(length("李四") + 2, length("deep"), "two take four columns: {shown_of_all}");
    assert!(cfg!(not(target_os = "linux")) || length("����") == length("deep"), "{shown_of_all}");
    let built = fs::read_dir(class.folder.join("broken/udp-client"))?.count();
    assert_eq!(built, 2, "the submission holds no build");

    // Archives bring the dates of their files.
    let package = class.folder.join("package");
    put(&package, "udp-client/src/main.rs", Some("fn main() { panic!(\"2nd\") }"))?;
    let old = SystemTime::now() - Duration::from_secs(1_000_000);
    let main = fs::File::options().append(true).open(package.join("udp-client/src/main.rs"))?;
    main.set_modified(old)?;
    let card = shown(grader().arg(package), 1)?;
    assert!(card.contains("[udp-client error] 2nd"), "{card}");
    Ok(())
}

#[test]
fn a_missing_program_counts_only_when_it_is_asked_for() -> Verdict {
    let true = programs::are_to_be_tried() else { return Ok(()) };
    let class = Class::new("one program that is asked for")?;
    class.is_graded(grader().args(["--program", "tcp-client"]), 1).map(drop)
}

#[test]
fn a_build_that_never_ends_is_the_students_and_the_others_go_on() -> Verdict {
    let class = Class::new("a build that never ends")?;
    class.is_graded(grader().env("TEST_TIMEOUT_FACTOR", "0.05"), 1).map(drop)
}

#[test]
fn what_cannot_be_built_here_counts_in_no_mark() -> Verdict {
    // All that a build and the grader need, but no linker.
    let tools = Folder::new()?;
    let beside = Path::new(&cargo::cargo()).with_file_name("");
    let path = env::var_os("PATH").unwrap_or_default();
    let places: Vec<_> = [beside].into_iter().chain(env::split_paths(&path)).collect();
    for tool in ["cargo", "rustc", "sh", "rm", "chmod", "grep", "tr"] {
        let mut found = places.iter().map(|place| place.join(tool)).filter(|tool| tool.is_file());
        let found = found.next().ok_or_else(|| Report::harness(format!("find {tool}")))?;
        std::os::unix::fs::symlink(found, tools.path().join(tool))?;
    }
    Class::new("no linker")?.is_graded(grader().env("PATH", tools.path()), 3).map(drop)
}
