//! One sentence for each mistake that beginners make and then look for in the wrong place, said
//! only where what came proves it.

use crate::{difference::as_it_came, difference::same, report::Journal, symptom::*};

/// The bytes of a receive that the exercise asks for.
const RECEIVE: usize = 1024;

/// The last lines of a report, from a key of hints.txt or the sentence itself.
pub fn lines(hint: &str) -> String {
    let mut all = hints();
    let is_its = |key, sentence: &str| hint == key || sentence.is_empty() && hint.contains(key);
    let [_, sentence, place] = all.find(|row| is_its(row[0], row[1])).unwrap_or_default();
    let sentence = as_it_came(if sentence.is_empty() { hint } else { sentence }.as_bytes());
    let more = if place.is_empty() { String::new() } else { format!("   README: {place}\n") };
    format!("     hint: {sentence}\n{more}")
}

/// Each hint's key, its sentence, and where README says more, or nothing. One without a sentence is
/// for those with its key in them: a program's last words.
fn hints() -> impl Iterator<Item = [&'static str; 3]> {
    include_str!("hints.txt").lines().map(|line| {
        let mut cells = line.split('|');
        [(); 3].map(|()| cells.next().unwrap_or_default())
    })
}

/// The key of the hint for what came on the `screen` or from the network in place of what should
/// have, if it is a known symptom of a program that says this on standard error, or has `ended`.
pub fn by_symptom(
    [expected, actual]: [&[u8]; 2],
    screen: bool,
    errors: &[u8],
    ended: bool,
    Journal { sent, typed, .. }: &Journal,
) -> Option<&'static str> {
    let [wanted, text, errors] = [expected, actual, errors].map(String::from_utf8_lossy);
    let (due, came) = (strip_end(expected), strip_end(actual));
    let same = same(expected.iter(), actual.iter());
    let (asked, rest) = (&expected[same..], &actual[same..]);
    let longer = actual.len() > expected.len();
    let alike = |form: fn(&str) -> String| form(&wanted) == form(&text);
    let messages = if screen || typed.is_empty() { sent } else { typed };
    // A receive takes what is due, so what is too much comes with the next.
    let too_much = |end: &[u8]| {
        let rest = actual.strip_prefix(end).filter(|rest| !rest.is_empty());
        !screen && messages.len() > 1 && rest.is_some_and(|rest| rest.starts_with(expected))
    };
    let line_end = !screen && (longer && due == came || too_much(b"\n") || too_much(b"\r\n"));
    let nuls = actual.iter().filter(|byte| **byte == 0).count();
    let nuls = if expected.contains(&0) { 0 } else { nuls };
    let all = strip_end(asked).is_empty(); // what is due came, whatever else
    let nothing = actual.is_empty();
    let part = !screen && due.starts_with(came);
    let known = [
        ("standard error", screen && on_errors(&errors, &wanted, &text)),
        ("early end", nothing && ended && typed.last().is_none_or(|line| line != b"\n")),
        ("", nothing && (screen || ended)), // the screen's own part looks further
        ("nothing", nothing),
        ("length in front", !screen && length_in_front(expected, actual)),
        ("UTF-16", is_utf16(&wanted, actual)),
        ("closing NUL", nuls == 1 && came.ends_with(b"\0") || too_much(b"\0")),
        ("whole buffer", nuls > 0 && (came.ends_with(b"\0\0") || all && rest.starts_with(b"\0"))),
        ("bytes", bytes_begin(expected, actual, same)),
        ("pair", rest.starts_with(b"(b'") || rest.starts_with(b"(b\"")),
        ("quotes", in_quotes(asked, rest)),
        ("echo", !screen && typed.is_empty() && sent.last().is_some_and(|sent| sent == actual)),
        ("CR LF", rest == b"\r\n" && asked == b"\n"),
        ("reply line end", line_end && typed.is_empty()),
        ("sent line end", line_end),
        ("line end too many", due == came && longer),
        ("no line end", due == came),
        ("another address", another_address(&wanted, &text)),
        ("outer blanks", text.trim() == wanted.trim()),
        ("blanks", alike(|text| text.replace(char::is_whitespace, ""))),
        ("full width", alike(ascii_forms)),
        ("count of characters", part && came.len() == wanted.trim_end().chars().count()),
        ("late prompt", prompt_is_late(&wanted, &text)),
        ("another charset", in_other_charset(&wanted, actual)),
        ("misread", is_misread(&wanted, &text)),
    ];
    let mut known = known.into_iter().chain(of_messages(messages, due, came));
    known.find(|(_, seen)| *seen).map(|(key, _)| key).filter(|key| !key.is_empty())
}

