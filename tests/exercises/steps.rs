//! The checks that are no one-liners, and what several have in common.

use harness::*;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::{thread, time::Duration, time::Instant};

/// That takes a second, as far as a slow machine can tell.
pub fn takes_a_second(does: impl FnOnce() -> Verdict) -> Verdict {
    let since = Instant::now();
    does()?;
    let took = since.elapsed();
    let right = (Duration::from_millis(700)..=deadline::seconds(2.0)).contains(&took);
    holds("that takes a second", right)
        .map_err(|report| report.because(format!("it took {:.1} s", took.as_secs_f64())))
}

/// Its server is told by a name: who else answers must be known by the address.
pub fn begins(program: Program) -> Verdict<Talk> {
    Talk::begins(Setup { host: Some("localhost"), ..program.into() })
}

/// The first message is sent behind `number`, and answered after half a second.
pub fn is_answered_late(program: Program, number: &str) -> Verdict<Talk> {
    let mut talk = begins(program)?;
    talk.asks("late", &format!("{number}late"))?;
    thread::sleep(Duration::from_millis(500)); // the pause is what is tested
    talk.hears(format!("{number}hi"), "hi")?;
    talk.client.is_quiet()?;
    Ok(talk)
}

/// From another port, and from the server's port at another address.
pub fn strangers_say(text: &str, talk: &Talk) -> Verdict {
    let port = talk.server.address.port();
    let other = another_loopback_address().map(|ip| SocketAddr::new(ip, port));
    for address in [Some((Ipv4Addr::LOCALHOST, 0).into()), other].into_iter().flatten() {
        UdpSocket::bind(address)?.send_to(text.as_bytes(), talk.server.client)?;
        worked(format!("\"{text}\" is sent from an address that was not asked"));
    }
    Ok(())
}

/// Each reply comes from a socket at that address, or from who was asked.
pub fn are_shown_with_addresses(program: Program, ips: &[Option<IpAddr>]) -> Verdict {
    let mut talk = begins(program)?;
    for (ip, reply) in ips.iter().zip(["hi", "", "你好"]) {
        talk.asks("hello", "hello")?;
        if let Some(ip) = ip {
            talk.moves_to(*ip)?;
        }
        talk.server.sends(reply)?;
        let line = format!("从服务器{}收到: {reply}\n", pair(talk.server.address));
        talk.client.shows(&line)?;
    }
    talk.ends("")
}

/// Each is served while all before it stay; then two leave, and the rest stay.
pub fn are_served_at_a_time(program: Program, count: usize) -> Verdict {
    let (mut server, first) = answering(program, &["hello"])?;
    let mut clients = vec![first];
    for _ in 1..count {
        let mut client = Peer::connect(&server)?;
        client.is_announced(&mut server)?;
        client.asks(&mut server, "hello")?;
        clients.push(client);
    }
    server.shows(WAITING)?;
    for leaving in [count - 1, 0] {
        clients.iter_mut().try_for_each(|client| client.asks(&mut server, "more"))?;
        clients.remove(leaving).leaves()?;
    }
    holds("the screen shows nothing more", server.unseen().is_empty())
}

/// What comes in these pieces are these messages, whichever side receives it; a
/// client ends its half behind a piece without a line end.
pub fn are_messages(program: Program, pieces: &[impl AsRef<[u8]>], messages: &[&str]) -> Verdict {
    let sends = |peer: &mut Peer| {
        pieces.iter().try_for_each(|piece| {
            thread::sleep(Duration::from_millis(20)); // so that it is received alone
            peer.sends(piece)
        })
    };
    if program.is_client() {
        let mut talk = begins(program)?;
        for (number, message) in messages.iter().enumerate() {
            talk.asks("hello", "hello\n")?;
            if number == 0 {
                sends(&mut talk.server)?;
            }
            talk.client.shows(&reply_shown(program, message))?;
        }
        return talk.ends("");
    }
    let (mut server, mut client) = serving(Program::TcpServer, "")?;
    client.is_announced(&mut server)?;
    sends(&mut client)?;
    let ends_in_a_line = pieces.last().is_some_and(|piece| piece.as_ref().ends_with(b"\n"));
    if !ends_in_a_line {
        client.half_closes()?;
    }
    for message in messages {
        server.shows(&client.shown(message))?;
        client.receives(format!("{REPLY}\n"))?;
    }
    if ends_in_a_line {
        client.half_closes()?;
    }
    client.is_left()?;
    let mut next = Peer::connect(&server)?;
    next.sends("next\n")?;
    next.is_announced(&mut server)?;
    server.shows(&next.shown("next"))
}

/// The second message has no reply, and the third one gets it to its second send.
pub fn is_sent_again(program: Program, numbers: [&str; 3]) -> Verdict {
    let [lost, found] = [format!("{}lost", numbers[1]), format!("{}found", numbers[2])];
    let mut talk = is_answered_late(program, numbers[0])?;
    talk.asks("lost", &lost)?;
    let from = talk.server.client;
    for _ in 2..=3 {
        takes_a_second(|| talk.server.receives(&lost))?;
        holds("it comes from the same port", talk.server.client == from)?;
    }
    takes_a_second(|| talk.client.next_error(deadline::start()).map(drop))?;
    talk.asks("found", &found)?;
    talk.server.receives(&found)?;
    talk.hears(format!("{}hi", numbers[2]), "hi")?;
    thread::sleep(PAUSE); // in which nothing more may come
    talk.client.is_quiet()?;
    talk.ends("")
}

/// Each text is shown, and answered with what stands beside it in front of the time.
pub fn are_answered(server: &mut Running, client: &mut Peer, rows: &[(&str, &str)]) -> Verdict {
    for (text, start) in rows {
        client.sends(text)?;
        server.shows(&client.shown(text))?;
        client.receives_time(start, None)?;
    }
    client.is_left()
}

/// Both programs, with a line between them that does this; so many messages
/// are sent in vain, and none of these is shown, but each of the others once.
pub fn are_shown_through(program: Program, plan: &str, in_vain: usize) -> Verdict {
    let (mut server, first) = answering(Program::UdpServer, &["hello"])?;
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_read_timeout(Some(deadline::start()))?; // which ends its thread
    let address = socket.local_addr()?;
    let mut line = LossyLine::new(socket, server.address, plan).map_err(Report::harness)?;
    thread::Builder::new().spawn(move || while line.forwards().is_ok() {})?;
    let client = Running::start(program, address)?;
    let mut talk = Talk { client, server: first };
    for (number, message) in (1..).zip(["one", "two", "three", "four"]) {
        talk.prompts()?;
        talk.client.types(message)?;
        if number <= in_vain {
            talk.client.next_error(deadline::start())?;
            continue;
        }
        server.shows(&format!("recv from {}:{number} {message}\n", pair(address)))?;
        let reply = talk.client.next_line()?;
        let time = reply.strip_prefix("从服务器收到: ").unwrap_or(&reply);
        let right = time.len() == 40 && time.ends_with(" 接收到消息");
        holds("that is a time and the reply's text, without a number", right)?;
    }
    talk.client.is_quiet()?;
    talk.ends("")?;
    holds("the server shows nothing more", server.unseen().is_empty())
}
