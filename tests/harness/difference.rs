//! Two byte strings side by side, so that the first wrong byte is seen.

/// Bytes shown of each side.
const SHOWN: usize = 1024;

/// Bytes shown of a step or a line of output.
const BRIEF: usize = 160;

/// Bytes shown in hexadecimal, from the first wrong one on.
const HEX: usize = 16;

/// `bytes` as text in quotes: control characters and bytes that are no UTF-8
/// in Rust's escapes, at most 1 KiB.
pub fn escape(bytes: &[u8]) -> String {
    let shown = escape_all(&bytes[..bytes.len().min(SHOWN)]);
    match bytes.len() {
        0..=SHOWN => format!("\"{shown}\""),
        length => format!("\"{shown}\"... ({length} bytes in all)"),
    }
}

/// The same without quotes, and of long bytes only the start: for a step, or a
/// line of output.
pub fn brief(bytes: &[u8]) -> String {
    match bytes.len() {
        0..=BRIEF => escape_all(bytes),
        length => {
            let text = String::from_utf8_lossy(&bytes[..BRIEF]);
            let start = text.trim_end_matches('\u{fffd}'); // a character cut in two
            format!("{}... ({length} bytes in all)", escape_all(start.as_bytes()))
        }
    }
}

/// The same in quotes.
pub fn quoted(bytes: &[u8]) -> String {
    format!("\"{}\"", brief(bytes))
}

/// The report's lines for what was expected and what came, with a caret at
/// the first difference, and hexadecimal where the bytes are not text.
pub fn lines(expected: &[u8], actual: &[u8]) -> String {
    let mut text = format!(
        " expected: {}\n   actual: {}\n",
        escape(expected),
        if actual.is_empty() { "nothing".to_string() } else { escape(actual) }
    );
    let pairs = expected.iter().zip(actual);
    let same = pairs.take_while(|(one, other)| one == other).count();
    let differs = same < SHOWN && expected != actual && !actual.is_empty();
    if differs {
        let common = &expected[..same];
        let whole = common.utf8_chunks().map(|chunk| chunk.valid()).collect::<String>();
        let column = width(&escape_all(whole.as_bytes()));
        text += &format!("            {}^ differs here\n", " ".repeat(column));
    }
    if differs && std::str::from_utf8(actual).is_err() {
        text += &format!(
            "    bytes: expected {}\n           actual   {}\n",
            hex(&expected[same..]),
            hex(&actual[same..])
        );
    }
    text
}

fn escape_all(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\'' => text.push('\''),
                '\0' => text.push_str("\\0"),
                _ => text.extend(character.escape_debug()),
            }
        }
        for byte in chunk.invalid() {
            text += &format!("\\x{byte:02x}");
        }
    }
    text
}

/// Columns of `text` in a terminal, where Chinese characters and emoji take
/// two (Unicode's East Asian Width, roughly).
fn width(text: &str) -> usize {
    let wide = |character: char| character >= '\u{1100}';
    text.chars().map(|character| 1 + usize::from(wide(character))).sum()
}

fn hex(bytes: &[u8]) -> String {
    let shown = bytes.iter().take(HEX).map(|byte| format!("{byte:02x}"));
    let shown = shown.collect::<Vec<_>>().join(" ");
    match bytes.len() {
        0 => "(end)".to_string(),
        1..=HEX => shown,
        _ => shown + " ...",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_below_the_first_wrong_character() {
        let report = lines("回复: a\n".as_bytes(), "回复: b\n".as_bytes());
        let rows: Vec<_> = report.lines().collect();
        assert_eq!(rows[0], " expected: \"回复: a\\n\"");
        assert_eq!(rows[1], "   actual: \"回复: b\\n\"");
        // Behind the quote: two wide characters, a colon and a blank.
        assert_eq!(rows[2], "            ".to_string() + "      ^ differs here");
    }

    #[test]
    fn bytes_that_are_no_text_are_shown_in_hexadecimal() {
        let report = lines(b"ab", b"a\xff\x00");
        assert!(report.ends_with("    bytes: expected 62\n           actual   ff 00\n"));
        assert_eq!(escape(b"\xe4\n\0"), "\"\\xe4\\n\\0\"");
    }
}
