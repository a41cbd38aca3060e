//! What a client must do, whoever wrote it and in whatever language.

use harness::*;
use std::{net::Ipv4Addr, net::TcpListener, thread};

harness::checks! {
    it_starts [TcpClient, UdpClient] |program| {
        let mut talk = Talk::begins(program)?;
        if program == Program::TcpClient {
            return Ok(());
        }
        attempted(talk.client.types("hello"))?; // it may have ended
        talk.server.receives_something(&mut talk.client)
    };
    a_conversation_is_shown_from_start_to_end [TcpClient, UdpClient] |program| {
        let mut talk = Talk::begins(program)?;
        talk.exchanges(&[("hello", "hi"), ("how are you?", "fine"), ("bye", "see you")])?;
        talk.ends("")
    };
    the_prompt_is_shown_before_anything_is_typed [TcpClient, UdpClient]
        |program| Talk::begins(program)?.prompts();
    a_message_is_sent_without_its_line_end [TcpClient, UdpClient]
        |program| are_sent(&mut Talk::begins(program)?, &["hello"]);
    each_message_is_sent_once_and_alone [TcpClient, UdpClient] |program| {
        are_sent(&mut Talk::begins(program)?, &["a long first message", "short", "the third"])
    };
    all_messages_go_over_one_connection [TcpClient] |program| {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let mut client = Running::start(program, listener.local_addr()?)?;
        let server = Peer::accepts(&listener, &mut client)?;
        are_sent(&mut Talk { client, server }, &["one", "two"])?;
        holds("no second connection is made", listener.accept().is_err())
    };
    all_messages_come_from_one_port [UdpClient] |program| {
        let mut talk = Talk::begins(program)?;
        talk.carries("one")?;
        let from = talk.server.client;
        talk.server.sends("ok")?;
        talk.carries("two")?;
        let ports = format!("the first came from {from}, the second from {}", talk.server.client);
        holds("the second message comes from the port of the first", from == talk.server.client)
            .map_err(|report| report.because(ports).hint("make the socket once, before the loop"))
    };
    a_shorter_reply_after_a_longer_one_is_shown_alone [TcpClient, UdpClient] |program| {
        let last = if program == Program::TcpClient { "x" } else { "" };
        are_text(program, &[("hello", "a rather long reply"), ("hello", "short"), ("hello", last)])
    };
    a_receive_takes_1024_bytes_at_most [TcpClient] |program| {
        let mut talk = Talk::begins(program)?;
        talk.asks("one", "one")?;
        talk.hears(full() + "y", &full())?;
        // Here it prompts; one that reads in a thread may show the rest first.
        talk.client.may_show_early("y\n");
        talk.asks("two", "two")?;
        talk.client.shows("y\n")
    };
    a_reply_of_1024_bytes_is_shown_whole [UdpClient]
        |program| are_text(program, &[("hello", ""), ("hello", &"x".repeat(1024))]);
    #[cfg(unix)] // Windows refuses a datagram that is longer than the buffer
    a_long_reply_is_cut_at_1024_bytes [UdpClient] |program| {
        let mut talk = Talk::begins(program)?;
        talk.asks("hello", "hello")?;
        talk.hears(full() + "tail", &full())?;
        talk.prompts()
    };
    an_empty_line_leaves_and_sends_nothing [TcpClient, UdpClient]
        |program| Talk::begins(program)?.ends("");
    blanks_and_tabs_are_kept [TcpClient, UdpClient]
        |program| are_text_both_ways(program, &["  two before, three after   ", "a\tb", " "]);
    chinese_and_emoji_are_sent_and_shown_as_text [TcpClient, UdpClient] |program| {
        are_text_both_ways(program, &["你好，世界", "服务端已收到消息!", "🦀🐍", "naïve"])
    };
    words_such_as_quit_and_a_zero_are_text [TcpClient, UdpClient] |program| {
        are_text_both_ways(program, &["quit", "exit", "bye", "q", "0", ".", prompt(program)])
    };
    // A NUL is not typed: a keyboard has none, and not every language reads one.
    a_backslash_and_a_nul_are_text [TcpClient, UdpClient] |program| {
        are_text(program, &[("hello", "before\0behind")])?;
        are_text_both_ways(program, &["C:\\new\\table", "%s %d"])
    };
    line_ends_inside_a_reply_are_text [TcpClient, UdpClient] |program| {
        let replies = ["one\ntwo", "one\rtwo", "an end\n", "\n"];
        are_text(program, &replies.map(|reply| ("hello", reply)))
    };
    a_long_line_is_one_message [TcpClient, UdpClient]
        |program| are_text(program, &[(&("x".repeat(2999) + "!"), "ok"), ("short", "ok")]);
    what_is_typed_ahead_is_not_lost [TcpClient, UdpClient] |program| {
        let mut talk = Talk::begins(program)?;
        talk.client.types_bytes(b"one\ntwo\n")?;
        ["one", "two"].into_iter().try_for_each(|message| {
            talk.server.receives(message)?;
            talk.hears_behind_the_prompt("ok")
        })
    };
    a_slow_reply_is_waited_for [TcpClient, UdpClient] |program| {
        let mut talk = Talk::begins(program)?;
        talk.asks("hello", "hello")?;
        thread::sleep(PAUSE); // the pause is what is tested
        talk.hears("at last", "at last")?;
        talk.prompts()
    };
    the_next_message_goes_to_whoever_sent_the_reply [UdpClient] |program| {
        let mut talk = Talk::begins(program)?;
        talk.carries("hello")?;
        let mut first = talk.moves_to(Ipv4Addr::LOCALHOST)?;
        talk.hears_behind_the_prompt("I answer instead")?;
        talk.carries("who are you?")?;
        first.is_left()
    };
    it_talks_to_the_address_that_it_is_given [TcpClient, UdpClient] |program| {
        let Some(ip) = another_loopback_address() else { return Ok(()) };
        let mut talk = Talk::begins(Setup { ip, ..program.into() })?;
        talk.carries("hello")?;
        talk.hears_behind_the_prompt("hi")
    };
    a_host_name_works [TcpClient, UdpClient] |program| {
        let setup = Setup { host: Some("localhost"), ..program.into() };
        Talk::begins(setup)?.carries("hello")
    };
    too_few_arguments_are_answered_with_the_usage [UdpClient] usage_is_shown;
}

/// Each message is sent, and its reply shown, as any other; then it prompts again.
fn are_text(program: Program, exchanges: &[(&str, &str)]) -> Verdict {
    let mut talk = Talk::begins(program)?;
    talk.exchanges(exchanges)?;
    talk.prompts()
}

/// The same for these texts as messages, and then as replies.
fn are_text_both_ways(program: Program, texts: &[&str]) -> Verdict {
    let messages = texts.iter().map(|text| (*text, "ok"));
    let replies = texts.iter().map(|text| ("hello", *text));
    are_text(program, &messages.chain(replies).collect::<Vec<_>>())
}

/// These messages are sent, and nothing else.
fn are_sent(talk: &mut Talk, messages: &[&str]) -> Verdict {
    for message in messages {
        talk.carries(message)?;
        talk.server.sends("ok")?;
    }
    talk.client.types("")?;
    if talk.client.program == Program::UdpClient {
        talk.client.ends()?; // what it has sent is here then
    }
    talk.server.is_left()
}
