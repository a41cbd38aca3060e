//! What a test says when it fails: the steps that worked, the one that did
//! not, what was expected and what came, the program's last words, a hint.

use crate::hint::{self, Hint, Seen};
use crate::process::lock;
use crate::stream::Stream;
use crate::{deadline, difference};
use std::cell::RefCell;
use std::fmt;
use std::io::Write;
use std::net::TcpStream;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

/// What a test returns. libtest prints the [`Report`] of one that fails.
pub type Verdict<T = ()> = Result<T, Report>;

/// Lines shown of each of the program's streams, from so many bytes at its end.
const LAST_LINES: usize = 10;
const LAST_BYTES: usize = 4096;
/// How long to wait, behind a failure, for what explains it.
pub(crate) const MOMENT: Duration = Duration::from_millis(200);

/// Whose fault a failure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The program does something else than it must.
    Failed,
    /// The program does not start, so nothing can be said of it.
    NotStarted,
    /// A grader did not try it.
    NotTried,
    /// The test itself could not do its part: never the program's fault.
    Harness,
}

/// How a check ended; if it did not pass, why, and the report without its first line.
pub type Outcome = Result<(), (Kind, String)>;

thread_local! {
    /// libtest runs each test in a thread of its own.
    static JOURNAL: RefCell<Journal> = RefCell::default();
}

/// What this test has done so far.
#[derive(Default)]
pub(crate) struct Journal {
    /// The report's lines for the steps that worked.
    worked: String,
    programs: Vec<Watched>,
    /// What peers have sent to the program.
    pub(crate) sent: Vec<Vec<u8>>,
    pub(crate) typed: Vec<Vec<u8>>,
    /// The last connection, as long as it is open at this end.
    pub(crate) connection: Weak<TcpStream>,
}

/// Notes something, or looks at what is noted.
pub(crate) fn journal<T>(look: impl FnOnce(&mut Journal) -> T) -> T {
    JOURNAL.with_borrow_mut(look)
}

struct Watched {
    name: &'static str,
    /// Gone when the test has ended it.
    child: Weak<Mutex<Child>>,
    /// The screen and standard error.
    outputs: [Stream; 2],
}

impl Watched {
    /// `None` if it is gone, and how it ended, if it has.
    fn status(&self) -> Option<Option<ExitStatus>> {
        let child = self.child.upgrade()?;
        Some(lock(&child).try_wait().ok().flatten())
    }
}

/// Notes a step that worked, for the report of one that does not.
pub fn worked(step: impl Into<String>) {
    journal(|journal| journal.worked += &format!("   worked: {}\n", step.into()));
}

/// The step `name` ended with `result`: notes it, or says why it did not work.
pub fn step<T>(name: impl Into<String>, result: Result<T, impl fmt::Display>) -> Verdict<T> {
    let name = name.into();
    let result = result.inspect(|_| worked(&name));
    result.map_err(|error| Report::silent(&name).because(&error.to_string()))
}

/// The step `name` is noted if it is `true`; otherwise it did not work.
pub fn holds(name: impl Into<String>, is_true: bool) -> Verdict {
    let name = name.into();
    is_true.then(|| worked(&name)).ok_or_else(|| Report::failed(&name))
}

/// The step `name` worked if there are no problems.
pub fn none(name: &str, problems: Vec<String>) -> Verdict {
    holds(name, problems.is_empty()).map_err(|report| report.because(&problems.join("\n")))
}

/// Forgets all notes, before another attempt.
pub(crate) fn forget() {
    JOURNAL.take();
}

/// Whether the program is a client that no peer has answered yet.
pub(crate) fn is_unanswered_client() -> bool {
    let is_client = |one: &Watched| one.name.ends_with("client");
    journal(|notes| notes.sent.is_empty() && notes.programs.last().is_some_and(is_client))
}

/// Notes a child; the end of what it has written is shown if the test fails.
pub(crate) fn watch(name: &'static str, child: &Arc<Mutex<Child>>, outputs: [&Stream; 2]) {
    let (child, outputs) = (Arc::downgrade(child), outputs.map(Stream::clone));
    journal(|journal| journal.programs.push(Watched { name, child, outputs }));
}

/// Whether every program of this test has ended, or closed all its outputs.
pub(crate) fn all_ended() -> bool {
    let open = |stream: &Stream| stream.wait(Duration::ZERO, |_, end| (!end).then_some(()));
    let ended = |one: &Watched| one.outputs.iter().all(|stream| open(stream).is_none());
    journal(|journal| journal.programs.iter().all(ended))
}

/// Says `text` on the terminal, also from a test that passes, whose prints libtest keeps back.
pub fn say_aloud(text: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_string();
    let _ = writeln!(std::io::stderr(), "note: {test}: {text}");
}

/// Why a test failed.
pub struct Report {
    kind: Kind,
    worked: String,
    /// The step, and below it what is known of it.
    failed: String,
    output: Box<str>,
    hint: Option<Hint>,
    ended: bool,
}

impl Report {
    /// Whose fault it is, and what there is to say.
    pub fn outcome(&self) -> (Kind, String) {
        let hint = self.hint.as_ref().map_or("", |hint| &hint.0);
        let Report { worked, failed, output, .. } = self;
        (self.kind, format!("{worked}   failed: {failed}{output}{hint}"))
    }

