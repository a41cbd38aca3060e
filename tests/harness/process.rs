//! Starting processes, and who cleans up behind this one, however it ends: the guardian, a shell
//! that outlives it. It is told of the folder of all folders before it exists, and of each child;
//! when its input ends, it kills what runs and removes what is left.
//!
//! Windows has no such shell: there only what ends in order is cleaned up.

use crate::*;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, ErrorKind, Read, Write};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{env, ffi::OsStr, fmt::Display, fs, path::Path, path::PathBuf, time::Duration};

/// The variables that a program under test may see of ours.
const KEPT: &str = "PATH TZ SystemRoot SystemDrive USERPROFILE LOCALAPPDATA PATHEXT";

/// Text is UTF-8, also to virtual machines that ask the locale. Python writes at once, also where
/// a script's first line starts it, and leaves nothing beside the script.
const GIVEN: &str = "LC_ALL=C.UTF-8 PYTHONUTF8=1 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
     PYTHONNOUSERSITE=1";

/// A command with little environment.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(GIVEN.split(' ').filter_map(|one| one.split_once('=')));
    keep(&mut command, KEPT);
    #[cfg(windows)] // CREATE_NEW_PROCESS_GROUP: Ctrl-C is for the one at the keyboard
    std::os::windows::process::CommandExt::creation_flags(&mut command, 0x200);
    command
}

/// Gives `command` those of our variables `names` that there are.
pub fn keep(command: &mut Command, names: &str) {
    command.envs(names.split(' ').filter_map(|name| Some((name, env::var_os(name)?))));
}

/// What `mutex` guards, also behind a thread that panicked.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn random() -> u64 {
    RandomState::new().hash_one(())
}

/// A word that nobody guesses: the hasher's keys are random.
pub fn secret() -> String {
    format!("{:016x}{:016x}", random(), random())
}

/// Nothing is started while somebody else holds this: from its fork to its exec a child holds all
/// that this process has open, as a probe's socket.
pub(crate) static STARTS: Mutex<()> = Mutex::new(());

fn own_group(command: &mut Command) -> &mut Command {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    command
}

/// Starts `command`, while nobody else starts one.
pub fn start(command: &mut Command) -> io::Result<Child> {
    let _alone = lock(&STARTS);
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
    let mut reader = start(Command::new(shell).args([option, "exit"]).stdin(Stdio::piped()))?;
    let end = reader.stdin.take();
    reader.wait()?;
    Ok(end.map_or_else(Stdio::null, Stdio::from))
}

struct Guardian {
    /// It reads orders and writes answers.
    shell: Option<Child>,
    root: PathBuf,
    folders: u32,
}

static GUARDIAN: Mutex<Option<Guardian>> = Mutex::new(None);

/// Does `work` with the guardian, which is called in first if there is none.
fn with<T>(work: impl FnOnce(&mut Guardian) -> io::Result<T>) -> io::Result<T> {
    match &mut *lock(&GUARDIAN) {
        Some(guardian) => work(guardian),
        nobody => work(nobody.insert(guardian()?)),
    }
}

fn guardian() -> io::Result<Guardian> {
    let root = env::temp_dir().join(format!("socket-test-{}", secret()));
    let mut shell = command("sh");
    shell.args(["-c", include_str!("guardian.sh"), "guardian"]).arg(&root);
    shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let shell = if cfg!(unix) { Some(start(own_group(&mut shell))?) } else { None };
    let guardian = Guardian { shell, root, folders: 0 };
    #[cfg_attr(windows, expect(unused_mut))]
    let mut folder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(&guardian.root).map(|()| guardian)
}

impl Drop for Guardian {
    fn drop(&mut self) {
        if let Some(shell) = &mut self.shell {
            let _ = shell.wait(); // which ends its input
        }
        let _ = fs::remove_dir_all(&self.root);
    }
}

impl Guardian {
    /// Gives an order about one, and waits until it is done.
    fn order(&mut self, order: &str, one: impl Display) -> io::Result<()> {
        let Some(shell) = &mut self.shell else { return Ok(()) };
        let ends = shell.stdin.as_mut().zip(shell.stdout.as_mut());
        let (orders, answers) = ends.ok_or(ErrorKind::BrokenPipe)?;
        writeln!(orders, "{order} {one}")?;
        answers.read_exact(&mut [0; "done\n".len()])
    }
}

