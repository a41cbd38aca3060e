//! Programs to grade the grader with: the project's own with one realistic
//! mistake of a beginner each, as tables of edits, and right ones in other
//! styles. Each mistake names the check that must catch it.

mod right;
mod tcp_client;
mod tcp_server;
mod udp_client;
mod udp_server;

use harness::{Program, cargo};
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::{env, fs};

pub use right::RIGHT;

/// What a program of the catalogue is made from.
pub enum Base {
    /// The project's Python script.
    Python,
    /// The project's Rust program.
    Rust,
    /// A whole Python script of its own.
    Script(&'static str),
}

/// One program of the catalogue.
pub struct Variant {
    /// What it does, as a sentence without its subject.
    pub does: &'static str,
    /// Which exercise it is.
    pub program: Program,
    /// What it is made from.
    pub base: Base,
    /// Old and new text; the old one occurs in the base exactly once.
    pub edits: &'static [(&'static str, &'static str)],
    /// Whether its check waits: it starts slowly, or its mistake is silence.
    pub waits: bool,
}

/// A program with one mistake.
pub struct Wrong {
    /// The program.
    pub variant: Variant,
    /// The check of its exercise that must fail.
    pub caught_by: &'static str,
}

/// Every wrong program.
pub fn all_wrong() -> Vec<&'static Wrong> {
    [tcp_server::WRONG, tcp_client::WRONG, udp_server::WRONG, udp_client::WRONG]
        .into_iter()
        .flatten()
        .collect()
}

impl Wrong {
    const fn new(
        program: Program,
        base: Base,
        does: &'static str,
        caught_by: &'static str,
        edits: &'static [(&'static str, &'static str)],
    ) -> Wrong {
        let variant = Variant { does, program, base, edits, waits: false };
        Wrong { variant, caught_by }
    }

    /// Its check sees it only by waiting for what does not come.
    const fn silent(self) -> Wrong {
        let variant = self.variant.waiting();
        let caught_by = self.caught_by;
        Wrong { variant, caught_by }
    }

    /// The whole name of the check that must fail.
    pub fn check(&self) -> String {
        format!("{}::{}", self.variant.program.module(), self.caught_by)
    }
}

impl Variant {
    const fn waiting(self) -> Variant {
        Variant { waits: true, ..self }
    }

    /// Whether it needs no Python.
    pub fn is_rust(&self) -> bool {
        matches!(self.base, Base::Rust)
    }

    /// For a report: which program it is, and what it does.
    pub fn title(&self) -> String {
        let language = if self.is_rust() { "Rust" } else { "Python" };
        format!("{} in {language}: {}", self.program.name(), self.does)
    }

    /// The command that runs it, in the form of [`Program::command_variable`].
    /// The file is written, and Rust compiled, only where that is not done yet.
    pub fn command(&self, python: &str) -> Result<String, String> {
        let in_title = |problem| format!("{}: {problem}", self.title());
        let source = self.source().map_err(in_title)?;
        if self.is_rust() {
            let file = cached(&source, env::consts::EXE_SUFFIX, compile).map_err(in_title)?;
            return Ok(format!("{}\n", file.display()));
        }
        let write = |source: &str, file: &Path| fs::write(file, source).map_err(text);
        let file = cached(&source, ".py", write).map_err(in_title)?;
        // Without -S, Python takes twice the time to start.
        Ok(format!("{python}\n-u\n-S\n{}", file.display()))
    }

    fn source(&self) -> Result<String, String> {
        let folder = cargo::workspace().join(self.program.name());
        let read = |file: &Path| fs::read_to_string(folder.join(file)).map_err(text);
        let mut source = match self.base {
            Base::Python => read(self.program.script_name().as_ref())?,
            Base::Rust => read("src/main.rs".as_ref())?,
            Base::Script(source) => source.to_string(),
        };
        // A checkout on Windows may have other line ends.
        source = source.replace("\r\n", "\n");
        for (old, new) in self.edits {
            match source.matches(old).count() {
                1 => source = source.replacen(old, new, 1),
                count => return Err(format!("{old:?} occurs {count} times, not once")),
            }
        }
        let ctime = folder.join("src").join("ctime.rs");
        Ok(source.replace("mod ctime;", &format!("#[path = {ctime:?}]\nmod ctime;")))
    }
}

/// The file that `make` makes from `source`, named after it; made once.
fn cached(
    source: &str,
    ending: &str,
    make: impl Fn(&str, &Path) -> Result<(), String>,
) -> Result<PathBuf, String> {
    let mut hasher = DefaultHasher::new();
    source.hash(&mut hasher);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wrong");
    let file = folder.join(format!("{:016x}{ending}", hasher.finish()));
    if !file.is_file() {
        fs::create_dir_all(&folder).map_err(text)?;
        // Another test process may be at the same file.
        let unfinished = file.with_extension(process::id().to_string());
        make(source, &unfinished)?;
        fs::rename(unfinished, &file).map_err(text)?;
    }
    Ok(file)
}

fn compile(source: &str, file: &Path) -> Result<(), String> {
    let main = file.with_extension(format!("{}.rs", process::id()));
    fs::write(&main, source).map_err(text)?;
    let mut rustc = Command::new(Path::new(env!("CARGO")).with_file_name("rustc"));
    rustc.args(["--edition=2024", "--cap-lints=allow", "-Cstrip=symbols"]);
    rustc.args(["--crate-name=wrong", "-o"]).arg(file).arg(&main);
    let output = rustc.output().map_err(text)?;
    let _ = fs::remove_file(&main);
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

fn text(error: std::io::Error) -> String {
    error.to_string()
}
