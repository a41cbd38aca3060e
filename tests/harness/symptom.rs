//! Whether what came instead of what was expected has a known cause. Each of
//! these is sure of it, or says no.

/// Whether a line of standard error is, or for a prompt begins with, what is
/// wanted on the screen. Tracebacks quote it, too, but indented.
pub fn on_errors(errors: &str, wanted: &str, text: &str) -> bool {
    let line = wanted.trim_end();
    let same =
        |said: &str| said.trim_end() == line || !wanted.ends_with('\n') && said.starts_with(line);
    !line.is_empty() && !text.starts_with(line) && errors.lines().any(same)
}

/// Whether the message is whole, behind a number that is its length in bytes or
/// characters: of 1, 2, 4 or 8 bytes in either order, or of digits.
pub fn length_in_front(expected: &[u8], actual: &[u8]) -> bool {
    let front = actual.strip_suffix(expected).unwrap_or_default();
    let counts = [expected.len(), String::from_utf8_lossy(expected).chars().count()];
    let joined = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    let numbers = match front.len() {
        1 | 2 | 4 | 8 => [front.iter().fold(0, joined), front.iter().rev().fold(0, joined)],
        _ => [u64::MAX; 2],
    };
    let digits = std::str::from_utf8(front).unwrap_or_default();
    let decimal = digits.trim_matches([' ', '\n', '\r', ':']).parse().unwrap_or(u64::MAX);
    let known = |count: usize| [numbers[0], numbers[1], decimal].contains(&(count as u64));
    !expected.is_empty() && !front.trim_ascii().is_empty() && counts.into_iter().any(known)
}

/// Whether it is the same text in UTF-16, with or without a mark in front.
pub fn is_utf16(wanted: &str, actual: &[u8]) -> bool {
    let decoded = |unit: fn([u8; 2]) -> u16| {
        let units = actual.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        String::from_utf16_lossy(&units.collect::<Vec<_>>())
    };
    let is = |text: String| text.trim_start_matches('\u{feff}').trim_end() == wanted.trim_end();
    !wanted.trim_end().is_empty()
        && (is(decoded(u16::from_le_bytes)) || is(decoded(u16::from_be_bytes)))
}

/// Whether, from the first difference on, bytes are shown as Python, Java, C#,
/// Node and Rust show them. The text may begin with a `b` itself.
pub fn bytes_begin(expected: &[u8], actual: &[u8], same: usize) -> bool {
    let Some(byte) = expected.get(same) else { return false };
    let lists = [format!("[{byte}, "), format!("[{byte}]"), format!("\\x{byte:02x}")];
    let fixed = ["b'", "b\"", "bytearray(b", "[B@", "System.Byte[]", "<Buffer "];
    let begins = |form: &str| {
        let at = same.saturating_sub(usize::from(actual[..same].ends_with(b"b")));
        actual[same..].starts_with(form.as_bytes()) || actual[at..].starts_with(form.as_bytes())
    };
    fixed.into_iter().chain(lists.iter().map(String::as_str)).any(begins)
}

/// Whether the rest of the line is the same but for quotes around its start.
pub fn in_quotes(due: &[u8], came: &[u8]) -> bool {
    let Some((quote @ (b'\'' | b'"'), rest)) = came.split_first() else { return false };
    let end = rest.iter().rposition(|byte| byte == quote);
    end.is_some_and(|end| [&rest[..end], &rest[end + 1..]].concat() == due)
}

/// `bytes` without the line end.
pub fn strip_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// Whether the line has the parts of `('IP', PORT)`, but not that.
pub fn another_address(wanted: &str, text: &str) -> bool {
    let address = wanted.split_once("('").and_then(|(_, rest)| rest.split_once(')'));
    let Some((ip, port)) = address.and_then(|(address, _)| address.split_once("', ")) else {
        return false;
    };
    let has_port = text.split(|sign: char| !sign.is_ascii_digit()).any(|number| number == port);
    text.contains(ip) && has_port && !text.contains(&format!("('{ip}', {port})"))
}

/// `text` with the full-width forms of ASCII (U+FF01 to U+FF5E) as ASCII.
pub fn ascii_forms(text: &str) -> String {
    let ascii = |wide: char| match wide {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(wide) - 0xfee0).unwrap_or(wide),
        other => other,
    };
    text.chars().map(ascii).collect()
}

/// Whether what should follow the prompt comes first.
pub fn prompt_is_late(wanted: &str, text: &str) -> bool {
    let behind = wanted.split_once(">>").map_or("", |(_, behind)| behind.trim_end());
    !behind.is_empty() && !wanted.starts_with(behind) && text.starts_with(behind)
}

/// Whether each character of `wanted` is there as one byte (Latin-1, or `?`),
/// or as two (GBK and the like).
pub fn in_other_charset(wanted: &str, actual: &[u8]) -> bool {
    let mut rest = actual;
    let all = wanted.chars().all(|character| {
        let taken = match rest {
            [byte, ..] if u32::from(*byte) == u32::from(character) => 1,
            [b'?', ..] if !character.is_ascii() => 1,
            [0x81..=0xfe, 0x40..=0xfe, ..] if !character.is_ascii() => 2,
            _ => return false,
        };
        rest = &rest[taken..];
        true
    });
    all && rest.is_empty() && (actual.is_ascii() || std::str::from_utf8(actual).is_err())
}

/// Whether `text` is what `wanted` becomes when its bytes are taken for
/// Latin-1 or Windows-1252, a character each, or for GBK, two bytes each.
pub fn is_misread(wanted: &str, text: &str) -> bool {
    const WINDOWS_1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    let same = |(one, other): &(char, char)| one == other;
    let start = wanted.chars().zip(text.chars()).take_while(same).map(|(one, _)| one.len_utf8());
    let start = start.sum::<usize>();
    let (due, came) = (&wanted[start..], &text[start..]);
    let end = due.chars().rev().zip(came.chars().rev()).take_while(same);
    let end = end.map(|(one, _)| one.len_utf8()).sum::<usize>();
    let (due, came) = (&due[..due.len() - end], &came[..came.len() - end]);
    let byte = |sign: char| match WINDOWS_1252.chars().position(|one| one == sign) {
        Some(at) => u8::try_from(0x80 + at).ok(),
        None => u8::try_from(u32::from(sign)).ok(),
    };
    let single = came.chars().map(byte).collect::<Option<Vec<_>>>();
    let double = |sign: char| sign >= '\u{2e80}' && !due.contains(sign);
    let pairs = due.len().div_ceil(2) == came.chars().count() && came.chars().all(double);
    !due.is_ascii() && (single.as_deref() == Some(due.as_bytes()) || pairs)
}

/// The line that names the error: the last that is not indented, but for what
/// Rust, Go and Node say behind it.
pub fn last_words(errors: &str) -> Option<&str> {
    let lines: Vec<_> = errors.lines().filter(|line| !line.trim().is_empty()).collect();
    let panic = lines.iter().rposition(|line| line.contains("panicked at"));
    let panic = panic.and_then(|at| lines.get(at + usize::from(lines[at].ends_with(':'))));
    let go = || lines.iter().find(|line| line.starts_with("panic: "));
    let named =
        |line: &&&str| !line.starts_with(char::is_whitespace) && !line.starts_with("Node.js v");
    let line = panic.or_else(go).or_else(|| lines.iter().rfind(named)).or(lines.last());
    line.map(|line| line.trim())
}
