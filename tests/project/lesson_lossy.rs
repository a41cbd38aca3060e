//! What the lesson says of loss, with a lossy line between udp-client and
//! udp-server. What it does stands in its plan, so every run is the same.
//!
//!     cargo test lesson

use super::lesson::{shown, shows_up_to, start_udp};
use harness::*;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};

/// The UDP server, a lossy line to it, and the line's address.
fn start_lossy(plan: &str) -> Verdict<(Running, LossyLine, SocketAddr)> {
    let (server, _client) = start_udp()?;
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_read_timeout(Some(deadline::step()))?;
    let address = socket.local_addr()?;
    let line = LossyLine::new(socket, server.address(), plan).map_err(Report::harness)?;
    Ok((server, line, address))
}

/// The line forwards the next datagrams, and says `expected` of them, and what
/// is in each.
fn does(line: &mut LossyLine, expected: &[&str]) -> Verdict {
    for expected in expected {
        let step = format!("the lossy line says {expected:?}");
        let said = line.forwards().unwrap_or_else(|error| error.to_string());
        if said.split('"').next().map(str::trim_end) != Some(expected) {
            return Err(Report::failed(step).because(&said));
        }
        worked(step);
    }
    Ok(())
}

#[test]
fn a_datagram_that_arrives_twice_puts_the_client_one_reply_behind() -> Verdict {
    let (mut server, mut line, address) = start_lossy("twice")?;
    let mut client = Running::start(Program::UdpClient, address)?;
    client.types("one")?;
    does(&mut line, &["there 1: twice"])?;
    server.shows(&shown(address, "one").repeat(2))?;
    does(&mut line, &["back  1: pass", "back  2: pass"])?;
    shows_up_to(&mut client, " 接收到消息\n消息>>")?;
    client.types("two")?;
    // The line still holds the second message, and here is its reply.
    shows_up_to(&mut client, " 接收到消息\n消息>>")?;
    does(&mut line, &["there 2: pass"])?;
    server.shows(&shown(address, "two"))
}

#[test]
fn datagrams_may_arrive_in_another_order() -> Verdict {
    let (mut server, mut line, address) = start_lossy("swap")?;
    let mut client = UdpPeer::client_of(address)?;
    client.sends("one")?;
    does(&mut line, &["there 1: swap"])?;
    client.sends("two")?;
    does(&mut line, &["there 2: pass"])?;
    server.shows(&(shown(address, "two") + &shown(address, "one")))?;
    does(&mut line, &["back  1: pass", "back  2: pass"])?;
    client.receives_reply()?;
    client.receives_reply()
}

/// The last exercise: where a program waits for its limit, this test asks the
/// line, and so needs no clock. The first message is lost, then its reply.
#[test]
fn numbered_messages_sent_again_all_arrive_and_copies_are_told_apart() -> Verdict {
    let (mut server, mut line, address) = start_lossy("drop pass pass twice back drop")?;
    let mut client = UdpPeer::client_of(address)?;
    for (message, there, back) in [
        ("1 one", "there 1: drop", &[][..]),
        ("1 one", "there 2: pass", &["back  1: drop"]),
        ("1 one", "there 3: pass", &["back  2: pass"]),
        ("2 two", "there 4: twice", &["back  3: pass", "back  4: pass"]),
        ("3 three", "there 5: pass", &["back  5: pass"]),
    ] {
        client.sends(message)?;
        does(&mut line, &[there])?;
        server.shows(&shown(address, message).repeat(back.len()))?;
        does(&mut line, back)?;
        for _ in back.iter().filter(|said| said.ends_with("pass")) {
            client.receives_reply()?;
        }
        client.has_nothing()?;
    }
    match server.unseen().is_empty() {
        true => Ok(()),
        false => Err(server.failed("each copy is shown, and nothing more")),
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
        let mut lossy = assert_cmd::Command::new(cargo::sibling("lossy"));
        let ended = lossy.args(arguments.split(' ')).timeout(deadline::step()).assert();
        ended.code(2).stdout("").stderr(format!("lossy: {problem}\n"));
    }
}
