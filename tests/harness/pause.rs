//! Stopping a program for a while. What the network brings meanwhile, the
//! kernel keeps for it, or does not.

use crate::{Running, Verdict, deadline, worked};
use std::fs;
use std::process::Command;

impl Running {
    /// Stops the program, wherever it is, and waits until it stands still:
    /// from then on it receives nothing.
    pub fn pauses(&mut self) -> Verdict {
        self.signal("STOP");
        let step = "the program is stopped";
        let stopped = || (state(self.id()) == Some('T')).then_some(());
        match deadline::poll(deadline::step(), stopped) {
            Some(()) => worked(step),
            None => return Err(self.failed(step)),
        }
        Ok(())
    }

    /// Lets the program go on.
    pub fn goes_on(&self) {
        self.signal("CONT");
        worked("the program goes on");
    }
}

/// The letter that ps(1) has for the state of the process `id`: `T`, stopped.
fn state(id: u32) -> Option<char> {
    // Behind the name, which may hold anything (proc_pid_stat(5)). Not every
    // Linux has ps, and no other system has this file.
    let text = match fs::read_to_string(format!("/proc/{id}/stat")) {
        Ok(text) => text.rsplit_once(')')?.1.to_string(),
        Err(_) => {
            let mut ps = Command::new("ps");
            let output = ps.args(["-o", "state=", "-p", &id.to_string()]).output();
            String::from_utf8(output.ok()?.stdout).ok()?
        }
    };
    text.trim_start().chars().next()
}
