//! Who cleans up behind this process, however it ends: a shell that outlives
//! it. It is told of each folder before it exists, and of each child; when its
//! input ends, it kills what runs and removes what is left.
//!
//! Windows has no such shell: there only what ends in order is cleaned up.

use crate::process;
use std::fmt::Display;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::{env, fs};

/// Orders, a line each, are answered by a line each. At the end of the input
/// whoever has the folder in its environment is killed, too: a program that
/// left its process group (only Linux tells, proc_pid_environ(5)).
const SHELL: &str = r#"
trap '' INT TERM HUP QUIT PIPE
live= root=$1
while read -r order first others; do
  case $order in
    live) live=$others ;;
    end) kill -s KILL -- "-$first"; live=$others ;;
    remove) chmod -R u+rwx "$root/$first"; rm -rf "$root/$first" ;;
  esac
  echo done
done
for id in $live; do kill -s KILL -- "-$id"; done
for attempt in 1 2 3 4 5 6 7 8 9; do
  ids=$(grep -lsaF -- "$root/" /proc/[0-9]*/environ | tr -dc '0-9\n')
  if [ -n "$ids" ]; then kill -s KILL $ids; fi
  chmod -R u+rwx "$root"; rm -rf "$root"
  if [ -z "$ids" ] && ! [ -e "$root" ]; then break; fi
done
"#;

struct Guardian {
    /// The shell, its orders and its answers.
    shell: Option<(Child, ChildStdin, BufReader<ChildStdout>)>,
    root: PathBuf,
    live: Vec<u32>,
    folders: u32,
}

static GUARDIAN: Mutex<Option<Guardian>> = Mutex::new(None);

/// Does `work` with the guardian, which is called in first if there is none.
fn with<T>(work: impl FnOnce(&mut Guardian) -> io::Result<T>) -> io::Result<T> {
    let mut guardian = GUARDIAN.lock().unwrap_or_else(PoisonError::into_inner);
    let called = match guardian.take() {
        Some(guardian) => guardian,
        None => Guardian::call()?,
    };
    work(guardian.insert(called))
}

impl Guardian {
    fn call() -> io::Result<Guardian> {
        let root = env::temp_dir().join(format!("socket-test-{}", secret()));
        let shell = if cfg!(unix) { Some(shell(&root)?) } else { None };
        let guardian = Guardian { shell, root, live: vec![], folders: 0 };
        let mut folder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        match folder.create(&guardian.root) {
            Ok(()) => Ok(guardian),
            Err(error) => {
                guardian.leave();
                Err(error)
            }
        }
    }

    /// Gives an order, about one of whom or what it knows, with all who live,
    /// and waits until it is done.
    fn order(&mut self, order: &str, first: impl Display) -> io::Result<()> {
        let Some((_, orders, answers)) = &mut self.shell else {
            return Ok(());
        };
        let live: Vec<_> = self.live.iter().map(u32::to_string).collect();
        writeln!(orders, "{order} {first} {}", live.join(" "))?;
        match answers.read_line(&mut String::new())? {
            0 => Err(io::ErrorKind::BrokenPipe.into()),
            _ => Ok(()),
        }
    }

    /// Cleans up now.
    fn leave(self) {
        if let Some((mut shell, orders, _answers)) = self.shell {
            drop(orders);
            let _ = shell.wait();
        }
        let _ = fs::remove_dir_all(&self.root);
    }
}

fn shell(root: &Path) -> io::Result<(Child, ChildStdin, BufReader<ChildStdout>)> {
    let mut shell = process::command("sh");
    shell.args(["-c", SHELL, "guardian"]).arg(root).stderr(Stdio::null());
    let mut shell = process::spawn(shell.stdin(Stdio::piped()).stdout(Stdio::piped()))?;
    match (shell.stdin.take(), shell.stdout.take()) {
        (Some(orders), Some(answers)) => Ok((shell, orders, BufReader::new(answers))),
        _ => Err(io::ErrorKind::BrokenPipe.into()),
    }
}

/// A word that nobody guesses: the hasher's keys are random.
pub fn secret() -> String {
    use std::hash::BuildHasher;
    let random = || std::collections::hash_map::RandomState::new().hash_one(());
    format!("{:016x}{:016x}", random(), random())
}

/// Starts `command`, which leads a process group of its own.
pub fn spawn(command: &mut Command) -> io::Result<Child> {
    with(|guardian| {
        let child = process::spawn(command)?;
        guardian.live.push(child.id());
        guardian.order("live", "all")?;
        Ok(child)
    })
}

/// Kills `child` with its process group (on Windows: the tree below it) and
/// reaps it. A descendant that left the group lives until this process ends.
pub fn end(child: &mut Child) {
    let id = child.id();
    #[cfg(windows)]
    let _ = process::output(Command::new("taskkill").args(["/T", "/F", "/PID", &id.to_string()]));
    let _ = with(|guardian| {
        guardian.live.retain(|other| *other != id);
        guardian.order("end", id)
    });
    let _ = child.kill(); // where the guardian could not
    let _ = child.wait();
}

/// Cleans up now, for a process that ends in order.
pub fn finish() {
    let guardian = GUARDIAN.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(guardian) = guardian {
        guardian.leave();
    }
}

/// An empty folder of its own, removed with all that is in it on drop.
pub struct Folder(PathBuf);

impl Folder {
    /// Makes the folder below the system's temporary folder.
    pub fn new() -> io::Result<Folder> {
        with(|guardian| {
            guardian.folders += 1;
            let path = guardian.root.join(guardian.folders.to_string());
            fs::create_dir(&path)?;
            Ok(Folder(path))
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn it_cleans_up_where_nobody_is_left_to_read_its_answer() -> io::Result<()> {
        let guardian = Guardian::call()?;
        if let Some((mut shell, mut orders, answers)) = guardian.shell {
            drop(answers);
            writeln!(orders, "live all")?;
            drop(orders);
            shell.wait()?;
        }
        assert!(!guardian.root.exists());
        Ok(())
    }
}
