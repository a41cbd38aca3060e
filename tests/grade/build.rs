//! Building a submission's Cargo package: a copy of it, in a folder of its own
//! outside the workspace, for below that cargo would take it for a stray
//! member, and would trust the modification times that an archive brought.

use harness::{Folder, Program, cargo, deadline, output_within};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs, io};

/// Whose fault it is that a package cannot be built, and why.
pub enum Fault {
    /// What the compiler says, or what is wrong with the package.
    Students(String),
    /// Nothing can be built here, or dependencies cannot be had.
    Graders(String),
}

/// Lines shown of what the compiler or cargo says.
const LINES: usize = 40;

/// Files, and folders in folders, that a package may have.
const FILES: usize = 10_000;
const DEPTH: usize = 32;

/// What a build may see of our environment: the toolchain, and the way to a
/// registry.
const KEPT: [&str; 12] = [
    "PATH",
    "RUSTUP_TOOLCHAIN",
    "CARGO_NET_OFFLINE",
    "CARGO_HTTP_CAINFO",
    "CARGO_HTTP_PROXY",
    "SSL_CERT_FILE",
    "HTTPS_PROXY",
    "https_proxy",
    "SystemRoot",
    "SystemDrive",
    "ProgramData",
    "ProgramFiles(x86)",
];

/// Builds the package at `source` below `folder`; the program's file.
pub fn build(program: Program, source: &Path, folder: &Folder) -> Result<PathBuf, Fault> {
    let package = folder.path().join(program.name());
    let mut files = 0;
    copy(source, &package, &mut files, 0)
        .map_err(|error| Fault::Students(format!("cannot copy the package: {error}")))?;
    let manifest = fs::read_to_string(package.join("Cargo.toml")).unwrap_or_default();
    if manifest.contains("workspace = true") {
        // It was handed out as a member of this workspace.
        let ours = include_str!("../../Cargo.toml");
        let (before, after) = ours.split_once("members = [").unwrap_or((ours, "]"));
        let (_, after) = after.split_once(']').unwrap_or(("", after));
        let ours = format!("{before}members = [\"{}\"]{after}", program.name());
        fs::write(folder.path().join("Cargo.toml"), ours).map_err(graders)?;
    }
    let built = run(&package, folder, &["build", "--release", "--message-format=json"])?;
    if built.status.success() {
        let executables = cargo::built(&built.stdout);
        let named =
            |(name, _): &&(String, PathBuf)| *name == program.name() || *name == program.module();
        return match (executables.iter().find(named), executables.as_slice()) {
            (Some((_, path)), _) | (None, [(_, path)]) => Ok(path.clone()),
            _ => Err(Fault::Students(format!("the package builds no program {}", program.name()))),
        };
    }
    let errors = cargo::compiler_errors(&built.stdout);
    if !errors.is_empty() {
        return Err(Fault::Students(first_lines(errors.concat().as_bytes())));
    }
    if let Some(problem) = why_nothing_builds(folder)? {
        return Err(Fault::Graders(problem));
    }
    let unobtainable =
        manifest.contains("dependencies") && !run(&package, folder, &["fetch"])?.status.success();
    Err(match unobtainable {
        true => Fault::Graders(format!("no dependencies: {}", first_lines(&built.stderr))),
        false => Fault::Students(first_lines(&built.stderr)),
    })
}

/// Why not even an empty program can be built here, if so: there is no linker,
/// the disk is full, the toolchain is not there.
fn why_nothing_builds(folder: &Folder) -> Result<Option<String>, Fault> {
    let empty = folder.path().join("empty");
    let write = || {
        fs::create_dir_all(empty.join("src"))?;
        fs::write(empty.join("Cargo.toml"), "[package]\nname = \"empty\"\n[workspace]\n")?;
        fs::write(empty.join("src/main.rs"), "fn main() {}\n")
    };
    write().map_err(graders)?;
    let built = run(&empty, folder, &["build", "--release"])?;
    Ok((!built.status.success())
        .then(|| format!("nothing can be built here: {}", first_lines(&built.stderr))))
}

/// Runs cargo in `package`, for as long as a build may take.
fn run(package: &Path, folder: &Folder, arguments: &[&str]) -> Result<Output, Fault> {
    let mut command = Command::new(cargo::cargo());
    command.args(arguments).arg("--quiet").current_dir(package).env_clear();
    command.envs(KEPT.into_iter().filter_map(|name| Some((name, env::var_os(name)?))));
    let home = env::var_os("HOME").or(env::var_os("USERPROFILE")).unwrap_or_default();
    for (name, place) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        command.env(name, env::var_os(name).unwrap_or(Path::new(&home).join(place).into()));
    }
    let target: OsString = folder.path().join("target").into();
    command.env("CARGO_TARGET_DIR", target);
    // It takes two seconds, and changes nothing that a check sees.
    command.env("CARGO_PROFILE_RELEASE_LTO", "off");
    for name in ["HOME", "TMPDIR", "TEMP", "TMP"] {
        command.env(name, folder.path());
    }
    let limit = deadline::seconds(60.0);
    output_within(&mut command, limit).map_err(|error| match error.kind() {
        io::ErrorKind::TimedOut => {
            Fault::Students(format!("the build takes longer than {limit:?}"))
        }
        _ => graders(error),
    })
}

/// Copies files and folders, following links; what a build made stays behind.
fn copy(from: &Path, to: &Path, files: &mut usize, depth: usize) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        *files += 1;
        if *files > FILES || depth > DEPTH {
            return Err(io::Error::other(format!("over {FILES} files, or too deep")));
        }
        let kind = fs::metadata(&path)?;
        if kind.is_dir() && name != "target" && name != ".git" {
            copy(&path, &to.join(name), files, depth + 1)?;
        } else if kind.is_file() {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

fn first_lines(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let lines: Vec<_> = text.lines().take(LINES).collect();
    lines.join("\n")
}

fn graders(error: io::Error) -> Fault {
    Fault::Graders(error.to_string())
}
