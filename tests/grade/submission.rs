//! What a folder holds of the four programs.

use harness::{PROGRAMS, Program, cargo, python};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Lines of the compiler's shown for a package that does not compile.
const COMPILER_LINES: usize = 40;

/// One student's folder.
pub struct Submission {
    /// The folder as it was named.
    pub name: String,
    pub programs: Vec<(Program, Source)>,
}

/// Where a program comes from.
pub enum Source {
    /// Its command, in the form of `Program::command_variable`.
    Command(String),
    /// A script, for Python.
    Script(PathBuf),
    /// The folder of a Cargo package, not built yet.
    Package(PathBuf),
    /// A package that could not be built: why.
    Broken(String),
    /// Nothing of that name. Whether that counts as 0 is said.
    Missing { counts: bool },
}

impl Submission {
    /// Looks for `wanted`, or all four, in `folder`.
    pub fn find(folder: &Path, wanted: &[Program]) -> Result<Submission, String> {
        let name = folder.display().to_string();
        if !folder.is_dir() {
            let what = if folder.exists() { "is no folder" } else { "is not there" };
            return Err(format!("the submission {name} {what}"));
        }
        let folder = folder.canonicalize().map_err(|error| format!("{name}: {error}"))?;
        let folder = strip_verbatim(folder);
        let mut programs = vec![];
        for program in PROGRAMS {
            if wanted.is_empty() || wanted.contains(&program) {
                let source = find(&folder, program)?;
                let counts = !wanted.is_empty();
                programs.push((program, source.unwrap_or(Source::Missing { counts })));
            }
        }
        let missing =
            |(_, source): &(_, Source)| matches!(source, Source::Missing { counts: false });
        if programs.iter().all(missing) {
            return Err(format!("the submission {name} holds none of the four programs"));
        }
        Ok(Submission { name, programs })
    }

    /// Whether Python is needed.
    pub fn has_script(&self) -> bool {
        self.programs.iter().any(|(_, source)| matches!(source, Source::Script(_)))
    }

    /// Turns scripts and packages into commands. Packages are built below
    /// `cache`, so that the submission stays as it is.
    pub fn build(&mut self, cache: &Path) {
        for (program, source) in &mut self.programs {
            match source {
                Source::Script(path) => {
                    let python = python::find().unwrap_or("python3");
                    *source = Source::Command(format!("{python}\n-u\n{}", path.display()));
                }
                Source::Package(folder) => {
                    *source = match build(*program, folder, cache) {
                        Ok(path) => Source::Command(path.display().to_string() + "\n"),
                        Err(problem) => Source::Broken(problem),
                    };
                }
                _ => {}
            }
        }
    }
}

fn find(folder: &Path, program: Program) -> Result<Option<Source>, String> {
    for name in [program.name(), &program.module()] {
        let path = folder.join(name.to_string() + env::consts::EXE_SUFFIX);
        if path.is_file() {
            return match is_executable(&path) {
                true => Ok(Some(Source::Command(path.display().to_string() + "\n"))),
                false => Err(format!("the file {} is not executable", path.display())),
            };
        }
    }
    let script = folder.join(program.script_name());
    if script.is_file() {
        return Ok(Some(Source::Script(script)));
    }
    let package = folder.join(program.name());
    let has_manifest = package.join("Cargo.toml").is_file();
    Ok(has_manifest.then_some(Source::Package(package)))
}

fn is_executable(path: &Path) -> bool {
    #[cfg(unix)]
    return fs::metadata(path).is_ok_and(|metadata| {
        std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o111 != 0
    });
    #[cfg(not(unix))]
    fs::metadata(path).is_ok()
}

fn build(program: Program, folder: &Path, cache: &Path) -> Result<PathBuf, String> {
    let mut hasher = DefaultHasher::new();
    folder.hash(&mut hasher);
    let target = cache.join(format!("{:016x}", hasher.finish())).display().to_string();
    let arguments = ["build", "--quiet", "--release", "--target-dir", &target];
    let built = cargo::executables(folder, &arguments).map_err(|problem| {
        let lines: Vec<_> = problem.lines().take(COMPILER_LINES).collect();
        lines.join("\n")
    })?;
    let named =
        |(name, _): &&(String, PathBuf)| *name == program.name() || *name == program.module();
    match (built.iter().find(named), built.as_slice()) {
        (Some((_, path)), _) | (None, [(_, path)]) => Ok(path.clone()),
        _ => Err(format!("the package builds no program {}", program.name())),
    }
}

/// Windows' canonical paths begin with `\\?\`, which not every program takes.
fn strip_verbatim(path: PathBuf) -> PathBuf {
    match path.to_str().and_then(|text| text.strip_prefix(r"\\?\")) {
        Some(plain) => plain.into(),
        None => path,
    }
}
