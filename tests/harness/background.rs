//! A program that is driven over the network alone: nobody reads its screen.

use crate::process::command;
use crate::{Folder, live};
use std::ffi::OsString;
use std::io;
use std::process::{Child, ExitStatus, Stdio};
use std::time::Instant;

/// A running program whose standard output goes to the null device. Dropping
/// it kills its process group and reaps it.
pub struct Background {
    child: Child,
    started: Instant,
    _folder: Folder,
}

impl Background {
    /// Starts the program `words[0]` with the other words as arguments.
    ///
    /// # Panics
    /// If there are no words.
    pub fn start(words: &[OsString]) -> io::Result<Background> {
        let folder = Folder::new()?;
        let mut command = command(&words[0]);
        command
            .args(&words[1..])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let started = Instant::now();
        Ok(Background {
            child: live::spawn(&mut command, folder.path())?,
            started,
            _folder: folder,
        })
    }

    /// When the system was asked to start it.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// Its process id, as long as it is not reaped.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The exit status, if it has ended.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        live::end(&mut self.child);
    }
}
