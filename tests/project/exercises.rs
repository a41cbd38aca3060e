//! The further exercises: each one's solutions, tests/exercises/solutions, pass
//! its checks; half a solution fails one, and so do this workspace's programs,
//! and one that does nothing.

use super::catalogue;
use super::grade_cli::{grader, shown};
use super::grader::SLIPS;
use harness::trial::{self, on_workers};
use harness::*;
use std::ffi::OsString;
use std::fs;

// The exercises' own tests are about other programs than this workspace's.
macro_rules! tested {
    ($program:ident $test:item) => {};
}
#[path = "../exercises/mod.rs"]
mod tasks;

/// They wait more than they compute, and compilers compute.
const WORKERS: usize = 24;
const COMPILERS: usize = 2;

type Commands = Vec<(Program, Vec<OsString>)>;

/// A program for an exercise.
struct Trial {
    title: String,
    program: Program,
    /// Each program's, the one on trial behind any other.
    commands: Commands,
    checks: &'static [Check],
    passes: bool,
}

#[test]
fn scripts_that_solve_the_first_three_pass_and_half_solutions_fail() -> Verdict {
    none("the checks tell them apart", surprises(1..=3, false)?)
}

#[test]
#[ignore = "takes some seconds; CI runs it"]
fn every_solution_passes_and_half_solutions_fail() -> Verdict {
    let all = 1..=tasks::EXERCISES.len();
    none("the checks tell them apart", surprises(all, true)?)
}

#[test]
fn the_grader_looks_for_an_exercise_in_its_own_folder_and_then_in_the_submission() -> Verdict {
    let Some(python) = python::wanted()? else { return Ok(()) };
    let (alice, results) = (Folder::new()?, Folder::new()?);
    let folder = alice.path().join("exercise_3");
    fs::create_dir(&folder)?;
    let solved = catalogue::solutions("exercise_3")?[0].command(python)?;
    fs::copy(solved.last().unwrap_or(&solved[0]), folder.join("tcp_server.py"))?;
    fs::copy(python::script(Program::TcpClient), alice.path().join("tcp_client.py"))?;
    let csv = results.path().join("marks.csv");
    let mut all = grader();
    all.args(["--exercise", "1", "--exercise", "2", "--exercise", "3", "--csv"]);
    let card = shown(all.arg(&csv).arg(alice.path()), 1)?;
    for line in [
        "\n  exercise 1  Good-bye  0 of 1\n  exercise 2  Capital letters  0 of 1\n  exercise 3  2048 bytes  1 of 1\n",
        "\n  fix this first: exercise 1: tcp-client: good bye is shown where it leaves\n",
        "\n    exercise 2: udp-server: the reply is the text in capital letters: not submitted\n",
    ] {
        assert!(card.contains(line), "{card}");
    }
    let marks = fs::read_to_string(csv)?;
    assert!(marks.contains(",exercise 3,exercise 3 total,exercise\n"), "{marks}");
    assert!(marks.ends_with(",0,1,0,1,1,1,1\n"), "{marks}");
    shown(grader().args(["--exercise", "3"]).arg(alice.path()), 0).map(drop)
}

/// The programs that do not pass or fail as they should, and how.
fn surprises(numbers: impl Iterator<Item = usize>, rust: bool) -> Verdict<Vec<String>> {
    let Some(python) = python::wanted()? else { return Ok(vec![]) };
    let mut trials = vec![];
    for number in numbers {
        let (title, checks) = tasks::EXERCISES[number - 1];
        let mut variants = catalogue::solutions(&format!("exercise_{number}"))?;
        variants.retain(|variant| rust || !variant.is_rust());
        let commands = on_workers(COMPILERS, &variants, |variant| variant.command(python));
        let commands = commands.into_iter().collect::<Result<Vec<_>, _>>()?;
        for (variant, command) in variants.iter().zip(&commands) {
            let same = variants.iter().zip(&commands).filter(|(other, _)| {
                other.caught_by == "solution" && other.is_rust() == variant.is_rust()
            });
            let same = same.map(|(other, command)| (other.program, command.clone()));
            let commands = same.chain([(variant.program, command.clone())]).collect();
            let (title, program) = (variant.title.clone(), variant.program);
            let passes = variant.caught_by == "solution";
            trials.push(Trial { title, program, commands, checks, passes });
        }
        let script = |program| Ok(python::script_command(python, program));
        let nothing = |_| Ok([python, "-S", "-c", ""].map(OsString::from).to_vec());
        let own = |program: Program| Ok(vec![program.own()?.into()]);
        let of_all = |command: &dyn Fn(Program) -> Verdict<Vec<OsString>>| -> Verdict<Commands> {
            PROGRAMS.into_iter().map(|program| Ok((program, command(program)?))).collect()
        };
        let mut others = vec![("the script", of_all(&script)?), ("nothing", of_all(&nothing)?)];
        if rust {
            others.push(("the Rust program", of_all(&own)?));
        }
        let asked = |program: &Program| checks.iter().any(|c| c.programs.contains(program));
        for program in PROGRAMS.into_iter().filter(asked) {
            trials.extend(others.iter().map(|(name, commands)| {
                let title = format!("{title}: {}: {name}", program.name());
                Trial { title, program, commands: commands.clone(), checks, passes: false }
            }));
        }
    }
    Ok(on_workers(WORKERS, &trials, Trial::surprise).into_iter().flatten().collect())
}

impl Trial {
    fn surprise(&self) -> Option<String> {
        let checks = self.checks.iter().filter(|check| check.programs.contains(&self.program));
        for check in checks {
            let outcome = trial::run(check, self.program, &self.commands, 1.0);
            let failed = match &outcome {
                Ok(()) => continue,
                Err((Kind::Failed | Kind::NotStarted, text)) => {
                    !SLIPS.iter().any(|slip| text.contains(slip))
                }
                Err(_) => false,
            };
            let report = format!("{}: {}: {outcome:?}", self.title, check.name);
            return (self.passes || !failed).then_some(report);
        }
        (!self.passes).then(|| format!("{}: passes every check", self.title))
    }
}
