//! The further exercises: each one's solutions, tests/exercises/solutions, pass
//! its checks; half a solution fails one, and so do this workspace's programs,
//! and one that does nothing.

use super::catalogue::{Variant, made, read};
use super::grade_cli::{grader, put, shown, starts_fast};
use super::grader::{Trial, surprises};
use super::programs;
use harness::*;
use std::{fs, path::Path};

// The exercises' own tests are about other programs than this workspace's.
macro_rules! tested {
    ($program:ident $test:item) => {};
}
#[path = "../exercises/mod.rs"]
mod tasks;

#[test]
fn scripts_that_solve_the_first_three_pass_and_half_solutions_fail() -> Verdict {
    let true = programs::are_to_be_tried() else { return Ok(()) };
    none("the checks tell them apart", surprises(&trials(1..=3, false)?))
}

#[test]
#[ignore = "takes some seconds; CI runs it"]
fn every_solution_passes_and_half_solutions_fail() -> Verdict {
    let all = trials(1..=tasks::EXERCISES.len(), true)?;
    none("the checks tell them apart", surprises(&all))
}

/// What the grader shows of `exercises` in `folder`, when it ends with `code`.
fn card(folder: &Folder, exercises: &[&str], csv: &Path, code: i32) -> Verdict<String> {
    let (mut grader, python) = (grader(), Folder::new()?);
    starts_fast(&mut grader, python.path())?;
    grader.args(exercises.iter().flat_map(|exercise| ["--exercise", exercise]));
    shown(grader.arg("--csv").arg(csv).arg(folder.path()), code)
}

#[test]
fn the_grader_looks_for_an_exercise_in_its_own_folder_and_then_in_the_submission() -> Verdict {
    let Some(_) = programs::with_python()? else { return Ok(()) };
    let (alice, results) = (Folder::new()?, Folder::new()?);
    let csv = results.path().join("marks.csv");
    put(alice.path(), "< exercise_3/tcp_server.py tcp-server/tcp_server.py `1024` -> `2048`")?;
    put(alice.path(), "< tcp_client.py tcp-client/tcp_client.py")?;
    // It finds Python by itself.
    shown(grader().args(["--exercise", "3"]).arg(alice.path()), 0)?;
    let of_three = card(&alice, &["1", "2", "3"], &csv, 1)?;
    for line in [
        "\n  exercise 1  Good-bye  0 of 1\n  exercise 2  Capital letters  0 of 1\n  exercise 3  2048 bytes  1 of 1\n",
        "\n  fix this first: exercise 1: tcp-client: good bye is shown where it leaves\n",
        "\n    exercise 2: udp-server: the reply is the text in capital letters: not submitted\n",
    ] {
        assert!(of_three.contains(line), "{of_three}");
    }
    let marks = fs::read_to_string(&csv)?;
    assert!(marks.contains(",exercise 3,exercise 3 total,exercise\n"), "{marks}");
    assert!(marks.ends_with(",0,1,0,1,1,1,1\n"), "{marks}");
    Ok(())
}

#[test]
fn checks_that_fail_by_one_slip_are_one_line_of_the_card() -> Verdict {
    let Some(_) = programs::with_python()? else { return Ok(()) };
    let (bob, results) = (Folder::new()?, Folder::new()?);
    put(bob.path(), "< tcp_server.py tcp-server/tcp_server.py `.encode('utf-8')` -> ``")?;
    let slip = card(&bob, &["8"], &results.path().join("marks.csv"), 1)?;
    for text in [" more at the same step: TypeError: ", "hint: the program ended: TypeError: "] {
        assert!(slip.contains(text), "{slip}");
    }
    Ok(())
}

/// Each exercise's solutions and half solutions, in Rust too or not, and what solves nothing.
fn trials(numbers: impl Iterator<Item = usize>, rust: bool) -> Verdict<Vec<Trial>> {
    let mut trials = vec![];
    for number in numbers {
        let (_, checks) = tasks::EXERCISES[number - 1];
        let of = |program| checks.iter().filter(move |check| check.programs.contains(&program));
        let asked = || PROGRAMS.into_iter().filter(|program| of(*program).next().is_some());
        let of_each = |make: fn(Program) -> Verdict<Variant>| -> Verdict<Vec<_>> {
            let half = "half".to_string();
            asked().map(|one| Ok(Variant { caught_by: half.clone(), ..make(one)? })).collect()
        };
        let solutions = read(&format!("tests/exercises/solutions/exercise_{number}.txt"))?;
        let (in_rust, scripts) = solutions.into_iter().partition(Variant::is_rust);
        let nothing = |one| Ok(Variant { source: String::new(), ..Variant::script(one)? });
        let mut groups = vec![scripts, of_each(Variant::script)?, of_each(nothing)?];
        if rust {
            groups.push(in_rust);
            groups.push(of_each(|one| Variant::based(&format!("{}/src/main.rs", one.name())))?);
        }
        for group in groups {
            let made = made(group)?;
            // The other programs of a check are solutions or, where there is none, of its kind.
            let solved = made.iter().any(|one| one.caught_by == "right");
            let others = made.iter().filter(|one| !solved || one.caught_by == "right");
            let beside: Vec<_> = others.map(|one| (one.program, one.command.clone())).collect();
            trials.extend(made.iter().map(|one| {
                let checks = of(one.program).collect();
                Trial { of: one.clone(), checks, beside: beside.clone() }
            }));
        }
    }
    Ok(trials)
}
