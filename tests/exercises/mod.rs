//! What a solution of each further exercise must do, and what it must leave
//! as it was. The sheet, tests/README.md, says it in words.

mod steps;

use harness::*;
use std::{net::Ipv4Addr, thread, time::Duration};
use steps::*;

/// A table of all, the first at 0: title and checks; a module of tests for each.
macro_rules! exercises {
    ($($module:ident $title:literal { $($checks:tt)+ })+) => {
        /// Every exercise: its title on the sheet, and its checks.
        pub const EXERCISES: &[(&str, &[Check])] = &[$(($title, $module::CHECKS)),+];
        $(mod $module {
            use super::*;
            harness::checks! { $($checks)+ }
        })+
    };
}

exercises! {
    exercise_1 "Good-bye" {
        good_bye_is_shown_where_it_leaves [TcpClient] |program| {
            let mut talk = begins(program)?;
            talk.exchanges(&[("hello", "hi"), ("再见!", "hi"), (" ", "hi")])?;
            talk.ends("再见!\n")
        };
    }
    exercise_2 "Capital letters" {
        the_reply_is_the_text_in_capital_letters [UdpServer] |program| {
            let (mut server, mut client) = serving(program, "first")?;
            server.shows(&client.shown("first"))?;
            client.receives("FIRST")?;
            for text in ["hello, 你好 7!", "\tAlready UP`{ ", "", &"az".repeat(512)] {
                client.sends(text)?;
                server.shows(&client.shown(text))?;
                client.receives(text.to_ascii_uppercase())?;
            }
            client.is_left()
        };
    }
    exercise_3 "2048 bytes" {
        // So many bytes at once are a line and a reply for each 2048 of them.
        a_receive_takes_2048_bytes_at_most [TcpServer] |program| {
            let (mut server, mut client) = answering(program, &["hello"])?;
            for size in [1500, 2048, 3000, 5] {
                client.sends("x".repeat(size))?;
                for start in (0..size).step_by(2048) {
                    client.is_answered(&mut server, &"x".repeat(2048.min(size - start)))?;
                }
            }
            client.leaves()?;
            server.shows(WAITING)
        };
    }
    exercise_4 "One second" {
        without_a_reply_it_says_so_after_a_second_and_goes_on [UdpClient] |program| {
            let mut talk = is_answered_late(program, "")?;
            talk.asks("lost", "lost")?;
            takes_a_second(|| talk.client.complains(deadline::seconds(2.0)).map(drop))?;
            talk.exchanges(&[("again", "hi")])?;
            talk.ends("")
        };
    }
    exercise_5 "Stays with its server" {
        what_others_send_is_neither_shown_nor_a_reply [UdpClient] |program| {
            let mut talk = begins(program)?;
            talk.exchanges(&[("hello", "hi")])?;
            for message in ["one", "two"] {
                talk.asks(message, message)?;
                strangers_say("I answer instead", &talk)?;
                talk.hears("hi", "hi")?;
            }
            talk.ends("")
        };
    }
    exercise_6 "Shows who answered" {
        a_reply_is_shown_with_its_servers_address [UdpClient]
            |program| are_shown_with_addresses(program, &[None, None]);
        whoever_answers_is_shown_and_asked_next [UdpClient] |program| {
            let here = Some(Ipv4Addr::LOCALHOST.into());
            are_shown_with_addresses(program, &[here, another_loopback_address(), None])
        };
    }
    exercise_7 "A thread for each client" {
        a_second_client_is_served_while_the_first_stays [TcpServer]
            |program| are_served_at_a_time(program, 2);
        twenty_clients_are_served_at_a_time_and_who_leaves_ends_no_other [TcpServer]
            |program| are_served_at_a_time(program, 20);
    }
    exercise_8 "A message is a line" {
        a_line_is_one_message [TcpServer, TcpClient]
            |program| are_messages(program, &["hello\n", "你好, 🦀 \n"], &["hello", "你好, 🦀 "]);
        pieces_of_one_byte_are_one_message [TcpServer, TcpClient] |program| {
            let bytes: Vec<_> = "你好 you\n".bytes().map(|byte| [byte]).collect();
            are_messages(program, &bytes, &["你好 you"])
        };
        two_lines_at_once_are_two_messages [TcpServer, TcpClient]
            |program| are_messages(program, &["one\ntwo\nthr", "ee\n"], &["one", "two", "three"]);
        a_line_is_whole_however_long [TcpServer, TcpClient] |program| {
            let texts = [&"x".repeat(1500), &("好".repeat(33_333) + "!"), "short"];
            are_messages(program, &texts.map(|text| text.to_string() + "\n"), &texts)
        };
        a_line_end_alone_is_an_empty_message_and_a_cr_is_text [TcpServer, TcpClient]
            |program| are_messages(program, &["\n", "a\rb\r\n\n"], &["", "a\rb\r", ""]);
        a_rest_without_a_line_end_is_a_message_too [TcpServer]
            |program| are_messages(program, &["one\ntw"], &["one", "tw"]);
    }
    exercise_9 "Sends again" {
        a_message_is_sent_three_times_a_second_apart [UdpClient]
            |program| is_sent_again(program, ["", "", ""]);
    }
    exercise_10 "Numbers" {
        messages_are_numbered_and_replies_shown_without_number [UdpClient] |program| {
            let mut talk = begins(program)?;
            for number in 1..=10 {
                talk.asks("pay 5", &format!("{number} pay 5"))?;
                talk.hears(format!("{number}  7 hi"), " 7 hi")?;
            }
            talk.ends("")
        };
        a_message_is_sent_again_with_its_number [UdpClient]
            |program| is_sent_again(program, ["1 ", "2 ", "3 "]);
        any_other_datagram_is_thrown_away [UdpClient] |program| {
            let mut talk = begins(program)?;
            talk.asks("one", "1 one")?;
            talk.hears("1 hi", "hi")?;
            talk.asks("two", "2 two")?;
            takes_a_second(|| {
                for wrong in ["1 old", "no number", "2", "22 x", ""] {
                    talk.server.sends(wrong)?;
                    strangers_say(wrong, &talk)?;
                    thread::sleep(Duration::from_millis(300)); // none begins the second anew
                }
                talk.server.receives("2 two")
            })?;
            talk.hears("2 hi", "hi")?;
            talk.client.is_quiet()?;
            talk.ends("")
        };
        a_number_is_shown_and_stands_before_the_reply [UdpServer] |program| {
            let (mut server, mut client) = answering(program, &["hello"])?;
            let long = ("999999 x", "999999 ");
            let numbered = [("1 pay 5", "1 "), ("2 ", "2 "), ("30 4 你好", "30 "), long];
            are_answered(&mut server, &mut client, &numbered)?;
            let others = ["12", "1234567 x", "", " 1 x", "x 1 y", "-5 x", "1\tx"];
            are_answered(&mut server, &mut client, &others.map(|text| (text, "")))
        };
    }
    exercise_11 "Seen before" {
        // Also whatever its text; that of another sender is new.
        a_number_again_is_answered_by_the_same_bytes_and_not_shown [UdpServer] |program| {
            let (mut server, mut client) = answering(program, &["hello"])?;
            let mut other = Peer::connect(&server)?;
            client.sends("7 one")?;
            server.shows(&client.shown("7 one"))?;
            let reply = client.receives_time("7 ", None)?;
            are_answered(&mut server, &mut other, &[("7 one", "7 ")])?;
            are_answered(&mut server, &mut client, &[("hello", ""), ("hello", "")])?;
            thread::sleep(PAUSE); // so that it is another time
            for again in ["7 one", "7 another text"] {
                client.sends(again)?;
                client.receives(&reply)?;
            }
            are_answered(&mut server, &mut client, &[("10 two", "10 ")])
        };
    }
    exercise_12 "Each message once, in order" {
        a_lower_number_is_neither_shown_nor_answered [UdpServer] |program| {
            let (mut server, mut client) = answering(program, &["hello"])?;
            are_answered(&mut server, &mut client, &[("9 one", "9 "), ("10 two", "10 ")])?;
            client.sends("9 too late")?;
            are_answered(&mut server, &mut client, &[("hello", ""), ("11 three", "11 ")])
        };
        each_message_is_shown_once_through_the_lossy_line [UdpClient]
            |program| are_shown_through(program, "drop pass twice back drop pass twice", 0);
        a_message_that_comes_too_late_is_never_shown [UdpClient]
            |program| are_shown_through(program, "swap drop drop", 1);
    }
}
