//! Two byte strings side by side, so that the first wrong byte is seen.

use std::iter;

/// Bytes of text shown of each side, and of a step or a line of output.
const SHOWN: usize = 1024;
const BRIEF: usize = 160;
/// Bytes shown in hexadecimal, from the first wrong one on.
const HEX: usize = 16;

/// `bytes` as text in quotes, at most 1 KiB: control characters and bytes that are no UTF-8 in
/// Rust's escapes, a long run of one character as `(x × 1024)`.
pub fn escape(bytes: &[u8]) -> String {
    pieces(bytes, SHOWN, "\"").concat()
}

/// The same, but of a long text only the start: for a step.
pub fn quoted(bytes: &[u8]) -> String {
    pieces(bytes, BRIEF, "\"").concat()
}

/// The start of a line of output as it came, only control characters escaped.
pub fn as_it_came(bytes: &[u8]) -> String {
    pieces(bytes, BRIEF, "").concat()
}

/// The report's lines for what was expected and what came, with a caret at the first difference,
/// and hexadecimal where the bytes are not text.
pub fn lines(expected: &[u8], actual: &[u8]) -> String {
    let [wanted, came] = [expected, actual].map(|bytes| pieces(bytes, SHOWN, "\""));
    let shown = if actual.is_empty() { "nothing".to_string() } else { came.concat() };
    let mut text = format!(" expected: {}\n   actual: {shown}\n", wanted.concat());
    if actual.is_empty() || wanted == came {
        return text;
    }
    let column = width(&came[..same(wanted.iter(), came.iter())].concat());
    text += &format!("           {}^ differs here\n", " ".repeat(column));
    if std::str::from_utf8(actual).is_err() {
        let same = same(expected.iter(), actual.iter());
        text += &format!("    bytes: expected {}\n", hex(&expected[same..]));
        text += &format!("           actual   {}\n", hex(&actual[same..]));
    }
    text
}

/// How many are the same at the start.
pub fn same<T: PartialEq>(one: impl Iterator<Item = T>, other: impl Iterator<Item = T>) -> usize {
    one.zip(other).take_while(|(one, other)| one == other).count()
}

/// What is between the common start and the common end.
pub fn middle<'a, T: PartialEq>(expected: &'a [T], actual: &'a [T]) -> [&'a [T]; 2] {
    let start = same(expected.iter(), actual.iter());
    let (one, other) = (&expected[start..], &actual[start..]);
    let end = same(one.iter().rev(), other.iter().rev());
    [one, other].map(|rest| &rest[..rest.len() - end])
}

/// The start of `bytes` between two of `quote` or, without that, as it came: each character or long
/// run of one as it is shown, with a note behind where that is not all.
fn pieces(bytes: &[u8], limit: usize, quote: &str) -> Vec<String> {
    let as_it_came = quote.is_empty();
    let long = if as_it_came { 100 } else { 20 }; // a traceback has some
    // These would turn the line around or break it.
    let turns = |sign| matches!(sign, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let shown = |sign: char| match as_it_came && !sign.is_control() && !turns(sign) {
        true => sign.to_string(),
        false => sign.escape_debug().to_string().replace("\\'", "'"),
    };
    let (mut pieces, mut length) = (vec![quote.to_string()], 0);
    let signs = bytes.utf8_chunks().flat_map(|part| {
        part.valid().chars().map(Ok).chain(part.invalid().iter().copied().map(Err))
    });
    let mut signs = signs.peekable(); // of a flood only the start is looked at
    while let Some(first) = signs.next() {
        let one = first.map_or_else(|byte| format!("\\x{byte:02x}"), shown);
        if length + one.len() > limit {
            pieces.push(format!("{quote}... ({} bytes in all)", bytes.len()));
            return pieces;
        }
        let times = 1 + iter::from_fn(|| signs.next_if_eq(&first)).count();
        let run = if times < long { vec![one; times] } else { vec![format!("({one} × {times})")] };
        length += run.iter().map(String::len).sum::<usize>();
        pieces.extend(run);
    }
    pieces.push(quote.to_string());
    pieces
}

/// Columns of `text` in a terminal: two for Chinese and emoji (East Asian Width, roughly).
pub fn width(text: &str) -> usize {
    let wide = |character: char| {
        matches!(character, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}'
            | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}'
            | '\u{ff01}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{3fffd}')
    };
    text.chars().map(|character| 1 + usize::from(wide(character))).sum()
}

fn hex(bytes: &[u8]) -> String {
    let shown: Vec<_> = bytes.iter().take(HEX).map(|byte| format!("{byte:02x}")).collect();
    let more = if bytes.len() > HEX { " ..." } else { "" };
    if bytes.is_empty() { "(end)".to_string() } else { shown.join(" ") + more }
}
