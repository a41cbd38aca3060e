//! A program under test while it runs: its keyboard, screen and end.

use crate::process::{Whole, command};
use crate::stream::Stream;
use crate::{Folder, Port, Program, Report, Verdict, deadline, difference, live, report, worked};
use std::io::Write;
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::time::Duration;

/// A running program. Dropping it kills its process group and reaps it.
pub struct Running {
    pub(crate) child: Child,
    pub(crate) keyboard: Option<ChildStdin>,
    pub(crate) screen: Stream,
    pub(crate) errors: Stream,
    pub(crate) seen: usize,
    /// A line that may come before its turn, and whether it has.
    pub(crate) early: Option<(String, bool)>,
    pub(crate) errors_seen: usize,
    address: SocketAddr,
    _folder: Folder,
    port: Option<Port>,
}

impl Running {
    /// Starts the program under test with `HOST PORT` of `address`.
    pub fn start(program: Program, address: SocketAddr) -> Verdict<Running> {
        let (host, port) = (address.ip().to_string(), address.port().to_string());
        Running::start_with(program, address, &[&host, &port], &[])
    }

    /// Starts the program under test with these arguments and environment
    /// variables; `address` is where it is expected to listen or connect.
    pub fn start_with(
        program: Program,
        address: SocketAddr,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Verdict<Running> {
        Running::launch(program, address, arguments, environment, None)
    }

    /// Starts the program under test with `HOST PORT` of `address` and with
    /// `screen` as its standard output.
    pub fn start_on(program: Program, address: SocketAddr, screen: Stdio) -> Verdict<Running> {
        let (host, port) = (address.ip().to_string(), address.port().to_string());
        Running::launch(program, address, &[&host, &port], &[], Some(screen))
    }

    fn launch(
        program: Program,
        address: SocketAddr,
        arguments: &[&str],
        environment: &[(&str, &str)],
        elsewhere: Option<Stdio>,
    ) -> Verdict<Running> {
        let words = program.command()?;
        let folder = Folder::new().map_err(|error| harness("make a temporary folder", &error))?;
        let aside = if elsewhere.is_some() { ", its output elsewhere," } else { "" };
        let step = format!("{} {}{aside} starts", program.name(), arguments.join(" "));
        let mut command = command(&words[0]);
        command
            .args(&words[1..])
            .args(arguments)
            .envs(environment.iter().copied())
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(elsewhere.unwrap_or_else(Stdio::piped))
            .stderr(Stdio::piped());
        let mut child = live::spawn(&mut command, folder.path()).map_err(|error| {
            let command = difference::quoted(words[0].as_encoded_bytes());
            Report::not_started(&step, &format!("cannot run {command}: {error}"))
        })?;
        let stream = |source: Option<Stream>, role: &str| {
            let stream = source.unwrap_or_else(Stream::closed);
            report::watch(format!("{}{role}", program.name()), stream.clone());
            stream
        };
        let screen = stream(child.stdout.take().map(Stream::of), "");
        let errors = stream(child.stderr.take().map(Stream::of), " error");
        let keyboard = child.stdin.take();
        worked(step);
        let (seen, errors_seen, port) = (0, 0, None);
        Ok(Running {
            child,
            keyboard,
            screen,
            errors,
            seen,
            early: None,
            errors_seen,
            address,
            _folder: folder,
            port,
        })
    }

    /// Keeps `port` from everybody else while the program runs.
    pub(crate) fn holds(&mut self, port: Port) {
        self.port = Some(port);
    }

    /// The address that it was told.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Types `line` and Enter.
    pub fn types(&mut self, line: &str) -> Verdict {
        self.types_bytes(format!("{line}\n").as_bytes())
    }

    /// Hands `bytes` to standard input, as they are.
    pub fn types_bytes(&mut self, bytes: &[u8]) -> Verdict {
        let step = format!("{} is typed", difference::quoted(bytes));
        let written = self.keyboard.as_mut().map(|keyboard| keyboard.write_all(bytes));
        match written {
            Some(Ok(())) => worked(step),
            Some(Err(error)) => return Err(self.failed(step).because(&error.to_string())),
            None => return Err(harness("type", &"the input has ended already")),
        }
        report::sent(bytes);
        Ok(())
    }

    /// Ends standard input, as Ctrl-D does.
    pub fn ends_input(&mut self) {
        self.keyboard = None;
        worked("the input ends");
    }

    /// The program ends with `status`, and the screen shows nothing more.
    pub fn leaves(&mut self, status: i32) -> Verdict {
        self.ends_with(status)?;
        let more = self.unseen();
        if !more.is_empty() {
            let step = "the screen shows nothing more";
            return Err(self.failed(step).compared(b"", &more, true));
        }
        Ok(())
    }

    /// The program ends with `status`, whatever the screen shows.
    pub fn ends_with(&mut self, status: i32) -> Verdict {
        let step = format!("it ends with status {status}");
        let ended = self.ends()?;
        self.drained();
        if ended.code() != Some(status) {
            return Err(self.failed(step));
        }
        worked(step);
        Ok(())
    }

    /// Kills it; returns its address and port, for another start.
    pub fn kill(mut self) -> (SocketAddr, Option<Port>) {
        worked("it is killed");
        (self.address, self.port.take())
    }

    /// The program ends, with whatever status.
    pub fn ends(&mut self) -> Verdict<ExitStatus> {
        // An interpreter may take as long to go as to come.
        let limit = deadline::start();
        let ended = deadline::poll(limit, || self.ended());
        ended.ok_or_else(|| {
            let still = format!("it still runs after {limit:?}");
            self.failed("the program ends").because(&still)
        })
    }

    /// The exit status, if it has ended.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Its process id, as long as it is not reaped.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal by the name that kill(1) has for it, such as `INT`.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        crate::process::signal(self.child.id(), name, Whole::Process);
    }

    /// A report on this program, with the way it ended, if it has.
    pub fn failed(&mut self, step: impl Into<String>) -> Report {
        let closed = self.screen.wait(Duration::ZERO, |_, closed| closed.then_some(()));
        // A program closes its screen a moment before it can be waited for.
        let limit = deadline::seconds(if closed.is_some() { 0.2 } else { 0.0 });
        match deadline::poll(limit, || self.ended()) {
            None => Report::failed(step),
            Some(status) => {
                self.drained();
                Report::failed(step).after_end(status)
            }
        }
    }

    /// A report that it did not do `step` in the time that a start may take.
    pub(crate) fn not_started(&mut self, step: impl Into<String>) -> Report {
        let report = self.failed(step).starting();
        match report.ended_early() {
            true => report,
            false => report
                .because(&format!("it has not within {:?}, and still runs", deadline::start())),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        live::end(&mut self.child);
    }
}

fn harness(step: &str, problem: &dyn std::fmt::Display) -> Report {
    Report::harness(step).because(&problem.to_string())
}
