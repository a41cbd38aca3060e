//! Programs, each a file and edits of it: the wrong and the right ones, tests/wrong, and what
//! solves an exercise, or half of it, tests/exercises/solutions.

use super::programs;
use crate::checks::{ledger, original};
use harness::*;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::{env, ffi::OsString, fs, io, path::Path, sync::Mutex};

/// One program, which passes all of its checks if it is `right`, and else fails one by its mistake.
#[derive(Clone)]
pub struct Variant {
    pub program: Program,
    /// Where it stands, and what it does, as a sentence without its subject.
    pub title: String,
    /// The check that must fail; `half` for any; `right` for a program that passes them all.
    pub caught_by: String,
    /// Whether it starts slowly, or its mistake shows as silence.
    pub waits: bool,
    pub source: String,
    pub base: String,
    pub checks: Vec<&'static Check>,
    /// What stands for the other programs that a check may start.
    pub beside: Vec<Variant>,
}

/// The programs that a file of the catalogue describes.
pub fn read(path: &str) -> Verdict<Vec<Variant>> {
    parse(path, &cargo::text(path)?)
}

/// How far in a line stands says what it is. Below `@@` stand lines as in a
/// diff: `-` goes, `+` comes, `=` stays.
fn parse(path: &str, text: &str) -> Verdict<Vec<Variant>> {
    let mut below: Option<Variant> = None;
    let mut variants: Vec<Variant> = vec![];
    let lines = text.lines().zip(1..).map(|(line, number)| (line, format!("{path}:{number}")));
    let mut lines = lines.filter(|(l, _)| !l.trim().is_empty() && !l.starts_with('#')).peekable();
    while let Some((line, place)) = lines.next() {
        let words = line.trim_start_matches(' ');
        match (line.len() - words.len(), &mut below, variants.last_mut()) {
            (0, ..) => below = Some(Variant::based(words).map_err(|report| report.at(&place))?),
            (2, Some(below), last) => {
                below.caught_by = words.to_string();
                let checks = original(below.program).chain(ledger(below.program));
                below.checks = checks.filter(|check| check.name == words).collect();
                let right = last.filter(|one| one.base == below.base && one.caught_by == "right");
                match (words, right) {
                    ("half", Some(right)) => below.source = right.source.clone(),
                    ("half", None) => return must_be("below a solution", &place),
                    ("right", _) => {}
                    _ if below.checks.is_empty() => return must_be("a check's name", &place),
                    _ => {}
                }
            }
            (4, Some(below), _) => {
                let Some((mark @ ("-" | "~"), does)) = words.split_once(' ') else {
                    return must_be("- or ~, and what the program does", &place);
                };
                let title = format!("{place}: {}: {does}", below.base);
                variants.push(Variant { title, waits: mark == "~", ..below.clone() });
            }
            (6, _, Some(Variant { source, .. })) => {
                let edit = words.strip_prefix('`').and_then(|words| words.strip_suffix('`'));
                let (mut old, mut new) = match edit.and_then(|edit| edit.split_once("` -> `")) {
                    Some((old, new)) => (old.replace('⏎', "\n"), new.replace('⏎', "\n")),
                    None if words == "@@" => Default::default(),
                    None => return must_be("`old` -> `new`", &place),
                };
                while let Some((line, place)) = lines.next_if(|(l, _)| l.starts_with("        ")) {
                    let line = line[8..].to_string() + "\n";
                    let (mark, line) = line.split_at_checked(1).unwrap_or_default();
                    if !["-", "+", "="].contains(&mark) {
                        return must_be("-, + or =, and a line", &place);
                    }
                    old += if mark == "+" { "" } else { line };
                    new += if mark == "-" { "" } else { line };
                }
                let count = source.matches(&old).count();
                if count != 1 {
                    let problem = format!("`{old}` occurs {count} times, not once");
                    return Err(Report::harness(problem).at(&place));
                }
                *source = source.replacen(&old, &new, 1);
            }
            _ => return must_be("0 blanks in, or 2, 4, 6 or 8 below what it belongs to", &place),
        }
    }
    Ok(variants)
}

fn must_be<T>(what: &str, place: &str) -> Verdict<T> {
    Err(Report::harness(format!("this must be {what}")).at(place))
}