/// What is seen where the text that is `due` ends in one of these messages, or in one of its
/// pieces, and more or less of them came.
fn of_messages(messages: &[Vec<u8>], due: &[u8], came: &[u8]) -> Vec<(&'static str, bool)> {
    let mut known = vec![];
    let rest = came.strip_prefix(due).filter(|rest| !rest.is_empty());
    let line: Vec<_> = came.iter().copied().filter(|byte| *byte != b'\n').collect();
    let (mut buffer, mut all) = (vec![], vec![]);
    for (number, message) in messages.iter().enumerate() {
        let message = strip_end(message);
        for (place, piece) in message.chunks(RECEIVE).enumerate() {
            let more = &message[place * RECEIVE + piece.len()..];
            let left = buffer.get(piece.len()..).unwrap_or_default().to_vec();
            buffer = [piece, &left].concat();
            all.extend_from_slice(piece);
            let Some(label) = due.strip_suffix(piece) else { continue };
            let next = messages.get(number + 1).map(|next| strip_end(next));
            let begun = due.starts_with(came) && came.len() < due.len();
            known.extend([
                ("older message", rest == Some(&left)),
                ("two messages", rest.is_some() && rest == next),
                ("more at once", rest.is_some_and(|rest| more.starts_with(rest))),
                ("all so far", all.len() > piece.len() && line.strip_prefix(label) == Some(&all)),
                ("only a part", begun && came.len() > label.len()),
            ]);
        }
    }
    known
}

/// The bytes of a text in which `\n`, `\r`, `\t`, `\0` and `\xff` stand for
/// one, and `\y` for as many as a receive takes.
#[cfg(test)]
fn bytes(text: &str) -> Vec<u8> {
    let full = "y".repeat(RECEIVE);
    let signs = [("\\n", "\n"), ("\\r", "\r"), ("\\t", "\t"), ("\\0", "\0"), ("\\y", &full)];
    let text = signs.iter().fold(text.to_string(), |text, (sign, one)| text.replace(sign, one));
    let mut parts = text.split("\\x");
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for (byte, rest) in parts.map(|part| part.split_at(2)) {
        bytes.push(u8::from_str_radix(byte, 16).unwrap_or_default());
        bytes.extend_from_slice(rest.as_bytes());
    }
    bytes
}

#[test]
fn what_came_is_told_from_what_should_have_and_a_known_symptom_has_its_hint() {
    for row in include_str!("symptoms.txt").lines().filter(|row| !row.starts_with('#')) {
        let cells: Vec<_> = row.split('|').map(bytes).collect();
        let [side, expected, actual, errors, part] = &cells[..] else { panic!("{row}") };
        let screen = side == b"screen";
        let sent = if screen { r"rather long|bye|next|\yz" } else { "first|hello" };
        let mut notes = Journal::default();
        let messages = if side == b"typed" { &mut notes.typed } else { &mut notes.sent };
        messages.extend(sent.split('|').map(bytes));
        let said = match &side[..] {
            b"lines" => Some(crate::difference::lines(expected, actual)),
            b"step" => Some(crate::difference::quoted(actual)),
            b"output" => Some(crate::difference::as_it_came(actual)),
            b"early" => Some(format!("{:?}", crate::screen::interleaved(actual, expected, errors))),
            b"end" => by_end(errors).map(|hint| lines(&hint)),
            b"screen" | b"network" | b"typed" => {
                by_symptom([expected, actual], screen, errors, false, &notes).map(lines)
            }
            _ => panic!("{row}"),
        };
        let said = said.unwrap_or_default();
        let part = String::from_utf8_lossy(part);
        let right = match &side[..] {
            b"lines" => said.ends_with(&*part),
            b"step" | b"output" | b"early" => said == part,
            _ => said.contains(&*part),
        };
        assert!(right && part.is_empty() == said.is_empty(), "{row}: {said}");
    }
}

#[test]
fn each_hint_is_given_somewhere_and_readme_has_its_place() -> crate::Verdict {
    let files = ["hint", "screen", "peer", "receive", "talk"];
    let files = files.map(|name| format!("tests/harness/{name}.rs"));
    let code = files.iter().map(crate::cargo::text).collect::<crate::Verdict<String>>()?;
    let readme = crate::cargo::text("README.md")?.to_lowercase();
    for [key, sentence, place] in hints() {
        let given = sentence.is_empty() || code.contains(&format!("\"{key}\""));
        let heading = match place.strip_prefix("lesson ") {
            Some(number) => format!("\n### {number}. "),
            None => format!("\n## {place}\n"),
        };
        assert!(given, "nobody says {key}");
        assert!(place.is_empty() || readme.contains(&heading), "README has no {place}");
    }
    Ok(())
}
