//! `cargo grade` from outside: its card, its files, its statuses, and that it
//! leaves nothing behind.

use assert_cmd::Command;
use harness::*;
use predicates::str::{contains, diff};
use std::fs;
use std::path::Path;

/// The grader, which finds the checks and grades in one minute at most.
fn grade() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grade"));
    command.timeout(deadline::seconds(60.0));
    command
}

/// A submission with these executable shell scripts, or copies of ours.
fn submission(programs: &[(&str, Option<&str>)]) -> Verdict<Folder> {
    let folder = Folder::new().map_err(Report::harness_error)?;
    for (name, script) in programs {
        let path = folder.path().join(name);
        match script {
            Some(script) => {
                fs::write(&path, format!("#!/bin/sh\n{script}\n")).map_err(Report::harness_error)?
            }
            None => {
                let program = PROGRAMS.into_iter().find(|program| program.name() == *name);
                let own = program.ok_or_else(|| Report::harness_error("no such program"))?.own()?;
                fs::copy(own, &path).map_err(Report::harness_error)?;
            }
        }
        make_executable(&path, true)?;
    }
    Ok(folder)
}

#[cfg(unix)]
fn make_executable(path: &Path, executable: bool) -> Verdict {
    use std::os::unix::fs::PermissionsExt;
    let mode = if executable { 0o755 } else { 0o644 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(Report::harness_error)
}

#[cfg(not(unix))]
fn make_executable(_: &Path, _: bool) -> Verdict {
    Ok(())
}

#[test]
fn a_bad_command_line_is_one_line_and_status_2() -> Verdict {
    let empty = Folder::new().map_err(Report::harness_error)?;
    let empty = empty.path().to_string_lossy();
    let results = format!("{empty}/no/such/folder.json");
    let one = submission(&[("udp-client", Some("exit 3"))])?;
    let one = one.path().to_string_lossy();
    let not_there = format!("cannot write {results}: {}", std::io::Error::from_raw_os_error(2));
    for (arguments, problem) in [
        (vec![], "which submission? see cargo grade --help".to_string()),
        (vec!["--fast"], "there is no option \"--fast\"; see cargo grade --help".to_string()),
        (vec!["--json"], "\"--json\" needs a value".to_string()),
        (vec!["/no/such"], "the submission /no/such is not there".to_string()),
        (vec![&*empty], format!("the submission {empty} holds none of the four programs")),
        (vec!["--json", "x", &one, &one], "--json takes one submission".to_string()),
        (vec!["--json", &results, &one], not_there),
        (vec!["--csv", &empty, &one], format!("cannot write {empty}: it is a folder")),
        (
            vec!["--program", "ftp", &one],
            "there is no program \"ftp\", but tcp-server, tcp-client, udp-server, udp-client"
                .into(),
        ),
    ] {
        let assert = grade().args(arguments).assert();
        assert.code(2).stdout("").stderr(diff(format!("grade: {problem}\n")));
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_file_that_is_not_executable_is_one_line_and_status_2() -> Verdict {
    let folder = submission(&[("tcp-client", Some("exit 3"))])?;
    let path = folder.path().join("tcp-client");
    make_executable(&path, false)?;
    let path = path.canonicalize().map_err(Report::harness_error)?;
    let problem = format!("grade: the file {} is not executable\n", path.display());
    grade().arg(folder.path()).assert().code(2).stdout("").stderr(diff(problem));
    Ok(())
}

#[test]
fn a_right_program_gets_full_marks_in_every_form() -> Verdict {
    let folder = submission(&[("tcp-client", None)])?;
    let results = Folder::new().map_err(Report::harness_error)?;
    let (json, csv) = (results.path().join("r.json"), results.path().join("r.csv"));
    let name = folder.path().display().to_string();
    let mut command = grade();
    command.arg("--json").arg(&json).arg("--csv").arg(&csv).arg(folder.path());
    let assert = command.assert().code(0).stderr("");
    let card = format!(
        "{name}\n  tcp-server  not submitted\n  tcp-client  original 14 of 14, robust 11 of 11\n  \
         udp-server  not submitted\n  udp-client  not submitted\n\n25 checks in "
    );
    assert.stdout(predicates::str::starts_with(card));

    let json = fs::read_to_string(json).map_err(Report::harness_error)?;
    let lines: Vec<_> = json.lines().collect();
    assert_eq!(lines.len(), 27);
    assert_eq!(lines[0], "{\"tests\": [");
    assert_eq!(
        lines[1],
        "  {\"name\": \"tcp-client: it starts\", \"score\": 1, \"max_score\": 1, \"status\": \
         \"passed\", \"output\": \"\", \"tags\": [\"tcp-client\", \"original\"]},"
    );
    let csv = fs::read_to_string(csv).map_err(Report::harness_error)?;
    let row = csv.lines().nth(1).unwrap_or_default();
    assert_eq!(row, format!("\"{name}\",,,,,14,14,11,11,,,,,,,,"));
    let left: Vec<_> = fs::read_dir(results.path()).map_err(Report::harness_error)?.collect();
    assert_eq!(left.len(), 2, "the temporary files are gone");
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_program_that_does_not_start_is_tried_once() -> Verdict {
    let script = "echo '    FAILED (original): not the grader' >&2; exit 3";
    let folder = submission(&[("udp-client", Some(script)), ("tcp-server", Some("exit 4"))])?;
    let assert = grade().args(["--program", "udp-client"]).arg(folder.path()).assert();
    let card = "  udp-client  original 0 of 14, robust 0 of 9
    FAILED (original): it starts
         worked: udp-client 127.0.0.1 PORT starts
         failed: the program sends a datagram
        because: the program ended with exit status: 3
         output: [udp-client error]     FAILED (original): not the grader
           hint: the program ended: the last lines of its output may say why

    not tried, for the program does not start: 22 checks

23 checks in ";
    let shown = String::from_utf8_lossy(&assert.code(1).get_output().stdout).into_owned();
    // It may end before anything can be typed.
    let shown = masked(&shown).replace("         worked: \"hello\\n\" is typed\n", "");
    let shown = shown.split_once('\n').map_or("", |(_, rest)| rest);
    assert_eq!(&shown[..card.len().min(shown.len())], card);
    Ok(())
}

/// `text` with every port after the address replaced.
#[cfg(unix)]
fn masked(text: &str) -> String {
    let mut parts = text.split("127.0.0.1 ");
    let mut masked = parts.next().unwrap_or_default().to_string();
    for part in parts {
        masked += "127.0.0.1 PORT";
        masked += part.trim_start_matches(|character: char| character.is_ascii_digit());
    }
    masked
}

#[test]
fn a_missing_program_counts_only_when_it_is_asked_for() -> Verdict {
    let folder = submission(&[("udp-client", None)])?;
    let assert = grade().args(["--program", "tcp-client"]).arg(folder.path()).assert();
    let card = "  tcp-client  original 0 of 14, robust 0 of 11\n    not submitted\n";
    assert.code(1).stdout(contains(card)).stderr("");
    Ok(())
}

#[test]
fn what_does_not_compile_is_said_and_the_others_are_graded() -> Verdict {
    let folder = submission(&[("udp-client", None)])?;
    let package = folder.path().join("tcp-server");
    fs::create_dir_all(package.join("src")).map_err(Report::harness_error)?;
    let manifest = "[package]\nname = \"tcp-server\"\nedition = \"2021\"\n[workspace]\n";
    fs::write(package.join("Cargo.toml"), manifest).map_err(Report::harness_error)?;
    fs::write(package.join("src/main.rs"), "fn main() { wrong }\n")
        .map_err(Report::harness_error)?;
    let assert = grade().arg(folder.path()).assert().code(1);
    assert
        .stdout(contains("  tcp-server  original 0 of 15, robust 0 of 9\n    not tried, for it does not compile:\n"))
        .stdout(contains("cannot find value `wrong` in this scope"))
        .stdout(contains("  udp-client  original 14 of 14, robust 9 of 9\n"));
    let left: Vec<_> = fs::read_dir(&package).map_err(Report::harness_error)?.collect();
    assert!(left.len() <= 3, "the submission holds no build: {left:?}");
    Ok(())
}

/// A program that ignores SIGTERM, and its child, which holds the pipes.
#[cfg(unix)]
#[test]
fn ctrl_c_leaves_no_process_and_no_folder() -> Verdict {
    if !ctrl_c_works() {
        return Ok(());
    }
    let notes = Folder::new().map_err(Report::harness_error)?;
    let pids = notes.path().join("pids");
    let script = format!(
        "trap '' TERM INT; sleep 600 & echo $! >> {0}; echo $$ >> {0}; wait",
        pids.display()
    );
    let folder = submission(&[("tcp-server", Some(&script))])?;
    let temporary = Folder::new().map_err(Report::harness_error)?;
    let mut grader = std::process::Command::new(env!("CARGO_BIN_EXE_grade"))
        .arg(folder.path())
        .env("TMPDIR", temporary.path())
        .stdout(std::process::Stdio::null())
        .spawn()
        .map_err(Report::harness_error)?;
    let started = || {
        let noted = fs::read_to_string(&pids).ok()?;
        (noted.lines().count() >= 2).then_some(noted)
    };
    let noted = deadline::poll(deadline::seconds(30.0), started);
    interrupt(grader.id())?;
    grader.wait().map_err(Report::harness_error)?;
    let noted = noted.ok_or_else(|| Report::harness_error("the submission runs"))?;
    let gone = deadline::poll(deadline::step(), || {
        let alive = noted.lines().any(runs);
        let left = fs::read_dir(temporary.path()).map_or(0, Iterator::count);
        (!alive && left == 0).then_some(())
    });
    gone.ok_or_else(|| Report::failed("no process and no folder is left"))
}

#[cfg(unix)]
fn interrupt(id: u32) -> Verdict {
    let script = format!("kill -s INT -- {id}");
    let status = std::process::Command::new("sh").args(["-c", &script]).status();
    status.map(|_| ()).map_err(Report::harness_error)
}

/// Whether a process runs. One that nobody has waited for yet does not.
#[cfg(unix)]
fn runs(id: &str) -> bool {
    let script = format!("kill -s 0 -- {id} 2> /dev/null");
    let status = std::process::Command::new("sh").args(["-c", &script]).status();
    let state = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    status.is_ok_and(|status| status.success()) && !state.contains(") Z ")
}
