//! Who cleans up behind this process, however it ends: a shell that outlives
//! it. It is told of each folder before it exists, and of each child; when its
//! input ends, it kills what runs and removes what is left.
//!
//! Windows has no such shell: there only what ends in order is cleaned up.

use crate::*;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::{env, fmt::Display, fs, sync::Mutex, time::Duration};

/// Dropping it cleans up.
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
        nobody => work(nobody.insert(Guardian::call()?)),
    }
}

impl Guardian {
    fn call() -> io::Result<Guardian> {
        let root = env::temp_dir().join(format!("socket-test-{}", secret()));
        let mut shell = process::command("sh");
        shell.args(["-c", include_str!("guardian.sh"), "guardian"]).arg(&root);
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let shell = if cfg!(unix) { Some(process::spawn(&mut shell)?) } else { None };
        let guardian = Guardian { shell, root, folders: 0 };
        #[cfg_attr(windows, expect(unused_mut))]
        let mut folder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        folder.create(&guardian.root).map(|()| guardian)
    }

    /// Gives an order about one, and waits until it is done.
    fn order(&mut self, order: &str, one: impl Display) -> io::Result<()> {
        let Some(shell) = &mut self.shell else { return Ok(()) };
        let ends = shell.stdin.as_mut().zip(shell.stdout.as_mut());
        let (orders, answers) = ends.ok_or(ErrorKind::BrokenPipe)?;
        writeln!(orders, "{order} {one}")?;
        answers.read_exact(&mut [0; "done\n".len()])
    }
}

impl Drop for Guardian {
    fn drop(&mut self) {
        if let Some(shell) = &mut self.shell {
            let _ = shell.wait(); // which ends its input
        }
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// A word that nobody guesses: the hasher's keys are random.
pub fn secret() -> String {
    format!("{:016x}{:016x}", process::random(), process::random())
}

/// A child. Dropping it kills it with its process group (on Windows: the tree below it) and reaps
/// it. A descendant that left the group lives until this process ends.
pub struct Guarded(pub Child);

/// Starts `command` in a process group of its own (Unix).
pub fn spawn(command: &mut Command) -> io::Result<Guarded> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    with(|guardian| {
        let child = process::spawn(command)?;
        guardian.order("guard", child.id()).map(|()| Guarded(child))
    })
}

impl Drop for Guarded {
    fn drop(&mut self) {
        let id = self.0.id();
        #[cfg(windows)]
        {
            let mut taskkill = Command::new("taskkill");
            taskkill.args(["/T", "/F", "/PID", &id.to_string()]);
            let ending = process::spawn(taskkill.stdout(Stdio::null()).stderr(Stdio::null()));
            let ended = |mut ending: Child| {
                deadline::poll(deadline::step(), || ending.try_wait().ok().flatten())
            };
            let _ = ending.map(ended);
        }
        let _ = with(|guardian| guardian.order("end", id));
        let _ = self.0.kill(); // where the guardian could not
        let _ = self.0.wait();
    }
}

/// Sends the process `id`, which must not have been waited for, a signal by the name that kill(1)
/// has for it, such as `INT` (Unix).
pub fn signal(id: u32, name: &str) {
    // The guardian has kill built in, as every shell, and is there already.
    let _ = with(|guardian| guardian.order("signal", format!("{name}:{id}")));
}

/// Starts `command` in a group of its own, waits for its end and returns what it said. The limit
/// is one for the build of a package, too. What a child of its own says later than a step behind
/// that end is left out.
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
            guardian.folders += 1;
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
            let name = self.0.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let _ = with(|guardian| guardian.order("remove", name));
        }
    }
}

#[cfg(unix)]
#[test]
fn it_cleans_up_where_nobody_is_left_to_read_its_answer() -> io::Result<()> {
    let mut guardian = Guardian::call()?;
    if let Some(shell) = &mut guardian.shell {
        drop(shell.stdout.take());
        shell.stdin.as_mut().map_or(Ok(()), |orders| writeln!(orders, "remove 0"))?;
        shell.wait()?;
    }
    assert!(!guardian.root.exists());
    Ok(())
}
