//! What a running program shows, on its screen and on standard error.

use crate::stream::Stream;
use crate::{Report, Running, Verdict, deadline, difference, hint, report, tcp, worked};
use std::io::Write;
use std::net::Shutdown;
use std::time::Duration;

/// How long a wrong line may take to become whole, for the report only.
const REST_OF_LINE: Duration = Duration::from_millis(200);

/// How long a line too many may take to come.
const SECOND_LINE: Duration = Duration::from_millis(100);

impl Running {
    /// The screen shows exactly `text` next.
    pub fn shows(&mut self, text: &str) -> Verdict {
        let step = format!("the screen shows {}", difference::quoted(text.as_bytes()));
        let text = newlines(text.as_bytes());
        let (line, shown) = self.early.clone().unwrap_or_default();
        let its_turn = line == text;
        let (expected, early) = match its_turn {
            true => (&text[shown..], &[][..]),
            false => (&text[..], &line[shown..]),
        };
        let seen = self.seen;
        let end = self.screen.wait(deadline::step(), |bytes, closed| {
            let decided = interleaved(&newlines(&bytes[seen..]), expected, early);
            (decided != Comparison::Begun || closed).then_some(decided)
        });
        if let Some(Comparison::Same(of_early)) = end {
            self.seen += raw_length(&self.screen.bytes()[seen..], expected.len() + of_early);
            self.early = (!its_turn && !line.is_empty()).then_some((line, shown + of_early));
            worked(step);
            return Ok(());
        }
        self.screen.wait(REST_OF_LINE, |bytes, closed| {
            (bytes.ends_with(b"\n") || closed || bytes.len() == seen).then_some(())
        });
        let mut shown = self.unseen();
        let line = expected.iter().filter(|byte| **byte == b'\n').count().max(1);
        let ends = shown.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        if let Some((end, _)) = ends.take(line).last() {
            shown.truncate(end + 1);
        }
        let report = self.failed(step).compared(expected, &shown, true);
        Err(if shown.is_empty() { self.shown_later(report, expected) } else { report })
    }

    /// The next line on the screen, without its end.
    pub fn next_line(&mut self) -> Verdict<String> {
        let line = line_at(&self.screen, self.seen, deadline::step());
        let line = line.ok_or_else(|| self.failed("the screen shows one more line"))?;
        self.seen += line.len();
        Ok(noted("the screen shows", &line))
    }

    /// The next line on standard error, without its end. udp-client takes 5 s
    /// to say that no reply came, so this waits for longer than a step.
    pub fn next_error(&mut self) -> Verdict<String> {
        let line = line_at(&self.errors, self.errors_seen, deadline::start());
        let line = line.ok_or_else(|| self.failed("standard error shows one more line"))?;
        self.errors_seen += line.len();
        Ok(noted("standard error says", &line))
    }

    /// From now on `line` may be shown once before its turn, also in pieces and
    /// between those of other lines, as by a server with a thread for each
    /// client; it then counts when its turn comes.
    pub fn may_show_early(&mut self, line: &str) {
        self.early = Some((newlines(line.as_bytes()), 0));
    }

    /// What came on the screen after all that was looked at.
    pub fn unseen(&self) -> Vec<u8> {
        newlines(&self.screen.bytes()[self.seen..])
    }

    /// Standard error holds exactly one line, and it is returned without its
    /// end. Waits for it, and a moment for a second one.
    pub fn complains(&mut self) -> Verdict<String> {
        self.complains_within(deadline::step())
    }

