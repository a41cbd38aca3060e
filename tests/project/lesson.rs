//! What the lesson says, each claim as an experiment with the project's own
//! programs, unless README's transcripts or the exercise's checks have it.
//!
//!     cargo test lesson

use crate::checks::peer::{REPLY, conversing};
use assert_cmd::assert::OutputAssertExt;
use harness::*;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::process::Command;

/// The line by which udp-server announces a datagram.
fn shown(client: SocketAddr, message: &str) -> String {
    format!("recv from ('{}', {}):{message}\n", client.ip(), client.port())
}

/// Whatever the variables say, this test is about these programs.
fn own_programs() -> Verdict {
    PROGRAMS.into_iter().try_for_each(|program| program.choose(Author::Rust))
}

/// The UDP server and a client, after their first exchange.
fn start_udp() -> Verdict<(Running, UdpPeer)> {
    own_programs()?;
    let (mut server, mut client) = start_udp_server("first")?;
    server.shows(&shown(client.address(), "first"))?;
    client.receives_reply()?;
    Ok((server, client))
}

/// What the screen shows next, up to and with `end`, whatever it is.
fn shows_up_to(program: &mut Running, end: &str) -> Verdict<String> {
    let shown = deadline::poll(deadline::step(), || {
        let text = String::from_utf8(program.unseen()).ok()?;
        Some(text[..text.find(end)? + end.len()].to_string())
    });
    let text = shown.ok_or_else(|| program.failed(format!("the screen comes to {end:?}")))?;
    program.shows(&text)?;
    Ok(text)
}

/// A new TCP server shows all of `text`, which `sends` sends and then ends, in
/// order, and answers each receive; how many there are.
fn receives(
    text: &str,
    sends: impl FnOnce(&mut Running, &mut TcpPeer) -> Verdict,
) -> Verdict<usize> {
    own_programs()?;
    let (mut server, mut client) = start_tcp_server()?;
    shows_up_to(&mut server, ")\n")?;
    sends(&mut server, &mut client)?;
    client.half_closes()?; // nothing is held back behind an end (RFC 9293, 3.7.4)
    let end = "waiting for connect....\n";
    let screen = shows_up_to(&mut server, end)?;
    let lines: Vec<_> = screen.trim_end_matches(end).lines().collect();
    let came = lines.concat().replace("客户端发来的消息: ", "");
    let step = format!("{} bytes arrive in order, of {}", came.len(), text.len());
    holds(step, came == text)?;
    client.receives(REPLY.repeat(lines.len()))?;
    client.receives_end()?;
    Ok(lines.len())
}

#[test]
fn a_megabyte_arrives_whole_and_in_order() -> Verdict {
    let numbers: String = (0..1 << 17).map(|number| format!("{number:07} ")).collect();
    receives(&numbers, |_, client| client.sends(&numbers)).map(drop)
}

/// Three are sent, for only Linux takes nothing for a process that is
/// stopped: elsewhere its waiting receive may get the first. The kernel may
/// take its time, so one of ten is asked for.
#[test]
#[cfg(unix)]
fn two_quick_sends_may_be_one_receive() -> Verdict {
    let three_sends = |server: &mut Running, client: &mut TcpPeer| {
        server.pauses()?;
        ["first", "one", "two"].into_iter().try_for_each(|message| client.sends(message))?;
        server.goes_on();
        Ok(())
    };
    for _ in 1..=10 {
        if receives("firstonetwo", three_sends)? < 3 {
            return Ok(());
        }
    }
    Err(Report::failed("two sends are one receive, once in ten times"))
}

#[test]
fn a_client_with_two_replies_to_one_message_stays_one_behind() -> Verdict {
    own_programs()?;
    let (mut client, mut server) = conversing(Program::TcpClient)?;
    client.types("one")?;
    server.receives("one")?;
    server.sends("reply to one")?;
    client.shows("发消息>>reply to one\n发消息>>")?;
    server.sends("another to one")?;
    client.types("two")?;
    client.shows("another to one\n发消息>>")?;
    server.receives("two")?;
    server.sends("reply to two")?;
    client.types("three")?;
    client.shows("reply to two\n发消息>>")
}

