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
    let true = programs::are_to_be_tried()? else { return Ok(()) };
    let mut scripts = trials(3)?;
    scripts.retain(|one| !one.is_rust());
    none("the checks tell them apart", surprises(scripts)?)
}

#[test]
#[ignore = "takes some seconds; CI runs it"]
fn every_solution_passes_and_half_solutions_fail() -> Verdict {
    none("the checks tell them apart", surprises(trials(tasks::EXERCISES.len())?)?)
}

/// Of so many exercises, the solutions and half solutions, and what solves nothing.
fn trials(exercises: usize) -> Verdict<Vec<Variant>> {
    let mut trials = vec![];
    for (number, (_, checks)) in (1..=exercises).zip(tasks::EXERCISES) {
        let of = |program| checks.iter().filter(move |check| check.programs.contains(&program));
        let mut all = read(&format!("tests/exercises/solutions/exercise_{number}.txt"))?;
        let is_right = |one: &&Variant| one.caught_by == "right";
        let solutions: Vec<_> = all.iter().filter(is_right).cloned().collect();
        for program in PROGRAMS.into_iter().filter(|program| of(*program).next().is_some()) {
            let script = Variant::based(&program.script())?;
            let nothing = Variant { source: String::new(), ..script.clone() };
            let rust = Variant::based(&format!("{}/src/main.rs", program.name()))?;
            all.extend([nothing, script, rust]);
        }
        trials.extend(all.into_iter().map(|one| {
            // The other programs of a check are solutions, so it alone makes the check fail.
            let beside = solutions.iter().filter(|other| other.is_rust() == one.is_rust());
            Variant { checks: of(one.program).collect(), beside: beside.cloned().collect(), ..one }
        }));
    }
    Ok(trials)
}
