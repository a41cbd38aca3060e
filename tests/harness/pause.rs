//! Stopping a program for a while: the kernel keeps what the network brings, or does not.

use crate::{Running, Verdict, deadline, holds, output, worked};
use std::{fs, process::Command};

impl Running {
    /// Stops the program, wherever it is, and waits until it stands still.
    pub fn pauses(&mut self) -> Verdict {
        self.signal("STOP");
        let stopped = || is_stopped(self.id()).then_some(());
        let stopped = deadline::poll(deadline::step(), stopped).is_some();
        let step = "the program is stopped";
        holds(step, stopped).map_err(|_| self.failed(step))
    }

    /// Lets the program go on.
    pub fn goes_on(&self) {
        self.signal("CONT");
        worked("the program goes on");
    }
}

/// Whether ps(1) has the letter `T` for it, or Linux, which may have no ps, behind its name.
fn is_stopped(id: u32) -> bool {
    match fs::read_to_string(format!("/proc/{id}/stat")) {
        Ok(text) => text.rsplit(')').next().is_some_and(|rest| rest.starts_with(" T ")),
        Err(_) => output(Command::new("ps").args(["-o", "state=", "-p", &id.to_string()]))
            .is_ok_and(|said| said.stdout.trim_ascii_start().starts_with(b"T")),
    }
}