    /// `step` did not work: what should have been, such as `the screen shows the next line`.
    pub fn failed(step: impl Into<String>) -> Report {
        journal(|journal| Report {
            kind: Kind::Failed,
            worked: journal.worked.clone(),
            failed: step.into() + "\n",
            output: journal.programs.iter().map(last_lines).collect::<String>().into(),
            hint: None,
            ended: false,
        })
    }

    /// `step` did not work, for nothing came, or the connection broke. A crash
    /// says more than a silence: waits a moment for the program's end.
    pub(crate) fn silent(step: impl Into<String>) -> Report {
        // All have ended, or one with an error.
        let end = |journal: &mut Journal| {
            let known: Vec<_> = journal.programs.iter().filter_map(Watched::status).collect();
            let all = known.iter().all(Option::is_some);
            known.into_iter().flatten().rfind(|status| all || !status.success())
        };
        let end = deadline::poll(MOMENT, || journal(end));
        let Some(status) = end else { return Report::failed(step) };
        deadline::poll(MOMENT, || all_ended().then_some(())); // all its words are read
        Report::failed(step).after_end(status)
    }

    /// The program does not start: `step` failed because of `problem`.
    pub fn not_started(step: impl Into<String>, problem: &str) -> Report {
        Report::failed(step).starting().because(problem)
    }

    /// The test could not do its own part, `step`.
    pub fn harness(step: impl Into<String>) -> Report {
        Report { kind: Kind::Harness, ..Report::failed(step) }
    }

    /// The test could not prepare something.
    pub fn harness_error(error: impl fmt::Display) -> Report {
        Report::harness("prepare the test").because(&error.to_string())
    }

    /// Adds the bytes that should have come and those that came, and the hint
    /// that fits them. `screen` tells the program's screen from the network.
    pub fn compared(mut self, expected: &[u8], actual: &[u8], screen: bool) -> Report {
        self.failed += &difference::lines(expected, actual);
        let symptom = journal(|journal| {
            let errors: Vec<_> =
                journal.programs.iter().map(|one| one.outputs[1].bytes()).collect();
            let (sent, typed, errors) = (&journal.sent, &journal.typed, &errors.concat());
            let ended = self.ended;
            hint::by_symptom(&Seen { expected, actual, screen, sent, typed, errors, ended })
        });
        // What cut the text short says more than that it is short.
        let short = actual.is_empty() || self.ended && expected.starts_with(actual);
        self.hint = if short { self.hint.or(symptom) } else { symptom.or(self.hint) };
        self
    }

    /// Adds the reason, in words.
    pub fn because(mut self, problem: &str) -> Report {
        for line in problem.trim_end().lines() {
            self.failed += &format!("  because: {line}\n");
        }
        self
    }

    /// Adds that the program has ended, and the last that it said.
    pub(crate) fn after_end(self, status: ExitStatus) -> Report {
        let is_it = |one: &&Watched| one.status() == Some(Some(status));
        let errors = |one: &Watched| one.outputs[1].bytes();
        let errors = journal(|journal| journal.programs.iter().rfind(is_it).map(errors));
        let report = self.because(&format!("the program ended with {status}"));
        let errors = errors.filter(|_| !status.success());
        let hint = errors.and_then(|errors| hint::by_end(&errors));
        Report { ended: true, hint: report.hint.or(hint), ..report }
    }

    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    /// Whether the program ended instead of starting.
    pub(crate) fn ended_early(&self) -> bool {
        self.ended && self.kind == Kind::NotStarted
    }

    /// Says where the step is written.
    pub fn at(self, place: &str) -> Report {
        Report { failed: format!("{place}: {}", self.failed), ..self }
    }

    /// Marks a failure as one of starting.
    pub(crate) fn starting(self) -> Report {
        Report { kind: Kind::NotStarted, ..self }
    }

    /// Adds a hint, by its key in hints.txt or as a sentence, unless there is one.
    pub fn hint(self, hint: impl Into<Hint>) -> Report {
        Report { hint: self.hint.or(Some(hint.into())), ..self }
    }

    /// Adds a hint in place of another.
    pub fn better_hint(self, hint: impl Into<Hint>) -> Report {
        Report { hint: Some(hint.into()), ..self }
    }
}

/// What the system refuses to the test itself.
impl From<std::io::Error> for Report {
    fn from(error: std::io::Error) -> Report {
        Report::harness_error(error)
    }
}

/// libtest prints an error that a test returns by its `Debug`.
impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, text) = self.outcome();
        let kind = match kind {
            Kind::Failed => "the check failed",
            Kind::NotStarted | Kind::NotTried => "the program does not start",
            Kind::Harness => "the test itself went wrong",
        };
        write!(f, "{kind}\n{text}")
    }
}

/// The end of what a program has written, each line behind the program's
/// name, so that none passes for a line of the report.
fn last_lines(program: &Watched) -> String {
    let mut text = String::new();
    for (stream, role) in program.outputs.iter().zip(["", " error"]) {
        let bytes = stream.bytes();
        let end = &bytes[bytes.len().saturating_sub(LAST_BYTES)..];
        let lines: Vec<_> = end.split_inclusive(|byte| *byte == b'\n').collect();
        for line in &lines[lines.len().saturating_sub(LAST_LINES)..] {
            let line = difference::as_it_came(line.strip_suffix(b"\n").unwrap_or(line));
            text += &format!("   output: [{}{role}] {line}\n", program.name);
        }
    }
    text
}
