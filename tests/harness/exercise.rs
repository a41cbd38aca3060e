//! What several of the exercise's checks have in common.

use crate::{Program, Running, Verdict, closed_pipe, deadline, holds, output, say_aloud};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Longer than the receive limits that beginners copy from examples.
pub const PAUSE: Duration = Duration::from_secs(2);

/// An address of this machine that is neither 127.0.0.1 nor on any network;
/// `None`, said aloud, where the system has just the one (macOS).
pub fn another_loopback_address() -> Option<IpAddr> {
    let ip = Ipv4Addr::new(127, 0, 0, 2).into();
    match UdpSocket::bind((ip, 0)) {
        Ok(_) => Some(ip),
        Err(_) => {
            say_aloud("not checked, for this machine has no address 127.0.0.2");
            None
        }
    }
}

/// For a program that is to end before it uses any address.
pub fn nowhere() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

/// An address that no machine has (TEST-NET-1, RFC 5737), so none is asked.
pub const ANOTHER_MACHINE: &str = "192.0.2.1";

/// A standard output that nobody reads from any more.
pub fn no_reader() -> Verdict<Stdio> {
    Ok(closed_pipe()?)
}

/// Ports that are none, a host that is none, one that has IPv6 only: each is
/// refused in one line, with status 1.
pub fn bad_addresses_are_refused(program: Program) -> Verdict {
    for port in ["65536", "-1", "http"] {
        is_refused(program, &["127.0.0.1", port], port)?;
    }
    // A label has 63 characters at most (RFC 1035, 2.3.4): no server is asked.
    let host = "x".repeat(64);
    is_refused(program, &[&host, "8888"], &host)?;
    is_refused(program, &["::1", "8888"], "::1")
}

/// Started with `arguments`, the program says why it cannot go on in one line
/// on standard error that has `cause` in it, and ends with status 1: a client
/// when it has been typed a message at the latest.
pub fn is_refused(program: Program, arguments: &[&str], cause: &str) -> Verdict {
    let mut running = Running::start_with(program, nowhere(), arguments, &[])?;
    let _ = running.types_ahead("hello"); // it may have ended
    running.ends_input();
    running.ends_with(1)?;
    let line = running.complains()?;
    holds(format!("that line names {cause}"), line.contains(cause))
}

/// Whether a child can be interrupted at all: what was started with SIGINT
/// ignored, as a shell's background command is, passes that on (POSIX.1-2017,
/// exec). Says so aloud.
pub fn ctrl_c_works() -> bool {
    let interrupt_itself = output(Command::new("sh").args(["-c", "kill -s INT $$"]));
    let works = interrupt_itself.is_ok_and(|output| output.status.code().is_none());
    if !works {
        say_aloud("not checked, for this process was started with Ctrl-C ignored");
    }
    works
}

/// Ctrl-C ends the program without a word; a second one a second later, if
/// need be, for an interpreter that is interrupted between its look for
/// signals and its system call waits on.
#[cfg(unix)]
pub fn ctrl_c_ends_quietly(running: &mut Running) -> Verdict {
    if !ctrl_c_works() {
        return Ok(());
    }
    for _ in 1..=3 {
        running.signal("INT");
        let second = deadline::seconds(1.0);
        if deadline::poll(second, || running.ended()).is_some() {
            return running.is_quiet();
        }
    }
    running.ends()?;
    running.is_quiet()
}

/// Started with `arguments`, the program shows how it is called, among other
/// text and on either stream, and ends with a status that is not 0.
pub fn usage_is_shown(program: Program, arguments: &[&str]) -> Verdict {
    let mut running = Running::start_with(program, nowhere(), arguments, &[])?;
    let status = running.ends()?;
    holds("it ends with a status other than 0", !status.success())?;
    let text = running.all_output();
    ["argv is error!!!", "input as"].into_iter().try_for_each(|line| {
        let shown = text.lines().any(|shown| shown.trim() == line);
        holds(format!("the line \"{line}\" is shown"), shown)
    })
}
