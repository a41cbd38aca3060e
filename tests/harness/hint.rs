//! One sentence for each mistake that beginners make and then look for in
//! the wrong place.

/// The hint for the difference between what should have come and what came,
/// if it is a known symptom. `sent` is what the program was sent last,
/// `screen` tells its screen from the network.
pub fn by_symptom(
    expected: &[u8],
    actual: &[u8],
    sent: &[u8],
    screen: bool,
) -> Option<&'static str> {
    let text = String::from_utf8_lossy(actual);
    let wanted = String::from_utf8_lossy(expected);
    let has = |part: &str| text.contains(part) && !wanted.contains(part);
    if actual.is_empty() {
        return nothing_came(expected, screen);
    }
    if actual.contains(&0) && !expected.contains(&0) {
        return Some("the whole buffer comes out: use only as many bytes as were received");
    }
    if has("b'") || has("b\"") || has("\\x") || has("[228, ") || has("bytearray") {
        return Some("bytes are shown, not text: decode them as UTF-8 first");
    }
    if !screen && actual == sent && sent != expected {
        return Some("the message itself comes back: send the reply that the exercise asks for");
    }
    if strip_end(actual) == strip_end(expected) {
        let longer = actual.len() > expected.len();
        return Some(match (longer, screen) {
            (true, false) => "the line end is sent, too: take it off what was read",
            (true, true) => "a line end too many: one comes with the text, or none belongs here",
            (false, _) => "the line end is missing",
        });
    }
    if let Some((address, port)) = address_in(&wanted) {
        if text.contains(address) && text.contains(port) {
            return Some("the address is there in another form: ('IP', PORT) is asked for");
        }
    }
    if ascii_forms(&text) == ascii_forms(&wanted) {
        return Some("a full-width sign, such as ！ or ：, differs from the ASCII one, ! or :");
    }
    if text.trim() == wanted.trim() {
        return Some("blanks differ at the start or the end");
    }
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    if bare(&text) == bare(&wanted) {
        return Some("only blanks differ");
    }
    None
}

fn nothing_came(expected: &[u8], screen: bool) -> Option<&'static str> {
    match (screen, expected.ends_with(b"\n")) {
        (true, false) => Some("a prompt without a line end shows only when the output is flushed"),
        (true, true) => Some("nothing is shown: is it printed, and is the output flushed?"),
        (false, _) => Some("nothing is sent"),
    }
}

fn strip_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// `text` with the full-width forms of ASCII (U+FF01 to U+FF5E) as ASCII.
fn ascii_forms(text: &str) -> String {
    let ascii = |wide: char| match wide {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(wide) - 0xfee0).unwrap_or(wide),
        other => other,
    };
    text.chars().map(ascii).collect()
}

/// The parts of `('IP', PORT)` in a line.
fn address_in(line: &str) -> Option<(&str, &str)> {
    let (_, address) = line.split_once("('")?;
    let (ip, rest) = address.split_once("', ")?;
    let (port, _) = rest.split_once(')')?;
    Some((ip, port))
}

#[cfg(test)]
mod tests {
    use super::by_symptom;

    #[test]
    fn each_symptom_has_its_hint() {
        let hint = |expected: &str, actual: &str, screen| {
            by_symptom(expected.as_bytes(), actual.as_bytes(), b"hello", screen).unwrap_or("")
        };
        assert!(hint("ok", "", false).contains("nothing is sent"));
        assert!(hint(">>", "", true).contains("flushed"));
        assert!(hint("收到: a\n", "收到: a\0\0\n", true).contains("whole buffer"));
        assert!(hint("收到: 好\n", "收到: b'\\xe5'\n", true).contains("decode"));
        assert!(hint("ok", "hello", false).contains("comes back"));
        assert!(hint("hello", "hello\n", false).contains("take it off"));
        assert!(hint("ok\n", "ok", true).contains("missing"));
        let address = hint("from ('127.0.0.1', 5)\n", "from 127.0.0.1:5\n", true);
        assert!(address.contains("another form"));
        assert!(hint("a:b\n", "a: b\n", true).contains("only blanks differ"));
        assert!(hint("消息!", "消息！", false).contains("full-width"));
        assert_eq!(hint("a", "b", true), "");
    }
}
