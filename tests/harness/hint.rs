//! One sentence for each mistake that beginners make and then look for in
//! the wrong place, said only where what came proves it.

use crate::difference;
use crate::symptom::*;
use std::fmt;

/// Where README speaks of it.
#[cfg(test)]
const PLACES: [&str; 5] = [LESSON_1, LESSON_3, LESSON_4, LEDGER, QUESTIONS];
const LESSON_1: &str = "lesson 1";
const LESSON_3: &str = "lesson 3";
const LESSON_4: &str = "lesson 4";
const LEDGER: &str = "the ledger";
const QUESTIONS: &str = "questions";

/// A sentence, and where README says more, or nothing.
pub(crate) type Said = (&'static str, &'static str);

/// The last lines of a report.
pub struct Hint(String);

impl From<Said> for Hint {
    fn from((text, place): Said) -> Hint {
        Hint::of(text, place)
    }
}

impl From<&'static str> for Hint {
    fn from(text: &'static str) -> Hint {
        Hint::of(text, "")
    }
}

impl Hint {
    fn of(text: &str, place: &str) -> Hint {
        let more = if place.is_empty() { "" } else { "   README: " };
        Hint(format!("     hint: {text}\n{more}{place}").trim_end().to_string() + "\n")
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The bytes of a receive that the exercise asks for.
const RECEIVE: usize = 1024;

pub(crate) const ARGUMENTS: &str = "does the program take HOST PORT from its arguments?";
pub(crate) const BIND: &str = "bind to HOST, not to every address of the machine";
pub(crate) const GREETING: Said = ("it waits for the server to speak: the client speaks first", "");
pub(crate) const LINE_END: Said =
    ("it comes only when a line end comes: take what one receive returns", LESSON_3);
pub(crate) const FULL: Said =
    ("it comes only when a buffer is full: take what one receive returns", LESSON_3);
pub(crate) const END: Said =
    ("it comes only at the end of the stream: take what one receive returns", LESSON_3);
pub(crate) const CLOSED_EARLY: Said =
    ("the connection is closed too early: receive until the other end has closed", "");
pub(crate) const ANOTHER_SENDER: Said =
    ("the reply comes from another address: send it from the socket that received", LESSON_4);
pub(crate) const LATE_PROMPT: Said =
    ("the prompt comes too late: show and flush it before the program waits", QUESTIONS);
pub(crate) const PROMPT: Said =
    ("a prompt without a line end shows only when the output is flushed", QUESTIONS);
pub(crate) const NO_LINE: Said =
    ("nothing is shown: is it printed, and is the output flushed?", QUESTIONS);
pub(crate) const AT_EXIT: Said =
    ("the output appears only when the program ends: flush it after every line", QUESTIONS);

/// What is known where something else came than should have.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    pub expected: &'a [u8],
    pub actual: &'a [u8],
    /// Whether it is the program's screen, not the network.
    pub screen: bool,
    /// What the program's peers have sent to it so far.
    pub sent: &'a [Vec<u8>],
    /// What it was typed so far.
    pub typed: &'a [Vec<u8>],
    /// What stands on standard error.
    pub errors: &'a [u8],
    /// Whether the program has ended.
    pub ended: bool,
}

/// The hint for a program that has ended with an error: the last that it says.
pub fn by_end(errors: &[u8]) -> Option<Hint> {
    let errors = String::from_utf8_lossy(errors);
    let words = last_words(&errors)?;
    let known = [
        ("Decode", LEDGER),
        ("EOFError", LEDGER),
        ("KeyboardInterrupt", LEDGER),
        ("onnection reset", LEDGER),
        ("ddress already in use", QUESTIONS),
        ("onnection refused", LESSON_1),
    ];
    let place = known.into_iter().find(|(part, _)| words.contains(part)).unwrap_or_default().1;
    let words = difference::as_it_came(words.as_bytes());
    Some(Hint::of(&format!("the program ended: {words}"), place))
}

/// The hint for the difference between what should have come and what came,
/// if it is a known symptom.
pub fn by_symptom(seen: &Seen<'_>) -> Option<Hint> {
    let Seen { expected, actual, screen, sent, typed, errors, ended } = *seen;
    let (wanted, text) = (String::from_utf8_lossy(expected), String::from_utf8_lossy(actual));
    let (due, came) = (strip_end(expected), strip_end(actual));
    let same = difference::same(expected, actual);
    let (asked, rest) = (&expected[same..], &actual[same..]);
    let longer = actual.len() > expected.len();
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    let messages = if screen || typed.is_empty() { sent } else { typed };
    // A receive takes what is due, so what is too much comes with the next.
    let too_much = |end: &[u8]| {
        let rest = actual.strip_prefix(end).filter(|rest| !rest.is_empty());
        !screen && messages.len() > 1 && rest.is_some_and(|rest| rest.starts_with(expected))
    };
    let nuls = actual.iter().filter(|byte| **byte == 0).count();
    let nuls = if expected.contains(&0) { 0 } else { nuls };
    let all = strip_end(asked).is_empty(); // what is due came, whatever else
    let hint = if screen && on_errors(&String::from_utf8_lossy(errors), &wanted, &text) {
        ("it comes on standard error: standard output is asked for", "")
    } else if actual.is_empty() && ended && typed.last().is_none_or(|line| line != b"\n") {
        ("the program ended before that: does it leave its loop too early?", "")
    } else if actual.is_empty() && (screen || ended) {
        return None; // the screen's own part looks further
    } else if actual.is_empty() {
        ("nothing is sent", "")
    } else if !screen && length_in_front(expected, actual) {
        ("a length stands in front: the message alone is asked for", LESSON_3)
    } else if is_utf16(&wanted, actual) {
        ("this is UTF-16: UTF-8 is asked for", "")
    } else if nuls == 1 && came.ends_with(b"\0") || too_much(b"\0") {
        ("the NUL that closes the string comes, too: its length is without it", "")
    } else if nuls > 0 && (came.ends_with(b"\0\0") || all && rest.starts_with(b"\0")) {
        ("the whole buffer comes out: use only as many bytes as were received", "")
    } else if bytes_begin(expected, actual, same) {
        ("bytes are shown, not text: decode them as UTF-8 first", "")
    } else if rest.starts_with(b"(b'") || rest.starts_with(b"(b\"") {
        ("a pair is shown: recvfrom returns the bytes and their sender", "")
    } else if in_quotes(asked, rest) {
        ("quotes stand around the text: show it without them", "")
    } else if !screen && typed.is_empty() && sent.last().is_some_and(|sent| sent == actual) {
        ("the message itself comes back: send the reply that the exercise asks for", "")
    } else if rest == b"\r\n" && asked == b"\n" {
        ("the line ends in CR LF, not in LF", "")
    } else if due == came && longer && !screen || too_much(b"\n") || too_much(b"\r\n") {
        ("the line end is sent, too: take it off what was read", "")
    } else if due == came && longer {
        ("a line end too many: one comes with the text, or none belongs here", "")
    } else if due == came {
        ("the line end is missing", "")
    } else if another_address(&wanted, &text) {
        ("the address is there in another form: ('IP', PORT) is asked for", "")
    } else if text.trim() == wanted.trim() {
        ("blanks differ at the start or the end", "")
    } else if bare(&text) == bare(&wanted) {
        ("only blanks differ", "")
    } else if ascii_forms(&bare(&text)) == ascii_forms(&bare(&wanted)) {
        ("a full-width sign, such as ！ or ：, differs from the ASCII one, ! or :", "")
    } else if !screen && due.starts_with(came) && came.len() == wanted.trim_end().chars().count() {
        ("as many bytes come as the text has characters: a length counts bytes", "")
    } else if prompt_is_late(&wanted, &text) {
        LATE_PROMPT
    } else if in_other_charset(&wanted, actual) {
        ("this is another charset, such as GBK or Latin-1: UTF-8 is asked for", "")
    } else if is_misread(&wanted, &text) {
        ("these are UTF-8's bytes taken for another charset: decode them as UTF-8", "")
    } else {
        by_messages(messages, due, came)?
    };
    Some(hint.into())
}

/// The hint where the text that is `due` ends in one of these messages, or in
/// one of its pieces, and more or less of them came.
fn by_messages(messages: &[Vec<u8>], due: &[u8], came: &[u8]) -> Option<Said> {
    let rest = came.strip_prefix(due).filter(|rest| !rest.is_empty());
    let line: Vec<_> = came.iter().copied().filter(|byte| *byte != b'\n').collect();
    let (mut buffer, mut all) = (vec![], vec![]);
    for (number, message) in messages.iter().enumerate() {
        let message = strip_end(message);
        for start in (0..message.len()).step_by(RECEIVE) {
            let (piece, more) = message[start..].split_at(RECEIVE.min(message.len() - start));
            let left = buffer.get(piece.len()..).unwrap_or_default().to_vec();
            buffer = [piece, &left].concat();
            let first = all.is_empty();
            all.extend_from_slice(piece);
            let Some(label) = due.strip_suffix(piece) else { continue };
            let next = messages.get(number + 1).map(|next| strip_end(next));
            if rest == Some(&left) {
                let text = "what an older message left in the buffer comes behind it: \
                            use only as many bytes as were received";
                return Some((text, ""));
            } else if rest.is_some() && rest == next {
                return Some(("two messages came as one: a receive is not a message", LESSON_3));
            } else if rest.is_some_and(|rest| more.starts_with(rest)) {
                return Some(("more comes at once than a receive of 1024 bytes takes", LESSON_3));
            } else if !first && line.strip_prefix(label) == Some(&all) {
                return Some(("all messages so far come: begin anew with each", ""));
            } else if came.len() > label.len() && came.len() < due.len() && due.starts_with(came) {
                return Some(("only a part comes: a receive takes up to 1024 bytes", LESSON_3));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cargo;

    /// The bytes of a text in which `\n`, `\r`, `\0` and `\xff` stand for one.
    fn bytes(text: &str) -> Vec<u8> {
        let mut parts = text.split('\\');
        let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
        for part in parts {
            let (byte, rest) = match part.split_at(1) {
                ("n", rest) => (b'\n', rest),
                ("r", rest) => (b'\r', rest),
                ("0", rest) => (0, rest),
                _ => (u8::from_str_radix(&part[1..3], 16).unwrap_or_default(), &part[3..]),
            };
            bytes.push(byte);
            bytes.extend_from_slice(rest.as_bytes());
        }
        bytes
    }

    #[test]
    fn each_symptom_has_its_hint_and_its_like_has_none() {
        let rows = include_str!("symptoms.txt").lines().filter(|row| !row.starts_with('#'));
        for row in rows {
            let cells: Vec<_> = row.split('|').collect();
            let [side, expected, actual, errors, part] = cells[..] else { panic!("{row}") };
            let screen = side == "screen";
            let sent = if screen { "rather long|bye|next" } else { "first|hello" };
            let sent: Vec<_> = sent.split('|').map(bytes).collect();
            let [expected, actual, errors] = [expected, actual, errors].map(bytes);
            let (expected, actual, errors) = (&expected[..], &actual[..], &errors[..]);
            let (sent, typed, ended) = (&sent[..], &[][..], false);
            let seen = Seen { expected, actual, screen, sent, typed, errors, ended };
            let hint = by_symptom(&seen).map(|hint| hint.to_string()).unwrap_or_default();
            assert!(hint.contains(part) && part.is_empty() == hint.is_empty(), "{row}: {hint}");
        }
    }

    #[test]
    fn more_of_a_message_than_a_receive_takes_is_told_with_its_place() {
        let (whole, due) = (vec![b'y'; 1500], vec![b'y'; 1024]);
        let hint = by_messages(std::slice::from_ref(&whole), &due, &whole).map(Hint::from);
        let hint = hint.map(|hint| hint.to_string()).unwrap_or_default();
        assert!(hint.contains("more comes at once") && hint.ends_with("README: lesson 3\n"));
    }

    #[test]
    fn the_line_that_names_the_error_is_found() {
        for (errors, words) in [
            ("Traceback:\n  File\nTypeError: no\n", "ended: TypeError: no"),
            ("thread 'main' panicked at src/main.rs:3:5:\nno\nnote: run\n", "ended: no"),
            ("Exception in thread \"main\" java.E: no\n\tat A\n", "java.E: no"),
            ("panic: no\n\ngoroutine 1 [running]:\n", "panic: no"),
            ("Error: no\n    at A\n\nNode.js v18\n", "ended: Error: no"),
            ("bind: Address already in use\n", "in use\n   README: questions"),
        ] {
            let hint = by_end(errors.as_bytes()).map(|hint| hint.to_string()).unwrap_or_default();
            assert!(hint.contains(words), "{errors}: {hint}");
        }
    }

    #[test]
    fn readme_has_each_place() {
        let readme = std::fs::read_to_string(cargo::workspace().join("README.md"));
        let readme = readme.unwrap_or_default().to_lowercase();
        for place in PLACES {
            let heading = match place.strip_prefix("lesson ") {
                Some(number) => format!("\n### {number}. "),
                None => format!("\n## {place}\n"),
            };
            assert!(readme.contains(&heading), "README has no {place}");
        }
    }
}