    /// The same with another limit.
    pub fn complains_within(&mut self, limit: Duration) -> Verdict<String> {
        let step = "one line comes on standard error";
        let whole = self
            .errors
            .wait(limit, |bytes, closed| (bytes.ends_with(b"\n") || closed).then_some(()));
        let more = |bytes: &[u8]| bytes.split(|byte| *byte == b'\n').count() > 2;
        self.errors.wait(SECOND_LINE, |bytes, closed| (more(bytes) || closed).then_some(()));
        if self.ended().is_some() {
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
                .because(&format!("{} came", difference::quoted(text.as_bytes())))),
        }
    }

    /// Nothing has come on standard error after all that was looked at.
    pub fn is_quiet(&mut self) -> Verdict {
        if self.ended().is_some() {
            self.drained();
        }
        let text = self.errors.bytes().split_off(self.errors_seen);
        match text.is_empty() {
            true => Ok(()),
            false => {
                Err(self.failed("standard error says nothing more").compared(b"", &text, false))
            }
        }
    }

    /// All that has come on the screen and on standard error.
    pub fn all_output(&self) -> String {
        self.drained();
        let bytes = [self.screen.bytes(), b"\n".to_vec(), self.errors.bytes()].concat();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Waits until all that an ended program wrote has been read, unless a
    /// grandchild holds its pipes.
    pub(crate) fn drained(&self) {
        for stream in [&self.screen, &self.errors] {
            stream.wait(deadline::seconds(0.5), |_, closed| closed.then_some(()));
        }
    }

    /// Nothing was shown in time. What brings it?
    fn shown_later(&mut self, report: Report, expected: &[u8]) -> Report {
        let line = expected.split(|byte| *byte == b'\n').next().unwrap_or_default();
        if line.is_empty() || report.ended() {
            return report;
        }
        let (screen, seen) = (self.screen.clone(), self.seen);
        let comes = || {
            let shown = screen.wait(report::MOMENT, |bytes, closed| {
                let shown = bytes[seen..].windows(line.len()).any(|part| part == line);
                (shown || closed).then_some(shown)
            });
            shown == Some(true)
        };
        let connection = report::journal(|journal| journal.connection.upgrade());
        if let Some(hint) = connection.as_ref().and_then(|stream| tcp::waits_for(stream, comes)) {
            return report.better_hint(hint);
        }
        let prompt = line == expected;
        if prompt && report::journal(|journal| journal.typed.is_empty()) {
            let typed = self.keyboard.as_mut().map(|keyboard| keyboard.write_all(b"hello\n"));
            if matches!(typed, Some(Ok(()))) && comes() {
                return report.better_hint(hint::LATE_PROMPT);
            }
        }
        // Now it may come to its own end.
        let _ = connection.map(|stream| stream.shutdown(Shutdown::Write));
        self.keyboard = None;
        let exit = |one: &mut Running| (comes(), deadline::poll(report::MOMENT, || one.ended()));
        let (late, end) = exit(self);
        #[cfg(unix)]
        let (late, end) = match (late, end) {
            (false, None) => {
                self.signal("INT");
                exit(self)
            }
            known => known,
        };
        // One that ends of itself shows what it still holds.
        let unknown = end.and_then(|status| status.code()).is_none();
        match (late, prompt) {
            (true, _) => report.better_hint(hint::AT_EXIT),
            (false, true) if unknown => report.hint(hint::PROMPT),
            (false, false) if unknown && seen == 0 => report.hint(hint::NO_LINE),
            _ => report,
        }
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
    worked(format!("{step} {}", difference::quoted(line.as_bytes())));
    line
}

/// How what came compares with what is expected.
#[derive(Clone, Copy, PartialEq)]
enum Comparison {
    /// All of it came, and so many bytes of the early line.
    Same(usize),
    /// Nothing else came so far.
    Begun,
    Different,
}

/// Compares `came` with `expected`, where bytes of `early`, in their order, may
/// stand anywhere between.
fn interleaved(came: &[u8], expected: &[u8], early: &[u8]) -> Comparison {
    if early.is_empty() {
        let begun = expected.starts_with(&came[..came.len().min(expected.len())]);
        return match begun {
            true if came.len() >= expected.len() => Comparison::Same(0),
            true => Comparison::Begun,
            false => Comparison::Different,
        };
    }
    // How many bytes of `expected` may be among those that came so far.
    let mut ways = vec![0];
    for (at, byte) in came.iter().enumerate() {
        if ways.contains(&expected.len()) {
            return Comparison::Same(at - expected.len());
        }
        let next = ways.iter().flat_map(|way| {
            let one = (expected.get(*way) == Some(byte)).then_some(way + 1);
            let other = (early.get(at - way) == Some(byte)).then_some(*way);
            [one, other]
        });
        ways = next.flatten().collect();
        ways.dedup();
    }
    match ways.iter().max() {
        None => Comparison::Different,
        Some(way) if *way == expected.len() => Comparison::Same(came.len() - way),
        Some(_) => Comparison::Begun,
    }
}

/// How many of the bytes that came hold so many without Windows' CRs.
fn raw_length(bytes: &[u8], length: usize) -> usize {
    let mut raw = length;
    while newlines(&bytes[..raw]).len() < length {
        raw += 1;
    }
    raw
}

/// `bytes` with Windows' line ends as everywhere else's.
fn newlines(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if cfg!(windows) {
        // A CR at the end may be the half of a line end.
        let is_end =
            |at: usize| bytes[at] == b'\r' && matches!(bytes.get(at + 1), None | Some(b'\n'));
        let kept = (0..bytes.len()).filter(|at| !is_end(*at));
        bytes = kept.map(|at| bytes[at]).collect();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{Comparison, interleaved};

    #[test]
    fn a_line_of_another_thread_may_stand_in_the_middle() {
        let compared = |came: &str| interleaved(came.as_bytes(), b"from 5\n", b"waiting\n");
        assert!(compared("from 5\n") == Comparison::Same(0));
        assert!(compared("waiting\nfrom 5\n") == Comparison::Same(8));
        assert!(compared("from waiting5\n\n") == Comparison::Same(7));
        assert!(compared("from wai") == Comparison::Begun);
        assert!(compared("from 6\n") == Comparison::Different);
        assert!(compared("waiting\nwaiting\n") == Comparison::Different);
    }
}
