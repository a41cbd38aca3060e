//! What a test says when it fails: the steps that worked, the one that did
//! not, what was expected and what came, the program's last words, a hint.

use crate::*;
use std::fmt::{self, Debug, Display};
use std::process::ExitStatus;
use std::sync::{Mutex, Weak};
use std::{cell::RefCell, io, io::Write, net::TcpStream, thread, time::Duration};

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
    pub(crate) programs: Vec<Watched>,
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

/// A program of this test.
pub(crate) struct Watched {
    pub(crate) name: &'static str,
    /// Gone when the test has ended it.
    pub(crate) child: Weak<Mutex<Guarded>>,
    pub(crate) screen: Stream,
    pub(crate) errors: Stream,
}

/// Notes a step that worked, for the report of one that does not.
pub fn worked(step: impl Display) {
    journal(|journal| journal.worked += &format!("   worked: {step}\n"));
}

/// The step `name` ended with `result`: notes it, or says why it did not work.
pub fn step<T>(name: impl Display, result: Result<T, impl Display>) -> Verdict<T> {
    let result = result.inspect(|_| worked(&name));
    result.map_err(|error| Report::silent(&name).because(error))
}

/// The step `name` is noted if it is `true`; otherwise it did not work.
pub fn holds(name: impl Display, is_true: bool) -> Verdict {
    is_true.then(|| worked(&name)).ok_or_else(|| Report::failed(&name))
}

/// The step `name` worked if there are no problems.
pub fn none(name: &str, problems: Vec<String>) -> Verdict {
    holds(name, problems.is_empty()).map_err(|report| report.because(problems.join("\n")))
}

/// Whether every program of this test has ended, or closed all its outputs.
pub(crate) fn all_ended() -> bool {
    let ends = |stream: &Stream| stream.ends(Duration::ZERO);
    journal(|notes| notes.programs.iter().all(|one| ends(&one.screen) && ends(&one.errors)))
}

/// Says `text` on the terminal, also from a test that passes, whose prints libtest keeps back.
pub fn say_aloud(text: &str) {
    let test = thread::current().name().unwrap_or("a test").to_string();
    let _ = writeln!(io::stderr(), "note: {test}: {text}");
}

/// Whether something can be checked; if not, `why` is said aloud.
pub fn checkable(can_be: bool, why: impl Display) -> bool {
    if !can_be {
        say_aloud(&format!("not checked, for {why}"));
    }
    can_be
}

/// Why a test failed.
pub struct Report {
    pub(crate) kind: Kind,
    worked: String,
    /// The step, and below it what is known of it.
    failed: String,
    output: Box<str>,
    hint: Option<String>,
    /// Whether the program has ended.
    pub(crate) ended: bool,
}

impl Report {
    /// `step` did not work: what should have been, such as `the screen shows the next line`.
    pub fn failed(step: impl Display) -> Report {
        Report::of(Kind::Failed, step)
    }

    /// The test could not do its own part, `step`.
    pub fn harness(step: impl Display) -> Report {
        Report::of(Kind::Harness, step)
    }

    /// `step` did not work, by this fault.
    pub(crate) fn of(kind: Kind, step: impl Display) -> Report {
        journal(|journal| Report {
            kind,
            worked: journal.worked.clone(),
            failed: format!("{step}\n"),
            output: journal.programs.iter().map(last_lines).collect::<String>().into(),
            hint: None,
            ended: false,
        })
    }

