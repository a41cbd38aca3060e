//! The children that run now. A test process that a grader started watches
//! its standard input: when the grader is gone, however it went, the input
//! ends, and nothing may stay behind.

use crate::process::kill_tree;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, exit};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::{env, fs, thread};

/// Set for a test process whose standard input ends with its grader.
pub const WATCH: &str = "HARNESS_WATCHES_STDIN";

static LIVE: Mutex<Vec<(u32, PathBuf)>> = Mutex::new(Vec::new());

/// Starts `command`, which works in `folder`.
pub fn spawn(command: &mut Command, folder: &Path) -> io::Result<Child> {
    static WATCHER: Once = Once::new();
    if env::var_os(WATCH).is_some() {
        WATCHER.call_once(|| drop(thread::spawn(end_with_stdin)));
    }
    let mut live = lock(); // a child that runs is a child that is listed
    let child = command.spawn()?;
    live.push((child.id(), folder.to_path_buf()));
    Ok(child)
}

/// Kills `child` with its process group and reaps it. It is listed until it
/// is dead, and no longer when its id may be another's.
pub fn end(child: &mut Child) {
    kill_tree(child.id());
    let _ = child.kill();
    lock().retain(|(id, _)| *id != child.id());
    let _ = child.wait();
}

fn end_with_stdin() {
    let _ = io::stdin().read_to_end(&mut Vec::new());
    let live = lock(); // held to the end: nothing starts any more
    for (id, folder) in live.iter() {
        kill_tree(*id);
        let _ = fs::remove_dir_all(folder);
    }
    exit(1);
}

fn lock() -> MutexGuard<'static, Vec<(u32, PathBuf)>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}
