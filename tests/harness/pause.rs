//! Stopping a program for a while: the kernel keeps what the network brings, or does not.

use crate::{Running, Verdict, deadline, holds, output, worked};
use std::fs;
use std::process::Command;

impl Running {
    /// Stops the program, wherever it is, and waits until it stands still.
    pub fn pauses(&mut self) -> Verdict {
        self.signal("STOP");
        let stopped = || (state(self.id()) == Some('T')).then_some(());
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

/// The letter that ps(1) has for the state of the process `id`: `T`, stopped.
fn state(id: u32) -> Option<char> {
    // Behind the name, which may hold anything (proc_pid_stat(5)). Not every
    // Linux has ps, and no other system has this file.
    let text = match fs::read_to_string(format!("/proc/{id}/stat")) {
        Ok(text) => text.rsplit_once(')')?.1.to_string(),
        Err(_) => {
            let said = output(Command::new("ps").args(["-o", "state=", "-p", &id.to_string()]));
            String::from_utf8(said.ok()?.stdout).ok()?
        }
    };
    text.trim_start().chars().next()
}
