//! What a TCP client must do, whoever wrote it and in whatever language.
//!
//!     TCP_CLIENT_CMD='python3 -u my_client.py' cargo test --test tcp_client

use harness::*;
use std::net::Ipv4Addr;
use std::thread;

const PROMPT: &str = "发消息>>";

/// The client under test, connected to a trusted server.
fn start() -> Verdict<(Running, TcpPeer, TrustedServer)> {
    let server = TrustedServer::listen(Ipv4Addr::LOCALHOST)?;
    let mut client = Running::start(Program::TcpClient, server.address())?;
    let connection = server.accepts(&mut client)?;
    Ok((client, connection, server))
}

#[test]
fn it_starts() -> Verdict {
    start().map(|_| ())
}

#[test]
fn a_conversation_is_shown_from_start_to_end() -> Verdict {
    let (mut client, mut connection, _server) = start()?;
    for (message, reply) in [("hello", "hi"), ("how are you?", "fine"), ("bye", "see you")] {
        client.shows(PROMPT)?;
        client.types(message)?;
        connection.receives(message)?;
        connection.sends(reply)?;
        client.shows(&format!("{reply}\n"))?;
    }
    client.shows(PROMPT)?;
    client.types("")?;
    client.leaves(0)
}

#[test]
fn the_prompt_is_shown_before_anything_is_typed() -> Verdict {
    let (mut client, _connection, _server) = start()?;
    client.shows(PROMPT)
}

#[test]
fn a_message_is_sent_without_its_line_end() -> Verdict {
    let (mut client, mut connection, _server) = start()?;
    client.types("hello")?;
    connection.receives("hello")?;
    connection.sends("hi")?;
    client.types("")?;
    connection.receives_end()
}

#[test]
fn each_message_is_sent_once_and_alone() -> Verdict {
    let (mut client, mut connection, _server) = start()?;
    for message in ["a long first message", "short", "the third"] {
        client.types(message)?;
        connection.receives(message)?;
        connection.sends("ok")?;
    }
    client.types("")?;
    connection.receives_end()
}

#[test]
fn all_messages_go_over_one_connection() -> Verdict {
    let (mut client, mut connection, server) = start()?;
    for message in ["one", "two"] {
        client.types(message)?;
        connection.receives(message)?;
        connection.sends("ok")?;
    }
    client.types("")?;
    connection.receives_end()?;
    client.ends()?;
    match server.has_another() {
        false => Ok(()),
        true => Err(Report::failed("no second connection is made")),
    }
}

#[test]
fn a_shorter_reply_after_a_longer_one_is_shown_alone() -> Verdict {
    let (mut client, mut connection, _server) = start()?;
    for reply in ["a rather long reply", "short", "x"] {
        client.shows(PROMPT)?;
        client.types("hello")?;
        connection.receives("hello")?;
        connection.sends(reply)?;
        client.shows(&format!("{reply}\n"))?;
    }
    Ok(())
}

#[test]
fn a_receive_takes_1024_bytes_at_most() -> Verdict {
    let (mut client, mut connection, _server) = start()?;
    client.shows(PROMPT)?;
    client.types("one")?;
    connection.receives("one")?;
    connection.sends("x".repeat(1024) + "y")?;
    client.shows(&("x".repeat(1024) + "\n"))?;
    // Here it prompts; one that reads in a thread may show the rest first.
    client.may_show_early("y\n");
    client.shows(PROMPT)?;
    client.types("two")?;
    connection.receives("two")?;
    client.shows("y\n")
}

#[test]
fn an_empty_line_leaves_and_sends_nothing() -> Verdict {
    let (mut client, mut connection, _server) = start()?;
    client.types("")?;
    connection.receives_end()?;
    client.shows(PROMPT)?;
    client.leaves(0)
}

#[test]
fn blanks_and_tabs_are_kept() -> Verdict {
    let (mut client, mut connection, _server) = start()?;
    for message in ["  two before, three after   ", "a\tb", " "] {
        client.types(message)?;
        connection.receives(message)?;
        connection.sends("ok")?;
    }
    Ok(())
}

#[test]
fn chinese_and_emoji_are_sent_and_shown_as_text() -> Verdict {
    let (mut client, mut connection, _server) = start()?;
    for (message, reply) in [("你好，世界", "服务端已收到消息!"), ("🦀", "🐍🐍"), ("naïve", "é")]
    {
        client.shows(PROMPT)?;
        client.types(message)?;
        connection.receives(message)?;
        connection.sends(reply)?;
        client.shows(&format!("{reply}\n"))?;
    }
    Ok(())
}

#[test]
fn a_slow_reply_is_waited_for() -> Verdict {
    let (mut client, mut connection, _server) = start()?;
    client.shows(PROMPT)?;
    client.types("hello")?;
    connection.receives("hello")?;
    thread::sleep(PAUSE); // the pause is what is tested
    connection.sends("at last")?;
    client.shows(&format!("at last\n{PROMPT}"))
}

#[test]
fn it_connects_to_the_address_that_it_is_given() -> Verdict {
    let Some(ip) = another_loopback_address() else {
        return Ok(());
    };
    let server = TrustedServer::listen(ip)?;
    let mut client = Running::start(Program::TcpClient, server.address())?;
    let mut connection = server.accepts(&mut client)?;
    client.types("hello")?;
    connection.receives("hello")
}

#[test]
fn one_argument_is_answered_with_the_usage() -> Verdict {
    usage_is_shown(Program::TcpClient, &["127.0.0.1"])
}
