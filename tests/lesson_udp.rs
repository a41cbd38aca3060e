//! What the lesson says of UDP, each claim as an experiment with the project's
//! own programs.
//!
//!     cargo test lesson

use crate::lesson::{own_programs, shows_up_to};
use harness::*;
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
#[cfg(unix)]
use std::{net::UdpSocket, time::Duration};

pub const PROMPT: &str = "消息>>";

/// The line that announces a datagram.
pub fn shown(client: SocketAddr, message: &str) -> String {
    format!("recv from ('{}', {}):{message}\n", client.ip(), client.port())
}

fn start_server(message: &str) -> Verdict<(Running, UdpPeer)> {
    own_programs()?;
    start_udp_server(message)
}

/// The server at an address where it was too late for some, and its first
/// client, which sent `ready`.
#[cfg(unix)]
fn start_server_late(port: &Port) -> Verdict<(Running, UdpPeer)> {
    let mut server = Running::start(Program::UdpServer, port.address())?;
    let mut client = UdpPeer::client_of(port.address())?;
    client.sends_first("ready", &mut server)?;
    client.receives_reply()?;
    Ok((server, client))
}

/// The client hears nothing, says so after its 5 s, and asks for more.
pub fn gives_up(client: &mut Running, asked: SocketAddr) -> Verdict {
    let limit = deadline::seconds(30.0);
    let complaint = client.complains_within(limit)?;
    client.shows(PROMPT)?;
    let expected = format!("udp-client: no reply from {asked}: timed out");
    if complaint != expected {
        let report = client.failed("the client gives up");
        return Err(report.compared(expected.as_bytes(), complaint.as_bytes(), false));
    }
    Ok(())
}

#[test]
#[cfg(unix)] // Windows tells the sender that nobody is there (10054)
fn udp_needs_no_server_to_send_to() -> Verdict {
    own_programs()?;
    let port = Port::free();
    let mut client = Running::start(Program::UdpClient, port.address())?;
    client.shows(PROMPT)?;
    client.types("is anybody there?")?;
    gives_up(&mut client, port.address())?;
    let (mut server, ready) = start_server_late(&port)?;
    server.shows(&shown(ready.address(), "ready"))?;
    client.types("and now?")?;
    let line = shows_up_to(&mut server, "\n")?;
    match line.ends_with("):and now?\n") {
        true => shows_up_to(&mut client, "\n").map(|_| ()),
        false => Err(server.failed("the second message is the first to arrive")),
    }
}

#[test]
#[cfg(unix)] // the same
fn a_datagram_to_nobody_vanishes_without_a_word() -> Verdict {
    own_programs()?;
    let port = Port::free();
    let mut sender = UdpPeer::bind(Ipv4Addr::LOCALHOST)?;
    sender.answers(port.address(), "is anybody there?")?;
    sender.answers(port.address(), "hello?")?;
    let (mut server, ready) = start_server_late(&port)?;
    server.shows(&shown(ready.address(), "ready"))?;
    sender.has_nothing()?;
    sender.answers(port.address(), "and now?")?;
    server.shows(&shown(sender.address(), "and now?"))?;
    sender.receives_reply()
}

#[test]
#[cfg(unix)] // Windows makes an error of it
fn a_datagram_longer_than_the_buffer_loses_its_tail() -> Verdict {
    let (mut server, mut client) = start_server(&("x".repeat(1024) + "tail"))?;
    server.shows(&shown(client.address(), &"x".repeat(1024)))?;
    client.receives_reply()?;
    client.sends("next")?;
    server.shows(&shown(client.address(), "next"))?;
    client.receives_reply()?;
    client.has_nothing()
}

#[test]
#[cfg(unix)]
fn two_quick_datagrams_stay_two_messages() -> Verdict {
    let (mut server, mut client) = start_server("first")?;
    server.shows(&shown(client.address(), "first"))?;
    client.receives_reply()?;
    server.pauses()?;
    for message in ["one", "two", ""] {
        client.sends(message)?;
    }
    server.goes_on();
    for message in ["one", "two", ""] {
        server.shows(&shown(client.address(), message))?;
        client.receives_reply()?;
    }
    client.has_nothing()
}

