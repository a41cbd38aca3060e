//! The command line.

use harness::{PROGRAMS, Program};
use std::ffi::OsString;
use std::path::PathBuf;

pub const HELP: &str = "\
Usage: cargo grade [OPTIONS] SUBMISSION...

Grades the programs in each folder SUBMISSION. A program is, in this order,
  an executable  tcp-server or tcp_server (tcp-server.exe on Windows),
  a script       tcp_server.py, run by python3,
  a package      tcp-server/ with a Cargo.toml, built in release,
and likewise for tcp-client, udp-server and udp-client.

Options:
  --program NAME  grade only this one, missing or not; may come several times
  --json FILE     write the results of one submission for Gradescope
  --csv FILE      write a row for each submission
  --help          show this text

Exit status: 0 every original check passed, 1 some did not, 2 the command
line is wrong, 3 the grader itself failed.
";

/// What to grade, and where to write the results.
pub struct Options {
    pub folders: Vec<PathBuf>,
    /// Empty: whatever is submitted.
    pub programs: Vec<Program>,
    pub json: Option<PathBuf>,
    pub csv: Option<PathBuf>,
}

impl Options {
    /// Reads the words behind the program's name; `None` asks for the help.
    pub fn parse(words: impl Iterator<Item = OsString>) -> Result<Option<Options>, String> {
        let mut options = Options { folders: vec![], programs: vec![], json: None, csv: None };
        let mut words = words;
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word:?} needs a value"));
            match word.to_str() {
                Some("--help" | "-h") => return Ok(None),
                Some("--program") => options.programs.push(program(&value()?)?),
                Some("--json") => options.json = Some(value()?.into()),
                Some("--csv") => options.csv = Some(value()?.into()),
                Some(other) if other.starts_with('-') => {
                    return Err(format!("there is no option {other:?}; see cargo grade --help"));
                }
                _ => options.folders.push(word.into()),
            }
        }
        match options.folders.len() {
            0 => Err("which submission? see cargo grade --help".to_string()),
            2.. if options.json.is_some() => Err("--json takes one submission".to_string()),
            _ => Ok(Some(options)),
        }
    }
}

fn program(name: &OsString) -> Result<Program, String> {
    let known = PROGRAMS.into_iter().find(|program| name == program.name());
    known.ok_or_else(|| {
        let names = PROGRAMS.map(Program::name).join(", ");
        format!("there is no program {name:?}, but {names}")
    })
}
