//! The further exercises: each one's solutions, tests/exercises/solutions, pass
//! its checks; half a solution fails one, and so do this workspace's programs,
//! and one that does nothing.

use super::catalogue::{Variant, made, read};
use super::grade_cli::{grader, put, shown, starts_fast};
use super::grader::{Trial, surprises};
use super::programs;
use harness::*;
use std::fs;

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

#[test]
fn the_grader_looks_for_an_exercise_in_its_own_folder_and_then_in_the_submission() -> Verdict {
    let Some(_) = programs::with_python()? else { return Ok(()) };
    let (alice, bob, results) = (Folder::new()?, Folder::new()?, Folder::new()?);
    let csv = results.path().join("marks.csv");
    let card = |folder: &Folder, exercises: &[&str], code| -> Verdict<String> {
        let mut grader = grader();
        starts_fast(&mut grader, results.path())?;
        grader.args(exercises.iter().flat_map(|exercise| ["--exercise", exercise]));
        shown(grader.arg("--csv").arg(&csv).arg(folder.path()), code)
    };
    put(alice.path(), "< exercise_3/tcp_server.py tcp-server/tcp_server.py `1024` -> `2048`")?;
    put(alice.path(), "< tcp_client.py tcp-client/tcp_client.py")?;
    card(&alice, &["3"], 0)?;
    let of_three = card(&alice, &["1", "2", "3"], 1)?;
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

    put(bob.path(), "< tcp_server.py tcp-server/tcp_server.py `.encode('utf-8')` -> ``")?;
    let slip = card(&bob, &["8"], 1)?;
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
        let mut variants = read(&format!("tests/exercises/solutions/exercise_{number}.txt"))?;
        for program in PROGRAMS.into_iter().filter(|program| of(*program).next().is_some()) {
            let script = Variant::script(program)?;
            let nothing = Variant { source: String::new(), ..script.clone() };
            let own = Variant::based(&format!("{}/src/main.rs", program.name()))?;
            let half = |one| Variant { caught_by: "half".to_string(), ..one };
            variants.extend([nothing, script, own].map(half));
        }
        variants.retain(|variant| rust || !variant.is_rust());
        let made = made(variants)?;
        for one in &made {
            let beside = made
                .iter()
                .filter(|other| other.caught_by == "right" && other.is_rust() == one.is_rust());
            let beside = beside.map(|other| (other.program, other.command.clone())).collect();
            trials.push(Trial { of: one.clone(), checks: of(one.program).collect(), beside });
        }
    }
    Ok(trials)
}