/// More than any receive buffer holds: a datagram of 12 bytes costs Linux'
/// 832, so these are 54 MB; Linux' default is 0.2 MB.
#[cfg(unix)]
const BURST: usize = 1 << 16;

#[test]
#[cfg(unix)]
fn a_burst_at_a_stopped_server_overflows_the_receive_buffer() -> Verdict {
    let (mut server, first) = start_server("first")?;
    server.shows(&shown(first.address(), "first"))?;
    server.pauses()?;
    let burst = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).map_err(harness)?;
    let from = burst.local_addr().map_err(harness)?;
    let message = |number| format!("message {number:05}");
    let sends = |number: &usize| {
        let sent = burst.send_to(message(*number).as_bytes(), server.address());
        sent.is_ok()
    };
    let sent = (0..BURST).filter(sends).count();
    server.goes_on();
    // It comes behind the queue; while that is full, it is lost, too.
    let last = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).map_err(harness)?;
    let soon = Some(Duration::from_millis(20));
    last.set_read_timeout(soon).map_err(harness)?;
    deadline::poll(deadline::step(), || {
        let _ = last.send_to(b"last", server.address());
        last.recv(&mut [0; 64]).ok()
    });
    let end = shown(last.local_addr().map_err(harness)?, "last");
    let screen = shows_up_to(&mut server, &end)?;
    let lines: Vec<_> = screen.split_inclusive('\n').collect();
    let received = lines.len() - 1;
    let mut numbers = 0..BURST; // some may be missing
    for line in &lines[..received] {
        if !numbers.any(|number| *line == shown(from, &message(number))) {
            return Err(server.failed("what arrives is whole and in order"));
        }
    }
    worked(format!("{sent} datagrams are sent, {received} are received"));
    match 0 < received && received < sent {
        true => Ok(()),
        false => Err(Report::failed("some are received, and some are lost")),
    }
}

#[test]
fn five_clients_talk_with_one_server_in_turn() -> Verdict {
    let (mut server, first) = start_server("first")?;
    server.shows(&shown(first.address(), "first"))?;
    let mut clients = Vec::new();
    for _ in 1..=5 {
        clients.push(Running::start(Program::UdpClient, server.address())?);
    }
    let mut rounds = Vec::new();
    for _ in 1..=2 {
        let mut lines = Vec::new();
        for client in &mut clients {
            client.shows(PROMPT)?;
            client.types("hello")?;
            lines.push(shows_up_to(&mut server, "):hello\n")?);
        }
        for client in &mut clients {
            shows_up_to(client, " 接收到消息\n")?;
        }
        rounds.push(lines);
    }
    let ports = BTreeSet::from_iter(&rounds[0]);
    match ports.len() == 5 && rounds[0] == rounds[1] {
        true => Ok(()),
        false => Err(server.failed("each client keeps its own port")),
    }
}

#[test]
fn a_udp_client_may_be_answered_by_someone_else() -> Verdict {
    own_programs()?;
    let mut asked = UdpPeer::bind(Ipv4Addr::LOCALHOST)?;
    let mut other = UdpPeer::bind(Ipv4Addr::LOCALHOST)?;
    let mut client = Running::start(Program::UdpClient, asked.address())?;
    client.types("who are you?")?;
    let from = asked.receives("who are you?")?;
    other.answers(from, "someone else")?;
    client.shows(&format!("{PROMPT}从服务器收到: someone else\n{PROMPT}"))?;
    client.types("fine")?;
    other.receives("fine")?;
    asked.has_nothing()
}

#[cfg(unix)]
fn harness(error: std::io::Error) -> Report {
    Report::harness("open a socket").because(&error.to_string())
}
