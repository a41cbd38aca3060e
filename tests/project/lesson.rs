//! What the lesson says, each claim as an experiment with the project's own
//! programs, unless README's transcripts or the exercise's checks have it.
//!
//!     cargo test lesson

use crate::project::{programs, transcript::run_all};
use assert_cmd::assert::OutputAssertExt;
use harness::*;
use predicates::str::contains;

harness::checks! {
    a_megabyte_arrives_whole_and_in_order [TcpServer] |_| {
        let numbers: String = (0..1 << 13).map(|number| format!("{number:0127} ")).collect();
        receives(&numbers, |_, client| client.sends(&numbers)).map(drop)
    };
    // Three are sent, for only Linux takes nothing for a process that is stopped: elsewhere its
    // waiting receive may get the first. The kernel may take its time, so one of ten is asked for.
    #[cfg(unix)]
    two_quick_sends_may_be_one_receive [TcpServer] |_| {
        let three_sends = |server: &mut Running, client: &mut Peer| {
            server.pauses()?;
            ["first", "one", "two"].into_iter().try_for_each(|message| client.sends(message))?;
            server.goes_on();
            Ok(())
        };
        let mut tries = (1..=10).map(|_| receives("firstonetwo", three_sends));
        let fewer = tries.find(|count| !matches!(count, Ok(3..))).transpose()?;
        holds("two sends are one receive, once in ten times", fewer.is_some())
    };
    a_client_with_two_replies_to_one_message_stays_one_behind [TcpClient] |program| {
        let mut talk = Talk::begins(program)?;
        talk.exchanges(&[("one", "reply to one")])?;
        for (message, shown) in [("two", "another to one"), ("three", "reply to two")] {
            talk.server.sends(shown)?;
            talk.asks(message, message)?;
            talk.client.shows(&format!("{shown}\n"))?;
        }
        talk.prompts()
    };
    // More are sent than any receive buffer holds: a datagram of 12 bytes costs
    // Linux' 832, so these are 54 MB; Linux' default is 0.2 MB.
    #[cfg(unix)]
    a_burst_at_a_stopped_server_overflows_the_receive_buffer [UdpServer] |program| {
        let (mut server, _client) = answering(program, &["first"])?;
        server.pauses()?;
        let (burst, address) = (std::net::UdpSocket::bind("127.0.0.1:0")?, server.address);
        let send = |text: &str| burst.send_to(text.as_bytes(), address);
        let messages = || (0..1 << 16).map(|number| format!("message {number:05}"));
        let sent = messages().filter(|message| send(message).is_ok()).count();
        server.goes_on();
        let from = format!("recv from {}:", pair(burst.local_addr()?));
        // It comes behind the queue; while that is full, it is lost, too.
        let screen = shows_up_to(&mut server, &format!("{from}last\n"), || drop(send("last")))?;
        let mut lines = messages().map(|message| from.clone() + &message); // some may be missing
        let in_order = screen.lines().all(|line| lines.any(|due| due == line));
        holds("what arrives is whole and in order", in_order)?;
        let received = screen.lines().count();
        worked(format!("{sent} datagrams are sent, {received} are received"));
        holds("some are received, and some are lost", (1..sent).contains(&received))
    };
    datagrams_may_arrive_in_another_order [UdpClient]
        |_| run_all(&["tests/project/lesson_order.md"], &[None]);
    numbered_messages_sent_again_all_arrive_and_copies_are_told_apart [UdpClient]
        |_| run_all(&["tests/project/lesson_copies.md"], &[None]);
}

#[test]
fn the_lesson_is_about_the_projects_own_programs() -> Verdict {
    let true = programs::are_to_be_tried()? else { return Ok(()) };
    let mut tests = std::process::Command::new(std::env::current_exe()?);
    tests.args(["lesson::a_megabyte", "lesson::a_client_with_two", "lesson::datagrams_may"]);
    tests.envs(PROGRAMS.map(|program| (program.command_variable(), "no-such-program")));
    output(&mut tests)?.assert().success().stdout(contains("3 passed"));
    Ok(())
}

/// What the screen shows next before `end`, whatever it is, `meanwhile` being done again and again.
fn shows_up_to(program: &mut Running, end: &str, meanwhile: impl Fn()) -> Verdict<String> {
    let text = deadline::poll(deadline::step(), || {
        meanwhile();
        let text = String::from_utf8(program.unseen()).ok()?;
        text.split_once(end).map(|(text, _)| text.to_string())
    });
    let text = text.unwrap_or_default();
    program.shows(&format!("{text}{end}")).map(|()| text)
}

/// A new TCP server shows all of `text`, which `sends` sends and then ends, in
/// order, and answers each receive; how many there are.
fn receives(text: &str, sends: impl FnOnce(&mut Running, &mut Peer) -> Verdict) -> Verdict<usize> {
    let (mut server, mut client) = serving(Program::TcpServer, "")?;
    client.is_announced(&mut server)?;
    sends(&mut server, &mut client)?;
    client.half_closes()?; // nothing is held back behind an end (RFC 9293, 3.7.4)
    let screen = shows_up_to(&mut server, WAITING, || ())?;
    let came = screen.replace("客户端发来的消息: ", "").replace('\n', "");
    holds(format!("{} bytes arrive in order, of {}", came.len(), text.len()), came == text)?;
    let count = screen.lines().count();
    client.receives(REPLY.repeat(count))?;
    client.is_left().map(|()| count)
}
