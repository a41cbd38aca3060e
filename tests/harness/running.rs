//! A program under test while it runs: its keyboard, screen and end.

use crate::process::{Whole, command, kill_group};
use crate::stream::Stream;
use crate::{Folder, Port, Program, Report, Verdict, deadline, difference, live, report, worked};
use std::io::Write;
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::Duration;

/// How long a wrong line may take to become whole, for the report only.
const REST_OF_LINE: Duration = Duration::from_millis(200);

/// A running program. Dropping it kills its process group and reaps it.
pub struct Running {
    child: Child,
    keyboard: Option<ChildStdin>,
    screen: Stream,
    errors: Stream,
    seen: usize,
    errors_seen: usize,
    address: SocketAddr,
    _folder: Folder,
    port: Option<Port>,
}

impl Running {
    /// Starts the program under test with `HOST PORT` of `address`.
    ///
    /// # Errors
    /// Where it cannot be built or started.
    pub fn start(program: Program, address: SocketAddr) -> Verdict<Running> {
        let (host, port) = (address.ip().to_string(), address.port().to_string());
        Running::start_with(program, address, &[&host, &port], &[])
    }

    /// Starts the program under test with these arguments and environment
    /// variables; `address` is where it is expected to listen or connect.
    ///
    /// # Errors
    /// Where it cannot be built or started.
    pub fn start_with(
        program: Program,
        address: SocketAddr,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Verdict<Running> {
        let set_up = |command: &mut Command| {
            command.args(arguments).envs(environment.iter().copied());
        };
        Running::launch(
            program,
            address,
            &arguments.join(" "),
            Stdio::piped(),
            set_up,
        )
    }

    /// Starts the program under test with `HOST PORT` of `address` and with
    /// `screen` as its standard output.
    ///
    /// # Errors
    /// Where it cannot be built or started.
    pub fn start_on(program: Program, address: SocketAddr, screen: Stdio) -> Verdict<Running> {
        let (host, port) = (address.ip().to_string(), address.port().to_string());
        let set_up = |command: &mut Command| {
            command.args([&host, &port]);
        };
        let words = format!("{host} {port}, its output elsewhere,");
        Running::launch(program, address, &words, screen, set_up)
    }

    fn launch(
        program: Program,
        address: SocketAddr,
        arguments: &str,
        screen: Stdio,
        set_up: impl Fn(&mut Command),
    ) -> Verdict<Running> {
        let words = program.command()?;
        let folder = Folder::new().map_err(|error| harness("make a temporary folder", &error))?;
        let step = format!("{} {arguments} starts", program.name());
        let mut command = command(&words[0]);
        set_up(command.args(&words[1..]));
        command
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(screen)
            .stderr(Stdio::piped());
        let mut child = live::spawn(&mut command, folder.path()).map_err(|error| {
            let command = difference::escape(words[0].as_encoded_bytes());
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
    ///
    /// # Errors
    /// Where the program has ended.
    pub fn types(&mut self, line: &str) -> Verdict {
        self.types_bytes(format!("{line}\n").as_bytes())
    }

    /// Hands `bytes` to standard input, as they are.
    ///
    /// # Errors
    /// Where the program has ended.
    pub fn types_bytes(&mut self, bytes: &[u8]) -> Verdict {
        let step = format!("{} is typed", difference::escape(bytes));
        let written = self
            .keyboard
            .as_mut()
            .map(|keyboard| keyboard.write_all(bytes));
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

    /// The screen shows exactly `text` next.
    ///
    /// # Errors
    /// Where something else comes, or too little in time.
    pub fn shows(&mut self, text: &str) -> Verdict {
        let expected = text.as_bytes();
        let step = format!("the screen shows {}", difference::escape(expected));
        let seen = self.seen;
        let end = self.screen.wait(deadline::step(), |bytes, closed| {
            let new = newlines(&bytes[seen..]);
            let wrong = !expected.starts_with(&new[..new.len().min(expected.len())]);
            (new.len() >= expected.len() || wrong || closed).then_some(!wrong)
        });
        let shown = self.unseen();
        if end == Some(true) && shown.len() >= expected.len() {
            // On Windows a line end is two bytes, and `seen` counts them.
            let ends = if cfg!(windows) {
                text.matches('\n').count()
            } else {
                0
            };
            self.seen += expected.len() + ends;
            worked(step);
            return Ok(());
        }
        self.screen.wait(REST_OF_LINE, |bytes, closed| {
            (bytes.ends_with(b"\n") || closed || bytes.len() == seen).then_some(())
        });
        let mut shown = self.unseen();
        let line = expected
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
            .max(1);
        let ends = shown.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        if let Some((end, _)) = ends.take(line).last() {
            shown.truncate(end + 1);
        }
        let report = self.failed(step).compared(expected, &shown, true);
        Err(if shown.is_empty() {
            self.shown_at_exit(report)
        } else {
            report
        })
    }

    /// The next line on the screen, without its end.
    ///
    /// # Errors
    /// Where none comes in time.
    pub fn next_line(&mut self) -> Verdict<String> {
        let line = line_at(&self.screen, self.seen, deadline::step());
        let line = line.ok_or_else(|| self.failed("the screen shows one more line"))?;
        self.seen += line.len();
        Ok(noted("the screen shows", &line))
    }

    /// The next line on standard error, without its end. udp-client takes 5 s
    /// to say that no reply came, so this waits for longer than a step.
    ///
    /// # Errors
    /// Where none comes in time.
    pub fn next_error(&mut self) -> Verdict<String> {
        let line = line_at(&self.errors, self.errors_seen, deadline::start());
        let line = line.ok_or_else(|| self.failed("standard error shows one more line"))?;
        self.errors_seen += line.len();
        Ok(noted("standard error says", &line))
    }

    /// What came on the screen after all that was looked at.
    pub fn unseen(&self) -> Vec<u8> {
        newlines(&self.screen.bytes()[self.seen..])
    }

    /// The program ends with `status`, and the screen shows nothing more.
    ///
    /// # Errors
    /// Where it goes on, has another status, or shows more.
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
    ///
    /// # Errors
    /// Where it goes on, or has another status.
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
    ///
    /// # Errors
    /// Where it goes on.
    pub fn ends(&mut self) -> Verdict<ExitStatus> {
        let limit = deadline::step();
        let ended = deadline::poll(limit, || self.child.try_wait().ok().flatten());
        ended.ok_or_else(|| {
            let still = format!("it still runs after {limit:?}");
            self.failed("the program ends").because(&still)
        })
    }

    /// Standard error holds exactly one line, and it is returned without its
    /// end. Waits for it.
    ///
    /// # Errors
    /// Where there is none, or more.
    pub fn complains(&mut self) -> Verdict<String> {
        self.complains_within(deadline::step())
    }

    /// The same with another limit.
    ///
    /// # Errors
    /// As above.
    pub fn complains_within(&mut self, limit: Duration) -> Verdict<String> {
        let step = "one line comes on standard error";
        let whole = self.errors.wait(limit, |bytes, closed| {
            (bytes.ends_with(b"\n") || closed).then_some(())
        });
        if self.child.try_wait().is_ok_and(|status| status.is_some()) {
            self.drained();
        }
        let text = newlines(&self.errors.bytes());
        let text = String::from_utf8_lossy(&text);
        match text.strip_suffix('\n') {
            Some(line) if whole.is_some() && !line.contains('\n') => {
                worked(format!("standard error says: {line}"));
                Ok(line.to_string())
            }
            _ => Err(self
                .failed(step)
                .because(&format!("{} came", difference::escape(text.as_bytes())))),
        }
    }

    /// Nothing has come on standard error.
    ///
    /// # Errors
    /// Where something has.
    pub fn is_quiet(&mut self) -> Verdict {
        let text = self.errors.bytes();
        match text.is_empty() {
            true => Ok(()),
            false => Err(self
                .failed("standard error stays empty")
                .compared(b"", &text, false)),
        }
    }

    /// All that has come on the screen and on standard error.
    pub fn all_output(&self) -> String {
        self.drained();
        let bytes = [self.screen.bytes(), b"\n".to_vec(), self.errors.bytes()].concat();
        String::from_utf8_lossy(&bytes).into_owned()
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
        let closed = self
            .screen
            .wait(Duration::ZERO, |_, closed| closed.then_some(()));
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
            false => report.because(&format!(
                "it has not within {:?}, and still runs",
                deadline::start()
            )),
        }
    }

    /// Waits until all that an ended program wrote has been read, unless a
    /// grandchild holds its pipes.
    fn drained(&self) {
        for stream in [&self.screen, &self.errors] {
            stream.wait(deadline::seconds(0.5), |_, closed| closed.then_some(()));
        }
    }

    /// Nothing was shown in time; is it shown when the program ends?
    fn shown_at_exit(&mut self, report: Report) -> Report {
        self.keyboard = None;
        #[cfg(unix)]
        self.signal("INT");
        let seen = self.seen;
        let late = self.screen.wait(deadline::seconds(0.5), |bytes, closed| {
            (closed || bytes.len() > seen).then_some(bytes.len() > seen)
        });
        match late {
            Some(true) => report.better_hint(
                "the output appears only when the program ends: flush it after every line",
            ),
            _ => report,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        live::forget(&self.child);
        kill_group(&mut self.child);
    }
}

/// The line that begins at byte `start`, with its end.
fn line_at(stream: &Stream, start: usize, limit: Duration) -> Option<Vec<u8>> {
    stream.wait(limit, |bytes, _| {
        let end = bytes[start..].iter().position(|byte| *byte == b'\n')?;
        Some(bytes[start..=start + end].to_vec())
    })
}

fn noted(step: &str, line: &[u8]) -> String {
    let line = newlines(line);
    let line = String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(&line)).into_owned();
    worked(format!("{step} {}", difference::escape(line.as_bytes())));
    line
}

/// `bytes` with Windows' line ends as everywhere else's.
fn newlines(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if cfg!(windows) {
        let kept = (0..bytes.len()).filter(|at| !bytes[*at..].starts_with(b"\r\n"));
        bytes = kept.map(|at| bytes[at]).collect();
    }
    bytes
}

fn harness(step: &str, problem: &dyn std::fmt::Display) -> Report {
    Report::harness(step).because(&problem.to_string())
}
