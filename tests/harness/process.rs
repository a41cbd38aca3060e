//! Starting and ending processes.

use std::ffi::OsStr;
use std::io;
use std::process::{Child, Command, Stdio};

/// The variables that a program under test may see. `PYTHONUNBUFFERED` is
/// not among them: it would hide that a command forgets `-u`.
const KEPT: [&str; 6] = ["PATH", "HOME", "TZ", "SystemRoot", "TEMP", "TMP"];

/// A command in a process group of its own (Unix), with little environment.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PYTHONUTF8", "1");
    for name in KEPT {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

/// Kills `child` and its process group (on Windows: the tree below it) and
/// reaps it. A descendant that left the group escapes (on Unix, by setsid).
pub fn kill_group(child: &mut Child) {
    kill_tree(child.id());
    let _ = child.kill();
    let _ = child.wait();
}

/// Kills the process group that the process `id` leads (on Windows: the tree
/// below it).
pub fn kill_tree(id: u32) {
    #[cfg(unix)]
    signal(id, "KILL", Whole::Group);
    #[cfg(windows)]
    run(Command::new("taskkill").args(["/T", "/F", "/PID", &id.to_string()]));
}

/// Whom a signal goes to.
#[derive(Clone, Copy, PartialEq)]
pub enum Whole {
    /// The process alone.
    Process,
    /// The process group that it leads.
    Group,
}

/// Sends the process `id`, which must not have been waited for, a signal by
/// the name that kill(1) has for it, such as `INT`.
#[cfg(unix)]
pub fn signal(id: u32, name: &str, whole: Whole) {
    let minus = if whole == Whole::Group { "-" } else { "" };
    // kill is built into every shell; the command is not on every machine.
    let script = format!("kill -s {name} -- {minus}{id}");
    run(Command::new("sh").args(["-c", &script]));
}

fn run(command: &mut Command) {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null());
    let _ = command.stderr(Stdio::null()).status();
}

/// The writing end of a pipe that nobody reads from any more.
pub fn closed_pipe() -> io::Result<Stdio> {
    let (shell, option) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut reader = Command::new(shell);
    let mut reader = reader.args([option, "exit"]).stdin(Stdio::piped()).spawn()?;
    let end = reader.stdin.take();
    reader.wait()?;
    Ok(end.map_or_else(Stdio::null, Stdio::from))
}
