//! Whether what came instead of what was expected has a known cause. Each of these is sure of it,
//! or says no.

use crate::difference::middle;

/// Whether a line of standard error is, or for a prompt begins with, what is wanted on the screen.
/// Tracebacks quote it, too, but indented.
pub fn on_errors(errors: &str, wanted: &str, text: &str) -> bool {
    let line = wanted.trim_end();
    let is_prompt = !wanted.ends_with('\n');
    let same = |said: &str| said.trim_end() == line || is_prompt && said.starts_with(line);
    !line.is_empty() && !text.starts_with(line) && errors.lines().any(same)
}

/// Whether the message is whole, behind a number that is its length in bytes or characters: of 1,
/// 2, 4 or 8 bytes in either order, or of digits.
pub fn length_in_front(expected: &[u8], actual: &[u8]) -> bool {
    let front = actual.strip_suffix(expected).unwrap_or_default();
    let joined = |number: usize, byte: &u8| number << 8 | usize::from(*byte);
    let numbers = [front.iter().fold(0, joined), front.iter().rev().fold(0, joined)];
    let is_binary = [1, 2, 4, 8].contains(&front.len());
    let digits = String::from_utf8_lossy(front).trim_matches([' ', '\n', '\r', ':']).parse();
    let lengths = [expected.len(), String::from_utf8_lossy(expected).chars().count()];
    let is_front = |length| is_binary && numbers.contains(&length) || digits == Ok(length);
    !front.trim_ascii().is_empty() && !expected.is_empty() && lengths.into_iter().any(is_front)
}

/// Whether it is the same text in UTF-16, with or without a mark in front.
pub fn is_utf16(wanted: &str, actual: &[u8]) -> bool {
    let wanted = wanted.trim_end();
    let is_in = |unit: fn([u8; 2]) -> u16| {
        let units: Vec<_> = actual.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units).trim_start_matches('\u{feff}').trim_end() == wanted
    };
    !wanted.is_empty() && (is_in(u16::from_le_bytes) || is_in(u16::from_be_bytes))
}

/// Whether, from the first difference on, bytes are shown as Python, Java, C#, Node and Rust show
/// them. The text may begin with a `b` itself.
pub fn bytes_begin(expected: &[u8], actual: &[u8], same: usize) -> bool {
    let Some(byte) = expected.get(same) else { return false };
    let lists = [format!("[{byte}, "), format!("[{byte}]"), format!("\\x{byte:02x}")];
    let fixed = ["b'", "b\"", "bytearray(b", "[B@", "System.Byte[]", "<Buffer "];
    let shown = [same.saturating_sub(1), same].map(|at| &actual[at..]);
    let mut forms = fixed.into_iter().chain(lists.iter().map(String::as_str));
    forms.any(|form| shown.iter().any(|shown| shown.starts_with(form.as_bytes())))
}

/// Whether the rest of the line is the same but for quotes around its start.
pub fn in_quotes(due: &[u8], came: &[u8]) -> bool {
    let Some((quote @ (b'\'' | b'"'), rest)) = came.split_first() else { return false };
    let end = rest.iter().rposition(|byte| byte == quote);
    end.is_some_and(|end| [&rest[..end], &rest[end + 1..]].concat() == due)
}

pub fn strip_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// Whether the line has the parts of `('IP', PORT)`, but not that.
pub fn another_address(wanted: &str, text: &str) -> bool {
    let address = || wanted.split_once("('")?.1.split_once(')')?.0.split_once("', ");
    let Some((ip, port)) = address() else { return false };
    let mut numbers = text.split(|sign: char| !sign.is_ascii_digit());
    let is_there = text.contains(ip) && numbers.any(|number| number == port);
    is_there && !text.contains(&format!("('{ip}', {port})"))
}

/// `text` without blanks, and with ASCII in place of its full-width forms (U+FF01 to U+FF5E).
pub fn ascii_forms(text: &str) -> String {
    let ascii = |wide: char| ('！'..='～').zip('!'..='~').find(|(sign, _)| *sign == wide);
    let signs = text.chars().filter(|sign| !sign.is_whitespace());
    signs.map(|sign| ascii(sign).map_or(sign, |(_, ascii)| ascii)).collect()
}

/// Whether what should follow the prompt comes first.
pub fn prompt_is_late(wanted: &str, text: &str) -> bool {
    let behind = wanted.split_once(">>").map_or("", |(_, behind)| behind.trim_end());
    !behind.is_empty() && !wanted.starts_with(behind) && text.starts_with(behind)
}

/// What bytes from 0x80 to 0x9f are in Windows-1252, which is Latin-1 else.
const WINDOWS_1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

fn is_single(byte: u8, sign: char) -> bool {
    let at = usize::from(byte).checked_sub(0x80);
    char::from(byte) == sign || at.and_then(|at| WINDOWS_1252.chars().nth(at)) == Some(sign)
}

/// Whether each character of `wanted` is there as one byte (Latin-1, Windows-1252, or `?`), or as
/// two (GBK and the like).
pub fn in_other_charset(wanted: &str, actual: &[u8]) -> bool {
    let rest = wanted.chars().try_fold(actual, |bytes, sign| match bytes {
        [byte, rest @ ..] if is_single(*byte, sign) => Some(rest),
        [b'?', rest @ ..] if !sign.is_ascii() => Some(rest),
        [0x81..=0xfe, 0x40..=0xfe, rest @ ..] if !sign.is_ascii() => Some(rest),
        _ => None,
    });
    rest == Some(&[][..]) && (actual.is_ascii() || std::str::from_utf8(actual).is_err())
}

/// Whether `text` is what `wanted` becomes when its bytes are taken for Latin-1 or Windows-1252, a
/// character each, or for GBK, two bytes each.
pub fn is_misread(wanted: &str, text: &str) -> bool {
    let [wanted, text] = [wanted, text].map(|text| text.chars().collect::<Vec<_>>());
    let [due, came] = middle(&wanted, &text);
    let bytes = String::from_iter(due).into_bytes();
    let single = |(byte, sign): (&u8, &char)| is_single(*byte, *sign);
    let singles = bytes.len() == came.len() && bytes.iter().zip(came).all(single);
    let double = |sign: &char| *sign >= '\u{2e80}' && !due.contains(sign);
    let doubles = bytes.len().div_ceil(2) == came.len() && came.iter().all(double);
    !bytes.is_ascii() && (singles || doubles)
}

/// That a program has ended, with the line of standard error that names the cause: the last that
/// is not indented, but for what Rust, Go, C++ and others say behind it.
pub fn by_end(errors: &[u8]) -> Option<String> {
    let errors = String::from_utf8_lossy(errors);
    let lines: Vec<_> = errors.lines().filter(|line| !line.trim().is_empty()).collect();
    let panic = lines.iter().rposition(|line| line.contains("panicked at"));
    let panic = panic.and_then(|at| lines.get(at + usize::from(lines[at].ends_with(':'))));
    let is_named = |line: &str| line.starts_with("panic: ") || line.starts_with("what():");
    let named = lines.iter().find(|line| is_named(line.trim_start()));
    let last = lines.iter().rfind(|line| {
        let is_part = line.starts_with([' ', '\t', '"', '#', '}']) || line.starts_with("Node.js v");
        !is_part && (!line.ends_with(':') || lines.last() == Some(line))
    });
    let words = panic.or(named).or(last).or(lines.last())?.trim();
    Some(format!("the program ended: {words}"))
}