    /// `step` did not work, for nothing came, or the connection broke. A crash
    /// says more than a silence: waits a moment for the program's end.
    pub(crate) fn silent(step: impl Display) -> Report {
        // All have ended, or one with an error.
        let end_of_one = |journal: &mut Journal| {
            let known = journal.programs.iter().filter_map(|one| {
                let status = lock(&*one.child.upgrade()?).0.try_wait().ok().flatten();
                Some((status, one.errors.clone()))
            });
            let known: Vec<_> = known.collect();
            let all = known.iter().all(|(status, _)| status.is_some());
            let ended = known.into_iter().filter_map(|(status, errors)| Some((status?, errors)));
            ended.rev().find(|(status, _)| all || !status.success())
        };
        let says = |journal: &mut Journal| {
            journal.programs.iter().any(|one| !one.errors.bytes().is_empty())
        };
        let mut end = deadline::poll(MOMENT, || journal(end_of_one));
        if end.is_none() && journal(says) {
            // It may be on its way to its end, on a busy machine.
            end = deadline::poll(4 * MOMENT, || journal(end_of_one));
        }
        let Some((status, errors)) = end else { return Report::failed(step) };
        deadline::poll(MOMENT, || all_ended().then_some(())); // all its words are read
        Report::failed(step).after_end(status, &errors)
    }

    /// Whose fault it is, and what there is to say.
    pub fn outcome(&self) -> (Kind, String) {
        let Report { worked, failed, output, hint, .. } = self;
        let hint = hint.as_deref().unwrap_or_default();
        (self.kind, format!("{worked}   failed: {failed}{output}{hint}"))
    }

    /// Adds the bytes that should have come and those that came, and the hint
    /// that fits them. `screen` tells the program's screen from the network.
    pub fn compared(mut self, expected: &[u8], actual: &[u8], screen: bool) -> Report {
        self.failed += &difference::lines(expected, actual);
        let symptom = journal(|Journal { programs, sent, typed, .. }| {
            let errors: Vec<_> = programs.iter().map(|one| one.errors.bytes()).collect();
            let (errors, ended) = (&errors.concat(), self.ended);
            hint::by_symptom(hint::Seen { expected, actual, screen, sent, typed, errors, ended })
        });
        // What cut the text short says more than that it is short.
        let short = actual.is_empty() || self.ended && expected.starts_with(actual);
        match symptom {
            Some(symptom) if short => self.hint(symptom),
            Some(symptom) => self.better_hint(symptom),
            None => self,
        }
    }

    /// Adds the reason, in words.
    pub fn because(mut self, problem: impl Display) -> Report {
        for line in problem.to_string().trim_end().lines() {
            self.failed += &format!("  because: {line}\n");
        }
        self
    }

    /// Adds that the program has ended, and the last that it said.
    pub(crate) fn after_end(self, status: ExitStatus, errors: &Stream) -> Report {
        let hint = if status.success() { None } else { hint::by_end(&errors.bytes()) };
        let report = self.because(format!("the program ended with {status}"));
        Report { ended: true, hint, ..report }
    }

    /// Says where the step is written.
    pub fn at(self, place: &str) -> Report {
        Report { failed: format!("{place}: {}", self.failed), ..self }
    }

    /// Adds a hint, by its key in hints.txt or as a sentence, unless there is one.
    pub fn hint(self, hint: &str) -> Report {
        if self.hint.is_some() { self } else { self.better_hint(hint) }
    }

    /// Adds a hint in place of another.
    pub fn better_hint(self, hint: &str) -> Report {
        Report { hint: Some(hint::lines(hint)), ..self }
    }
}

/// What the system refuses to the test itself.
impl From<io::Error> for Report {
    fn from(error: io::Error) -> Report {
        Report::harness("prepare the test").because(error)
    }
}

/// libtest prints an error that a test returns by its `Debug`.
impl Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, text) = self.outcome();
        let kind = match kind {
            Kind::Failed => "the check failed",
            Kind::NotStarted => "the program does not start",
            Kind::NotTried => "the program was not tried",
            Kind::Harness => "the test itself went wrong",
        };
        write!(f, "{kind}\n{text}")
    }
}

/// The end of what a program has written, each line behind the program's
/// name, so that none passes for a line of the report.
fn last_lines(program: &Watched) -> String {
    let mut text = String::new();
    for (stream, role) in [(&program.screen, ""), (&program.errors, " error")] {
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
