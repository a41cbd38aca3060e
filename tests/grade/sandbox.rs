//! `--sandbox`: the process of one submission inside bubblewrap (bwrap(1)): no
//! network but its own loopback, no other process, nothing that it could write
//! to but a temporary folder, and nothing of it left at its end.

use harness::output;
use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

const WALLS: &[&str] = &[
    "bwrap",
    "--unshare-all",
    "--die-with-parent",
    "--new-session",
    "--ro-bind",
    "/",
    "/",
    "--dev",
    "/dev",
    "--proc",
    "/proc",
    "--tmpfs",
    "/tmp",
    "--setenv",
    "TMPDIR",
    "/tmp",
    "--setenv",
    "CARGO_NET_OFFLINE",
    "true",
];

/// Why there is no sandbox on this machine, if so.
pub fn why_not() -> Option<String> {
    let mut test = Command::new(WALLS[0]);
    match output(test.args(&WALLS[1..]).arg("true")) {
        Ok(output) if output.status.success() => None,
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            Some(format!("bubblewrap does not work here: {}", said.trim_end()))
        }
        Err(error) => Some(format!(
            "--sandbox needs bubblewrap ({error}); Debian and Ubuntu: apt install bubblewrap, \
             Fedora: dnf install bubblewrap, others: their package bubblewrap; only Linux has it"
        )),
    }
}

/// `words` inside the walls. What lies in the temporary folder, which is
/// another one inside, is shown again.
pub fn around(words: Vec<OsString>, folder: &Path) -> Vec<OsString> {
    let mut all: Vec<OsString> = WALLS.iter().map(OsString::from).collect();
    let this = env::current_exe().unwrap_or_default();
    let shown = [Some(folder), this.parent()];
    for path in shown.into_iter().flatten() {
        if let Ok(path) = path.canonicalize() {
            all.extend(["--ro-bind".into(), path.clone().into(), path.into()]);
        }
    }
    all.push("--".into());
    all.extend(words);
    all
}
