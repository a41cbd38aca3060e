//! What a TCP server must do, whoever wrote it and in whatever language.
//!
//!     TCP_SERVER_CMD='python3 -u my_server.py' cargo test --test tcp_server

use harness::*;
use std::thread;

pub const REPLY: &str = "服务端已收到消息!";
pub const WAITING: &str = "waiting for connect....\n";

/// How Python prints a peer's address, which the exercise keeps.
pub fn connect_from(client: &TcpPeer) -> String {
    let address = client.address();
    format!("connect from ('{}', {})\n", address.ip(), address.port())
}

/// The server shows that it waits, and then its first client. One that serves
/// several at a time waits for the next at once.
fn announces(server: &mut Running, client: &TcpPeer) -> Verdict {
    server.shows(WAITING)?;
    server.shows(&connect_from(client))?;
    server.may_show_early(WAITING);
    Ok(())
}

pub fn shown(message: &str) -> String {
    format!("客户端发来的消息: {message}\n")
}

#[test]
fn it_starts() -> Verdict {
    start_tcp_server().map(|_| ())
}

#[test]
fn a_conversation_is_shown_line_by_line() -> Verdict {
    let (mut server, mut client) = start_tcp_server()?;
    announces(&mut server, &client)?;
    for message in ["hello", "how are you?", "bye"] {
        client.sends(message)?;
        server.shows(&shown(message))?;
        client.receives(REPLY)?;
    }
    client.closes();
    server.shows(WAITING)
}

#[test]
fn a_message_is_answered_once_with_the_exact_bytes() -> Verdict {
    let (_server, mut client) = start_tcp_server()?;
    client.sends("hello")?;
    client.receives(REPLY)?;
    client.half_closes()?;
    client.receives_end()
}

#[test]
fn every_message_is_answered() -> Verdict {
    let (_server, mut client) = start_tcp_server()?;
    for message in ["the first", "2", "the third one"] {
        client.sends(message)?;
        client.receives(REPLY)?;
    }
    Ok(())
}

#[test]
fn a_shorter_message_after_a_longer_one_is_shown_alone() -> Verdict {
    let (mut server, mut client) = start_tcp_server()?;
    announces(&mut server, &client)?;
    for message in ["a long message", "short"] {
        client.sends(message)?;
        server.shows(&shown(message))?;
        client.receives(REPLY)?;
    }
    Ok(())
}

#[test]
fn a_client_that_ends_its_half_is_let_go_and_the_next_one_announced() -> Verdict {
    let (mut server, mut client) = start_tcp_server()?;
    announces(&mut server, &client)?;
    client.half_closes()?;
    client.receives_end()?;
    server.shows(WAITING)?;
    let next = TcpPeer::connect(server.address())?;
    server.shows(&connect_from(&next))
}

#[test]
fn a_client_that_says_nothing_does_not_stop_the_next() -> Verdict {
    let (server, client) = start_tcp_server()?;
    client.closes();
    let mut next = TcpPeer::connect(server.address())?;
    next.sends("hello")?;
    next.receives(REPLY)
}

#[test]
fn eight_clients_are_served_one_after_another() -> Verdict {
    let (server, mut client) = start_tcp_server()?;
    for number in 1..=8 {
        if number > 1 {
            client = TcpPeer::connect(server.address())?;
        }
        client.sends(format!("client {number}"))?;
        client.receives(REPLY)?;
        client.half_closes()?;
        client.receives_end()?;
    }
    Ok(())
}

#[test]
fn a_second_client_is_answered_when_the_first_has_left_at_the_latest() -> Verdict {
    let (server, mut first) = start_tcp_server()?;
    first.sends("I am first")?;
    first.receives(REPLY)?;
    let mut second = TcpPeer::connect(server.address())?;
    second.sends("I wait")?;
    first.sends("still here")?;
    first.receives(REPLY)?;
    first.closes();
    second.receives(REPLY)?;
    second.sends("my turn")?;
    second.receives(REPLY)
}

#[test]
fn a_receive_takes_1024_bytes_at_most() -> Verdict {
    let (mut server, mut client) = start_tcp_server()?;
    announces(&mut server, &client)?;
    client.sends("x".repeat(1024))?;
    server.shows(&shown(&"x".repeat(1024)))?;
    client.receives(REPLY)?;
    client.sends("y".repeat(1500))?;
    server.shows(&shown(&"y".repeat(1024)))?;
    server.shows(&shown(&"y".repeat(476)))?;
    client.receives(REPLY.repeat(2))
}

#[test]
fn blanks_and_tabs_are_kept() -> Verdict {
    let (mut server, mut client) = start_tcp_server()?;
    announces(&mut server, &client)?;
    for message in ["  two before, three after   ", "a\tb", " "] {
        client.sends(message)?;
        server.shows(&shown(message))?;
        client.receives(REPLY)?;
    }
    Ok(())
}

#[test]
fn chinese_and_emoji_are_shown_as_text() -> Verdict {
    let (mut server, mut client) = start_tcp_server()?;
    announces(&mut server, &client)?;
    for message in ["你好，世界", "🦀🐍", "naïve"] {
        client.sends(message)?;
        server.shows(&shown(message))?;
        client.receives(REPLY)?;
    }
    Ok(())
}

#[test]
fn a_pause_between_messages_changes_nothing() -> Verdict {
    let (_server, mut client) = start_tcp_server()?;
    client.sends("hello")?;
    client.receives(REPLY)?;
    thread::sleep(PAUSE); // the pause is what is tested
    client.sends("still there?")?;
    client.receives(REPLY)
}

#[test]
fn it_listens_at_the_address_that_it_is_given() -> Verdict {
    let Some(ip) = another_loopback_address() else {
        return Ok(());
    };
    let (mut server, mut client) = start_tcp_server_at(ip)?;
    announces(&mut server, &client)?;
    client.sends("hello")?;
    client.receives(REPLY)
}

#[test]
fn one_argument_is_answered_with_the_usage() -> Verdict {
    usage_is_shown(Program::TcpServer, &["127.0.0.1"])
}
