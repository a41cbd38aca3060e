//! `cargo grade` from outside: its command line, its card, its files.

use assert_cmd::assert::{Assert, OutputAssertExt};
use harness::stream::Stream;
use harness::*;
use predicates::str::{contains, diff};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::{env, fs, io};

/// The grader, run from elsewhere: it knows no path of this project's, so that
/// a move of the project's folder changes nothing.
pub fn grader() -> Command {
    let mut command = Command::new(cargo::sibling("grade"));
    command.env_remove("CARGO_MANIFEST_DIR").current_dir(env::temp_dir());
    command
}

/// What it says, and how it ends, which it does within a minute.
pub fn ended(command: &mut Command) -> Verdict<Assert> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = guardian::spawn(command)?;
    let out = child.stdout.take().map_or(Ok(Stream::closed()), Stream::of)?;
    let errors = child.stderr.take().map_or(Ok(Stream::closed()), Stream::of)?;
    let limit = deadline::seconds(60.0);
    let status = deadline::poll(limit, || child.try_wait().ok().flatten());
    guardian::end(&mut child);
    let all = |stream: &Stream| {
        stream.wait(deadline::step(), |bytes, closed| closed.then(|| bytes.to_vec()))
    };
    match (status, all(&out), all(&errors)) {
        (Some(status), Some(stdout), Some(stderr)) => {
            Ok(Output { status, stdout, stderr }.assert())
        }
        _ => Err(Report::failed("the grader ends within a minute")),
    }
}

/// A move of the project's folder changes nothing: where it lies is asked when
/// something is run.
#[test]
fn no_path_of_this_machine_is_built_in() -> Verdict {
    let mut folders = vec![cargo::workspace().join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let built_in = fs::read_to_string(&path)?.contains("env!(\"CARGO");
                assert!(!built_in, "{}", path.display());
            }
        }
    }
    Ok(())
}

/// Standard output of a run that ended with `code` and said nothing else.
pub fn shown(assert: Assert, code: i32) -> String {
    let assert = assert.code(code).stderr("");
    String::from_utf8_lossy(&assert.get_output().stdout).into_owned()
}

/// Writes an executable shell script, or a copy of our program.
pub fn put(folder: &Path, name: &str, script: Option<&str>) -> Verdict {
    let path = folder.join(name);
    match (script, Program::named(name)) {
        (Some(script), _) => fs::write(&path, format!("#!/bin/sh\n{script}\n"))?,
        (None, Some(program)) => fs::copy(program.own()?, &path).map(|_| ())?,
        (None, None) => return Err(Report::harness_error("no such program")),
    }
    Ok(make_executable(&path, true)?)
}

