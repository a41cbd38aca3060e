//! What a test says when it fails: the steps that worked, the one that did
//! not, what was expected and what came, the program's last words, a hint.

use crate::stream::Stream;
use crate::{difference, hint};
use std::cell::RefCell;
use std::fmt;
use std::io::Write;
use std::process::ExitStatus;
use std::time::Duration;

/// What a test returns. libtest prints the [`Report`] of one that fails.
pub type Verdict<T = ()> = Result<T, Report>;

/// Lines shown of each of the program's streams.
const LAST_LINES: usize = 10;

/// Bytes of the streams that the last lines are looked for in.
const LAST_BYTES: usize = 4096;

/// Why nothing came, where the program is no more.
const ENDED: &str = "the program ended: the last lines of its output may say why";

/// Whose fault a failure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The program does something else than it must.
    Failed,
    /// The program does not start, so nothing can be said of it.
    NotStarted,
    /// The test itself could not do its part.
    Harness,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 3] = [Kind::Failed, Kind::NotStarted, Kind::Harness];

    /// The first line of a report of this kind.
    pub fn first_line(self) -> &'static str {
        match self {
            Kind::Failed => "the check failed",
            Kind::NotStarted => "the program does not start",
            Kind::Harness => "the test itself went wrong",
        }
    }
}

thread_local! {
    /// libtest runs each test in a thread of its own.
    static JOURNAL: RefCell<Journal> = RefCell::default();
}

#[derive(Default)]
struct Journal {
    worked: Vec<String>,
    streams: Vec<(String, Stream)>,
    sent: Vec<u8>,
}

/// Notes a step that worked, for the report of one that does not.
pub fn worked(step: impl Into<String>) {
    JOURNAL.with_borrow_mut(|journal| journal.worked.push(step.into()));
}

/// Forgets all notes, before another attempt.
pub(crate) fn forget() {
    JOURNAL.take();
}

/// Notes what was sent to the program last; a beginner's program may echo it.
pub(crate) fn sent(bytes: &[u8]) {
    JOURNAL.with_borrow_mut(|journal| journal.sent = bytes.to_vec());
}

/// Notes a stream of a child; its end is shown if the test fails.
pub(crate) fn watch(role: String, stream: Stream) {
    JOURNAL.with_borrow_mut(|journal| journal.streams.push((role, stream)));
}

/// Whether every program of this test has ended, or closed all its outputs.
pub(crate) fn all_ended() -> bool {
    let closed = |(_, stream): &(String, Stream)| {
        stream.wait(Duration::ZERO, |_, closed| closed.then_some(())).is_some()
    };
    JOURNAL.with_borrow(|journal| journal.streams.iter().all(closed))
}

/// Says `text` on the terminal, also from a test that passes: libtest keeps
/// back what a passing test prints.
pub fn say_aloud(text: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_string();
    let _ = writeln!(std::io::stderr(), "note: {test}: {text}");
}

/// Why a test failed.
pub struct Report {
    kind: Kind,
    worked: Vec<String>,
    failed: String,
    detail: String,
    output: String,
    hint: Option<&'static str>,
    ended: bool,
}

impl Report {
    /// `step` did not work. Says what it should have been, in the present
    /// tense: `the screen shows the next line`.
    pub fn failed(step: impl Into<String>) -> Report {
        JOURNAL.with_borrow(|journal| Report {
            kind: Kind::Failed,
            worked: journal.worked.clone(),
            failed: step.into(),
            detail: String::new(),
            output: journal.streams.iter().map(last_lines).collect(),
            hint: None,
            ended: false,
        })
    }

    /// The program does not start: `step` failed because of `problem`.
    pub fn not_started(step: impl Into<String>, problem: &str) -> Report {
        let kind = Kind::NotStarted;
        Report { kind, ..Report::failed(step) }.because(problem)
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
        self.detail += &difference::lines(expected, actual);
        let sent = JOURNAL.with_borrow(|journal| journal.sent.clone());
        let symptom = match actual.is_empty() && all_ended() {
            true => Some(ENDED),
            false => hint::by_symptom(expected, actual, &sent, screen),
        };
        self.hint = symptom.or(self.hint);
        self
    }

    /// Adds the reason, in words.
    pub fn because(mut self, problem: &str) -> Report {
        for line in problem.trim_end().lines() {
            self.detail += &format!("  because: {line}\n");
        }
        self
    }

    /// Adds that the program has ended.
    pub(crate) fn after_end(self, status: ExitStatus) -> Report {
        let ended = Report { ended: true, ..self };
        ended.because(&format!("the program ended with {status}")).hint(ENDED)
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

    /// Adds a hint, unless there is one.
    pub fn hint(mut self, hint: &'static str) -> Report {
        self.hint = self.hint.or(Some(hint));
        self
    }

    /// Adds a hint in place of another.
    pub fn better_hint(mut self, hint: &'static str) -> Report {
        self.hint = Some(hint);
        self
    }
}

/// libtest prints an error that a test returns by its `Debug`.
impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.kind.first_line())?;
        for step in &self.worked {
            writeln!(f, "   worked: {step}")?;
        }
        writeln!(f, "   failed: {}", self.failed)?;
        write!(f, "{}{}", self.detail, self.output)?;
        match self.hint {
            Some(hint) => writeln!(f, "     hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// The end of what a stream holds, each line behind the program's name, so
/// that none passes for a line of the report.
fn last_lines((role, stream): &(String, Stream)) -> String {
    let bytes = stream.bytes();
    let end = &bytes[bytes.len().saturating_sub(LAST_BYTES)..];
    let lines: Vec<_> = end.split_inclusive(|byte| *byte == b'\n').collect();
    let last = &lines[lines.len().saturating_sub(LAST_LINES)..];
    let line = |line: &&[u8]| {
        let text = difference::brief(line.strip_suffix(b"\n").unwrap_or(line));
        format!("   output: [{role}] {text}\n")
    };
    last.iter().map(line).collect()
}
