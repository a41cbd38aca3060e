//! What cargo builds, and where it puts it. Where the project lies is asked at
//! run time: a move of its folder changes nothing.

use crate::process;
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The workspace's folder: cargo says where the package `tests` is to all that
/// it runs; a program that somebody else runs takes the current folder.
pub fn workspace() -> PathBuf {
    let tests = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    match tests.as_deref().and_then(Path::parent) {
        Some(workspace) => workspace.to_path_buf(),
        None => env::current_dir().unwrap_or_default(),
    }
}

/// Cargo itself, by the path that it tells to what it runs.
pub fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or("cargo".into())
}

/// The file of this package's binary `name`, which is built with its tests:
/// beside this program or, for a test, in the folder above.
pub fn sibling(name: &str) -> PathBuf {
    let this = env::current_exe().unwrap_or_default();
    let mut folder = this.parent().unwrap_or(Path::new("."));
    if folder.file_name() == Some(OsStr::new("deps")) {
        folder = folder.parent().unwrap_or(folder);
    }
    folder.join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// Runs `cargo ARGUMENTS` in the workspace and returns the executables that it
/// built or found fresh, the name of the target and the file, or what cargo or
/// the compiler said on standard error.
pub fn executables(arguments: &[&str]) -> Result<Vec<(String, PathBuf)>, String> {
    let mut command = Command::new(cargo());
    command.args(arguments).arg("--message-format=json-render-diagnostics");
    let output = process::output(command.current_dir(workspace()))
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    match output.status.success() {
        true => Ok(built(&output.stdout)),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

/// The executables in what `--message-format=json` wrote.
pub fn built(messages: &[u8]) -> Vec<(String, PathBuf)> {
    let messages = String::from_utf8_lossy(messages);
    let built = messages.lines().filter_map(|message| {
        let target = &message[message.find("\"target\":{")?..];
        let name = string_field(target, "name")?;
        Some((name, string_field(message, "executable")?.into()))
    });
    built.collect()
}

/// The errors that rustc found in a program's text, as it shows them, in what
/// `--message-format=json` wrote. An error of the linker's, or of the disk's,
/// has no place in the text and no code.
pub fn compiler_errors(messages: &[u8]) -> Vec<String> {
    let messages = String::from_utf8_lossy(messages);
    let errors = messages.lines().filter(|message| {
        let error =
            message.split_once("\"level\":\"").filter(|(_, rest)| rest.starts_with("error"));
        error.is_some_and(|(before, rest)| {
            !rest.contains("\"spans\":[],\"children\"") || !before.contains("\"code\":null")
        })
    });
    errors.filter_map(|message| string_field(message, "rendered")).collect()
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
            '\\' => text.push(match characters.next()? {
                'n' => '\n',
                't' => '\t',
                'u' => {
                    let digits: String = characters.by_ref().take(4).collect();
                    char::from_u32(u32::from_str_radix(&digits, 16).ok()?).unwrap_or('\u{fffd}')
                }
                other => other,
            }),
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
