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

/// How far in a line stands says what it is.
fn parse(path: &str, text: &str) -> Verdict<Vec<Variant>> {
    let mut below: Option<Variant> = None;
    let mut variants: Vec<Variant> = vec![];
    let lines = text.lines().zip(1..);
    let lines: Vec<_> =
        lines.filter(|(line, _)| !line.trim().is_empty() && !line.starts_with('#')).collect();
    let is_edit =
        |line: &str| ["      -", "      +", "      ="].iter().any(|mark| line.starts_with(mark));
    // All lines of an edit are one block, and each other line is.
    for block in lines.chunk_by(|one, next| is_edit(one.0) && is_edit(next.0)) {
        let (line, place) = (block[0].0, format!("{path}:{}", block[0].1));
        let must_be = |what: &str| Err(Report::harness(format!("this must be {what}")).at(&place));
        let words = line.trim_start_matches(' ');
        match (line.len() - words.len(), &mut below, variants.last_mut()) {
            (0, ..) => below = Some(Variant::based(words).map_err(|report| report.at(&place))?),
            (2, Some(below), last) => {
                below.caught_by = words.to_string();
                let known = original(below.program).chain(ledger(below.program));
                below.checks = known.filter(|check| check.name == words).collect();
                let right = last.filter(|one| one.base == below.base && one.caught_by == "right");
                match (words, right) {
                    ("half", Some(right)) => below.source = right.source.clone(),
                    ("half", None) => return must_be("below a solution"),
                    ("right", _) => below.checks = original(below.program).collect(),
                    _ if below.checks.is_empty() => return must_be("a check's name"),
                    // As it is, it is right but for that check.
                    (_, Some(right)) if right.source == below.source => {
                        right.checks.retain(|check| check.name != words)
                    }
                    _ => {}
                }
            }
            (4, Some(below), _) => {
                let Some((mark @ ("-" | "~"), does)) = words.split_once(' ') else {
                    return must_be("- or ~, and what the program does");
                };
                let title = format!("{place}: {}: {does}", below.base);
                variants.push(Variant { title, waits: mark == "~", ..below.clone() });
            }
            (6, ..) if words == "@@" => {}
            (6, _, Some(Variant { source, .. })) if is_edit(line) => {
                let [old, new] = [['-', '='], ['+', '=']].map(|marks| {
                    let lines = block.iter().filter_map(|(line, _)| line[6..].strip_prefix(marks));
                    lines.collect::<Vec<_>>().join("\n")
                });
                match source.matches(&old).count() {
                    1 => *source = source.replacen(&old, &new, 1),
                    count => return must_be(&format!("there once, not {count} times: `{old}`")),
                }
            }
            _ => return must_be("0 blanks in, or 2, 4 or, with -, + or =, 6 below its own"),
        }
    }
    Ok(variants)
}

impl Variant {
    /// A program's file as it is or, of `file after exercise`, as that one's solution left it.
    pub fn based(words: &str) -> Verdict<Variant> {
        let find = |what: String| Report::harness(format!("find {what}"));
        if let Some((base, earlier)) = words.split_once(" after ") {
            let all = read(&format!("tests/exercises/solutions/{earlier}.txt"))?;
            let its = all.into_iter().find(|one| one.base == base && one.caught_by == "right");
            return its.ok_or_else(|| find(format!("{base} in the solutions of {earlier}")));
        }
        let is_of = |one: &Program| words.replace('_', "-").contains(one.name());
        let program = PROGRAMS.into_iter().find(is_of);
        let program = program.ok_or_else(|| find(format!("a program's name in {words}")))?;
        let [title, base, caught_by] = [words, words, "half"].map(str::to_string);
        let (source, checks, beside) = (cargo::text(words)?, vec![], vec![]);
        Ok(Variant { program, title, caught_by, waits: false, source, base, checks, beside })
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
fn a_bad_line_of_the_catalogue_is_named() -> Verdict {
    let true = programs::are_to_be_tried()? else { return Ok(()) };
    for (text, problem) in [
        ("README.md", "1: find a program's name in README.md"),
        ("udp_client.py after exercise_3", "1: find udp_client.py in the solutions of exercise_3"),
        ("# a comment\n    - does", "2: this must be 0 blanks in, or 2, 4 or, with"),
        ("tcp-server/Cargo.toml\n   - does", "2: this must be 0 blanks in, or 2, 4 or, with"),
        ("tcp-server/Cargo.toml\n  half", "2: this must be below a solution"),
        ("tcp-server/Cargo.toml\n  it_stars", "2: this must be a check's name"),
        ("tcp-server/Cargo.toml\n\n    is no mark", "3: this must be - or ~"),
        ("tcp-server/Cargo.toml\n    - does\n      `a`", "3: this must be 0 blanks in, or 2,"),
        (
            "tcp-server/Cargo.toml\n    - does\n      -z\n      +",
            "3: this must be there once, not 0",
        ),
    ] {
        let said = parse("name.txt", text).map(|all| all.len()).expect_err(text).outcome().1;
        assert!(said.contains(&format!("failed: name.txt:{problem}")), "{said}");
    }
    Ok(())
}
