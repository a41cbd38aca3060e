//! What the lesson says, each claim as an experiment with the project's own
//! programs, unless README's transcripts or the exercise's checks have it.
//!
//!     cargo test lesson

use harness::*;
#[cfg(unix)]
use std::net::UdpSocket;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;

const REPLY: &str = "服务端已收到消息!";
const WAITING: &str = "waiting for connect....\n";

/// What tcp-server shows in front of all that a receive brings.
const SHOWN: &str = "客户端发来的消息: ";

/// The line by which udp-server announces a datagram.
pub fn shown(client: SocketAddr, message: &str) -> String {
    format!("recv from ('{}', {}):{message}\n", client.ip(), client.port())
}

/// Whatever the variables say, this test is about these programs.
fn own_programs() -> Verdict {
    let mut programs = PROGRAMS.into_iter();
    programs.try_for_each(|program| program.choose(Author::Rust))
}

/// The TCP server with its first client, after what it shows of that.
fn start_tcp() -> Verdict<(Running, TcpPeer)> {
    own_programs()?;
    let (mut server, client) = start_tcp_server()?;
    shows_up_to(&mut server, ")\n")?;
    Ok((server, client))
}

/// The UDP server and a client, after their first exchange.
pub fn start_udp() -> Verdict<(Running, UdpPeer)> {
    own_programs()?;
    let (mut server, mut client) = start_udp_server("first")?;
    server.shows(&shown(client.address(), "first"))?;
    client.receives_reply()?;
    Ok((server, client))
}

/// What the screen shows next, up to and with `end`, whatever it is.
pub fn shows_up_to(program: &mut Running, end: &str) -> Verdict<String> {
    let shown = deadline::poll(deadline::step(), || {
        let text = String::from_utf8(program.unseen()).ok()?;
        Some(text[..text.find(end)? + end.len()].to_string())
    });
    let text = shown.ok_or_else(|| program.failed(format!("the screen comes to {end:?}")))?;
    program.shows(&text)?;
    Ok(text)
}

/// All of `text` arrives from a client that then ends, in order, and each
/// receive is answered; how many there are.
fn receives(server: &mut Running, client: &mut TcpPeer, text: &str) -> Verdict<usize> {
    client.half_closes()?; // nothing is held back behind an end (RFC 9293, 3.7.4)
    let screen = shows_up_to(server, WAITING)?;
    let lines = screen.trim_end_matches(WAITING).lines();
    let receives: Vec<_> = lines.map(|line| line.strip_prefix(SHOWN).unwrap_or(line)).collect();
    let came = receives.concat();
    if came != text {
        let report = server.failed(format!("{} bytes arrive, each in its place", text.len()));
        return Err(report.because(&format!("{} came, or in another order", came.len())));
    }
    client.receives(REPLY.repeat(receives.len()))?;
    client.receives_end()?;
    Ok(receives.len())
}

#[test]
fn a_megabyte_arrives_whole_and_in_order() -> Verdict {
    let (mut server, mut client) = start_tcp()?;
    let numbers: Vec<_> = (0..1 << 17).map(|number| format!("{number:07} ")).collect();
    client.sends(numbers.concat())?;
    receives(&mut server, &mut client, &numbers.concat()).map(|_| ())
}

#[test]
fn a_client_with_two_replies_to_one_message_stays_one_behind() -> Verdict {
    own_programs()?;
    let server = TrustedServer::listen(Ipv4Addr::LOCALHOST)?;
    let mut client = Running::start(Program::TcpClient, server.address())?;
    let mut connection = server.accepts(&mut client)?;
    client.types("one")?;
    connection.receives("one")?;
    connection.sends("reply to one")?;
    client.shows("发消息>>reply to one\n发消息>>")?;
    connection.sends("another to one")?;
    client.types("two")?;
    client.shows("another to one\n发消息>>")?;
    connection.receives("two")?;
    connection.sends("reply to two")?;
    client.types("three")?;
    client.shows("reply to two\n发消息>>")
}

/// Three are sent, for only Linux takes nothing for a process that is
/// stopped: elsewhere its waiting receive may get the first. The kernel may
/// take its time, so one of ten is asked for.
#[test]
#[cfg(unix)]
fn two_quick_sends_may_be_one_receive() -> Verdict {
    for _ in 1..=10 {
        let (mut server, mut client) = start_tcp()?;
        server.pauses()?;
        for message in ["first", "one", "two"] {
            client.sends(message)?;
        }
        server.goes_on();
        if receives(&mut server, &mut client, "firstonetwo")? < 3 {
            return Ok(());
        }
    }
    Err(Report::failed("two sends are one receive, once in ten times"))
}

#[test]
#[cfg(unix)] // Windows makes an error of it
fn a_datagram_longer_than_the_buffer_loses_its_tail() -> Verdict {
    let (mut server, mut client) = start_udp()?;
    client.sends("x".repeat(1024) + "tail")?;
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
    let (mut server, mut client) = start_udp()?;
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
    let (mut server, _client) = start_udp()?;
    server.pauses()?;
    let burst = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let from = burst.local_addr()?;
    let message = |number| format!("message {number:05}");
    let sends = |number: &usize| burst.send_to(message(*number).as_bytes(), server.address());
    let sent = (0..BURST).filter(|number| sends(number).is_ok()).count();
    server.goes_on();
    // It comes behind the queue; while that is full, it is lost, too.
    let last = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    last.set_read_timeout(Some(std::time::Duration::from_millis(20)))?;
    deadline::poll(deadline::step(), || {
        let _ = last.send_to(b"last", server.address());
        last.recv(&mut [0; 64]).ok()
    });
    let end = shown(last.local_addr()?, "last");
    let screen = shows_up_to(&mut server, &end)?;
    let lines: Vec<_> = screen.trim_end_matches(&end).split_inclusive('\n').collect();
    let mut numbers = 0..BURST; // some may be missing
    let in_order = |line: &&str| numbers.any(|number| *line == shown(from, &message(number)));
    if !lines.iter().all(in_order) {
        return Err(server.failed("what arrives is whole and in order"));
    }
    worked(format!("{sent} datagrams are sent, {} are received", lines.len()));
    match (1..sent).contains(&lines.len()) {
        true => Ok(()),
        false => Err(Report::failed("some are received, and some are lost")),
    }
}

#[test]
fn the_lesson_is_about_the_projects_own_programs() -> Verdict {
    let mut tests = Command::new(std::env::current_exe()?);
    tests.args(["--exact", "project::lesson::a_megabyte_arrives_whole_and_in_order"]);
    tests.arg("project::lesson::a_client_with_two_replies_to_one_message_stays_one_behind");
    tests.arg("project::lesson_lossy::datagrams_may_arrive_in_another_order");
    for program in PROGRAMS {
        tests.env(program.command_variable(), "no-such-program");
    }
    let three = predicates::str::contains("3 passed");
    assert_cmd::Command::from_std(tests).assert().success().stdout(three);
    Ok(())
}
