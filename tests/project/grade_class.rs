//! A class of students, as they are (`class.txt`): graded in some runs, each for what is theirs
//! alone.

use super::{grade_cli::*, programs, words::argument};
use crate::checks::{ledger, original};
use harness::*;
use std::time::{Duration, UNIX_EPOCH};
use std::{fs, path::Path};

#[test]
fn each_of_a_class_gets_the_marks_and_the_results_that_are_theirs() -> Verdict {
    let true = programs::are_to_be_tried()? else { return Ok(()) };
    let lines = include_str!("class.txt").lines().filter(|line| !line.starts_with('#'));
    let lines: Vec<_> = lines.collect();
    let runs: Vec<_> = lines.split(|line| line.is_empty()).filter(|run| !run.is_empty()).collect();
    let class = Folder::new()?;
    // Below a workspace cargo takes a package for a stray member.
    put(class.path(), "+ Cargo.toml [workspace]")?;
    let graded = on_workers(runs.len(), &runs, |run| graded(run, class.path()));
    graded.into_iter().collect()
}

/// Archives bring the dates of their files.
#[test]
fn a_package_in_place_of_another_is_built_though_its_date_is_older() -> Verdict {
    let true = programs::are_to_be_tried()? else { return Ok(()) };
    let package = Folder::new()?;
    put(package.path(), "+ udp-client/Cargo.toml [package]⏎name = \"udp-client\"⏎")?;
    for (word, date) in [("1st", 1), ("2nd", 0)] {
        let line = format!("+ udp-client/src/main.rs fn main() {{ panic!(\"{word}\") }}");
        put(package.path(), &line)?;
        let source = package.path().join("udp-client/src/main.rs");
        let file = fs::File::options().append(true).open(source)?;
        file.set_modified(UNIX_EPOCH + Duration::from_secs(date))?;
        let card = shown(grader().arg(package.path()), 1)?;
        assert!(card.contains(&format!("[udp-client error] {word}")), "{card}");
    }
    let built = fs::read_dir(package.path().join("udp-client"))?.count();
    assert_eq!(built, 2, "the submission holds no build");
    Ok(())
}

