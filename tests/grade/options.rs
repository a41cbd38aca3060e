//! The command line.

use crate::{exercises::EXERCISES, marks::Part, results, sandbox, submission};
use harness::*;
use std::{ffi::OsStr, ffi::OsString, path::Path, path::PathBuf};

/// What to grade, and where to write the results.
#[derive(Default)]
pub struct Options {
    pub folders: Vec<PathBuf>,
    /// What is asked for, as it is named; nothing: what is submitted of the sheet.
    pub parts: Vec<Part>,
    pub full: bool,
    pub sandbox: bool,
    pub json: Option<PathBuf>,
    pub csv: Option<PathBuf>,
    pub cards: Option<PathBuf>,
    /// This is the process of a part's last-named program, of whose checks so many may begin at a
    /// time. No option for users.
    pub one: Option<usize>,
}

impl Options {
    /// Reads the words behind the program's name, and tries all that they name; `None` asks
    /// for the help.
    pub fn parse(mut words: impl Iterator<Item = OsString>) -> Result<Option<Options>, String> {
        let mut options = Options::default();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word:?} needs a value"));
            match word.to_str() {
                Some("--help" | "-h") => return Ok(None),
                Some("--program") => options.parts.push(program(&value()?)?),
                Some("--exercise") => options.parts.extend(exercises(&value()?)?),
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
        let exercises = options.parts.iter().filter(|part| part.is_exercise()).count();
        if exercises > 0 && exercises < options.parts.len() && options.one.is_none() {
            return Err("--exercise says which programs, so --program cannot".to_string());
        }
        match options.folders.len() {
            0 => return Err("which submission? see cargo grade --help".to_string()),
            2.. if options.json.is_some() => return Err("--json takes one submission".to_string()),
            _ => {}
        }
        let missing = options.folders.iter().filter(|folder| !folder.exists());
        let missing: Vec<_> = missing.map(|folder| folder.display().to_string()).collect();
        if !missing.is_empty() {
            let (s, are) = if missing.len() > 1 { ("s", "are") } else { ("", "is") };
            return Err(format!("the submission{s} {} {are} not there", missing.join(", ")));
        }
        deadline::factor()?;
        results::write_all(&options, None)?;
        if options.sandbox {
            sandbox::works()?;
        }
        Ok(Some(options))
    }
}

/// `submissions/*`, which PowerShell leaves as it is, as every folder there.
fn expanded(path: PathBuf) -> Vec<PathBuf> {
    if path.file_name() != Some(OsStr::new("*")) || path.exists() {
        return vec![path];
    }
    let paths = submission::entries(path.parent().unwrap_or(Path::new(".")));
    if paths.is_empty() { vec![path] } else { paths.into_iter().rev().collect() }
}

fn exercises(word: &OsStr) -> Result<Vec<Part>, String> {
    let all = 1..=EXERCISES.len();
    match word.to_str().and_then(|word| word.parse().ok()) {
        Some(number) if all.contains(&number) => Ok(vec![Part::Exercise(number)]),
        None if word == "all" => Ok(all.map(Part::Exercise).collect()),
        _ => Err(format!("there is no exercise {word:?}, but 1 to {}, all", EXERCISES.len())),
    }
}

fn program(name: &OsStr) -> Result<Part, String> {
    let names = PROGRAMS.map(Program::name).join(", ");
    let known = name.to_str().and_then(Program::named).map(Part::Sheet);
    known.ok_or(format!("there is no program {name:?}, but {names}"))
}
