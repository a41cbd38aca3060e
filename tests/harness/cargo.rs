//! What cargo builds, and where it puts it.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The workspace's folder.
pub fn workspace() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests)
}

/// Runs `cargo ARGUMENTS` in `folder` and returns the executables that it
/// built or found fresh: the name of the target, and the file.
pub fn executables(folder: &Path, arguments: &[&str]) -> Result<Vec<(String, PathBuf)>, String> {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .arg("--message-format=json-render-diagnostics")
        .current_dir(folder)
        .output()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let built = messages.lines().filter_map(|message| {
        let target = &message[message.find("\"target\":{")?..];
        let name = string_field(target, "name")?;
        Some((name, string_field(message, "executable")?.into()))
    });
    Ok(built.collect())
}

/// The value of the first field `name` of a line of JSON, if it is a string.
fn string_field(json: &str, name: &str) -> Option<String> {
    let key = format!("\"{name}\":\"");
    let value = &json[json.find(&key)? + key.len()..];
    let mut text = String::new();
    let mut characters = value.chars();
    loop {
        match characters.next()? {
            '"' => return Some(text),
            '\\' => text.push(characters.next()?), // paths hold \\ and \" only
            other => text.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::string_field;

    #[test]
    fn a_path_with_backslashes_and_quotes_is_read_back() {
        let json = r#"{"executable":"C:\\a \"b\"\\c.exe","fresh":true}"#;
        let path = string_field(json, "executable");
        assert_eq!(path.as_deref(), Some(r#"C:\a "b"\c.exe"#));
        assert_eq!(string_field(r#"{"executable":null}"#, "executable"), None);
    }
}
