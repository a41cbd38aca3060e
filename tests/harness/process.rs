//! Starting processes, and their signals.

use std::ffi::OsStr;
use std::io;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The variables that a program under test may see of ours.
const KEPT: [&str; 7] =
    ["PATH", "TZ", "SystemRoot", "SystemDrive", "USERPROFILE", "LOCALAPPDATA", "PATHEXT"];

/// Text is UTF-8, also to virtual machines that ask the locale. Python writes
/// at once, whether it is started as `python3 -u` or by a script's first line,
/// and leaves nothing beside the script.
const GIVEN: [(&str, &str); 5] = [
    ("LC_ALL", "C.UTF-8"),
    ("PYTHONUTF8", "1"),
    ("PYTHONUNBUFFERED", "1"),
    ("PYTHONDONTWRITEBYTECODE", "1"),
    ("PYTHONNOUSERSITE", "1"),
];

/// A command in a process group of its own (Unix), with little environment.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(GIVEN);
    for name in KEPT {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    #[cfg(windows)] // CREATE_NEW_PROCESS_GROUP: Ctrl-C is for the one at the keyboard
    std::os::windows::process::CommandExt::creation_flags(&mut command, 0x200);
    command
}

/// Nothing is started while this lives: from its fork to its exec a child
/// holds all that this process has open, as a probe's socket.
pub fn no_starts() -> MutexGuard<'static, ()> {
    static STARTS: Mutex<()> = Mutex::new(());
    STARTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts `command`, while nobody else starts one.
pub fn spawn(command: &mut Command) -> io::Result<Child> {
    let _alone = no_starts();
    command.spawn()
}

/// Starts `command`, waits for its end and returns what it said.
pub fn output(command: &mut Command) -> io::Result<Output> {
    let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    spawn(piped)?.wait_with_output()
}

/// Whether the system, not the command, is why it could not be started: no
/// process, no memory or no descriptor was left.
pub fn is_refused(error: &io::Error) -> bool {
    const EMFILE_AND_ENFILE: [i32; 2] = [24, 23]; // on Linux, macOS and the BSDs
    let files = error.raw_os_error().is_some_and(|code| EMFILE_AND_ENFILE.contains(&code));
    let kinds = [io::ErrorKind::WouldBlock, io::ErrorKind::OutOfMemory];
    kinds.contains(&error.kind()) || cfg!(unix) && files
}

/// Sends the process `id`, which must not have been waited for, a signal by
/// the name that kill(1) has for it, such as `INT`.
#[cfg(unix)]
pub fn signal(id: u32, name: &str) {
    // kill is built into every shell; the command is not on every machine.
    let _ = output(Command::new("sh").args(["-c", &format!("kill -s {name} -- {id}")]));
}

/// The writing end of a pipe that nobody reads from any more.
pub fn closed_pipe() -> io::Result<Stdio> {
    let (shell, option) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut reader = spawn(Command::new(shell).args([option, "exit"]).stdin(Stdio::piped()))?;
    let end = reader.stdin.take();
    reader.wait()?;
    Ok(end.map_or_else(Stdio::null, Stdio::from))
}
