//! What the numbers are measured on.

use harness::{WATCH, deadline, kill_group};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;
use std::{env, fs, io, thread};

/// The command that runs `program` and its children on one core, where Linux
/// and taskset(1) are. On two, the scheduler decides anew for every process
/// whether a round trip wakes another core, which costs more than all else.
pub fn on_one_core(program: PathBuf) -> Command {
    let taskset = || {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let mut lines = status.lines();
        let cores = lines.find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
        let last = cores.rsplit(['-', ',']).next()?.trim();
        let words = ["-c", last];
        let mut test = Command::new("taskset");
        test.args(words).arg("true").stderr(Stdio::null());
        let works = test.status().is_ok_and(|status| status.success());
        works.then(|| {
            let mut command = Command::new("taskset");
            command.args(words).arg(&program);
            command
        })
    };
    taskset().unwrap_or_else(|| Command::new(&program))
}

/// Runs `command`, this very program in the part of the one that measures. It
/// ends its server and itself when its standard input ends, which is when this
/// process is gone, by Ctrl-C too.
pub fn watched(command: &mut Command, limit: Duration) -> io::Result<ExitStatus> {
    command.env(WATCH, "1").stdin(Stdio::piped());
    // Ctrl-C must leave it the time to do so.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let mut child = command.spawn()?;
    let open = child.stdin.take();
    let ended = deadline::poll(limit, || child.try_wait().transpose());
    drop(open);
    if ended.is_none() {
        deadline::poll(deadline::step(), || child.try_wait().transpose());
        kill_group(&mut child);
    }
    ended.unwrap_or_else(|| Err(io::Error::other(format!("it takes longer than {limit:?}"))))
}

/// Whether this process and its children have one core between them.
pub fn has_one_core() -> bool {
    thread::available_parallelism().is_ok_and(|count| count.get() == 1)
}

/// The machine and its Python in one line.
pub fn described(python: Option<&str>) -> String {
    let mut text = format!("{} {}", env::consts::OS, env::consts::ARCH);
    let about = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let models = about.lines().filter_map(|line| line.strip_prefix("model name"));
    let models: Vec<_> = models.filter_map(|line| line.split_once(": ")).collect();
    if let Some((_, model)) = models.first() {
        text += &format!(", {} x {model}", models.len());
    }
    let version = |python| Command::new(python).arg("--version").output().ok();
    if let Some(output) = python.and_then(version) {
        text += &format!(", {}", String::from_utf8_lossy(&output.stdout).trim());
    }
    text
}
