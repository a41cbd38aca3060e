//! The command line.

use crate::exercises::EXERCISES;
use harness::{PROGRAMS, Program};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

pub const HELP: &str = "\
Usage: cargo grade [OPTIONS] SUBMISSION...

Grades the programs in each folder SUBMISSION. A program is, in this order,
  an executable  tcp-server or tcp_server (tcp-server.exe on Windows),
  a script       tcp_server.py, run by python3,
  a package      tcp-server/ with a Cargo.toml, built in release,
and likewise for tcp-client, udp-server and udp-client.

Options:
  --program NAME  grade only this one, missing or not; may come several times
  --exercise N    grade this further exercise, 1 to 12 or all, in SUBMISSION/exercise_N
                  or, where that is no folder, in SUBMISSION; may come several times
  --full          show every report, not only what to fix first
  --sandbox       grade each submission inside bubblewrap (Linux)
  --json FILE     write the results of one submission for Gradescope
  --csv FILE      write a row for each submission
  --cards FOLDER  write each submission's card as a text file
  --help          show this text

Exit status: 0 every original check (of --exercise: every check) passed, 1 some did not, 2 the command
line is wrong, 3 the grader itself failed.
";

/// The folder of a submission, or that of one of its exercises.
pub struct Place {
    pub exercise: Option<usize>,
    pub folder: PathBuf,
}

/// What to grade, and where to write the results.
#[derive(Default)]
pub struct Options {
    pub folders: Vec<PathBuf>,
    /// Empty: whatever is submitted.
    pub programs: Vec<Program>,
    /// Empty: what the sheet asks of the four programs.
    pub exercises: Vec<usize>,
    pub full: bool,
    pub sandbox: bool,
    pub json: Option<PathBuf>,
    pub csv: Option<PathBuf>,
    pub cards: Option<PathBuf>,
    /// The interpreter for scripts, where there are any.
    pub python: Option<&'static str>,
    /// This is the process of one submission, and so many of its checks may
    /// begin at a time. No option for users.
    pub one: Option<usize>,
}

impl Options {
    /// Reads the words behind the program's name; `None` asks for the help.
    pub fn parse(words: impl Iterator<Item = OsString>) -> Result<Option<Options>, String> {
        let mut options = Options::default();
        let mut words = words;
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word:?} needs a value"));
            match word.to_str() {
                Some("--help" | "-h") => return Ok(None),
                Some("--program") => options.programs.push(program(&value()?)?),
                Some("--exercise") => options.exercises.extend(exercises(&value()?)?),
                Some("--full") => options.full = true,
                Some("--sandbox") => options.sandbox = true,
                Some("--json") => options.json = Some(value()?.into()),
                Some("--csv") => options.csv = Some(value()?.into()),
                Some("--cards") => options.cards = Some(value()?.into()),
                Some("--one") => options.one = value()?.to_str().and_then(|text| text.parse().ok()),
                Some(other) if other.starts_with('-') => {
                    return Err(format!("there is no option {other:?}; see cargo grade --help"));
                }
                _ => options.folders.extend(expanded(word.into())),
            }
        }
        options.exercises.sort_unstable();
        options.exercises.dedup();
        let both = !options.exercises.is_empty() && !options.programs.is_empty();
        if both && options.one.is_none() {
            return Err("--exercise says which programs, so --program cannot".to_string());
        }
        match options.folders.len() {
            0 => return Err("which submission? see cargo grade --help".to_string()),
            2.. if options.json.is_some() => return Err("--json takes one submission".to_string()),
            _ => {}
        }
        let missing = options.folders.iter().filter(|folder| !folder.exists());
        let missing: Vec<_> = missing.map(|folder| folder.display().to_string()).collect();
        match missing.as_slice() {
            [] => Ok(Some(options)),
            [one] => Err(format!("the submission {one} is not there")),
            several => Err(format!("the submissions {} are not there", several.join(", "))),
        }
    }

    /// The programs to look for.
    pub fn programs(&self) -> Vec<Program> {
        let wanted =
            |program: &Program| self.programs.is_empty() || self.programs.contains(program);
        PROGRAMS.into_iter().filter(wanted).collect()
    }

    /// The words for the process of one submission.
    pub fn for_one(&self, place: &Place, share: usize, programs: &[Program]) -> Vec<OsString> {
        let mut words = vec![OsString::from("--one"), share.to_string().into()];
        if let Some(exercise) = place.exercise {
            words.extend(["--exercise".into(), exercise.to_string().into()]);
        }
        for program in programs {
            words.extend(["--program".into(), program.name().into()]);
        }
        words.push((&place.folder).into());
        words
    }

    /// What is to be graded in a submission, and where.
    pub fn places(&self, folder: &Path) -> Vec<Place> {
        let place = |exercise: &usize| {
            let own = folder.join(format!("exercise_{exercise}"));
            let folder = if own.is_dir() { own } else { folder.to_path_buf() };
            Place { exercise: Some(*exercise), folder }
        };
        match self.exercises.is_empty() {
            true => vec![Place { exercise: None, folder: folder.to_path_buf() }],
            false => self.exercises.iter().map(place).collect(),
        }
    }
}

/// `submissions/*`, which PowerShell leaves as it is, as every folder there.
fn expanded(path: PathBuf) -> Vec<PathBuf> {
    if path.file_name() != Some(OsStr::new("*")) || path.exists() {
        return vec![path];
    }
    let entries = fs::read_dir(path.parent().unwrap_or(Path::new(".")));
    let mut paths: Vec<_> =
        entries.into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    if paths.is_empty() { vec![path] } else { paths }
}

fn exercises(word: &OsString) -> Result<Vec<usize>, String> {
    let number = word.to_str().and_then(|word| word.parse().ok());
    match number.filter(|number| (1..=EXERCISES.len()).contains(number)) {
        Some(number) => Ok(vec![number]),
        None if word == "all" => Ok((1..=EXERCISES.len()).collect()),
        None => Err(format!("there is no exercise {word:?}, but 1 to {}, all", EXERCISES.len())),
    }
}

fn program(name: &OsString) -> Result<Program, String> {
    let known = name.to_str().and_then(Program::named);
    known.ok_or_else(|| {
        let names = PROGRAMS.map(Program::name).join(", ");
        format!("there is no program {name:?}, but {names}")
    })
}
