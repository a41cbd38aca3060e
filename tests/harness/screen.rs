//! What a running program shows, on its screen and on standard error.

use crate::*;
use std::{net::Shutdown, time::Duration};

impl Running {
    /// The screen shows exactly `text` next.
    pub fn shows(&mut self, text: &str) -> Verdict {
        let step = format!("the screen shows {}", quoted(text.as_bytes()));
        let text = if cfg!(windows) { text.replace("\r\n", "\n") } else { text.to_string() };
        let (text, (line, shown)) = (text.as_bytes(), self.early.clone());
        let its_turn = line == text;
        let (expected, early) =
            if its_turn { (&text[shown..], &[][..]) } else { (text, &line[shown..]) };
        let seen = self.watched.screen.seen;
        // A UDP client's first sign is its prompt.
        let begins = seen == 0 && self.program == Program::UdpClient;
        let limit = if begins { deadline::start() } else { deadline::step() };
        let end = self.watched.screen.wait(limit, |bytes, closed| {
            interleaved(&bytes[seen..], expected, early).or(closed.then_some(None))
        });
        if let Some(of_early) = end.flatten() {
            self.watched.screen.seen += expected.len() + of_early;
            self.early = if its_turn { Default::default() } else { (line, shown + of_early) };
            worked(step);
            return Ok(());
        }
        self.watched.screen.comes_to(MOMENT, |bytes| bytes.ends_with(b"\n") || bytes.len() == seen);
        let is_end = |byte: &u8| *byte == b'\n';
        let lines = expected.split_inclusive(is_end).count();
        let shown = self.unseen().split_inclusive(is_end).take(lines).collect::<Vec<_>>().concat();
        let report = self.failed(step).compared(expected, &shown, true);
        Err(if shown.is_empty() { self.shown_later(report, expected) } else { report })
    }

    /// The next line on the screen, without its end.
    pub fn next_line(&mut self) -> Verdict<String> {
        let line = self.watched.screen.next_line(deadline::step());
        let line = line.ok_or_else(|| self.failed("the screen shows one more line"))?;
        worked(format!("the screen shows {}", quoted(line.as_bytes())));
        Ok(line)
    }

    /// Within `limit` the next line comes on standard error, returned without its end.
    pub fn next_error(&mut self, limit: Duration) -> Verdict<String> {
        let Some(line) = self.watched.errors.next_line(limit) else {
            let came = format!("{} came", quoted(&self.watched.errors.unseen()));
            return Err(self.failed("one line comes on standard error").because(came));
        };
        worked(format!("standard error says {}", quoted(line.as_bytes())));
        Ok(line)
    }

    /// From now on `line` may be shown once before its turn, also in pieces between those of other
    /// lines, as by a server with a thread for each client; it counts when its turn comes.
    pub fn may_show_early(&mut self, line: &str) {
        self.early = (line.as_bytes().to_vec(), 0);
    }

    /// What came on the screen after all that was looked at.
    pub fn unseen(&self) -> Vec<u8> {
        self.watched.screen.unseen()
    }

    /// The same, and a moment later no second one.
    pub fn complains(&mut self, limit: Duration) -> Verdict<String> {
        let line = self.next_error(limit)?;
        let errors = &self.watched.errors;
        errors.comes_to(Duration::from_millis(100), |bytes| bytes.len() > errors.seen);
        self.is_quiet().map(|()| line)
    }

    /// Nothing has come on standard error after all that was looked at.
    pub fn is_quiet(&mut self) -> Verdict {
        self.watched.drained();
        let text = self.watched.errors.unseen();
        let report = || self.failed("standard error says nothing more");
        if text.is_empty() { Ok(()) } else { Err(report().compared(b"", &text, false)) }
    }

    /// All that has come on the screen and on standard error.
    pub fn all_output(&mut self) -> String {
        self.watched.drained();
        let streams = [&self.watched.screen, &self.watched.errors];
        streams.map(|stream| String::from_utf8_lossy(&stream.bytes()).into_owned()).join("\n")
    }

    /// Nothing was shown in time. What brings it?
    fn shown_later(&mut self, report: Report, expected: &[u8]) -> Report {
        let line = expected.split(|byte| *byte == b'\n').next().unwrap_or_default();
        if line.is_empty() || report.ended {
            return report;
        }
        let screen = self.watched.screen.clone();
        let shown = |text: &[u8]| text[screen.seen..].windows(line.len()).any(|part| part == line);
        let comes = || screen.comes_to(MOMENT, shown) && shown(&screen.bytes());
        let connection = journal(|journal| journal.connection.upgrade());
        let hint = connection.as_ref().and_then(|stream| receive::waits_for(stream, comes));
        let prompt = line == expected;
        let untyped = prompt && journal(|journal| journal.typed.is_empty());
        let mut is_late = || untyped && self.types_bytes(b"hello\n").is_ok() && comes();
        if let Some(hint) = hint.or_else(|| is_late().then_some("late prompt")) {
            return report.better_hint(hint);
        }
        // Now it may come to its own end.
        let _ = connection.map(|stream| stream.shutdown(Shutdown::Write));
        self.keyboard = None;
        let exit = || (comes(), deadline::poll(MOMENT, || self.ended()));
        let (mut late, mut end) = exit();
        if cfg!(unix) && !late && end.is_none() {
            self.signal("INT");
            (late, end) = exit();
        }
        if late {
            return report.better_hint("at exit");
        }
        // One that ends of itself shows what it still holds.
        let unknown = end.and_then(|status| status.code()).is_none();
        let hint = if prompt { "no prompt" } else { "no line" };
        report.hint((unknown && (prompt || screen.seen == 0)).then_some(hint))
    }
}

/// How many bytes of `early` stand, in their order, between those of `expected` in what `came`;
/// `Some(None)` if something else came, `None` as long as all that came may be these.
pub(crate) fn interleaved(came: &[u8], expected: &[u8], early: &[u8]) -> Option<Option<usize>> {
    if came.starts_with(expected) {
        return Some(Some(0)); // also of a megabyte, at once
    }
    // How many bytes of `expected` may be among those up to there.
    let (mut ways, mut at) = (vec![0], 0);
    while !ways.contains(&expected.len()) {
        if ways.is_empty() {
            return Some(None);
        }
        let byte = came.get(at)?;
        let next = ways.iter().flat_map(|way| {
            let one = (expected.get(*way) == Some(byte)).then_some(way + 1);
            let other = (early.get(at - way) == Some(byte)).then_some(*way);
            [one, other]
        });
        ways = next.flatten().collect();
        ways.dedup();
        at += 1;
    }
    Some(Some(at - expected.len()))
}