#[cfg(unix)]
pub fn make_executable(path: &Path, executable: bool) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = if executable { 0o755 } else { 0o644 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
pub fn make_executable(_: &Path, _: bool) -> io::Result<()> {
    Ok(())
}

#[test]
fn a_bad_command_line_is_one_line_and_status_2() -> Verdict {
    let folder = Folder::new()?;
    let folder = &*folder.path().to_string_lossy();
    let results = format!("{folder}/no/such/folder.json");
    let not_there = format!("cannot write {results}: {}", io::Error::from_raw_os_error(2));
    for (arguments, problem) in [
        (vec![], "which submission? see cargo grade --help"),
        (vec!["--fast"], "there is no option \"--fast\"; see cargo grade --help"),
        (vec!["--json"], "\"--json\" needs a value"),
        (vec!["/no/such"], "the submission /no/such is not there"),
        (vec!["/no/1", folder, "/no/2"], "the submissions /no/1, /no/2 are not there"),
        (vec!["--json", "x", folder, folder], "--json takes one submission"),
        (vec!["--json", &results, folder], &not_there),
        (vec!["--csv", folder, folder], &format!("cannot write {folder}: it is a folder")),
        (
            vec!["--program", "ftp", folder],
            "there is no program \"ftp\", but tcp-server, tcp-client, udp-server, udp-client",
        ),
    ] {
        let assert = ended(grader().args(arguments))?;
        assert.code(2).stdout("").stderr(diff(format!("grade: {problem}\n")));
    }
    Ok(())
}

#[test]
fn without_bubblewrap_a_sandbox_is_one_line_and_status_2() -> Verdict {
    let folder = Folder::new()?;
    let mut command = grader();
    command.arg("--sandbox").arg(folder.path()).env("PATH", folder.path());
    ended(&mut command)?.code(2).stdout("").stderr(contains("apt install bubblewrap"));
    Ok(())
}

#[test]
fn a_sandbox_changes_no_mark() -> Verdict {
    let folder = Folder::new()?;
    put(folder.path(), "udp-server", None)?;
    let assert = ended(grader().arg("--sandbox").arg(folder.path()))?;
    let said = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    if assert.get_output().status.code() == Some(2) && said.contains("bubblewrap") {
        say_aloud(&format!("not checked: {}", said.trim_end()));
        return Ok(());
    }
    shown(assert, 0);
    Ok(())
}

#[test]
fn a_right_program_gets_full_marks_in_every_form() -> Verdict {
    let (folder, results) = (Folder::new()?, Folder::new()?);
    put(folder.path(), "tcp-client", None)?;
    let (json, csv) = (results.path().join("r.json"), results.path().join("r.csv"));
    let cards = results.path().join("new/cards");
    let mut command = grader();
    command.arg("--json").arg(&json).arg("--csv").arg(&csv).arg("--cards").arg(&cards);
    let card = shown(ended(command.arg(folder.path()))?, 0);
    let name = folder.path().display().to_string();
    assert!(card.starts_with(&format!("{name}\n  tcp-server  not submitted\n")), "{card}");
    let (marks, rest) = card.split_once("\n\n").unwrap_or_default();
    assert_eq!(marks.lines().count(), 5, "there is nothing to fix: {card}");
    let number = folder.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
    let written = fs::read_to_string(cards.join(format!("{number}.txt")))?;
    assert_eq!(written, format!("{marks}\n\n"));

    let json = fs::read_to_string(json)?;
    let lines: Vec<_> = json.lines().collect();
    let checks = format!("{} checks in ", lines.len() - 2);
    assert!(rest.starts_with(&checks), "{rest}");
    assert_eq!(lines[0], "{\"tests\": [");
    assert_eq!(
        lines[1],
        "  {\"name\": \"tcp-client: it starts\", \"score\": 1, \"max_score\": 1, \"status\": \
         \"passed\", \"output\": \"\", \"tags\": [\"tcp-client\", \"original\"]},"
    );
    let csv = fs::read_to_string(csv)?;
    let (header, row) = csv.trim_end().split_once('\n').unwrap_or_default();
    assert!(header.starts_with("\u{feff}name,submission,tcp-server original,"), "{header}");
    assert!(header.ends_with(",udp-client robust total,original,robust"), "{header}");
    assert_eq!(header.split(',').count(), row.split(',').count());
    let [original, robust] = [6, 8].map(|column| row.split(',').nth(column).unwrap_or_default());
    let passed = format!("{original},{original},{robust},{robust},,,,,,,,,{original},{robust}");
    assert_eq!(row, format!("\"{number}\",\"{name}\",,,,,{passed}"));
    let passed = format!("original {original} of {original}, robust {robust} of {robust}");
    assert!(card.contains(&format!("  tcp-client  {passed}\n")), "{card}");
    assert_eq!(fs::read_dir(results.path())?.count(), 3, "the temporary files are gone");
    Ok(())
}

#[test]
fn a_missing_program_counts_only_when_it_is_asked_for() -> Verdict {
    let folder = Folder::new()?;
    put(folder.path(), "udp-client", Some("exit 3"))?;
    let mut command = grader();
    let card = shown(ended(command.args(["--program", "tcp-client"]).arg(folder.path()))?, 1);
    assert!(card.contains("  tcp-client  original 0 of "), "{card}");
    assert!(card.contains("\n  fix this first: tcp-client: it starts\n      not submitted\n"));
    assert!(!card.contains("udp-client"), "{card}");
    Ok(())
}

/// A link is followed, what is no file is written into, and all before a card
/// that nobody reads.
#[cfg(unix)]
#[test]
fn results_are_written_through_links_and_before_the_card() -> Verdict {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
    let (folder, results) = (Folder::new()?, Folder::new()?);
    put(folder.path(), "udp-client", Some("printf 'a\\t好'; exit 3"))?;
    let (file, link) = (results.path().join("file"), results.path().join("link"));
    fs::write(&file, "the old results")?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
    symlink("file", &link)?;
    let mut command = grader();
    let only = ["--program", "udp-client", "--json", "/dev/null", "--csv"];
    command.args(only).arg(&link).arg(folder.path());
    let nobody_reads = command.stdin(Stdio::null()).stdout(no_reader()?);
    output_to(nobody_reads)?.assert().code(3).stderr(contains("cannot write to standard output"));
    assert!(link.is_symlink() && fs::read_to_string(&file)?.contains("udp-client original,"));
    assert_eq!(fs::metadata(&file)?.permissions().mode() & 0o777, 0o600, "nobody else may read it");
    assert!(!fs::metadata("/dev/null")?.file_type().is_file());
    assert!(fs::metadata("/dev/null")?.file_type().is_char_device());

    let mut command = grader();
    let json = results.path().join("json");
    let only = ["--program", "udp-client", "--csv", "/dev/stdout", "--json"];
    command.args(only).arg(&json).arg(folder.path());
    let open = fs::File::create(&file)?;
    output_to(command.stdin(Stdio::null()).stdout(open))?.assert().code(1).stderr("");
    let said = fs::read_to_string(&file)?;
    assert!(said.starts_with("\u{feff}name,submission,"), "{said}");
    assert!(said.contains("\n  fix this first: udp-client: it starts\n"), "{said}");
    let json = fs::read_to_string(json)?;
    assert!(json.contains(r"   output: [udp-client] a\\t好\n"), "{json}");
    Ok(())
}

#[cfg(unix)]
fn output_to(command: &mut Command) -> io::Result<Output> {
    process::spawn(command.stderr(Stdio::piped()))?.wait_with_output()
}
