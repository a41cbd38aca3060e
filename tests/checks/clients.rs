//! What a client must do, whoever wrote it and in whatever language.

use super::peer::{Peer, conversing, conversing_at, conversing_by_name, prompt, reply_shown};
use harness::*;
use std::net::Ipv4Addr;
use std::thread;

harness::checks! {
    it_starts: [TcpClient, UdpClient],
    a_conversation_is_shown_from_start_to_end: [TcpClient, UdpClient],
    the_prompt_is_shown_before_anything_is_typed: [TcpClient, UdpClient],
    a_message_is_sent_without_its_line_end: [TcpClient, UdpClient],
    each_message_is_sent_once_and_alone: [TcpClient, UdpClient],
    all_messages_go_over_one_connection: [TcpClient],
    all_messages_come_from_one_port: [UdpClient],
    a_shorter_reply_after_a_longer_one_is_shown_alone: [TcpClient, UdpClient],
    a_receive_takes_1024_bytes_at_most: [TcpClient],
    a_reply_of_1024_bytes_is_shown_whole: [UdpClient],
    #[cfg(unix)] // Windows refuses a datagram that is longer than the buffer
    a_long_reply_is_cut_at_1024_bytes: [UdpClient],
    an_empty_line_leaves_and_sends_nothing: [TcpClient, UdpClient],
    blanks_and_tabs_are_kept: [TcpClient, UdpClient],
    chinese_and_emoji_are_sent_and_shown_as_text: [TcpClient, UdpClient],
    words_such_as_quit_and_a_zero_are_text: [TcpClient, UdpClient],
    a_backslash_and_a_nul_are_text: [TcpClient, UdpClient],
    line_ends_inside_a_reply_are_text: [TcpClient, UdpClient],
    a_long_line_is_one_message: [TcpClient, UdpClient],
    what_is_typed_ahead_is_not_lost: [TcpClient, UdpClient],
    a_slow_reply_is_waited_for: [TcpClient, UdpClient],
    the_next_message_goes_to_whoever_sent_the_reply: [UdpClient],
    it_talks_to_the_address_that_it_is_given: [TcpClient, UdpClient],
    a_host_name_works: [TcpClient, UdpClient],
    too_few_arguments_are_answered_with_the_usage: [UdpClient],
}

/// Each message is sent, and its reply shown, as any other; then it prompts again.
fn exchanging(program: Program, exchanges: &[(&str, &str)]) -> Verdict<(Running, Peer)> {
    let (mut client, mut server) = conversing(program)?;
    for (message, reply) in exchanges {
        client.shows(prompt(program))?;
        client.types(message)?;
        server.receives(message)?;
        server.sends(reply)?;
        client.shows(&reply_shown(program, reply))?;
    }
    client.shows(prompt(program))?;
    Ok((client, server))
}

fn are_text(program: Program, exchanges: &[(&str, &str)]) -> Verdict {
    exchanging(program, exchanges).map(drop)
}

/// The same for these texts as messages, and then as replies.
fn are_text_both_ways(program: Program, texts: &[&str]) -> Verdict {
    let messages = texts.iter().map(|text| (*text, "ok"));
    let replies = texts.iter().map(|text| ("hello", *text));
    are_text(program, &messages.chain(replies).collect::<Vec<_>>())
}

fn it_starts(program: Program) -> Verdict {
    let (mut client, server) = conversing(program)?;
    let Peer::Udp(mut server, _) = server else { return Ok(()) };
    let _ = client.types("hello"); // it may have ended
    server.receives_something(&mut client)
}

fn a_conversation_is_shown_from_start_to_end(program: Program) -> Verdict {
    let exchanges = [("hello", "hi"), ("how are you?", "fine"), ("bye", "see you")];
    let (mut client, _server) = exchanging(program, &exchanges)?;
    client.types("")?;
    client.leaves(0)
}

fn the_prompt_is_shown_before_anything_is_typed(program: Program) -> Verdict {
    let (mut client, _server) = conversing(program)?;
    client.shows(prompt(program))
}

fn a_message_is_sent_without_its_line_end(program: Program) -> Verdict {
    are_sent(program, &["hello"])
}

fn each_message_is_sent_once_and_alone(program: Program) -> Verdict {
    are_sent(program, &["a long first message", "short", "the third"])
}

/// These messages are sent, and nothing else.
fn are_sent(program: Program, messages: &[&str]) -> Verdict {
    let (mut client, mut server) = conversing(program)?;
    for message in messages {
        client.types(message)?;
        server.receives(message)?;
        server.sends("ok")?;
    }
    client.types("")?;
    client.ends()?;
    server.is_left()
}

fn all_messages_go_over_one_connection(program: Program) -> Verdict {
    let server = TrustedServer::listen(Ipv4Addr::LOCALHOST)?;
    let mut client = Running::start(program, server.address())?;
    let mut connection = server.accepts(&mut client)?;
    for message in ["one", "two"] {
        client.types(message)?;
        connection.receives(message)?;
        connection.sends("ok")?;
    }
    client.types("")?;
    connection.receives_end()?;
    client.ends()?;
    holds("no second connection is made", !server.has_another())
}

