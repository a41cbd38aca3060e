//! What cargo builds, and where it puts it. Where the project lies is asked at
//! run time: a move of its folder changes nothing.

use crate::{Report, Verdict, output};
use std::path::{Path, PathBuf};
use std::{env, ffi::OsString, fs, process::Command};

/// The workspace's folder: cargo says where the package `tests` is to all that
/// it runs; a program that somebody else runs takes the current folder.
pub fn workspace() -> PathBuf {
    let tests = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let workspace = tests.as_deref().and_then(Path::parent).map(Path::to_path_buf);
    workspace.unwrap_or_else(|| env::current_dir().unwrap_or_default())
}

/// What stands in a file of the workspace, with line ends as on Unix: a checkout on Windows may
/// have others.
pub fn text(file: impl AsRef<Path>) -> Verdict<String> {
    let text = fs::read_to_string(workspace().join(&file));
    let unread =
        |error| Report::harness(format!("read {}", file.as_ref().display())).because(error);
    text.map(|text| text.replace("\r\n", "\n")).map_err(unread)
}

/// Cargo itself, by the path that it tells to what it runs.
pub fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or("cargo".into())
}

/// This package's binary `name`: beside this program or, for a test, in the folder above.
pub fn sibling(name: &str) -> PathBuf {
    let this = env::current_exe().unwrap_or_default();
    let folder = this.ancestors().skip(1).find(|folder| !folder.ends_with("deps"));
    folder.unwrap_or(Path::new(".")).join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// Builds the package `name`: its executable, or what was said on standard error.
pub(crate) fn build(name: &str) -> Result<PathBuf, String> {
    let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
    let mut command = Command::new(cargo());
    command.args(["build", "--quiet", "--package", name, "--profile", profile]);
    command.arg("--message-format=json-render-diagnostics").current_dir(workspace());
    let said = output(&mut command).map_err(|error| format!("cannot run cargo: {error}"))?;
    if !said.status.success() {
        return Err(String::from_utf8_lossy(&said.stderr).into_owned());
    }
    let own = built(&said.stdout).into_iter().find(|(built, _)| built == name);
    own.map(|(_, path)| path).ok_or("cargo names no executable".to_string())
}

/// The executables in what `--message-format=json` wrote.
pub fn built(messages: &[u8]) -> Vec<(String, PathBuf)> {
    let messages = String::from_utf8_lossy(messages);
    let built = |message: &str| {
        let (_, target) = message.split_once("\"target\":{")?;
        Some((string_field(target, "name")?, string_field(message, "executable")?.into()))
    };
    messages.lines().filter_map(built).collect()
}

/// The errors that rustc found in a program's text, in what `--message-format=json` wrote. An
/// error of the linker's, or of the disk's, has no place in the text and no code.
pub fn compiler_errors(messages: &[u8]) -> Vec<String> {
    let messages = String::from_utf8_lossy(messages);
    let errors = messages.lines().filter(|message| {
        let level = message.split_once("\"level\":\"");
        level.is_some_and(|(before, level)| {
            let placed = !level.contains("\"spans\":[],\"children\"");
            level.starts_with("error") && (placed || !before.contains("\"code\":null"))
        })
    });
    errors.filter_map(|message| string_field(message, "rendered")).collect()
}

/// The value of the first field `name` of a line of JSON, if it is a string.
fn string_field(json: &str, name: &str) -> Option<String> {
    let (_, value) = json.split_once(&format!("\"{name}\":\""))?;
    let mut characters = value.chars();
    let mut text = String::new();
    loop {
        text.push(match characters.next()? {
            '"' => return Some(text),
            '\\' => match characters.next()? {
                'n' => '\n',
                't' => '\t',
                'u' => {
                    let digits: String = characters.by_ref().take(4).collect();
                    char::from_u32(u32::from_str_radix(&digits, 16).ok()?).unwrap_or('\u{fffd}')
                }
                other => other,
            },
            other => other,
        });
    }
}

#[test]
fn a_path_with_backslashes_and_quotes_is_read_back() {
    let json = r#"{"executable":"C:\\a \"b\"\\c.exe","fresh":true}"#;
    assert_eq!(string_field(json, "executable").unwrap(), r#"C:\a "b"\c.exe"#);
    assert_eq!(string_field(r#"{"executable":null}"#, "executable"), None);
}