impl Variant {
    /// A program's file as it is or, of `file after exercise`, as that one's solution left it.
    pub fn based(words: &str) -> Verdict<Variant> {
        if let Some((base, earlier)) = words.split_once(" after ") {
            let all = read(&format!("tests/exercises/solutions/{earlier}.txt"))?;
            let its = all.into_iter().find(|one| one.base == base && one.caught_by == "right");
            let problem = || Report::harness(format!("find {base} in the solutions of {earlier}"));
            return its.ok_or_else(problem);
        }
        let is_of = |one: &Program| words.contains(one.name()) || words.contains(&one.module());
        let problem = || Report::harness(format!("find a program's name in {words}"));
        let program = PROGRAMS.into_iter().find(is_of).ok_or_else(problem)?;
        let [title, base] = [words; 2].map(str::to_string);
        let (caught_by, source, waits) = (String::new(), cargo::text(words)?, false);
        let (checks, beside) = (vec![], vec![]);
        Ok(Variant { program, title, caught_by, waits, source, base, checks, beside })
    }

    /// The program's script, as it is.
    pub fn script(program: Program) -> Verdict<Variant> {
        Variant::based(&format!("{}/{}", program.name(), program.script_name()))
    }

    /// Whether it needs no Python.
    pub fn is_rust(&self) -> bool {
        self.base.ends_with(".rs")
    }

    /// How it passes `check`, with limits `factor` times as long.
    pub fn tried(&self, check: &Check, factor: f64) -> Outcome {
        let words = |one: &Variant| Ok((one.program, one.command()?));
        let commands = self.beside.iter().chain([self]).map(words).collect::<Verdict<Vec<_>>>();
        check.tried(self.program, &commands.map_err(|report| report.outcome())?, factor)
    }

    /// The words that run it. A Rust program is named after its source and made once, beside this
    /// test's own binary.
    fn command(&self) -> Verdict<Vec<OsString>> {
        if !self.is_rust() {
            let python = python::find().unwrap_or_default();
            return Ok([python, "-u", "-S", "-c", &self.source].map(OsString::from).to_vec());
        }
        // Compilers compute, so only two do so at a time.
        static COMPILERS: [Mutex<()>; 2] = [const { Mutex::new(()) }; 2];
        let ctime = format!("\nmod ctime {{\n{}}}", cargo::text("udp-server/src/ctime.rs")?);
        let source = self.source.replace("\nmod ctime;", &ctime);
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(&source);
        let name = format!("variant-{hash:016x}{}", env::consts::EXE_SUFFIX);
        let file = env::current_exe()?.with_file_name(name);
        let _alone = lock(&COMPILERS[hash as usize % 2]);
        if !file.is_file() {
            // Another process may be at the same file. Rustc's own are named up to a dot.
            let unfinished = format!("variant-{hash:016x}-{}", std::process::id());
            let unfinished = file.with_file_name(unfinished);
            let rustc = Path::new(&cargo::cargo()).with_file_name("rustc");
            let mut rustc = assert_cmd::Command::new(rustc);
            rustc.args(["--edition=2024", "--cap-lints=allow", "-Cstrip=symbols"]);
            rustc.args(["--crate-name=wrong", "-", "-o"]).arg(&unfinished).write_stdin(source);
            rustc.assert().try_success().map_err(io::Error::other)?;
            fs::rename(unfinished, &file)?;
        }
        Ok(vec![file.into()])
    }
}

#[test]
fn a_bad_line_of_the_catalogue_is_named() {
    let true = programs::are_to_be_tried() else { return };
    for (text, problem) in [
        ("README.md", "1: find a program's name in README.md"),
        ("udp_client.py after exercise_3", "1: find udp_client.py in the solutions of exercise_3"),
        ("# a comment\n    - does", "2: this must be 0 blanks in, or 2, 4, 6 or 8 below"),
        ("tcp-server/Cargo.toml\n   - does", "2: this must be 0 blanks in, or 2, 4, 6 or 8"),
        ("tcp-server/Cargo.toml\n  half", "2: this must be below a solution"),
        ("tcp-server/Cargo.toml\n  it_stars", "2: this must be a check's name"),
        ("tcp-server/Cargo.toml\n\n    is no mark", "3: this must be - or ~"),
        ("tcp-server/Cargo.toml\n    - does\n      `a` > `b`", "3: this must be `old` -> `new`"),
        ("tcp-server/Cargo.toml\n    - does\n      @@\n        a", "4: this must be -, + or ="),
        ("tcp-server/Cargo.toml\n    - does\n      `zz@` -> ``", "3: `zz@` occurs 0 times"),
    ] {
        let said = parse("name.txt", text).map(|all| all.len()).expect_err(text).outcome().1;
        assert!(said.contains(&format!("failed: name.txt:{problem}")), "{said}");
    }
}