fn all_messages_come_from_one_port(program: Program) -> Verdict {
    let mut server = UdpPeer::bind(Ipv4Addr::LOCALHOST)?;
    let mut client = Running::start(program, server.address())?;
    client.types("one")?;
    let from = server.receives("one")?;
    server.answers(from, "ok")?;
    client.types("two")?;
    let again = server.receives("two")?;
    holds("the second message comes from the port of the first", from == again).map_err(|report| {
        let ports = format!("the first came from {from}, the second from {again}");
        report.because(&ports).hint("make the socket once, before the loop")
    })
}

fn a_shorter_reply_after_a_longer_one_is_shown_alone(program: Program) -> Verdict {
    let last = if program == Program::TcpClient { "x" } else { "" };
    are_text(program, &[("hello", "a rather long reply"), ("hello", "short"), ("hello", last)])
}

fn a_receive_takes_1024_bytes_at_most(program: Program) -> Verdict {
    let (mut client, mut server) = conversing(program)?;
    client.shows(prompt(program))?;
    client.types("one")?;
    server.receives("one")?;
    server.sends("x".repeat(1024) + "y")?;
    client.shows(&("x".repeat(1024) + "\n"))?;
    // Here it prompts; one that reads in a thread may show the rest first.
    client.may_show_early("y\n");
    client.shows(prompt(program))?;
    client.types("two")?;
    server.receives("two")?;
    client.shows("y\n")
}

fn a_reply_of_1024_bytes_is_shown_whole(program: Program) -> Verdict {
    are_text(program, &[("hello", ""), ("hello", &"x".repeat(1024))])
}

#[cfg(unix)]
fn a_long_reply_is_cut_at_1024_bytes(program: Program) -> Verdict {
    let (mut client, mut server) = conversing(program)?;
    client.shows(prompt(program))?;
    client.types("hello")?;
    server.receives("hello")?;
    server.sends("x".repeat(1024) + "tail")?;
    client.shows(&(reply_shown(program, &"x".repeat(1024)) + prompt(program)))
}

fn an_empty_line_leaves_and_sends_nothing(program: Program) -> Verdict {
    let (mut client, mut server) = conversing(program)?;
    client.types("")?;
    client.shows(prompt(program))?;
    client.leaves(0)?;
    server.is_left()
}

fn blanks_and_tabs_are_kept(program: Program) -> Verdict {
    are_text_both_ways(program, &["  two before, three after   ", "a\tb", " "])
}

fn chinese_and_emoji_are_sent_and_shown_as_text(program: Program) -> Verdict {
    are_text_both_ways(program, &["你好，世界", "服务端已收到消息!", "🦀🐍", "naïve"])
}

fn words_such_as_quit_and_a_zero_are_text(program: Program) -> Verdict {
    are_text_both_ways(program, &["quit", "exit", "bye", "q", "0", ".", prompt(program)])
}

fn a_backslash_and_a_nul_are_text(program: Program) -> Verdict {
    are_text_both_ways(program, &["C:\\new\\table", "before\0behind", "%s %d"])
}

fn line_ends_inside_a_reply_are_text(program: Program) -> Verdict {
    let replies = ["one\ntwo", "one\rtwo", "an end\n", "\n"];
    are_text(program, &replies.map(|reply| ("hello", reply)))
}

fn a_long_line_is_one_message(program: Program) -> Verdict {
    are_text(program, &[(&("x".repeat(2999) + "!"), "ok"), ("short", "ok")])
}

fn what_is_typed_ahead_is_not_lost(program: Program) -> Verdict {
    let (mut client, mut server) = conversing(program)?;
    client.types_bytes(b"one\ntwo\n")?;
    for message in ["one", "two"] {
        server.receives(message)?;
        server.sends("ok")?;
        client.shows(&(prompt(program).to_string() + &reply_shown(program, "ok")))?;
    }
    Ok(())
}

fn a_slow_reply_is_waited_for(program: Program) -> Verdict {
    let (mut client, mut server) = conversing(program)?;
    client.shows(prompt(program))?;
    client.types("hello")?;
    server.receives("hello")?;
    thread::sleep(PAUSE); // the pause is what is tested
    server.sends("at last")?;
    client.shows(&(reply_shown(program, "at last") + prompt(program)))
}

fn the_next_message_goes_to_whoever_sent_the_reply(program: Program) -> Verdict {
    let mut server = UdpPeer::bind(Ipv4Addr::LOCALHOST)?;
    let mut other = UdpPeer::bind(Ipv4Addr::LOCALHOST)?;
    let mut client = Running::start(program, server.address())?;
    client.types("hello")?;
    let from = server.receives("hello")?;
    other.answers(from, "I answer instead")?;
    client.shows(&(prompt(program).to_string() + &reply_shown(program, "I answer instead")))?;
    client.types("who are you?")?;
    other.receives("who are you?")?;
    server.has_nothing()
}

fn it_talks_to_the_address_that_it_is_given(program: Program) -> Verdict {
    let Some(ip) = another_loopback_address() else {
        return Ok(());
    };
    let (mut client, mut server) = conversing_at(program, ip, Running::start)?;
    client.types("hello")?;
    server.receives("hello")?;
    server.sends("hi")?;
    client.shows(&(prompt(program).to_string() + &reply_shown(program, "hi")))
}

fn a_host_name_works(program: Program) -> Verdict {
    let (mut client, mut server) = conversing_by_name(program)?;
    client.types("hello")?;
    server.receives("hello")
}

fn too_few_arguments_are_answered_with_the_usage(program: Program) -> Verdict {
    usage_is_shown(program, &[])?;
    usage_is_shown(program, &["127.0.0.1"])
}
