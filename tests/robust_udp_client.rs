//! What a UDP client should do where the Python script dies: the ledger's
//! rows, and the grader's second mark. How long a client waits for a reply
//! is open, so that row is in ledger.rs, for this project's own.

use harness::*;

const CLIENT: Program = Program::UdpClient;

fn start() -> Verdict<(Running, UdpPeer)> {
    let server = UdpPeer::bind([127, 0, 0, 1])?;
    let client = Running::start(CLIENT, server.address())?;
    Ok((client, server))
}

#[test]
fn a_bad_address_is_refused_in_one_line() -> Verdict {
    bad_addresses_are_refused(CLIENT)
}

#[test]
fn a_message_too_long_for_a_datagram_is_said_in_one_line() -> Verdict {
    let (mut client, mut server) = start()?;
    client.types(&"x".repeat(70_000))?;
    client.complains()?;
    client.types("hello")?;
    server.receives("hello").map(|_| ())
}

#[test]
fn a_reply_that_is_no_text_does_not_end_the_client() -> Verdict {
    let (mut client, mut server) = start()?;
    client.types("hello")?;
    let from = server.receives("hello")?;
    server.answers(from, b"\xff\xfe")?;
    client.types("still there?")?;
    server.receives("still there?").map(|_| ())
}

#[test]
fn the_end_of_the_input_leaves_and_ends_the_prompts_line() -> Verdict {
    let (mut client, _server) = start()?;
    client.ends_input();
    client.shows("消息>>\n")?;
    client.leaves(0)?;
    client.is_quiet()
}

#[test]
fn a_last_line_without_an_end_is_sent() -> Verdict {
    let (mut client, mut server) = start()?;
    client.types_bytes(b"hello")?;
    client.ends_input();
    let from = server.receives("hello")?;
    server.answers(from, "hi")?;
    client.ends_with(0)?;
    client.is_quiet()
}

#[test]
fn a_carriage_return_is_part_of_the_line_end() -> Verdict {
    let (mut client, mut server) = start()?;
    client.types_bytes(b"hello\r\n")?;
    let from = server.receives("hello")?;
    server.answers(from, "hi")?;
    client.types_bytes(b"\r\n")?;
    client.ends_with(0)
}

#[test]
fn input_that_is_no_text_is_said_in_one_line() -> Verdict {
    let (mut client, _server) = start()?;
    client.types_bytes(b"\xff\xfe\n")?;
    client.ends_with(1)?;
    client.complains().map(|_| ())
}

#[test]
fn a_closed_output_is_said_in_one_line() -> Verdict {
    let mut server = UdpPeer::bind([127, 0, 0, 1])?;
    let mut client = Running::start_on(CLIENT, server.address(), no_reader()?)?;
    if client.types("hello").is_ok() {
        server.answers_if_asked(&mut client, "a client that went on is answered")?;
    }
    client.ends_with(1)?;
    client.complains().map(|_| ())
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_it_quietly() -> Verdict {
    let (mut client, _server) = start()?;
    client.shows("消息>>")?;
    ctrl_c_ends_quietly(&mut client)
}