/// Grades the submissions of a run, which the grader shows and writes as class.txt says.
fn graded(run: &[&str], class: &Path) -> Verdict {
    let [name, words, status] = run[0].split('|').map(str::trim).collect::<Vec<_>>()[..] else {
        return Err(Report::harness("find three cells").because(run[0]));
    };
    let folder = class.join(name);
    if name.ends_with("(Unix)") && cfg!(not(unix)) {
        return Ok(());
    }
    let python = python::wanted()?;
    let mut submissions = vec![];
    for submission in run[1..].chunk_by(|_, line| line.starts_with("    ")) {
        let (name, lines) = (submission[0].trim(), &submission[1..]);
        let is_script = lines.iter().any(|line| line.contains(".py "));
        if is_script && python.is_none() || name.contains('�') && cfg!(not(target_os = "linux")) {
            continue;
        }
        let path = folder.join(argument(name));
        let (mut marks, mut texts) = (vec![], vec![]);
        for line in lines {
            match line[4..].split_once(' ') {
                Some(("=", mark)) => marks.push(mark.split(' ').collect::<Vec<_>>()),
                Some((">", text)) => texts.push(text.replace('⏎', "\n")),
                _ => put(&path, &line[4..])?,
            }
        }
        let _ = fs::create_dir_all(&path); // where there is nothing yet
        submissions.push((name, path, marks, texts));
    }
    if submissions.is_empty() {
        return holds("there are submissions", python.is_none());
    }

    let results = Folder::new()?;
    let [csv, json, cards] = ["csv", "json", "new/cards"].map(|name| results.path().join(name));
    let (mut grader, fast) = (grader(), Folder::new()?);
    if let Some(python) = python.filter(|_| cfg!(unix)) {
        // Without installed packages a start takes half the time or less.
        put(fast.path(), &format!("+ python #!/bin/sh⏎exec '{python}' -S \"$@\""))?;
        grader.env(python::VARIABLE, fast.path().join("python"));
    }
    grader.arg("--csv").arg(&csv).arg("--cards").arg(&cards).arg(folder.join("*"));
    let here = &folder.display().to_string();
    for word in words.split_whitespace() {
        match word.split_once('=') {
            Some((name, value)) => grader.env(name, value.replace("{here}", here)),
            None => grader.arg(word),
        };
    }
    let alone = submissions.len() == 1;
    if alone {
        grader.arg("--json").arg(&json);
    }
    let shown = shown(&mut grader, status.parse().unwrap_or(-1))?;
    let files = fs::read_dir(results.path())?.chain(fs::read_dir(&cards)?).count();
    let written = 2 + usize::from(alone) + submissions.len();
    assert_eq!(files, written, "the temporary files are gone");
    let (csv, json) = (fs::read_to_string(csv)?, fs::read_to_string(json).unwrap_or_default());
    assert!(csv.starts_with("\u{feff}name,submission,"), "{csv}");
    let checks = json.lines().filter(|line| line.contains("\"max_score\"")).count();
    assert!(!alone || shown.contains(&format!("\n{checks} checks in ")), "{shown}");
    assert!(!alone || json.ends_with("\"]}\n]}\n"), "{json}");
    let table = shown.lines().skip_while(|line| !line.starts_with("submission "));
    let table: Vec<_> = table.take_while(|line| !line.contains("passed/total")).collect();
    assert_eq!(table.len(), if alone { 0 } else { 1 + submissions.len() }, "{shown}");
    let widths: Vec<_> = table.iter().map(|row| difference::width(row)).collect();
    assert!(widths.iter().all(|width| *width == widths[0]), "{table:#?}");

    for (name, path, marks, texts) in submissions {
        let card = fs::read_to_string(cards.join(argument(&format!("{name}.txt"))))?;
        assert!(shown.contains(&card), "{card}: {shown}");
        assert!(card.starts_with(&format!("{}\n", path.display())), "{card}");
        let row = format!("\"{name}\",\"{}\",{}\n", path.display(), cells(&marks, &card));
        assert!(marks.is_empty() || csv.contains(&row), "{row}: {csv}");
        let all = format!("{card}¶{csv}¶{json}¶");
        for text in texts {
            assert_eq!(all.matches(&text).count(), 1, "{name}: {text}\n{all}");
        }
    }
    Ok(())
}

/// What must stand behind the submission's name in the CSV: passed and total of both marks of each
/// program, and how many passed in all, where all was tried. The card says the same.
fn cells(marks: &[Vec<&str>], card: &str) -> String {
    let (mut cells, mut sums) = (String::new(), [0, 0]);
    for program in PROGRAMS {
        let its = marks.iter().find(|mark| ["each", program.name()].contains(&mark[0]));
        let totals = [original(program).count(), ledger(program).count()];
        let count = |mark: usize| match its.map_or("none", |its| its[mark + 1]) {
            "none" => (0, 0),
            "all" => (totals[mark], totals[mark]),
            number => (number.parse().unwrap_or(usize::MAX), totals[mark]),
        };
        let ((one, all), (other, most)) = (count(0), count(1));
        let line = format!("original {one} of {all}, robust {other} of {most}\n");
        let is_shown = card.contains(&format!("\n  {}  {line}", program.name()));
        assert_eq!(is_shown, its.is_some(), "{line}: {card}");
        cells += &if all == 0 { ",,,,".into() } else { format!("{one},{all},{other},{most},") };
        sums = [sums[0] + one, sums[1] + other];
    }
    let complete = marks.iter().all(|mark| mark[1] != "none");
    cells + &sums.map(|sum| if complete { sum.to_string() } else { String::new() }).join(",")
}
