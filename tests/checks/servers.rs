//! What a server must do, whoever wrote it and in whatever language.

use super::peer::{Peer, REPLY, WAITING, connect_from, serving, serving_at};
use harness::*;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::thread;

harness::checks! {
    it_starts: [TcpServer, UdpServer],
    a_conversation_is_shown_line_by_line: [TcpServer, UdpServer],
    a_message_is_answered_once_with_the_exact_bytes: [TcpServer],
    the_reply_is_the_local_time_and_the_text: [UdpServer],
    every_message_is_answered: [TcpServer],
    each_datagram_is_answered_once: [UdpServer],
    a_shorter_message_after_a_longer_one_is_shown_alone: [TcpServer, UdpServer],
    an_empty_datagram_is_shown_and_answered: [UdpServer],
    a_client_that_ends_its_half_is_let_go_and_the_next_one_announced: [TcpServer],
    a_client_that_says_nothing_does_not_stop_the_next: [TcpServer],
    eight_clients_are_served_one_after_another: [TcpServer],
    a_second_client_is_answered_when_the_first_has_left_at_the_latest: [TcpServer],
    five_clients_in_turn_get_each_their_own_reply: [UdpServer],
    a_receive_takes_1024_bytes_at_most: [TcpServer],
    a_datagram_of_1024_bytes_arrives_whole: [UdpServer],
    #[cfg(unix)] // Windows refuses a datagram that is longer than the buffer
    a_long_datagram_is_cut_at_1024_bytes: [UdpServer],
    blanks_and_tabs_are_kept: [TcpServer, UdpServer],
    chinese_and_emoji_are_shown_as_text: [TcpServer, UdpServer],
    words_such_as_quit_and_a_zero_are_text: [TcpServer, UdpServer],
    a_backslash_and_a_nul_are_text: [TcpServer, UdpServer],
    line_ends_inside_a_message_are_text: [TcpServer, UdpServer],
    the_hour_is_an_hour_of_24: [UdpServer],
    a_pause_between_messages_changes_nothing: [TcpServer],
    a_pause_between_datagrams_changes_nothing: [UdpServer],
    it_listens_at_the_address_that_it_is_given: [TcpServer, UdpServer],
    it_answers_only_at_the_address_that_it_is_given: [TcpServer, UdpServer],
    a_host_name_works: [TcpServer, UdpServer],
    too_few_arguments_are_answered_with_the_usage: [UdpServer],
}

/// Each message is shown and answered as any other.
fn are_text(program: Program, messages: &[&str]) -> Verdict {
    let (mut server, mut client) = serving(program, messages[0])?;
    client.is_announced(&mut server)?;
    for (index, message) in messages.iter().enumerate() {
        if index > 0 {
            client.sends(message)?;
        }
        server.shows(&client.shown(message))?;
        client.receives_reply()?;
    }
    client.leaves()
}

/// The UDP server in a place whose clocks are `offset` seconds before UTC, and
/// a client that has sent it a datagram.
fn udp_server_in(zone: &str) -> Verdict<(Running, UdpPeer)> {
    start_udp_server_at(Ipv4Addr::LOCALHOST.into(), "127.0.0.1", &[("TZ", zone)], "hello")
}

fn it_starts(program: Program) -> Verdict {
    serving(program, "hello").map(|_| ())
}

fn a_conversation_is_shown_line_by_line(program: Program) -> Verdict {
    if program == Program::UdpServer {
        return are_text(program, &["hello", "how are you?", "bye"]);
    }
    let (mut server, mut client) = serving(program, "hello")?;
    client.is_announced(&mut server)?;
    server.shows(&client.shown("hello"))?;
    client.receives_reply()?;
    for message in ["how are you?", "bye"] {
        client.sends(message)?;
        server.shows(&client.shown(message))?;
        client.receives_reply()?;
    }
    drop(client);
    server.shows(WAITING)
}

fn a_message_is_answered_once_with_the_exact_bytes(program: Program) -> Verdict {
    let (_server, mut client) = serving(program, "hello")?;
    client.receives_reply()?;
    client.leaves()
}

fn the_reply_is_the_local_time_and_the_text(_: Program) -> Verdict {
    let zone = &clock::ZONES[0];
    let (_server, mut client) = udp_server_in(zone.name())?;
    client.receives_reply_in(zone.offset)
}

fn every_message_is_answered(_: Program) -> Verdict {
    let (_server, mut client) = start_tcp_server()?;
    for message in ["the first", "2", "the third one"] {
        client.sends(message)?;
        client.receives(REPLY)?;
    }
    Ok(())
}

