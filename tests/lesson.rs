//! What the lesson says of TCP, each claim as an experiment with the project's
//! own programs.
//!
//!     cargo test lesson

use crate::tcp_server::{REPLY, WAITING, connect_from, shown};
use harness::*;
use std::net::{Ipv4Addr, TcpStream};

const PROMPT: &str = "发消息>>";

/// What the server shows in front of all that a receive brings.
const SHOWN: &str = "客户端发来的消息: ";

/// Whatever the variables say, this test is about these programs.
pub fn own_programs() -> Verdict {
    let mut programs = PROGRAMS.into_iter();
    programs.try_for_each(|program| program.choose(Author::Rust))
}

/// The server with its first client, after what it shows of that.
fn start_server() -> Verdict<(Running, TcpPeer)> {
    own_programs()?;
    let (mut server, client) = start_tcp_server()?;
    server.shows(&(WAITING.to_string() + &connect_from(&client)))?;
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

#[test]
fn tcp_needs_a_server_that_listens_first() -> Verdict {
    own_programs()?;
    let port = Port::free();
    let mut early = Running::start(Program::TcpClient, port.address())?;
    early.leaves(1)?;
    let refused = TcpStream::connect(port.address()).map(|_| ()).unwrap_err();
    let complaint = early.complains()?;
    let expected = format!("tcp-client: cannot connect to {}: {refused}", port.address());
    if complaint != expected {
        let report = early.failed("the client is refused");
        return Err(report.compared(expected.as_bytes(), complaint.as_bytes(), false));
    }
    let mut server = Running::start(Program::TcpServer, port.address())?;
    server.shows(WAITING)?;
    let mut client = Running::start(Program::TcpClient, port.address())?;
    client.shows(PROMPT)?;
    client.types("hello")?;
    client.shows(&format!("{REPLY}\n"))
}

#[test]
fn a_megabyte_arrives_whole_and_in_order() -> Verdict {
    let (mut server, mut client) = start_server()?;
    let numbers: Vec<_> = (0..1 << 17).map(|number| format!("{number:07} ")).collect();
    let megabyte = numbers.concat();
    client.sends(&megabyte)?;
    client.half_closes()?;
    let screen = shows_up_to(&mut server, WAITING)?;
    let lines = screen.lines().filter_map(|line| line.strip_prefix(SHOWN));
    let receives: Vec<_> = lines.collect();
    if receives.concat() != megabyte {
        let problem = format!("{} bytes came, or in another order", receives.concat().len());
        let report = server.failed("1048576 bytes arrive, each in its place");
        return Err(report.because(&problem));
    }
    client.receives(REPLY.repeat(receives.len()))?;
    client.receives_end()
}

#[test]
fn fifteen_hundred_bytes_are_two_receives_and_two_replies() -> Verdict {
    let (mut server, mut client) = start_server()?;
    client.sends("x".repeat(1500))?;
    server.shows(&(shown(&"x".repeat(1024)) + &shown(&"x".repeat(476))))?;
    client.half_closes()?;
    client.receives(REPLY.repeat(2))?;
    client.receives_end()
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
    client.shows(&format!("{PROMPT}reply to one\n{PROMPT}"))?;
    connection.sends("another to one")?;
    client.types("two")?;
    client.shows(&format!("another to one\n{PROMPT}"))?;
    connection.receives("two")?;
    connection.sends("reply to two")?;
    client.types("three")?;
    client.shows(&format!("reply to two\n{PROMPT}"))
}

#[test]
fn a_chinese_character_is_cut_in_two() -> Verdict {
    let (mut server, mut client) = start_server()?;
    // 1023 bytes and three: the first is the 1024th, the others come next.
    client.sends("x".repeat(1023) + "你")?;
    let (first, second) = ("x".repeat(1023) + "\u{FFFD}", "\u{FFFD}\u{FFFD}");
    server.shows(&(shown(&first) + &shown(second)))?;
    client.receives(REPLY.repeat(2))
}

/// Two messages sent to a server that is stopped; whether it then receives
/// them as one.
#[cfg(unix)]
fn two_quick_sends_are_one_receive() -> Verdict<bool> {
    let (mut server, mut client) = start_server()?;
    server.pauses()?;
    client.sends("one")?;
    client.sends("two")?;
    client.half_closes()?; // nothing is held back behind an end (RFC 9293, 3.7.4)
    server.goes_on();
    let screen = shows_up_to(&mut server, WAITING)?;
    let together = screen == shown("onetwo") + WAITING;
    client.receives(REPLY.repeat(if together { 1 } else { 2 }))?;
    client.receives_end()?;
    match together || screen == shown("one") + &shown("two") + WAITING {
        true => Ok(together),
        false => Err(server.failed("both messages arrive, in order")),
    }
}

/// The kernel may take its time, so one of ten is asked for.
#[test]
#[cfg(unix)]
fn two_quick_sends_may_be_one_receive() -> Verdict {
    for _ in 1..=10 {
        if two_quick_sends_are_one_receive()? {
            return Ok(());
        }
    }
    Err(Report::failed("two sends are one receive, once in ten times"))
}

#[test]
fn a_second_client_waits_in_the_queue_until_the_first_leaves() -> Verdict {
    let (mut server, mut first) = start_server()?;
    let mut second = TcpPeer::connect(server.address())?;
    second.sends("I wait")?;
    for message in ["still here", "and still"] {
        first.sends(message)?;
        server.shows(&shown(message))?;
        first.receives(REPLY)?;
    }
    first.closes();
    server.shows(&(WAITING.to_string() + &connect_from(&second) + &shown("I wait")))?;
    second.receives(REPLY)
}

#[test]
fn the_lesson_is_about_the_projects_own_programs() -> Verdict {
    let this = std::env::current_exe().map_err(|error| Report::harness(error.to_string()))?;
    for name in [
        "lesson::tcp_needs_a_server_that_listens_first",
        "lesson_udp::five_clients_talk_with_one_server_in_turn",
    ] {
        let mut test = std::process::Command::new(&this);
        test.args(["--exact", name]);
        for program in PROGRAMS {
            test.env(program.command_variable(), "no-such-program");
        }
        assert_cmd::Command::from_std(test)
            .assert()
            .success()
            .stdout(predicates::str::contains("1 passed"));
    }
    Ok(())
}
