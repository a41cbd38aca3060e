//! What a test says when it fails: the steps that worked, the one that did not, what was expected
//! and what came, the program's last words, a hint.

use crate::*;
use std::fmt::{self, Debug, Display};
use std::net::{TcpStream, UdpSocket};
use std::sync::{Mutex, Weak};
use std::{cell::RefCell, io, io::Write, process::ExitStatus, time::Duration};

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

#[derive(Default)]
pub(crate) struct Journal {
    /// The report's lines for the steps that worked.
    pub(crate) worked: String,
    pub(crate) programs: Vec<Watched>,
    /// What peers have sent to the program.
    pub(crate) sent: Vec<Vec<u8>>,
    pub(crate) typed: Vec<Vec<u8>>,
    /// The last connection, as long as it is open at this end.
    pub(crate) connection: Weak<TcpStream>,
    /// The ports that no other test gets, each with its marker.
    pub(crate) held: Vec<(u16, UdpSocket)>,
}

pub(crate) fn journal<T>(look: impl FnOnce(&mut Journal) -> T) -> T {
    JOURNAL.with_borrow_mut(look)
}

/// A program of this test, as a report looks at it.
#[derive(Clone)]
pub(crate) struct Watched {
    pub(crate) program: Program,
    /// Gone when the test has ended it.
    pub(crate) child: Weak<Mutex<Guarded>>,
    pub(crate) screen: Stream,
    pub(crate) errors: Stream,
}

impl Watched {
    /// The exit status, if it has ended and the test has not ended it.
    pub(crate) fn ended(&self) -> Option<ExitStatus> {
        lock(&*self.child.upgrade()?).0.try_wait().ok().flatten()
    }

    /// If it has ended, waits until all its words are read, unless a grandchild holds its pipes.
    pub(crate) fn drained(&self) {
        let limit = deadline::seconds(if self.ended().is_some() { 0.5 } else { 0.0 });
        self.closes(limit);
    }

    /// Waits for the ends of both streams; whether they have come.
    pub(crate) fn closes(&self, limit: Duration) -> bool {
        [&self.screen, &self.errors].map(|stream| stream.ends(limit)) == [true; 2]
    }
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

/// A step that a program may fail, which another step is about: only what the harness itself could
/// not do is an error.
pub fn attempted<T>(result: Verdict<T>) -> Verdict {
    result.map(drop).or_else(|it| if it.kind == Kind::Harness { Err(it) } else { Ok(()) })
}

/// The step `name` worked if there are no problems.
pub fn none(name: &str, problems: Vec<String>) -> Verdict {
    holds(name, problems.is_empty()).map_err(|report| report.because(problems.join("\n")))
}

/// Whether something can be checked; if not, says why on the terminal, also from a test that
/// passes, whose prints libtest keeps back.
pub fn checkable(can_be: bool, why: impl Display) -> bool {
    let test = std::thread::current();
    if !can_be {
        let test = test.name().unwrap_or("a test");
        let _ = writeln!(io::stderr(), "note: {test}: not checked, for {why}");
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

    /// `step` did not work, for nothing came, or the connection broke.
    pub(crate) fn silent(step: impl Display) -> Report {
        Report::behind(MOMENT, &journal(|journal| journal.programs.clone()), step)
    }

    /// `step` did not work. A crash says more than a silence: waits so long for the end of all these
    /// programs, or of one with an error, and then says how it ended.
    pub(crate) fn behind(limit: Duration, programs: &[Watched], step: impl Display) -> Report {
        let end = || {
            let held = || programs.iter().filter(|one| one.child.strong_count() > 0);
            let all = held().all(|one| one.ended().is_some());
            let counts = |status: &ExitStatus| all || !status.success();
            held().rev().find_map(|one| Some((one, one.ended().filter(counts)?)))
        };
        // One that has complained may be on its way to its end, on a busy machine.
        let complained = || programs.iter().any(|one| !one.errors.bytes().is_empty());
        let later = || if complained() { deadline::poll(4 * limit, end) } else { None };
        let ended = deadline::poll(limit, end).or_else(later);
        let Some((program, status)) = ended else { return Report::failed(step) };
        program.drained();
        let report = Report::failed(step).because(format!("the program ended with {status}"));
        let killed = status.code().is_none().then(|| format!("the program ended: {status}"));
        let words = symptom::by_end(&program.errors.bytes()).or(killed);
        Report { ended: true, ..report }.hint(words.as_deref().filter(|_| !status.success()))
    }

    /// Whose fault it is, and what there is to say.
    pub fn outcome(&self) -> (Kind, String) {
        let Report { worked, failed, output, hint, .. } = self;
        let hint = hint.as_deref().unwrap_or_default();
        (self.kind, format!("{worked}   failed: {failed}{output}{hint}"))
    }

    /// Adds the bytes that should have come and those that came, and the hint that fits them.
    /// `screen` tells the program's screen from the network.
    pub fn compared(mut self, expected: &[u8], actual: &[u8], screen: bool) -> Report {
        self.failed += &difference::lines(expected, actual);
        let symptom = journal(|notes| {
            let errors: Vec<_> = notes.programs.iter().flat_map(|one| one.errors.bytes()).collect();
            hint::by_symptom([expected, actual], screen, &errors, self.ended, notes)
        });
        // What cut the text short says more than that it is short.
        let short = actual.is_empty() || self.ended && expected.starts_with(actual);
        if short { self.hint(symptom) } else { self.better_hint(symptom) }
    }

    /// Adds the reason, in words.
    pub fn because(mut self, problem: impl Display) -> Report {
        for line in problem.to_string().trim_end().lines() {
            self.failed += &format!("  because: {line}\n");
        }
        self
    }

    /// Says where the step is written.
    pub fn at(self, place: &str) -> Report {
        Report { failed: format!("{place}: {}", self.failed), ..self }
    }

    /// Adds a hint, by its key in hints.txt or as a sentence, unless there is one.
    pub fn hint<'a>(self, hint: impl Into<Option<&'a str>>) -> Report {
        if self.hint.is_some() { self } else { self.better_hint(hint) }
    }

    /// Adds a hint, if it is one, in place of another.
    pub fn better_hint<'a>(self, hint: impl Into<Option<&'a str>>) -> Report {
        Report { hint: hint.into().map(hint::lines).or(self.hint), ..self }
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
            Kind::Failed | Kind::NotTried => "the check failed",
            Kind::NotStarted => "the program does not start",
            Kind::Harness => "the test itself went wrong",
        };
        write!(f, "{kind}\n{text}")
    }
}

/// The end of what a program has written, each line behind the program's name, so that none passes
/// for a line of the report.
fn last_lines(watched: &Watched) -> String {
    let (mut text, name) = (String::new(), watched.program.name());
    for (stream, role) in [(&watched.screen, ""), (&watched.errors, " error")] {
        let bytes = stream.bytes();
        let end = &bytes[bytes.len().saturating_sub(LAST_BYTES)..];
        let lines: Vec<_> = end.split_inclusive(|byte| *byte == b'\n').collect();
        for line in lines.rchunks(LAST_LINES).take(1).flatten() {
            let line = difference::as_it_came(line.strip_suffix(b"\n").unwrap_or(line));
            text += &format!("   output: [{name}{role}] {line}\n");
        }
    }
    text
}