fn each_datagram_is_answered_once(_: Program) -> Verdict {
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

fn a_shorter_message_after_a_longer_one_is_shown_alone(program: Program) -> Verdict {
    are_text(program, &["a long message", "short"])
}

fn an_empty_datagram_is_shown_and_answered(program: Program) -> Verdict {
    are_text(program, &["before", "", "behind"])
}

fn a_client_that_ends_its_half_is_let_go_and_the_next_one_announced(_: Program) -> Verdict {
    let (mut server, mut client) = start_tcp_server()?;
    server.shows(WAITING)?;
    server.may_show_early(WAITING);
    server.shows(&connect_from(&client))?;
    client.half_closes()?;
    client.receives_end()?;
    server.shows(WAITING)?;
    let next = TcpPeer::connect(server.address())?;
    server.may_show_early(WAITING);
    server.shows(&connect_from(&next))
}

fn a_client_that_says_nothing_does_not_stop_the_next(_: Program) -> Verdict {
    let (server, client) = start_tcp_server()?;
    client.closes();
    let mut next = TcpPeer::connect(server.address())?;
    next.sends("hello")?;
    next.receives(REPLY)
}

fn eight_clients_are_served_one_after_another(_: Program) -> Verdict {
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

fn a_second_client_is_answered_when_the_first_has_left_at_the_latest(_: Program) -> Verdict {
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

fn five_clients_in_turn_get_each_their_own_reply(program: Program) -> Verdict {
    let (mut server, mut first) = serving(program, "first")?;
    server.shows(&first.shown("first"))?;
    first.receives_reply()?;
    let mut clients = vec![first];
    for _ in 2..=5 {
        clients.push(Peer::Udp(UdpPeer::client_of(server.address())?, None));
    }
    for round in ["round 1", "round 2"] {
        for client in &mut clients {
            client.sends(round)?;
            server.shows(&client.shown(round))?;
            client.receives_reply()?;
        }
    }
    clients.iter_mut().try_for_each(|client| client.is_left())
}

fn a_receive_takes_1024_bytes_at_most(program: Program) -> Verdict {
    let (whole, rest) = ("y".repeat(1024), "y".repeat(476));
    let (mut server, mut client) = serving(program, &whole)?;
    client.is_announced(&mut server)?;
    server.shows(&client.shown(&whole))?;
    client.receives_reply()?;
    client.sends(whole.clone() + &rest)?;
    server.shows(&client.shown(&whole))?;
    server.shows(&client.shown(&rest))?;
    client.receives_reply()?;
    client.receives_reply()
}

fn a_datagram_of_1024_bytes_arrives_whole(program: Program) -> Verdict {
    are_text(program, &["before", &"x".repeat(1024), "behind"])
}

#[cfg(unix)]
fn a_long_datagram_is_cut_at_1024_bytes(program: Program) -> Verdict {
    let (mut server, mut client) = serving(program, "x".repeat(1024) + "tail")?;
    server.shows(&client.shown(&"x".repeat(1024)))?;
    client.receives_reply()?;
    client.sends("next")?;
    server.shows(&client.shown("next"))?;
    client.receives_reply()?;
    client.is_left()
}

fn blanks_and_tabs_are_kept(program: Program) -> Verdict {
    are_text(program, &["  two before, three after   ", "a\tb", " "])
}

fn chinese_and_emoji_are_shown_as_text(program: Program) -> Verdict {
    are_text(program, &["你好，世界", "🦀🐍", "naïve"])
}

fn words_such_as_quit_and_a_zero_are_text(program: Program) -> Verdict {
    are_text(program, &["quit", "exit", "bye", "q", "0", "."])
}

fn a_backslash_and_a_nul_are_text(program: Program) -> Verdict {
    are_text(program, &["C:\\new\\table", "before\0behind", "%s %d"])
}

fn line_ends_inside_a_message_are_text(program: Program) -> Verdict {
    are_text(program, &["one\ntwo", "one\rtwo", "an end\n", "\n"])
}

/// At three in the afternoon, in a zone where it is that now.
fn the_hour_is_an_hour_of_24(_: Program) -> Verdict {
    let (zone, offset) = clock::zone_where_it_is(15);
    let (_server, mut client) = udp_server_in(&zone)?;
    client.receives_reply_in(offset)
}

fn a_pause_between_messages_changes_nothing(program: Program) -> Verdict {
    let (_server, mut client) = serving(program, "hello")?;
    client.receives_reply()?;
    thread::sleep(PAUSE); // the pause is what is tested
    client.sends("still there?")?;
    client.receives_reply()
}

fn a_pause_between_datagrams_changes_nothing(_: Program) -> Verdict {
    let zone = &clock::ZONES[0];
    let (_server, mut client) = udp_server_in(zone.name())?;
    client.receives_reply_in(zone.offset)?;
    clock::pause(); // it is what is tested
    client.sends("still there?")?;
    client.receives_reply_in(zone.offset)
}

fn it_listens_at_the_address_that_it_is_given(program: Program) -> Verdict {
    let Some(ip) = another_loopback_address() else {
        return Ok(());
    };
    let (mut server, mut client) = serving_at(program, ip, &ip.to_string(), "hello")?;
    client.is_announced(&mut server)?;
    server.shows(&client.shown("hello"))?;
    client.receives_reply()
}

fn it_answers_only_at_the_address_that_it_is_given(program: Program) -> Verdict {
    let Some(ip) = another_loopback_address() else {
        return Ok(());
    };
    let (server, mut client) = serving(program, "hello")?;
    client.receives_reply()?;
    let elsewhere = SocketAddr::new(ip, server.address().port());
    if program == Program::UdpServer {
        let mut other = UdpPeer::bind(ip)?.connected(elsewhere)?;
        other.sends("is anybody here, too?")?;
        return other.finds_nobody();
    }
    let nobody = TcpStream::connect_timeout(&elsewhere, deadline::step()).is_err();
    let step = format!("told {}, it does not listen at {elsewhere}", server.address());
    holds(step, nobody).map_err(|report| report.hint("bind to HOST, not to every address"))
}

fn a_host_name_works(program: Program) -> Verdict {
    let ip = Ipv4Addr::LOCALHOST.into();
    let (_server, mut client) = serving_at(program, ip, "localhost", "hello")?;
    client.receives_reply()
}

fn too_few_arguments_are_answered_with_the_usage(program: Program) -> Verdict {
    usage_is_shown(program, &[])?;
    usage_is_shown(program, &["127.0.0.1"])
}
