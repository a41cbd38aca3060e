//! Two byte strings side by side, so that the first wrong byte is seen.

/// Bytes of text shown of each side.
const SHOWN: usize = 1024;

/// Bytes of text shown of a step or a line of output.
const BRIEF: usize = 160;

/// Bytes shown in hexadecimal, from the first wrong one on.
const HEX: usize = 16;

/// So many of the same character are counted, not shown.
const RUN: usize = 20;

/// `bytes` as text in quotes, at most 1 KiB: control characters and bytes that
/// are no UTF-8 in Rust's escapes, a long run of one character as `(x × 1024)`.
pub fn escape(bytes: &[u8]) -> String {
    in_quotes(bytes, SHOWN)
}

/// The same, but of a long text only the start: for a step.
pub fn quoted(bytes: &[u8]) -> String {
    in_quotes(bytes, BRIEF)
}

/// The start of a line of output as it came, only control characters escaped.
pub fn as_it_came(bytes: &[u8]) -> String {
    let (text, cut, _) = shown(bytes, BRIEF, usize::MAX, |character| match character {
        // These would turn the line around or break it.
        '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => escaped(character),
        _ if character.is_control() => escaped(character),
        _ => character.to_string(),
    });
    text + &cut
}

/// The report's lines for what was expected and what came, with a caret at
/// the first difference, and hexadecimal where the bytes are not text.
pub fn lines(expected: &[u8], actual: &[u8]) -> String {
    let came = if actual.is_empty() { "nothing".to_string() } else { escape(actual) };
    let mut text = format!(" expected: {}\n   actual: {came}\n", escape(expected));
    let same = same(expected, actual);
    let (_, _, column) = shown(actual, SHOWN, same, escaped);
    let Some(column) = column.filter(|_| expected != actual && !actual.is_empty()) else {
        return text;
    };
    text += &format!("            {}^ differs here\n", " ".repeat(column));
    if std::str::from_utf8(actual).is_err() {
        text += &format!(
            "    bytes: expected {}\n           actual   {}\n",
            hex(&expected[same..]),
            hex(&actual[same..])
        );
    }
    text
}

/// How many bytes are the same at the start.
pub fn same(expected: &[u8], actual: &[u8]) -> usize {
    expected.iter().zip(actual).take_while(|(one, other)| one == other).count()
}

fn in_quotes(bytes: &[u8], limit: usize) -> String {
    let (text, cut, _) = shown(bytes, limit, usize::MAX, escaped);
    format!("\"{text}\"{cut}")
}

/// The start of `bytes` as text, what to say where that is not all, and the
/// column at which byte `at` stands, if it is shown.
fn shown(
    bytes: &[u8],
    limit: usize,
    at: usize,
    sign: impl Fn(char) -> String,
) -> (String, String, Option<usize>) {
    let (mut text, mut column, mut start) = (String::new(), None, 0);
    let chunks = bytes.utf8_chunks();
    let mut signs = chunks
        .flat_map(|part| part.valid().chars().map(Ok).chain(part.invalid().iter().map(Err)))
        .peekable();
    while let Some(first) = signs.next() {
        let (one, length) = match first {
            Ok(character) => (sign(character), character.len_utf8()),
            Err(byte) => (format!("\\x{byte:02x}"), 1),
        };
        if text.len() + one.len() > limit {
            return (text, format!("... ({} bytes in all)", bytes.len()), column);
        }
        let mut times = 1;
        while signs.next_if_eq(&first).is_some() {
            times += 1;
        }
        let counted = times >= RUN;
        if (start..start + times * length).contains(&at) {
            column = Some(
                width(&text)
                    + match ((at - start) / length, counted) {
                        (0, _) => 0,
                        (_, true) => width(&format!("({one} × ")), // the number differs
                        (before, false) => before * width(&one),
                    },
            );
        }
        text += &if counted { format!("({one} × {times})") } else { one.repeat(times) };
        start += times * length;
    }
    let end = (at == start).then(|| width(&text));
    (text, String::new(), column.or(end))
}

fn escaped(character: char) -> String {
    match character {
        '\'' => "'".to_string(),
        '\0' => "\\0".to_string(),
        _ => character.escape_debug().to_string(),
    }
}

/// Columns of `text` in a terminal, where Chinese characters and emoji take
/// two (Unicode's East Asian Width, roughly).
pub fn width(text: &str) -> usize {
    let wide = |character: char| {
        matches!(character, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}'
            | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}'
            | '\u{ff01}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{3fffd}')
    };
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
        let (x, y) = ("x".repeat(1024), "y".repeat(25));
        for (expected, actual, shown, below) in [
            ("回复: a\n", "回复: b\n", "\"回复: b\\n\"", "      "),
            ("…a\u{fffd}b", "…a\u{fffd}c", "\"…a\u{fffd}c\"", "   "),
            (&format!("收: {x}!"), &format!("收: {x}?"), "\"收: (x × 1024)?\"", "              "),
            (&x, &x[1..], "\"(x × 1023)\"", "          "),
            (&x[1..], &x, "\"(x × 1024)\"", "     "),
            (&x, &(y + "好"), "\"(y × 25)好\"", ""),
            ("ab", "a", "\"a\"", " "),
        ] {
            let report = lines(expected.as_bytes(), actual.as_bytes());
            let rows: Vec<_> = report.lines().skip(1).collect();
            let caret = format!("            {below}^ differs here");
            assert_eq!(rows, [format!("   actual: {shown}"), caret]);
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_shown_in_hexadecimal() {
        let report = lines(b"ab", b"a\xff\x00");
        assert!(report.ends_with("    bytes: expected 62\n           actual   ff 00\n"));
        assert_eq!(escape(b"\xe4\n\0"), "\"\\xe4\\n\\0\"");
    }

    #[test]
    fn a_long_text_is_cut_and_a_line_of_output_is_left_as_it_is() {
        let numbers: String = (100..200).map(|number| number.to_string()).collect();
        assert_eq!(
            quoted(numbers.as_bytes()),
            format!("{:?}... (300 bytes in all)", &numbers[..160])
        );
        assert_eq!(as_it_came("说 \"a\\b\"\t❤️\x1b".as_bytes()), "说 \"a\\b\"\\t❤️\\u{1b}");
    }
}
