//! Building a submission's Cargo package: a copy of it, in a folder of its own
//! outside the workspace, for below that cargo would take it for a stray
//! member, and would trust the modification times that an archive brought.

use harness::*;
use std::{env, fmt::Display, fs, io, mem, path::Path, path::PathBuf, process::Output};

/// Why a program cannot be tried: it is the student's fault, or the grader's.
pub type Problem = (Kind, String);

/// Lines shown of a problem; the first may be ours.
const LINES: usize = 41;
/// Files that a package may have: links to folders may go round in a ring.
const FILES: usize = 10_000;
/// What a build may see of our environment, beside what any program may: the
/// toolchain, and the way to a registry.
const KEPT: &str = "RUSTUP_TOOLCHAIN CARGO_NET_OFFLINE CARGO_HTTP_CAINFO CARGO_HTTP_PROXY \
     SSL_CERT_FILE HTTPS_PROXY https_proxy ProgramData ProgramFiles(x86)";

/// Builds the package at `source`; the program's file.
pub fn build(program: Program, source: &Path) -> Result<PathBuf, Problem> {
    let temporary = Folder::new().map_err(graders)?;
    let folder = temporary.path();
    let package = folder.join(program.name());
    let write = |file: &str, text: &str| fs::write(folder.join(file), text).map_err(graders);
    let copied = copy(source, &package, &mut { FILES });
    copied.map_err(|error| students(format!("cannot copy the package: {error}")))?;
    let manifest = fs::read_to_string(package.join("Cargo.toml")).unwrap_or_default();
    if manifest.contains("workspace = true") {
        // It was handed out as a member of this workspace, whose others are not there.
        let alone = format!("members = [\"{}\"]\nexclude = [", program.name());
        write("Cargo.toml", &include_str!("../../Cargo.toml").replace("members = [", &alone))?;
    }
    let format = "--message-format=json-render-diagnostics";
    let built = run(&package, folder, &["build", "--release", format])?;
    if built.status.success() {
        mem::forget(temporary); // this process's end removes it
        let problem = || students(format!("the package builds no program {}", program.name()));
        return cargo::executable(&built.stdout, program.name()).ok_or_else(problem);
    }
    // The compiler's have a place in the program's text; the linker's or the disk's have none.
    let said = String::from_utf8_lossy(&built.stderr);
    let said = said.replace("\nerror", "\0error").replace("\nwarning", "\0warning");
    let parts = said.split('\0').map(str::trim).filter(|part| !part.starts_with("warning"));
    let is_compilers = |part: &&str| part.starts_with("error") && part.contains("--> ");
    let (errors, others): (Vec<_>, Vec<_>) = parts.partition(is_compilers);
    if !errors.is_empty() {
        return Err(students(errors.join("\n\n")));
    }
    let said = others.join("\n\n");
    if manifest.contains("dependencies") && !run(&package, folder, &["fetch"])?.status.success() {
        return Err(graders(format!("no dependencies: {said}")));
    }
    // There is no linker, the disk is full, the toolchain is not there.
    write("Cargo.toml", "workspace={}\npackage.name='empty'\nbin=[{name='empty',path='main.rs'}]")?;
    write("main.rs", "fn main() {}")?;
    let empty = run(folder, folder, &["build", "--release"])?;
    if empty.status.success() {
        return Err(students(said));
    }
    Err(graders(format!("nothing can be built here: {}", String::from_utf8_lossy(&empty.stderr))))
}

/// Runs cargo in `package`, for as long as a build may take.
fn run(package: &Path, folder: &Path, arguments: &[&str]) -> Result<Output, Problem> {
    let mut command = command(cargo::cargo());
    command.args(arguments).args(["--quiet", "--color=never"]).current_dir(package);
    process::keep(&mut command, KEPT);
    let home = env::var_os("HOME").or(env::var_os("USERPROFILE")).unwrap_or_default();
    for (name, place) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        command.env(name, env::var_os(name).unwrap_or(Path::new(&home).join(place).into()));
    }
    command.env("CARGO_TARGET_DIR", folder.join("target"));
    // These take most of the time, and change nothing that a check sees.
    command.envs([("CARGO_PROFILE_RELEASE_LTO", "off"), ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")]);
    let own = ["HOME", "TMPDIR", "TEMP", "TMP", "USERPROFILE", "LOCALAPPDATA"];
    command.envs(own.map(|name| (name, folder)));
    let limit = deadline::seconds(60.0);
    output_within(&mut command, limit).map_err(|error| match error.kind() {
        io::ErrorKind::TimedOut => students(format!("the build takes longer than {limit:?}")),
        _ => graders(error),
    })
}

/// Copies a folder, of `left` files at most, following links; what a build made stays behind.
fn copy(source: &Path, package: &Path, left: &mut usize) -> io::Result<()> {
    fs::create_dir_all(package)?;
    for entry in fs::read_dir(source)? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        let too_many = || io::Error::other(format!("over {FILES} files"));
        *left = left.checked_sub(1).ok_or_else(too_many)?;
        let kind = fs::metadata(&path)?;
        if kind.is_dir() && name != "target" && name != ".git" {
            copy(&path, &package.join(name), left)?;
        } else if kind.is_file() {
            fs::copy(path, package.join(name))?;
        }
    }
    Ok(())
}

fn students(problem: impl Display) -> Problem {
    (Kind::NotTried, first_lines(&format!("it does not compile\n{problem}")))
}

pub fn graders(problem: impl Display) -> Problem {
    (Kind::Harness, first_lines(&problem.to_string()))
}

fn first_lines(text: &str) -> String {
    text.lines().take(LINES).collect::<Vec<_>>().join("\n")
}
