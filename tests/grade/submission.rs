//! What a folder holds of the four programs.

use crate::build::{self, Problem};
use harness::*;
use std::ffi::{OsStr, OsString};
use std::{env, fs, path::Path, path::PathBuf};

/// Files named where none of the four programs is found, at most.
const NAMED: usize = 5;

/// Where `folder` holds `program`: a file of that name, a script, or the folder of a package.
pub fn find(folder: &Path, program: Program) -> Option<PathBuf> {
    let executable = |name: &str| name.to_string() + env::consts::EXE_SUFFIX;
    let (name, module) = (program.name(), program.module());
    let names = [executable(name), executable(&module), module + ".py"];
    let file = names.map(|name| folder.join(name)).into_iter().find(|path| path.is_file());
    let package = folder.join(program.name());
    file.or_else(|| package.join("Cargo.toml").is_file().then_some(package))
}

/// Whether what was found is a script, for Python.
pub fn is_script(path: &Path) -> bool {
    path.extension() == Some(OsStr::new("py"))
}

/// The words that start `program`, or why there are none.
pub fn words(folder: &Path, program: Program) -> Result<Vec<OsString>, Problem> {
    let path = find(folder, program).ok_or((Kind::NotTried, "not submitted".to_string()))?;
    if path.is_dir() {
        build::build(program, &path).map(|path| vec![path.into()])
    } else if is_script(&path) {
        let python = python::find().ok_or_else(|| build::graders("there is no working python3"))?;
        Ok(vec![python.into(), "-u".into(), path.into()])
    } else if is_executable(&path) {
        Ok(vec![path.into()])
    } else {
        let name = path.strip_prefix(folder).unwrap_or(&path).display();
        Err((Kind::NotTried, format!("the file {name} is not executable (chmod +x)")))
    }
}

/// Why `folder` holds none of the four programs, if that is so.
pub fn why_nothing(folder: &Path) -> Option<String> {
    if !folder.is_dir() {
        return Some("nothing found: this is no folder".to_string());
    } else if PROGRAMS.into_iter().any(|program| find(folder, program).is_some()) {
        return None;
    }
    let (mut files, mut left) = (vec![], entries(folder));
    while let Some(path) = left.pop().filter(|_| files.len() < NAMED) {
        match path.is_dir() && !path.is_symlink() {
            true => left.extend(entries(&path)),
            false => files.push(path.strip_prefix(folder).unwrap_or(&path).display().to_string()),
        }
    }
    Some(match files.is_empty() {
        true => "nothing found: the folder is empty".to_string(),
        false => format!("nothing found; here: {}", files.join(", ")),
    })
}

/// What is in `folder`, the last of the names first.
pub fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort_by(|one, other| other.cmp(one));
    paths
}

fn is_executable(path: &Path) -> bool {
    #[cfg(not(unix))]
    return path.is_file();
    #[cfg(unix)]
    fs::metadata(path).is_ok_and(|it| std::os::unix::fs::MetadataExt::mode(&it) & 0o111 != 0)
}
