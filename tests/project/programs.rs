//! Whether the programs are those that README and these tests are about. Who solves an exercise
//! changes them: then one test is red, and says so in place of thirty.

use harness::{Report, Verdict, cargo};
use std::{env, fs};

/// The sources with their sums, which change with each intended change of a program.
const SOURCES: [(&str, u32); 9] = [
    ("tcp-client/src/main.rs", 0x38a66a44),
    ("tcp-client/tcp_client.py", 0x3391f7ae),
    ("tcp-server/src/main.rs", 0xb565ddf7),
    ("tcp-server/tcp_server.py", 0x826b79d4),
    ("udp-client/src/main.rs", 0xdffb339c),
    ("udp-client/udp_client.py", 0x3db4f9d9),
    ("udp-server/src/ctime.rs", 0xc0ec15ac),
    ("udp-server/src/main.rs", 0x69a0c712),
    ("udp-server/udp_server.py", 0x2ee004b3),
];

/// The Adler-32 (RFC 1950, section 8) of a file's text, with every system's line ends.
fn sum(path: &str) -> u32 {
    let text = fs::read_to_string(cargo::workspace().join(path)).unwrap_or_default();
    let (mut a, mut b) = (1, 0);
    for byte in text.replace("\r\n", "\n").bytes() {
        a = (a + u32::from(byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    (b << 16) | a
}

fn changes() -> impl Iterator<Item = (&'static str, u32)> {
    let found = SOURCES.into_iter().map(|(path, wanted)| (path, wanted, sum(path)));
    found.filter(|(_, wanted, found)| wanted != found).map(|(path, _, found)| (path, found))
}

/// Whether a test of this project's own programs is of use. One that is asked for by its name
/// always is: so who breaks a program on purpose sees what fails.
pub fn are_to_be_tried() -> bool {
    env::args().skip(1).any(|word| !word.starts_with('-')) || changes().next().is_none()
}

#[test]
fn the_programs_are_those_that_these_tests_are_about() -> Verdict {
    let changed: Vec<_> = changes().map(|(path, sum)| format!("{path} ({sum:#010x})")).collect();
    let report = format!(
        "{} changed: no fault if you solve an exercise, and what compares the workspace with \
         itself is only tried by its name (cargo test project::); \
         who means it for good writes the sum into tests/project/programs.rs",
        changed.join(", ")
    );
    match changed.is_empty() {
        true => Ok(()),
        false => Err(Report::failed(report)),
    }
}
