//! `--sandbox`: the process that grades one program inside bubblewrap (bwrap(1)): no
//! network but its own loopback, no other process, nothing that it could write
//! to but a temporary folder, and nothing of it left at its end.

use harness::output;
use std::{path::Path, process::Command};

const WALLS: &str = "--unshare-all --die-with-parent --new-session --ro-bind / / --dev /dev \
     --proc /proc --tmpfs /tmp --setenv TMPDIR /tmp --setenv CARGO_NET_OFFLINE true";

/// Tries whether there is a sandbox on this machine.
pub fn works() -> Result<(), String> {
    match output(&mut command("true".as_ref(), "".as_ref())) {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(format!("bubblewrap does not work here: {}", said.trim_end()))
        }
        Err(error) => Err(format!(
            "--sandbox needs bubblewrap ({error}); Debian and Ubuntu: apt install bubblewrap, \
             Fedora: dnf install bubblewrap, others: their package bubblewrap; only Linux has it"
        )),
    }
}

/// `program` inside the walls, without its arguments. What lies in the temporary
/// folder, which is another one inside, is shown again: it, and `folder`.
pub fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new("bwrap");
    command.args(WALLS.split(' '));
    for path in [Some(folder), program.parent()].into_iter().flatten() {
        if let Ok(path) = path.canonicalize() {
            command.arg("--ro-bind").arg(&path).arg(path);
        }
    }
    command.arg("--").arg(program);
    command
}
