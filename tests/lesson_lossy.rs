//! What the lesson says of loss, with a lossy line between udp-client and
//! udp-server. What it does stands in its plan, so every run is the same.
//!
//!     cargo test lesson

use crate::lesson::{own_programs, shows_up_to};
use crate::lesson_udp::{PROMPT, gives_up, shown};
use harness::*;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};

/// The server, a lossy line to it, and the line's address.
fn start(plan: &str) -> Verdict<(Running, LossyLine, SocketAddr)> {
    own_programs()?;
    let (mut server, mut first) = start_udp_server("first")?;
    server.shows(&shown(first.address(), "first"))?;
    first.receives_reply()?;
    let limited = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| {
        socket.set_read_timeout(Some(deadline::step()))?;
        Ok((socket.local_addr()?, socket))
    });
    let (address, socket) = limited.map_err(|error| Report::harness(error.to_string()))?;
    let line = LossyLine::new(socket, server.address(), plan).map_err(Report::harness)?;
    Ok((server, line, address))
}

/// What the line says of the next datagram.
fn forwards(line: &mut LossyLine) -> Verdict<String> {
    loop {
        match line.forwards() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                let step = "a datagram comes to the lossy line";
                return Err(Report::failed(step).because(&error.to_string()));
            }
            Ok(said) => return Ok(said),
        }
    }
}

/// The line forwards a datagram and says `expected`, and what is in it.
fn does(line: &mut LossyLine, expected: &str) -> Verdict {
    let step = format!("the lossy line says {expected:?}");
    let said = forwards(line)?;
    match said.split('"').next().map(str::trim_end) == Some(expected) {
        true => worked(step),
        false => return Err(Report::failed(step).because(&said)),
    }
    Ok(())
}

#[test]
fn with_udp_the_program_itself_decides_what_a_loss_means() -> Verdict {
    let (mut server, mut line, address) = start("drop")?;
    let mut client = Running::start(Program::UdpClient, address)?;
    client.shows(PROMPT)?;
    client.types("hello")?;
    does(&mut line, "there 1: drop")?;
    gives_up(&mut client, address)?;
    client.types("hello again")?;
    does(&mut line, "there 2: pass")?;
    server.shows(&shown(address, "hello again"))?;
    does(&mut line, "back  1: pass")?;
    shows_up_to(&mut client, " 接收到消息\n").map(|_| ())
}

#[test]
fn a_message_sent_again_because_its_reply_was_lost_arrives_twice() -> Verdict {
    let (mut server, mut line, address) = start("back drop")?;
    let mut client = UdpPeer::client_of(address)?;
    client.sends("1 hello")?;
    does(&mut line, "there 1: pass")?;
    server.shows(&shown(address, "1 hello"))?;
    does(&mut line, "back  1: drop")?;
    client.has_nothing()?;
    client.sends("1 hello")?;
    does(&mut line, "there 2: pass")?;
    server.shows(&shown(address, "1 hello"))?;
    does(&mut line, "back  2: pass")?;
    client.receives_reply()
}

#[test]
fn a_datagram_that_arrives_twice_puts_the_client_one_reply_behind() -> Verdict {
    let (mut server, mut line, address) = start("twice")?;
    let mut client = Running::start(Program::UdpClient, address)?;
    client.types("one")?;
    does(&mut line, "there 1: twice")?;
    server.shows(&shown(address, "one").repeat(2))?;
    does(&mut line, "back  1: pass")?;
    does(&mut line, "back  2: pass")?;
    shows_up_to(&mut client, " 接收到消息\n消息>>")?;
    client.types("two")?;
    // The line still holds the second message, and here is its reply.
    shows_up_to(&mut client, " 接收到消息\n消息>>")?;
    does(&mut line, "there 2: pass")?;
    server.shows(&shown(address, "two"))
}

#[test]
fn datagrams_may_arrive_in_another_order() -> Verdict {
    let (mut server, mut line, address) = start("swap")?;
    let mut client = UdpPeer::client_of(address)?;
    client.sends("one")?;
    does(&mut line, "there 1: swap")?;
    client.sends("two")?;
    does(&mut line, "there 2: pass")?;
    server.shows(&(shown(address, "two") + &shown(address, "one")))?;
    does(&mut line, "back  1: pass")?;
    does(&mut line, "back  2: pass")?;
    client.receives_reply()?;
    client.receives_reply()
}

/// Forwards a datagram; how many leave.
fn leaving(line: &mut LossyLine) -> Verdict<usize> {
    let said = forwards(line)?;
    worked(format!("the lossy line says {said}"));
    match said.split(' ').find(|word| ["drop", "twice"].contains(word)) {
        Some("drop") => Ok(0),
        Some(_) => Ok(2),
        None => Ok(1),
    }
}

/// The last exercise: where a program waits for its limit, this test asks the
/// line, and so needs no clock.
#[test]
fn numbered_messages_sent_again_all_arrive_and_copies_are_told_apart() -> Verdict {
    let (mut server, mut line, address) = start("drop pass pass twice back drop")?;
    let mut client = UdpPeer::client_of(address)?;
    let messages = ["1 one", "2 two", "3 three"];
    let mut received = Vec::new();
    for message in messages {
        let mut replies = 0;
        while replies == 0 {
            client.sends(message)?;
            let copies = leaving(&mut line)?;
            for _ in 0..copies {
                received.push(shows_up_to(&mut server, "\n")?);
            }
            for _ in 0..copies {
                replies += leaving(&mut line)?;
            }
        }
        (0..replies).try_for_each(|_| client.receives_reply())?;
    }
    let expected = ["1 one", "1 one", "2 two", "2 two", "3 three"];
    let expected = expected.map(|message| shown(address, message));
    received.iter().zip(&expected).try_for_each(same)?;
    received.dedup(); // what a server that knows the numbers would do
    let expected = messages.map(|message| shown(address, message));
    received.iter().zip(&expected).try_for_each(same)
}

fn same((received, expected): (&String, &String)) -> Verdict {
    match received == expected {
        true => Ok(()),
        false => Err(Report::failed("the server shows each message, in order").compared(
            expected.as_bytes(),
            received.as_bytes(),
            true,
        )),
    }
}

#[test]
fn the_lossy_line_says_what_is_wrong_with_its_arguments() {
    let usage = "HOST PORT SERVER_HOST SERVER_PORT are asked for, then a plan \
        (of the words pass, drop, twice, swap; behind the word back for the replies)";
    for (arguments, problem) in [
        ("127.0.0.1 9001 127.0.0.1", usage),
        ("127.0.0.1 90001 127.0.0.1 9000", "port \"90001\" is not a number from 0 to 65535"),
        ("::1 9001 127.0.0.1 9000", "host \"::1\" has no IPv4 address"),
        ("127.0.0.1 1 127.0.0.1 1", "127.0.0.1:1 cannot be both ends of the line"),
        ("127.0.0.1 0 127.0.0.1 1 pass lose", "\"lose\" is none of pass, drop, twice, swap, back"),
    ] {
        let mut lossy = assert_cmd::Command::new(env!("CARGO_BIN_EXE_lossy"));
        let ended = lossy.args(arguments.split(' ')).timeout(deadline::step()).assert();
        ended.code(2).stdout("").stderr(format!("lossy: {problem}\n"));
    }
}