/// More are sent than any receive buffer holds: a datagram of 12 bytes costs
/// Linux' 832, so these are 54 MB; Linux' default is 0.2 MB.
#[test]
#[cfg(unix)]
fn a_burst_at_a_stopped_server_overflows_the_receive_buffer() -> Verdict {
    let (mut server, _client) = start_udp()?;
    server.pauses()?;
    let burst = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let from = burst.local_addr()?;
    let message = |number| format!("message {number:05}");
    let sends = |number: &usize| burst.send_to(message(*number).as_bytes(), server.address());
    let sent = (0..1 << 16).filter(|number| sends(number).is_ok()).count();
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
    let mut numbers = 0..1 << 16; // some may be missing
    let in_order = |line: &&str| numbers.any(|number| *line == shown(from, &message(number)));
    holds("what arrives is whole and in order", lines.iter().all(in_order))?;
    worked(format!("{sent} datagrams are sent, {} are received", lines.len()));
    holds("some are received, and some are lost", (1..sent).contains(&lines.len()))
}

/// A message, what the lossy line says of it, what the server then shows, and
/// what the line says of the replies.
type Step<'a> = (&'a str, &'a str, &'a [&'a str], &'a [&'a str]);

/// A client sends messages through a lossy line, which does what stands in its
/// plan, so every run is the same.
fn through_a_lossy_line(plan: &str, steps: &[Step]) -> Verdict {
    let (mut server, _client) = start_udp()?;
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_read_timeout(Some(deadline::step()))?;
    let address = socket.local_addr()?;
    let mut line = LossyLine::new(socket, server.address(), plan).map_err(Report::harness)?;
    let mut does = |expected: &str| {
        let said = step(format!("the lossy line says {expected:?}"), line.forwards())?;
        let right = said.split('"').next().map(str::trim_end) == Some(expected);
        holds(format!("that is {said}"), right)
    };
    let mut client = UdpPeer::client_of(address)?;
    for (message, there, announced, back) in steps {
        client.sends(message)?;
        does(there)?;
        announced.iter().try_for_each(|message| server.shows(&shown(address, message)))?;
        back.iter().try_for_each(|back| does(back))?;
        let replies = back.iter().filter(|back| back.ends_with("pass"));
        replies.into_iter().try_for_each(|_| client.receives_reply())?;
        client.has_nothing()?;
    }
    holds("each copy is shown, and nothing more", server.unseen().is_empty())
}

#[test]
fn datagrams_may_arrive_in_another_order() -> Verdict {
    let steps: [Step; 2] = [
        ("one", "there 1: swap", &[], &[]),
        ("two", "there 2: pass", &["two", "one"], &["back  1: pass", "back  2: pass"]),
    ];
    through_a_lossy_line("swap", &steps)
}

/// The last exercise: where a program waits for its limit, this test asks the
/// line, and so needs no clock. The first message is lost, then its reply.
#[test]
fn numbered_messages_sent_again_all_arrive_and_copies_are_told_apart() -> Verdict {
    let steps: [Step; 5] = [
        ("1 one", "there 1: drop", &[], &[]),
        ("1 one", "there 2: pass", &["1 one"], &["back  1: drop"]),
        ("1 one", "there 3: pass", &["1 one"], &["back  2: pass"]),
        ("2 two", "there 4: twice", &["2 two"; 2], &["back  3: pass", "back  4: pass"]),
        ("3 three", "there 5: pass", &["3 three"], &["back  5: pass"]),
    ];
    through_a_lossy_line("drop pass pass twice back drop", &steps)
}

#[test]
fn the_lesson_is_about_the_projects_own_programs() -> Verdict {
    let mut tests = Command::new(std::env::current_exe()?);
    tests.args(["--exact", "project::lesson::a_megabyte_arrives_whole_and_in_order"]);
    tests.arg("project::lesson::a_client_with_two_replies_to_one_message_stays_one_behind");
    tests.arg("project::lesson::datagrams_may_arrive_in_another_order");
    tests.envs(PROGRAMS.map(|program| (program.command_variable(), "no-such-program")));
    let three = predicates::str::contains("3 passed");
    output(&mut tests)?.assert().success().stdout(three);
    Ok(())
}
