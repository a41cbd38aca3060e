//! What several of the exercise's checks have in common.

use crate::*;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::{process::Command, time::Duration};

/// Longer than the receive limits that beginners copy from examples.
pub const PAUSE: Duration = Duration::from_millis(1_550);

/// A text that fills a receive of 1024 bytes, but has fewer characters.
pub fn full() -> String {
    "x".to_string() + &"你".repeat(341)
}

/// Another address of this machine on no network; `None`, said aloud, if it has none (macOS).
pub fn another_loopback_address() -> Option<IpAddr> {
    let ip = Ipv4Addr::new(127, 0, 0, 2).into();
    let found = UdpSocket::bind((ip, 0)).is_ok();
    checkable(found, "this machine has no address 127.0.0.2").then_some(ip)
}

/// The program says in one line on standard error, with `cause` in it, why it cannot go on, and
/// ends with status 1: a client behind its first line at the latest.
pub fn is_refused(program: Program, host: &str, port: &str, cause: &str) -> Verdict {
    let arguments = Some(&[host, port][..]);
    let mut running = Running::start(Setup { arguments, ..program.into() }, NOWHERE)?;
    attempted(running.types_bytes(b"hello\n"))?; // it may have ended
    running.ends_input();
    let line = running.gives_up()?;
    holds(format!("that line names {cause}"), line.contains(cause))
}

/// Whether a signal such as `INT` ends a child, said aloud if not: what starts with it ignored, as
/// a shell's background command does with SIGINT, passes that on (POSIX.1-2017, exec).
pub fn is_ended_by(signal: &str) -> bool {
    let itself = output(Command::new("sh").args(["-c", &format!("kill -s {signal} $$")]));
    let works = itself.is_ok_and(|output| output.status.code().is_none());
    checkable(works, format!("this process was started with SIG{signal} ignored"))
}

/// Ctrl-C ends the program without a word; if need be the second, for an interpreter that is
/// interrupted between its look for signals and its system call waits on.
pub fn ctrl_c_ends_quietly(running: &mut Running) -> Verdict {
    let true = is_ended_by("INT") else { return Ok(()) };
    let interrupted = |_: &i32| {
        running.signal("INT");
        deadline::poll(deadline::seconds(1.0), || running.ended()).is_some()
    };
    (1..=3).find(interrupted);
    running.ends()?;
    running.is_quiet()
}

/// With one argument, over UDP also with none, the program shows how it is called, on either
/// stream, and fails.
pub fn usage_is_shown(program: Program) -> Verdict {
    let tcp = matches!(program, Program::TcpServer | Program::TcpClient);
    for count in usize::from(tcp)..2 {
        let arguments = Some(&["127.0.0.1"][..count]);
        let mut running = Running::start(Setup { arguments, ..program.into() }, NOWHERE)?;
        let status = running.ends()?;
        holds("it ends with a status other than 0", !status.success())?;
        let text = running.all_output();
        for line in ["argv is error!!!", "input as"] {
            let shown = text.lines().any(|shown| shown.trim() == line);
            holds(format!("the line \"{line}\" is shown"), shown)?;
        }
    }
    Ok(())
}
