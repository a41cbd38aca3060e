//! What a server must do, whoever wrote it and in whatever language.

use harness::*;
use std::thread;

harness::checks! {
    it_starts [TcpServer, UdpServer] |program| serving(program, "hello").map(drop);
    a_conversation_is_shown_line_by_line [TcpServer, UdpServer] |program| {
        let (mut server, mut client) = answering(program, &["hello", "how are you?", "bye"])?;
        if program == Program::UdpServer {
            return client.is_left();
        }
        drop(client);
        server.shows(WAITING)
    };
    a_message_is_answered_once_with_the_exact_bytes [TcpServer] |program| {
        let (_server, mut client) = serving(program, "hello")?;
        client.receives_reply()?;
        client.leaves()
    };
    the_reply_is_the_local_time_and_the_text [UdpServer]
        |_| the_time_is_right(&clock::zones()[0]).map(drop);
    every_message_is_answered [TcpServer] |_| {
        let (_server, mut client) = serving(Program::TcpServer, "")?;
        ["the first", "2", "the third one"].iter().try_for_each(|text| client.exchanges(text))
    };
    each_datagram_is_answered_once [UdpServer] |program| {
        let (server, mut client) = serving(program, "one")?;
        client.receives_reply()?;
        client.exchanges("two")?;
        client.exchanges("three")?;
        // Once a later client is answered, whatever else was sent is here.
        Peer::connect(&server)?.exchanges("later")?;
        client.is_left()
    };
    a_shorter_message_after_a_longer_one_is_shown_alone [TcpServer, UdpServer]
        |program| are_text(program, &["a long message", "short"]);
    an_empty_datagram_is_shown_and_answered [UdpServer]
        |program| are_text(program, &["before", "", "behind"]);
    a_client_that_ends_its_half_is_let_go_and_the_next_one_announced [TcpServer] |_| {
        let (mut server, mut client) = serving(Program::TcpServer, "")?;
        client.is_announced(&mut server)?;
        client.leaves()?;
        server.shows(WAITING)?;
        Peer::connect(&server)?.is_accepted(&mut server)
    };
    a_client_that_says_nothing_does_not_stop_the_next [TcpServer] |_| {
        let (server, client) = serving(Program::TcpServer, "")?;
        client.closes();
        Peer::connect(&server)?.exchanges("hello")
    };
    eight_clients_are_served_one_after_another [TcpServer] |_| {
        let (server, mut client) = serving(Program::TcpServer, "")?;
        for number in 1..=8 {
            client.exchanges(format!("client {number}"))?;
            client.leaves()?;
            client = Peer::connect(&server)?;
        }
        Ok(())
    };
    a_second_client_is_answered_when_the_first_has_left_at_the_latest [TcpServer] |_| {
        let (server, mut first) = serving(Program::TcpServer, "")?;
        first.exchanges("I am first")?;
        let mut second = Peer::connect(&server)?;
        second.sends("I wait")?;
        first.exchanges("still here")?;
        first.closes();
        second.receives_reply()?;
        second.exchanges("my turn")
    };
    five_clients_in_turn_get_each_their_own_reply [UdpServer] |program| {
        let (mut server, first) = answering(program, &["first"])?;
        let all = [Ok(first)].into_iter().chain((2..=5).map(|_| Peer::connect(&server)));
        let mut clients = all.collect::<Verdict<Vec<_>>>()?;
        for round in ["round 1", "round 2"] {
            clients.iter_mut().try_for_each(|client| client.asks(&mut server, round))?;
        }
        clients.iter_mut().try_for_each(Peer::is_left)
    };
    a_receive_takes_1024_bytes_at_most [TcpServer] |program| {
        let (whole, rest) = (full(), "y".repeat(476));
        let (mut server, mut client) = answering(program, &[&whole])?;
        client.sends(whole.clone() + &rest)?;
        server.shows(&client.shown(&whole))?;
        server.shows(&client.shown(&rest))?;
        client.receives_reply()?;
        client.receives_reply()
    };
    a_datagram_of_1024_bytes_arrives_whole [UdpServer]
        |program| are_text(program, &["before", &"x".repeat(1024), "behind"]);
    #[cfg(unix)] // Windows refuses a datagram that is longer than the buffer
    a_long_datagram_is_cut_at_1024_bytes [UdpServer] |program| {
        let (mut server, mut client) = serving(program, full() + "tail")?;
        client.is_answered(&mut server, &full())?;
        client.asks(&mut server, "next")?;
        client.is_left()
    };
    blanks_and_tabs_are_kept [TcpServer, UdpServer]
        |program| are_text(program, &["  two before, three after   ", "a\tb", " "]);
    chinese_and_emoji_are_shown_as_text [TcpServer, UdpServer]
        |program| are_text(program, &["你好，世界", "🦀🐍", "naïve"]);
    words_such_as_quit_and_a_zero_are_text [TcpServer, UdpServer]
        |program| are_text(program, &["quit", "exit", "bye", "q", "0", "."]);
    a_backslash_and_a_nul_are_text [TcpServer, UdpServer]
        |program| are_text(program, &["C:\\new\\table", "before\0behind", "%s %d"]);
    line_ends_inside_a_message_are_text [TcpServer, UdpServer]
        |program| are_text(program, &["one\ntwo", "one\rtwo", "an end\n", "\n"]);
    // At three in the afternoon, in a zone where it is that now.
    the_hour_is_an_hour_of_24 [UdpServer]
        |_| the_time_is_right(&clock::zone_where_it_is(15)).map(drop);
    a_pause_between_messages_changes_nothing [TcpServer] |program| {
        let (_server, mut client) = serving(program, "hello")?;
        client.receives_reply()?;
        thread::sleep(PAUSE); // the pause is what is tested
        client.exchanges("still there?")
    };
    a_pause_between_datagrams_changes_nothing [UdpServer] |_| {
        let zone = &clock::zones()[0];
        let (_server, mut client) = the_time_is_right(zone)?;
        thread::sleep(PAUSE); // the pause is what is tested
        client.sends("still there?")?;
        client.receives_time("", Some(zone.offset)).map(drop)
    };
    it_listens_at_the_address_that_it_is_given [TcpServer, UdpServer] |program| {
        let Some(ip) = another_loopback_address() else { return Ok(()) };
        answering(Setup { ip, ..program.into() }, &["hello"]).map(drop)
    };
    it_answers_only_at_the_address_that_it_is_given [TcpServer, UdpServer] |program| {
        let Some(ip) = another_loopback_address() else { return Ok(()) };
        let (server, mut client) = serving(program, "hello")?;
        client.receives_reply()?;
        Peer::finds_nobody(&server, ip)
    };
    a_host_name_works [TcpServer, UdpServer] |program| {
        let setup = Setup { host: Some("localhost"), ..program.into() };
        let (_server, mut client) = serving(setup, "hello")?;
        client.receives_reply()
    };
    too_few_arguments_are_answered_with_the_usage [UdpServer] usage_is_shown;
}

/// Each message is shown and answered as any other.
fn are_text(program: Program, messages: &[&str]) -> Verdict {
    let (_server, mut client) = answering(program, messages)?;
    client.leaves()
}

/// The UDP server in that place tells a client the time there.
pub fn the_time_is_right(zone: &clock::Zone) -> Verdict<(Running, Peer)> {
    let environment = &[("TZ", &*zone.name)];
    let (server, mut client) =
        serving(Setup { environment, ..Program::UdpServer.into() }, "hello")?;
    client.receives_time("", Some(zone.offset))?;
    Ok((server, client))
}
