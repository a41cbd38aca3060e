//! What a running program shows, on its screen and on standard error.

use crate::stream::Stream;
use crate::{Report, Running, Verdict, deadline, difference, worked};
use std::time::Duration;

/// How long a wrong line may take to become whole, for the report only.
const REST_OF_LINE: Duration = Duration::from_millis(200);

impl Running {
    /// The screen shows exactly `text` next.
    pub fn shows(&mut self, text: &str) -> Verdict {
        let expected = text.as_bytes();
        let step = format!("the screen shows {}", difference::quoted(expected));
        let seen = self.seen;
        let early = self.early.clone().unwrap_or_default();
        if early == (text.to_string(), true) {
            self.early = None;
            worked(step + " (before its turn)");
            return Ok(());
        }
        let end = self.screen.wait(deadline::step(), |bytes, closed| {
            let new = newlines(&bytes[seen..]);
            let begun = |text: &[u8]| text.starts_with(&new[..new.len().min(text.len())]);
            let right = begun(expected);
            let part = !early.1 && new.len() < early.0.len() && begun(early.0.as_bytes());
            let decided = if right { new.len() >= expected.len() } else { !part };
            (decided || closed).then_some(right)
        });
        let shown = self.unseen();
        if end == Some(true) && shown.len() >= expected.len() {
            self.seen += on_screen(text);
            self.early.take_if(|(line, _)| line == text);
            worked(step);
            return Ok(());
        }
        if !early.1 && !early.0.is_empty() && shown.starts_with(early.0.as_bytes()) {
            self.seen += on_screen(&early.0);
            self.early = Some((early.0, true));
            return self.shows(text);
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
        Err(if shown.is_empty() { self.shown_at_exit(report) } else { report })
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

    /// From now on `line` may be shown once before its turn, as by a server
    /// that has a thread for each client; it then counts when its turn comes.
    pub fn may_show_early(&mut self, line: &str) {
        self.early = Some((line.to_string(), false));
    }

    /// What came on the screen after all that was looked at.
    pub fn unseen(&self) -> Vec<u8> {
        newlines(&self.screen.bytes()[self.seen..])
    }

    /// Standard error holds exactly one line, and it is returned without its
    /// end. Waits for it.
    pub fn complains(&mut self) -> Verdict<String> {
        self.complains_within(deadline::step())
    }

    /// The same with another limit.
    pub fn complains_within(&mut self, limit: Duration) -> Verdict<String> {
        let step = "one line comes on standard error";
        let whole = self
            .errors
            .wait(limit, |bytes, closed| (bytes.ends_with(b"\n") || closed).then_some(()));
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

    /// Nothing has come on standard error.
    pub fn is_quiet(&mut self) -> Verdict {
        if self.ended().is_some() {
            self.drained();
        }
        let text = self.errors.bytes();
        match text.is_empty() {
            true => Ok(()),
            false => Err(self.failed("standard error stays empty").compared(b"", &text, false)),
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

/// Bytes that `text` has on the screen: on Windows, a line end is two.
fn on_screen(text: &str) -> usize {
    let ends = text.matches('\n').count();
    text.len() + if cfg!(windows) { ends } else { 0 }
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
