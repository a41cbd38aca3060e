//! Whether the programs are those that README and these tests are about. Who solves an exercise
//! changes them: then one test is red, and says so in place of thirty.

use harness::*;
use std::{env, sync::OnceLock};

/// The sources whose sum is not the one in programs.txt, each with what it is now: the Adler-32
/// (RFC 1950, section 8) of the text.
fn changes() -> &'static [String] {
    static CHANGES: OnceLock<Vec<String>> = OnceLock::new(); // one answer for a whole run
    let changed = |wanted: &str| {
        let path = wanted.split_once(' ')?.0;
        let (mut a, mut b) = (1, 0);
        for byte in cargo::text(path).unwrap_or_default().bytes() {
            a = (a + u32::from(byte)) % 65_521;
            b = (a + b) % 65_521;
        }
        Some(format!("{path} ({:#010x})", (b << 16) | a)).filter(|found| found != wanted)
    };
    CHANGES.get_or_init(|| include_str!("programs.txt").lines().filter_map(changed).collect())
}

/// Whether a test of this project's own programs is of use; if so, it is about these, whatever the
/// variables say. One that is asked for by its name always is: so who breaks a program on purpose
/// sees what fails.
pub fn are_to_be_tried() -> Verdict<bool> {
    let is_asked_for = env::args().skip(1).any(|word| !word.starts_with('-'));
    let are = is_asked_for || changes().is_empty();
    PROGRAMS.into_iter().filter(|_| are).try_for_each(|program| program.choose_own(None))?;
    Ok(are)
}

#[test]
fn the_programs_are_those_that_these_tests_are_about() -> Verdict {
    holds("nine sources have a sum", include_str!("programs.txt").lines().count() == 9)?;
    let report = format!(
        "{} changed: no fault if you solve an exercise, and what compares the workspace with \
         itself is only tried by its name (cargo test project::); \
         who means it for good writes the sum into tests/project/programs.txt",
        changes().join(", ")
    );
    holds(report, changes().is_empty())
}
