//! What a UDP client must do, whoever wrote it and in whatever language.
//!
//!     UDP_CLIENT_CMD='python3 -u my_client.py' cargo test --test udp_client

use harness::*;
use std::net::Ipv4Addr;
use std::thread;

const PROMPT: &str = "消息>>";

/// The client under test, told the address of a trusted peer.
fn start() -> Verdict<(Running, UdpPeer)> {
    let server = UdpPeer::bind(Ipv4Addr::LOCALHOST)?;
    let client = Running::start(Program::UdpClient, server.address())?;
    Ok((client, server))
}

fn shown(reply: &str) -> String {
    format!("从服务器收到: {reply}\n")
}

#[test]
fn it_starts() -> Verdict {
    let (mut client, mut server) = start()?;
    let _ = client.types("hello"); // it may have ended
    server.receives_something(&mut client)
}

#[test]
fn a_conversation_is_shown_from_start_to_end() -> Verdict {
    let (mut client, mut server) = start()?;
    for (message, reply) in [("hello", "hi"), ("how are you?", "fine"), ("bye", "see you")] {
        client.shows(PROMPT)?;
        client.types(message)?;
        let from = server.receives(message)?;
        server.answers(from, reply)?;
        client.shows(&shown(reply))?;
    }
    client.shows(PROMPT)?;
    client.types("")?;
    client.leaves(0)
}

#[test]
fn the_prompt_is_shown_before_anything_is_typed() -> Verdict {
    let (mut client, _server) = start()?;
    client.shows(PROMPT)
}

#[test]
fn each_message_is_one_datagram_without_its_line_end() -> Verdict {
    let (mut client, mut server) = start()?;
    for message in ["a long first message", "short", "the third"] {
        client.types(message)?;
        let from = server.receives(message)?;
        server.answers(from, "ok")?;
    }
    client.types("")?;
    client.ends()?;
    server.has_nothing()
}

#[test]
fn a_shorter_reply_after_a_longer_one_is_shown_alone() -> Verdict {
    let (mut client, mut server) = start()?;
    for reply in ["a rather long reply", "short", ""] {
        client.shows(PROMPT)?;
        client.types("hello")?;
        let from = server.receives("hello")?;
        server.answers(from, reply)?;
        client.shows(&shown(reply))?;
    }
    Ok(())
}

#[test]
fn a_reply_of_1024_bytes_is_shown_whole() -> Verdict {
    let (mut client, mut server) = start()?;
    client.types("hello")?;
    let from = server.receives("hello")?;
    server.answers(from, "x".repeat(1024))?;
    client.shows(&format!("{PROMPT}{}", shown(&"x".repeat(1024))))
}

#[test]
fn an_empty_line_leaves_and_sends_nothing() -> Verdict {
    let (mut client, mut server) = start()?;
    client.types("")?;
    client.shows(PROMPT)?;
    client.leaves(0)?;
    server.has_nothing()
}

#[test]
fn blanks_and_tabs_are_kept() -> Verdict {
    let (mut client, mut server) = start()?;
    for message in ["  two before, three after   ", "a\tb", " "] {
        client.types(message)?;
        let from = server.receives(message)?;
        server.answers(from, "ok")?;
    }
    Ok(())
}

#[test]
fn chinese_and_emoji_are_sent_and_shown_as_text() -> Verdict {
    let (mut client, mut server) = start()?;
    for (message, reply) in [("你好，世界", "接收到消息"), ("🦀", "🐍🐍"), ("naïve", "é")]
    {
        client.shows(PROMPT)?;
        client.types(message)?;
        let from = server.receives(message)?;
        server.answers(from, reply)?;
        client.shows(&shown(reply))?;
    }
    Ok(())
}

#[test]
fn a_slow_reply_is_waited_for() -> Verdict {
    let (mut client, mut server) = start()?;
    client.types("hello")?;
    let from = server.receives("hello")?;
    thread::sleep(PAUSE); // the pause is what is tested
    server.answers(from, "at last")?;
    client.shows(&format!("{PROMPT}{}{PROMPT}", shown("at last")))
}

#[test]
fn the_next_message_goes_to_whoever_sent_the_reply() -> Verdict {
    let (mut client, mut server) = start()?;
    let mut other = UdpPeer::bind(Ipv4Addr::LOCALHOST)?;
    client.types("hello")?;
    let from = server.receives("hello")?;
    other.answers(from, "I answer instead")?;
    client.shows(&format!("{PROMPT}{}", shown("I answer instead")))?;
    client.types("who are you?")?;
    other.receives("who are you?")?;
    server.has_nothing()
}

#[test]
fn all_messages_come_from_one_port() -> Verdict {
    let (mut client, mut server) = start()?;
    client.types("one")?;
    let from = server.receives("one")?;
    server.answers(from, "ok")?;
    client.types("two")?;
    let again = server.receives("two")?;
    match from == again {
        true => Ok(()),
        false => Err(Report::failed("the second message comes from the port of the first")
            .because(&format!("the first came from {from}, the second from {again}"))
            .hint("make the socket once, before the loop")),
    }
}

#[test]
fn it_sends_to_the_address_that_it_is_given() -> Verdict {
    let Some(ip) = another_loopback_address() else {
        return Ok(());
    };
    let mut server = UdpPeer::bind(ip)?;
    let mut client = Running::start(Program::UdpClient, server.address())?;
    client.types("hello")?;
    let from = server.receives("hello")?;
    server.answers(from, "hi")?;
    client.shows(&format!("{PROMPT}{}", shown("hi")))
}

#[test]
fn too_few_arguments_are_answered_with_the_usage() -> Verdict {
    usage_is_shown(Program::UdpClient, &[])?;
    usage_is_shown(Program::UdpClient, &["127.0.0.1"])
}