fn order(order: &str, one: impl Display) -> io::Result<()> {
    with(|guardian| guardian.order(order, one))
}

/// A child. Dropping it kills it with its process group (on Windows: the tree below it) and reaps
/// it. A descendant that left the group lives until this process ends.
pub struct Guarded(pub Child);

/// Starts `command` in a process group of its own (Unix).
pub fn spawn(command: &mut Command) -> io::Result<Guarded> {
    let (child, guarded) = with(|guardian| {
        let child = start(own_group(command))?;
        let guarded = guardian.order("guard", child.id());
        Ok((Guarded(child), guarded))
    })?;
    guarded.map(|()| child)
}

impl Drop for Guarded {
    fn drop(&mut self) {
        let id = self.0.id();
        #[cfg(windows)]
        {
            let mut taskkill = Command::new("taskkill");
            taskkill.args(["/T", "/F", "/PID", &id.to_string()]);
            if let Ok(mut ending) = start(taskkill.stdout(Stdio::null()).stderr(Stdio::null())) {
                deadline::poll(deadline::step(), || ending.try_wait().ok().flatten());
            }
        }
        let _ = order("end", id);
        let _ = self.0.kill(); // where the guardian could not
        let _ = self.0.wait();
    }
}

/// Sends the process `id`, which must not have been waited for, a signal by the name that kill(1)
/// has for it, such as `INT` (Unix).
pub fn signal(id: u32, name: &str) {
    // The guardian has kill built in, as every shell, and is there already.
    let _ = order("signal", format!("{name}:{id}"));
}

/// Starts `command`, waits for its end, as long as a build may take, and returns what it said. What
/// a child of its own says later than a step behind that end is left out.
pub fn output(command: &mut Command) -> io::Result<Output> {
    output_within(command, deadline::seconds(120.0))
}

/// The same with another limit; what still runs then is `TimedOut`, and ended.
pub fn output_within(command: &mut Command, limit: Duration) -> io::Result<Output> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Guarded(child) = &mut spawn(command)?;
    let (stdout, stderr) = (Stream::of(child.stdout.take())?, Stream::of(child.stderr.take())?);
    let status = deadline::poll(limit, || child.try_wait().transpose());
    let status = status.unwrap_or_else(|| Err(ErrorKind::TimedOut.into()))?;
    let _ = [&stdout, &stderr].map(|stream| stream.ends(deadline::step()));
    Ok(Output { status, stdout: stdout.bytes(), stderr: stderr.bytes() })
}

/// Whether `command` can be run and ends with status 0.
pub fn succeeds(command: &mut Command) -> bool {
    output(command).is_ok_and(|output| output.status.success())
}

/// Cleans up now, for a process that ends in order.
pub fn finish() {
    drop(lock(&GUARDIAN).take());
}

/// An empty folder of its own, removed with all that is in it on drop.
pub struct Folder(PathBuf);

impl Folder {
    /// Makes the folder below the system's temporary folder.
    pub fn new() -> io::Result<Folder> {
        with(|guardian| {
            guardian.folders += 1; // a short path: a Unix socket's has 107 bytes at most (unix(7))
            let path = guardian.root.join(guardian.folders.to_string());
            fs::create_dir(&path).map(|()| Folder(path))
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if fs::remove_dir_all(&self.0).is_err() && self.0.exists() {
            let _ = order("remove", Path::new(self.0.file_name().unwrap_or_default()).display());
        }
    }
}

#[cfg(unix)]
#[test]
fn it_cleans_up_where_nobody_is_left_to_read_its_answer() -> io::Result<()> {
    let mut guardian = guardian()?;
    let shell = guardian.shell.as_mut().ok_or(ErrorKind::NotFound)?;
    drop(shell.stdout.take());
    shell.stdin.as_mut().map_or(Ok(()), |orders| writeln!(orders, "remove 0"))?;
    shell.wait()?;
    assert!(!guardian.root.exists());
    Ok(())
}
