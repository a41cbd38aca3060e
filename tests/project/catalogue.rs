//! The catalogue of wrong and right programs, tests/wrong: how its files are
//! read, and how a program is made of a base and edits.

use harness::{PROGRAMS, Program, cargo};
use std::ffi::OsString;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Error};
use std::path::Path;
use std::{env, fs, process, thread};

/// One program of the catalogue.
pub struct Variant {
    /// Which exercise it is.
    pub program: Program,
    /// Where it stands, and what it does, as a sentence without its subject.
    pub title: String,
    /// The check that must fail; `right` for a program that passes them all.
    pub caught_by: String,
    /// Whether it starts slowly, or its mistake shows as silence.
    pub waits: bool,
    base: String,
    /// Where each stands, its old text, and its new.
    edits: Vec<[String; 3]>,
}

/// The wrong programs, and the right ones.
pub fn read() -> io::Result<(Vec<Variant>, Vec<Variant>)> {
    let mut all = vec![];
    for program in PROGRAMS {
        let file = cargo::workspace().join("tests/wrong").join(program.module() + ".txt");
        let text = fs::read_to_string(file)?;
        all.extend(parse(&program.module(), &text).map_err(Error::other)?);
    }
    Ok(all.into_iter().partition(|variant| variant.caught_by != "right"))
}

/// The solutions of a further exercise, each before its half solutions, which
/// are edits of it.
pub fn solutions(exercise: &str) -> io::Result<Vec<Variant>> {
    let folder = cargo::workspace().join("tests/exercises/solutions");
    let text = fs::read_to_string(folder.join(format!("{exercise}.txt")))?;
    let mut all = parse(exercise, &text).map_err(Error::other)?;
    for index in 0..all.len() {
        let (base, mut edits) = match all[index].base.split_once(" after ") {
            Some((base, earlier)) => {
                let earlier = solutions(earlier)?.into_iter().find(|one| one.base == base);
                (base.to_string(), earlier.ok_or(Error::other("no such base"))?.edits)
            }
            None => (all[index].base.clone(), vec![]),
        };
        let solution = all[..index].iter().find(|one| one.base == base);
        edits = solution.map_or(edits, |solution| solution.edits.clone());
        edits.append(&mut all[index].edits);
        (all[index].base, all[index].edits) = (base, edits);
    }
    Ok(all)
}

/// How far in a line stands says what it is. Below `@@` stand lines as in a
/// diff: `-` goes, `+` comes, `=` stays.
fn parse(name: &str, text: &str) -> Result<Vec<Variant>, String> {
    let mut program = PROGRAMS.into_iter().find(|program| program.module() == name);
    let (mut base, mut caught_by) = (String::new(), String::new());
    let mut variants: Vec<Variant> = vec![];
    for (line, number) in text.lines().zip(1..) {
        let words = line.trim_start_matches(' ');
        let place = format!("{name}.txt:{number}");
        let bad = |must: &str| Err(format!("{place}: this must be {must}"));
        match line.len() - words.len() {
            _ if words.is_empty() || line.starts_with('#') => {}
            0 => {
                (base, caught_by) = (words.to_string(), String::new());
                program = words.split('/').next().and_then(Program::named).or(program);
            }
            2 => caught_by = words.to_string(),
            4 => {
                let Some((mark @ ("-" | "~"), does)) = words.split_once(' ') else {
                    return bad("- or ~, and what the program does");
                };
                let Some(program) = program else { return bad("below a file of a program") };
                let (base, caught_by, waits) = (base.clone(), caught_by.clone(), mark == "~");
                let title = format!("{place}: {base}: {does}");
                variants.push(Variant { program, title, caught_by, waits, base, edits: vec![] });
            }
            6 if words == "@@" => {
                let Some(variant) = variants.last_mut() else { return bad("below a program") };
                variant.edits.push([place, String::new(), String::new()]);
            }
            6 => {
                let edit = words.strip_prefix('`').and_then(|words| words.strip_suffix('`'));
                let edit = edit.and_then(|edit| edit.split_once("` -> `"));
                let (Some((old, new)), Some(variant)) = (edit, variants.last_mut()) else {
                    return bad("`old` -> `new`, below a program");
                };
                variant.edits.push([place, old.replace('⏎', "\n"), new.replace('⏎', "\n")]);
            }
            8 => {
                let edit = variants.last_mut().and_then(|variant| variant.edits.last_mut());
                let Some((edit, mark @ ('-' | '+' | '='))) = edit.zip(words.chars().next()) else {
                    return bad("-, + or =, and a line, below @@");
                };
                let line = words[1..].to_string() + "\n";
                edit[1] += if mark == '+' { "" } else { &line };
                edit[2] += if mark == '-' { "" } else { &line };
            }
            _ => return bad("0, 2, 4, 6 or 8 blanks in"),
        }
    }
    Ok(variants)
}

