//! What the lesson says, each claim as an experiment with the project's own
//! programs, unless README's transcripts or the exercise's checks have it.
//!
//!     cargo test lesson

use super::transcript::Transcript;
use crate::project::programs;
use assert_cmd::assert::OutputAssertExt;
use harness::*;
#[cfg(unix)]
use std::net::UdpSocket;
use std::process::Command;

/// Whatever the variables say, this test is about these programs.
fn own_programs() -> Verdict {
    PROGRAMS.into_iter().try_for_each(|program| program.choose(Author::Rust))
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
fn receives(text: &str, sends: impl FnOnce(&mut Running, &mut Peer) -> Verdict) -> Verdict<usize> {
    own_programs()?;
    let (mut server, mut client) = start_tcp_server()?;
    shows_up_to(&mut server, ")\n")?;
    sends(&mut server, &mut client)?;
    client.half_closes()?; // nothing is held back behind an end (RFC 9293, 3.7.4)
    let screen = shows_up_to(&mut server, WAITING)?;
    let lines: Vec<_> = screen.trim_end_matches(WAITING).lines().collect();
    let came = lines.concat().replace("客户端发来的消息: ", "");
    let step = format!("{} bytes arrive in order, of {}", came.len(), text.len());
    holds(step, came == text)?;
    client.receives(REPLY.repeat(lines.len()))?;
    client.is_left()?;
    Ok(lines.len())
}

#[test]
fn a_megabyte_arrives_whole_and_in_order() -> Verdict {
    let true = programs::are_to_be_tried() else { return Ok(()) };
    let numbers: String = (0..1 << 17).map(|number| format!("{number:07} ")).collect();
    receives(&numbers, |_, client| client.sends(&numbers)).map(drop)
}

/// Three are sent, for only Linux takes nothing for a process that is stopped: elsewhere its
/// waiting receive may get the first. The kernel may take its time, so one of ten is asked for.
#[test]
#[cfg(unix)]
fn two_quick_sends_may_be_one_receive() -> Verdict {
    let true = programs::are_to_be_tried() else { return Ok(()) };
    let three_sends = |server: &mut Running, client: &mut Peer| {
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
    let true = programs::are_to_be_tried() else { return Ok(()) };
    own_programs()?;
    let Talk { mut client, mut server, .. } = Talk::begins(Program::TcpClient)?;
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
    let true = programs::are_to_be_tried() else { return Ok(()) };
    own_programs()?;
    let (mut server, _client) = answering(Program::UdpServer, &["first"])?;
    server.pauses()?;
    let burst = UdpSocket::bind("127.0.0.1:0")?;
    let from = |socket: &UdpSocket| -> Verdict<String> {
        Ok(format!("recv from ('127.0.0.1', {}):", socket.local_addr()?.port()))
    };
    let message = |number| format!("message {number:05}");
    let sends = |number: &usize| burst.send_to(message(*number).as_bytes(), server.address());
    let sent = (0..1 << 16).filter(|number| sends(number).is_ok()).count();
    server.goes_on();
    // It comes behind the queue; while that is full, it is lost, too.
    let last = UdpSocket::bind("127.0.0.1:0")?;
    last.set_read_timeout(Some(std::time::Duration::from_millis(20)))?;
    deadline::poll(deadline::step(), || {
        let _ = last.send_to(b"last", server.address());
        last.recv(&mut [0; 64]).ok()
    });
    let end = from(&last)? + "last\n";
    let screen = shows_up_to(&mut server, &end)?;
    let lines: Vec<_> = screen.trim_end_matches(&end).split_inclusive('\n').collect();
    let from = from(&burst)?;
    let mut numbers = 0..1 << 16; // some may be missing
    let in_order =
        |line: &&str| numbers.any(|number| *line == format!("{from}{}\n", message(number)));
    holds("what arrives is whole and in order", lines.iter().all(in_order))?;
    worked(format!("{sent} datagrams are sent, {} are received", lines.len()));
    holds("some are received, and some are lost", (1..sent).contains(&lines.len()))
}

/// One of those in lesson.md, in their order.
fn transcript(number: usize) -> Verdict {
    let all = Transcript::all("tests/project/lesson.md", include_str!("lesson.md"));
    all[number].run(Author::Rust, Author::Rust)
}

#[test]
fn datagrams_may_arrive_in_another_order() -> Verdict {
    let true = programs::are_to_be_tried() else { return Ok(()) };
    transcript(0)
}

#[test]
fn numbered_messages_sent_again_all_arrive_and_copies_are_told_apart() -> Verdict {
    let true = programs::are_to_be_tried() else { return Ok(()) };
    transcript(1)
}

#[test]
fn the_lesson_is_about_the_projects_own_programs() -> Verdict {
    let true = programs::are_to_be_tried() else { return Ok(()) };
    let mut tests = Command::new(std::env::current_exe()?);
    tests.args(["--exact", "project::lesson::a_megabyte_arrives_whole_and_in_order"]);
    tests.arg("project::lesson::a_client_with_two_replies_to_one_message_stays_one_behind");
    tests.arg("project::lesson::datagrams_may_arrive_in_another_order");
    tests.envs(PROGRAMS.map(|program| (program.command_variable(), "no-such-program")));
    let three = predicates::str::contains("3 passed");
    output(&mut tests)?.assert().success().stdout(three);
    Ok(())
}
