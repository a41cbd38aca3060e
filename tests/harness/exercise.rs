//! What several of the exercise's checks have in common.

use crate::{Program, Running, Verdict, say_aloud, worked};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
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

/// Started with `arguments`, the program shows how it is called, among other
/// text and on either stream, and ends with a status that is not 0.
///
/// # Errors
/// Where it does not.
pub fn usage_is_shown(program: Program, arguments: &[&str]) -> Verdict {
    let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let mut running = Running::start_with(program, nowhere, arguments, &[])?;
    let status = running.ends()?;
    if status.success() {
        let problem = format!("it ended with {status}");
        return Err(running
            .failed("it ends with a status other than 0")
            .because(&problem));
    }
    worked(format!("it ends with {status}"));
    let text = running.all_output();
    for line in ["argv is error!!!", "input as"] {
        if !text.lines().any(|shown| shown.trim() == line) {
            return Err(running.failed(format!("the line \"{line}\" is shown")));
        }
        worked(format!("the line \"{line}\" is shown"));
    }
    Ok(())
}