impl Variant {
    /// Whether it is made of the same file, and both without an edit.
    pub fn is_same(&self, other: &Variant) -> bool {
        self.base == other.base && self.edits.is_empty() && other.edits.is_empty()
    }

    /// Whether it needs no Python.
    pub fn is_rust(&self) -> bool {
        self.base.ends_with(".rs")
    }

    /// The words that run it. Its file is named after its source and made
    /// once, in a folder beside this test's own binary.
    pub fn command(&self, python: &str) -> io::Result<Vec<OsString>> {
        let source = self.source()?;
        let mut hasher = DefaultHasher::new();
        source.hash(&mut hasher);
        let folder = env::current_exe()?.with_file_name("catalogue");
        let name = format!("{:016x}", hasher.finish());
        let ending = if self.is_rust() { env::consts::EXE_SUFFIX } else { ".py" };
        let file = folder.join(format!("{name}{ending}"));
        if !file.is_file() {
            // Another test may be at the same file.
            let own = (process::id(), thread::current().id());
            let unfinished = folder.join(format!("{name} {own:?}"));
            fs::create_dir_all(&folder)?;
            match self.is_rust() {
                true => compile(&source, &unfinished)?,
                false => fs::write(&unfinished, &source)?,
            }
            fs::rename(unfinished, &file)?;
        }
        // Without -S, Python takes twice the time to start.
        let python = [python.into(), "-u".into(), "-S".into()];
        Ok(if self.is_rust() { vec![file.into()] } else { [&python[..], &[file.into()]].concat() })
    }

    fn source(&self) -> io::Result<String> {
        // A checkout on Windows may have other line ends.
        let read = |file| Ok::<_, Error>(fs::read_to_string(file)?.replace("\r\n", "\n"));
        let mut source = read(cargo::workspace().join(&self.base))?;
        for [place, old, new] in &self.edits {
            let count = source.matches(old).count();
            if count != 1 {
                let problem = format!("{place}: `{old}` occurs {count} times, not once");
                return Err(Error::other(problem));
            }
            source = source.replacen(old, new, 1);
        }
        let ctime = read(cargo::workspace().join("udp-server/src/ctime.rs"))?;
        Ok(source.replace("\nmod ctime;", &format!("\nmod ctime {{\n{ctime}}}")))
    }
}

fn compile(source: &str, program: &Path) -> io::Result<()> {
    let beside_cargo = Path::new(&cargo::cargo()).with_file_name("rustc");
    let options = ["--edition=2024", "--cap-lints=allow", "-Cstrip=symbols", "--crate-name=wrong"];
    let mut rustc = assert_cmd::Command::new(beside_cargo);
    let output =
        rustc.args(options).arg("-o").arg(program).arg("-").write_stdin(source).output()?;
    let said = || Error::other(String::from_utf8_lossy(&output.stderr));
    output.status.success().then_some(()).ok_or_else(said)
}

#[test]
fn a_bad_line_of_the_catalogue_is_named() {
    for (text, problem) in [
        ("base\n\n    is no mark", "tcp_server.txt:3: this must be - or ~"),
        ("# a comment\n      `a` -> `b`", "tcp_server.txt:2: this must be `old` -> `new`"),
        ("    - does\n      `a` > `b`", "tcp_server.txt:2: this must be `old` -> `new`"),
        ("   - does", "tcp_server.txt:1: this must be 0, 2, 4, 6 or 8 blanks in"),
        ("    - does\n      @@\n        a", "tcp_server.txt:3: this must be -, + or ="),
        ("README.md\n    - does\n      `zz@` -> ``", "tcp_server.txt:3: `zz@` occurs 0 times,"),
    ] {
        let read = parse("tcp_server", text);
        let made = read.and_then(|all| all[0].source().map_err(|error| error.to_string()));
        let said = made.expect_err(text);
        assert!(said.starts_with(problem), "{said}");
    }
}
