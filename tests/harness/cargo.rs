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

/// What stands in a file of the workspace, with line ends as on Unix, also in a checkout on Windows.
pub fn text(file: impl AsRef<Path>) -> Verdict<String> {
    let path = workspace().join(file);
    let unread = |error| Report::harness(format!("read {}", path.display())).because(error);
    fs::read_to_string(&path).map(|text| text.replace("\r\n", "\n")).map_err(unread)
}

/// Cargo itself, by the path that it tells to what it runs.
pub fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or("cargo".into())
}

/// Builds the package `name`: its executable, or what was said on standard error.
pub(crate) fn build(name: &str) -> Result<PathBuf, String> {
    let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
    let mut command = Command::new(cargo());
    command.args(["build", "--quiet", "--package", name, "--profile", profile]);
    command.arg("--message-format=json-render-diagnostics").current_dir(workspace());
    let said = output(&mut command).map_err(|error| format!("cannot run cargo: {error}"))?;
    match said.status.success() {
        true => executable(&said.stdout, name).ok_or("cargo names no executable".to_string()),
        false => Err(String::from_utf8_lossy(&said.stderr).into_owned()),
    }
}

/// The executable of this name in what `--message-format=json` wrote, or the only one.
pub fn executable(messages: &[u8], name: &str) -> Option<PathBuf> {
    let messages = String::from_utf8_lossy(messages);
    let fields = messages.split("\"executable\":\"").skip(1);
    let paths = fields.filter_map(|rest| Some(rest.split_once("\",\"fresh\"")?.0));
    let unescaped = |path: &str| path.replace("\\\"", "\"").replace("\\\\", "\\");
    let paths: Vec<_> = paths.map(|path| PathBuf::from(unescaped(path))).collect();
    let is_only = paths.len() == 1;
    let stem = |it: &Path| it.file_stem().unwrap_or_default().to_string_lossy().replace('_', "-");
    paths.into_iter().find(|path| is_only || stem(path) == name)
}

#[test]
fn a_path_with_backslashes_and_quotes_is_read_back() {
    let json = br#"{"executable":null,"fresh":true}{"executable":"C:\\\"b\"\\c.exe","fresh":true}"#;
    assert_eq!(executable(json, "d"), Some(r#"C:\"b"\c.exe"#.into()));
}
