//! What a folder holds of the four programs.

use harness::{PROGRAMS, Program};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Files named where none of the four programs is found, at most.
const NAMED: usize = 5;

/// Where a program comes from.
pub enum Source {
    /// The words of a command.
    Command(Vec<OsString>),
    /// A script, for Python.
    Script(PathBuf),
    /// The folder of a Cargo package, not built yet.
    Package(PathBuf),
    /// There is something, but nothing that can run: why.
    Broken(String),
    /// Nothing of that name.
    Missing,
}

/// Looks for `program` in `folder`.
pub fn find(folder: &Path, program: Program) -> Source {
    for name in [program.name(), &program.module()] {
        let path = folder.join(name.to_string() + env::consts::EXE_SUFFIX);
        if path.is_file() {
            return match is_executable(&path) {
                true => Source::Command(vec![path.into()]),
                false => Source::Broken(format!("the file {name} is not executable (chmod +x)")),
            };
        }
    }
    let script = folder.join(program.script_name());
    if script.is_file() {
        return Source::Script(script);
    }
    let package = folder.join(program.name());
    match package.join("Cargo.toml").is_file() {
        true => Source::Package(package),
        false => Source::Missing,
    }
}

/// Why `folder` holds none of the four programs, if that is so.
pub fn why_nothing(folder: &Path) -> Option<String> {
    if !folder.is_dir() {
        return Some("nothing found: this is no folder".to_string());
    }
    let missing = |program| matches!(find(folder, program), Source::Missing);
    if !PROGRAMS.into_iter().all(missing) {
        return None;
    }
    let mut files = vec![];
    list(folder, folder, &mut files);
    Some(match files.is_empty() {
        true => "nothing found: the folder is empty".to_string(),
        false => format!("nothing found; here: {}", files.join(", ")),
    })
}

/// Adds the files below `folder`, as seen from `top`.
fn list(top: &Path, folder: &Path, files: &mut Vec<String>) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if files.len() >= NAMED {
            return;
        } else if path.is_dir() && !path.is_symlink() {
            list(top, &path, files);
        } else {
            files.push(path.strip_prefix(top).unwrap_or(&path).display().to_string());
        }
    }
}

fn is_executable(path: &Path) -> bool {
    #[cfg(unix)]
    return fs::metadata(path).is_ok_and(|metadata| {
        std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o111 != 0
    });
    #[cfg(not(unix))]
    fs::metadata(path).is_ok()
}
