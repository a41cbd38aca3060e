//! What a UDP server must do, whoever wrote it and in whatever language.
//!
//!     UDP_SERVER_CMD='python3 -u my_server.py' cargo test --test udp_server

use harness::*;
use std::net::Ipv4Addr;
use std::thread;

/// The line that announces a datagram; Python's way to print the address.
fn shown(client: &UdpPeer, message: &str) -> String {
    let address = client.address();
    format!("recv from ('{}', {}):{message}\n", address.ip(), address.port())
}

#[test]
fn it_starts() -> Verdict {
    start_udp_server("hello").map(|_| ())
}

#[test]
fn every_datagram_is_shown_line_by_line() -> Verdict {
    let (mut server, mut client) = start_udp_server("hello")?;
    server.shows(&shown(&client, "hello"))?;
    client.receives_reply()?;
    for message in ["how are you?", "bye"] {
        client.sends(message)?;
        server.shows(&shown(&client, message))?;
        client.receives_reply()?;
    }
    Ok(())
}

#[test]
fn the_reply_is_the_local_time_and_the_text() -> Verdict {
    let ip = Ipv4Addr::LOCALHOST.into();
    let zone = &clock::ZONES[0];
    let (_server, mut client) = start_udp_server_at(ip, &[("TZ", zone.name())], "hello", ip)?;
    client.receives_reply_in(zone.offset)
}

#[test]
fn each_datagram_is_answered_once() -> Verdict {
    let (server, mut client) = start_udp_server("one")?;
    client.receives_reply()?;
    for message in ["two", "three"] {
        client.sends(message)?;
        client.receives_reply()?;
    }
    // Once a later client is answered, whatever else was sent is here.
    let mut later = UdpPeer::client_of(server.address())?;
    later.sends("later")?;
    later.receives_reply()?;
    client.has_nothing()
}

#[test]
fn a_shorter_datagram_after_a_longer_one_is_shown_alone() -> Verdict {
    let (mut server, mut client) = start_udp_server("a long message")?;
    server.shows(&shown(&client, "a long message"))?;
    client.receives_reply()?;
    client.sends("short")?;
    server.shows(&shown(&client, "short"))
}

#[test]
fn an_empty_datagram_is_shown_and_answered() -> Verdict {
    let (mut server, mut client) = start_udp_server("before")?;
    server.shows(&shown(&client, "before"))?;
    client.receives_reply()?;
    client.sends("")?;
    server.shows(&shown(&client, ""))?;
    client.receives_reply()
}

#[test]
fn a_datagram_of_1024_bytes_arrives_whole() -> Verdict {
    let message = "x".repeat(1024);
    let (mut server, mut client) = start_udp_server(&message)?;
    server.shows(&shown(&client, &message))?;
    client.receives_reply()
}

#[test]
fn five_clients_in_turn_get_each_their_own_reply() -> Verdict {
    let (mut server, mut first) = start_udp_server("first")?;
    server.shows(&shown(&first, "first"))?;
    first.receives_reply()?;
    let mut clients = vec![first];
    for _ in 2..=5 {
        clients.push(UdpPeer::client_of(server.address())?);
    }
    for round in 1..=2 {
        for client in &mut clients {
            client.sends(format!("round {round}"))?;
            server.shows(&shown(client, &format!("round {round}")))?;
            client.receives_reply()?;
        }
    }
    clients.iter_mut().try_for_each(UdpPeer::has_nothing)
}

#[test]
fn blanks_and_tabs_are_kept() -> Verdict {
    let (mut server, mut client) = start_udp_server("  two before, three after   ")?;
    server.shows(&shown(&client, "  two before, three after   "))?;
    client.receives_reply()?;
    client.sends("a\tb")?;
    server.shows(&shown(&client, "a\tb"))
}

#[test]
fn chinese_and_emoji_are_shown_as_text() -> Verdict {
    let (mut server, mut client) = start_udp_server("你好，世界")?;
    server.shows(&shown(&client, "你好，世界"))?;
    client.receives_reply()?;
    client.sends("🦀🐍")?;
    server.shows(&shown(&client, "🦀🐍"))
}

#[test]
fn a_pause_between_datagrams_changes_nothing() -> Verdict {
    let ip = Ipv4Addr::LOCALHOST.into();
    let zone = &clock::ZONES[0];
    let (_server, mut client) = start_udp_server_at(ip, &[("TZ", zone.name())], "hello", ip)?;
    client.receives_reply_in(zone.offset)?;
    thread::sleep(PAUSE); // the pause is what is tested
    client.sends("still there?")?;
    client.receives_reply_in(zone.offset)
}

#[test]
fn it_listens_at_the_address_it_is_given_and_shows_the_clients() -> Verdict {
    let Some(ip) = another_loopback_address() else {
        return Ok(());
    };
    let (mut server, mut client) = start_udp_server_at(ip, &[], "hello", ip)?;
    server.shows(&shown(&client, "hello"))?;
    client.receives_reply()
}

#[test]
fn too_few_arguments_are_answered_with_the_usage() -> Verdict {
    usage_is_shown(Program::UdpServer, &[])?;
    usage_is_shown(Program::UdpServer, &["127.0.0.1"])
}
