//! Starting processes.

use std::io::{self, ErrorKind};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{collections::hash_map::RandomState, env, ffi::OsStr, hash::BuildHasher};

/// The variables that a program under test may see of ours.
const KEPT: [&str; 7] =
    ["PATH", "TZ", "SystemRoot", "SystemDrive", "USERPROFILE", "LOCALAPPDATA", "PATHEXT"];

/// Text is UTF-8, also to virtual machines that ask the locale. Python writes at once, also where
/// a script's first line starts it, and leaves nothing beside the script.
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
    let kept = KEPT.iter().filter_map(|name| Some((name, env::var_os(name)?)));
    command.env_clear().envs(GIVEN).envs(kept);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    #[cfg(windows)] // CREATE_NEW_PROCESS_GROUP: Ctrl-C is for the one at the keyboard
    std::os::windows::process::CommandExt::creation_flags(&mut command, 0x200);
    command
}

/// What `mutex` guards, also behind a thread that panicked.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A number that nobody guesses.
pub(crate) fn random() -> u64 {
    RandomState::new().hash_one(())
}

/// Nothing is started while this lives: from its fork to its exec a child
/// holds all that this process has open, as a probe's socket.
pub(crate) fn no_starts() -> MutexGuard<'static, ()> {
    static STARTS: Mutex<()> = Mutex::new(());
    lock(&STARTS)
}

/// Starts `command`, while nobody else starts one.
pub fn spawn(command: &mut Command) -> io::Result<Child> {
    let _alone = no_starts();
    command.spawn()
}

/// Whether nothing starts because no process, no memory or no descriptor is left.
pub(crate) fn is_refused(error: &io::Error) -> bool {
    // ENFILE and EMFILE on Linux, macOS and the BSDs.
    let no_descriptor = cfg!(unix) && matches!(error.raw_os_error(), Some(23 | 24));
    no_descriptor || matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::OutOfMemory)
}

/// A standard output that nobody reads from any more.
pub fn no_reader() -> io::Result<Stdio> {
    let (shell, option) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut reader = spawn(Command::new(shell).args([option, "exit"]).stdin(Stdio::piped()))?;
    let end = reader.stdin.take();
    reader.wait()?;
    Ok(end.map_or_else(Stdio::null, Stdio::from))
}
