//! A program under test while it runs: its keyboard, screen and end.

use crate::*;
use std::process::{ChildStdin, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::{fmt::Display, io::Write, net::SocketAddr, slice, thread, time::Duration, time::Instant};

/// A running program. Dropping it kills its process group and reaps it.
pub struct Running {
    /// Which of the four it is, or stands for.
    pub program: Program,
    child: Arc<Mutex<Guarded>>,
    pub(crate) keyboard: Option<ChildStdin>,
    pub(crate) watched: Watched,
    /// A line that may come before its turn, or none, and how many bytes of it have.
    pub(crate) early: (Vec<u8>, usize),
    /// Bytes on the screen when something was typed; `None`: it never prompts.
    typed_at: Option<usize>,
    /// The one that it was told.
    pub address: SocketAddr,
    _folder: Folder,
}

impl Running {
    /// Starts the program under test, which is expected to listen at `address` or to connect to it.
    pub fn start<'a>(setup: impl Into<Setup<'a>>, address: SocketAddr) -> Verdict<Running> {
        let Setup { program, host, arguments, environment, screen, .. } = setup.into();
        let (ip, port) = (address.ip().to_string(), address.port().to_string());
        let told = [host.unwrap_or(&ip), &port];
        let arguments = arguments.unwrap_or(&told);
        let words = program.command()?;
        let folder = Folder::new()?;
        let step = format!("{} {} starts", program.name(), arguments.join(" "));
        let mut command = command(&words[0]);
        command
            .args(&words[1..])
            .args(arguments)
            .envs(["HOME", "TMPDIR", "TEMP", "TMP"].map(|name| (name, folder.path())))
            .envs(environment.iter().copied())
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(screen()?)
            .stderr(Stdio::piped());
        let mut child = process::spawn(&mut command).map_err(|error| {
            let kind = if process::is_refused(&error) { Kind::Harness } else { Kind::NotStarted };
            let command = quoted(words[0].as_encoded_bytes());
            Report::of(kind, &step).because(format!("cannot run {command}: {error}"))
        })?;
        let (screen, errors) = (child.0.stdout.take(), child.0.stderr.take());
        worked(step + if screen.is_none() { ", its output elsewhere" } else { "" });
        let (screen, errors) = (Stream::of(screen)?, Stream::of(errors)?);
        let keyboard = child.0.stdin.take();
        let child = Arc::new(Mutex::new(child));
        let watched = Watched { program, child: Arc::downgrade(&child), screen, errors };
        journal(|journal| journal.programs.push(watched.clone()));
        Ok(Running {
            program,
            child,
            keyboard,
            watched,
            early: Default::default(),
            typed_at: Some(0),
            address,
            _folder: folder,
        })
    }

    /// Types `line` and Enter, as a person does: when the prompt is there, which is text behind what
    /// was there when something was typed last, that nothing follows for a moment. Who shows none is
    /// not waited for again; another check is about that.
    pub fn types(&mut self, line: &str) -> Verdict {
        let moment = deadline::seconds(0.1);
        self.typed_at = self.typed_at.filter(|start| {
            let (mut length, mut since) = (*start, Instant::now());
            let prompt = self.watched.screen.wait(deadline::seconds(1.0), |bytes, _| {
                if bytes.len() > length {
                    (length, since) = (bytes.len(), Instant::now());
                }
                let text = &bytes[*start..];
                let still = !text.is_empty() && !text.ends_with(b"\n") && since.elapsed() > moment;
                let known = text.ends_with("消息>>".as_bytes());
                (known || still || self.ended().is_some()).then_some(())
            });
            prompt.is_some()
        });
        self.types_bytes(format!("{line}\n").as_bytes())
    }

    /// Hands `bytes` to standard input, as they are.
    pub fn types_bytes(&mut self, bytes: &[u8]) -> Verdict {
        let step = format!("{} is typed", quoted(bytes));
        let ended = || Report::harness(&step).because("the input has ended already");
        let mut keyboard = self.keyboard.take().ok_or_else(ended)?;
        self.typed_at = self.typed_at.map(|_| self.watched.screen.bytes().len());
        let (hand_back, back) = mpsc::channel();
        let typed = bytes.to_vec();
        // A program that reads nothing would hold up this thread for ever.
        let types = move || hand_back.send((keyboard.write_all(&typed), keyboard));
        thread::Builder::new().spawn(types)?;
        let Ok((written, keyboard)) = back.recv_timeout(deadline::step()) else {
            return Err(self.failed(step).because("the program does not read it"));
        };
        self.keyboard = Some(keyboard);
        report::step(step, written)?;
        journal(|journal| journal.typed.push(bytes.to_vec()));
        Ok(())
    }

    /// Ends standard input, as Ctrl-D does.
    pub fn ends_input(&mut self) {
        self.keyboard = None;
        worked("the input ends");
    }

    /// The program ends with status 0, and the screen shows nothing more.
    pub fn leaves(&mut self) -> Verdict {
        self.ends_with(0)?;
        equals("the screen shows nothing more", &self.unseen(), b"", true)
    }

    /// The program ends with `status`, whatever the screen shows.
    pub fn ends_with(&mut self, status: i32) -> Verdict {
        let step = format!("it ends with status {status}");
        let ended = self.ends()?;
        self.watched.drained();
        holds(&step, ended.code() == Some(status)).map_err(|_| self.failed(step))
    }

    /// The program ends with status 1, and one line on standard error, which it returns, says why.
    pub fn gives_up(&mut self) -> Verdict<String> {
        self.ends_with(1)?;
        self.complains(deadline::step())
    }

    /// Kills it; returns its address, for another start.
    pub fn kill(self) -> SocketAddr {
        worked("it is killed");
        self.address
    }

    /// The program ends, with whatever status.
    pub fn ends(&mut self) -> Verdict<ExitStatus> {
        let limit = deadline::start(); // an interpreter goes as slowly as it comes
        let still =
            || self.failed("the program ends").because(format!("it still runs after {limit:?}"));
        deadline::poll(limit, || self.ended()).ok_or_else(still)
    }

    /// The exit status, if it has ended.
    pub fn ended(&self) -> Option<ExitStatus> {
        self.watched.ended()
    }

    /// Its process id, as long as it is not reaped.
    pub fn id(&self) -> u32 {
        lock(&self.child).0.id()
    }

    /// Sends it a signal by the name that kill(1) has for it, such as `INT`.
    pub fn signal(&self, name: &str) {
        process::signal(self.id(), name);
    }

    /// A report on this program, with the way it ended, if it has.
    pub fn failed(&self, step: impl Display) -> Report {
        // A program closes its screen a moment before it can be waited for.
        let closed = self.watched.screen.ends(Duration::ZERO);
        let limit = deadline::seconds(if closed { 0.2 } else { 0.0 });
        Report::behind(limit, slice::from_ref(&self.watched), step)
    }

    /// A report that it did not do `step` in the time that a start may take.
    pub(crate) fn not_started(&self, step: impl Display) -> Report {
        let mut report = self.failed(step);
        report.kind = Kind::NotStarted;
        let still = format!("it has not within {:?}, and still runs", deadline::start());
        if report.ended { report } else { report.because(still) }
    }
}
