//! However the grader ends, nothing of it stays behind.
#![cfg(unix)]

use super::{grade_cli::*, programs};
use harness::*;
use std::process::{Command, Stdio};
use std::{fs, path::Path};

/// A program that ignores signals, whose children hold its pipes, one of them
/// in a session of its own, and that locks a folder.
const STUBBORN: &str = "+ tcp-server #!/bin/sh
trap '' TERM INT HUP QUIT
mkdir -p locked/in; chmod 000 locked
if command -v setsid > /dev/null; then setsid sleep 600 & echo $! >> PIDS; fi
sleep 600 & echo $! >> PIDS; echo $$ >> PIDS; echo end >> PIDS; wait";

#[test]
fn after_a_signal_no_process_and_no_folder_is_left() -> Verdict {
    let true = programs::are_to_be_tried()? else { return Ok(()) };
    let names = ["INT", "TERM", "HUP", "QUIT", "KILL"];
    on_workers(names.len(), &names, |name| nothing_is_left_after(name)).into_iter().collect()
}

/// The grader grades a stubborn program, and is ended by this signal.
fn nothing_is_left_after(name: &str) -> Verdict {
    let true = is_ended_by(name) else { return Ok(()) };
    let folder = Folder::new()?;
    let [temporary, file] = ["a blank", "pids"].map(|name| folder.path().join(name));
    fs::create_dir(&temporary)?;
    let submission = folder.path().join("submission");
    let script = STUBBORN.replace("PIDS", &file.display().to_string());
    put(&submission, &script)?;
    let mut command = grader();
    command.arg(submission).env("TMPDIR", &temporary).stdout(Stdio::null());
    let mut grader = process::start(&mut command)?;
    let pids = deadline::poll(deadline::seconds(30.0), || {
        Some(fs::read_to_string(&file).ok()?.strip_suffix("end\n")?.to_string())
    });
    process::signal(grader.id(), name);
    let ended = deadline::poll(deadline::step(), || grader.try_wait().ok().flatten());
    let pids = pids.ok_or_else(|| Report::harness("start the submission"))?;
    holds(format!("{name} ends the grader"), ended.is_some())?;
    let left = || -> Vec<_> {
        let folders = fs::read_dir(&temporary).into_iter().flatten().flatten();
        let folders = folders.map(|folder| folder.path().display().to_string());
        let processes = pids.lines().filter(|id| runs(id, &temporary));
        folders.chain(processes.map(|id| format!("process {id}"))).collect()
    };
    // On a busy machine one that is killed goes as slowly as it came.
    deadline::poll(deadline::start(), || left().is_empty().then_some(()));
    none(&format!("after {name} no process and no folder is left"), left())
}

/// Whether a process of ours runs: another may have its id by now, but not its environment, which
/// names our folder (only Linux tells, proc_pid_environ(5)).
fn runs(id: &str, folder: &Path) -> bool {
    if cfg!(target_os = "linux") {
        let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
        return String::from_utf8_lossy(&environment).contains(&*folder.to_string_lossy());
    }
    succeeds(Command::new("sh").args(["-c", &format!("kill -s 0 -- {id}")]))
}

/// Where the system refuses processes, that is nobody's mistake, and no hang.
#[cfg(target_os = "linux")]
#[test]
fn refused_processes_are_the_graders_errors() -> Verdict {
    let true = programs::are_to_be_tried()? else { return Ok(()) };
    use std::os::unix::fs::PermissionsExt;
    // Root may start as many as it likes, and a user has others already.
    const NOBODY: [&str; 5] = ["--reuid=61234", "--regid=61234", "--clear-groups", "--", "prlimit"];
    let folder = Folder::new()?;
    put(folder.path(), "< udp-client")?;
    for (path, mode) in folder.path().ancestors().zip([0o777, 0o711]) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    }
    let as_nobody = |limit| {
        let mut command = Command::new("setpriv");
        command.args(NOBODY).arg(format!("--nproc={limit}")).arg(grader().get_program());
        command.env("TMPDIR", folder.path());
        command
    };
    let works = succeeds(as_nobody("100").arg("--help"));
    let why = "setpriv cannot start the grader as another user here";
    let true = checkable(works, why) else { return Ok(()) };
    for limit in ["2", "8", "12", "20", "30"] {
        let output = output(as_nobody(limit).arg(folder.path()))?;
        let card = String::from_utf8_lossy(&output.stdout).into_owned();
        let is_error = card.contains("GRADER ERROR, not counted");
        assert_eq!(output.status.code(), Some(if is_error { 3 } else { 0 }), "{limit}: {card}");
        assert!(!card.contains("fix this first"), "{limit}: {card}");
        assert!(is_error || limit.len() > 1, "{limit}: {card}");
    }
    Ok(())
}
