//! The further exercises: each one's solutions, tests/exercises/solutions, pass its checks; half a
//! solution fails one, and so do this workspace's programs, and one that does nothing.

use super::{catalogue::Variant, catalogue::read, grader::surprises, programs};
use harness::*;

// The exercises' own tests are about other programs than this workspace's.
macro_rules! tested {
    ($program:ident $test:item) => {};
}
#[path = "../exercises/mod.rs"]
mod tasks;

#[test]
fn scripts_that_solve_the_first_three_pass_and_half_solutions_fail() -> Verdict {
    let true = programs::are_to_be_tried() else { return Ok(()) };
    none("the checks tell them apart", surprises(trials(1..=3, false)?)?)
}

#[test]
#[ignore = "takes some seconds; CI runs it"]
fn every_solution_passes_and_half_solutions_fail() -> Verdict {
    let all = trials(1..=tasks::EXERCISES.len(), true)?;
    none("the checks tell them apart", surprises(all)?)
}

/// Each exercise's solutions and half solutions, in Rust too or not, and what solves nothing.
fn trials(numbers: impl Iterator<Item = usize>, rust: bool) -> Verdict<Vec<Variant>> {
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
            // The other programs of a check are solutions or, where there is none, of its kind.
            let solved = group.iter().any(|one| one.caught_by == "right");
            let others = group.iter().filter(|one| !solved || one.caught_by == "right");
            let beside: Vec<_> = others.cloned().collect();
            trials.extend(group.into_iter().map(|one| {
                let checks = of(one.program).collect();
                Variant { checks, beside: beside.clone(), ..one }
            }));
        }
    }
    Ok(trials)
}
