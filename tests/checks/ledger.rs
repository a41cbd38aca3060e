//! The ledger: what anybody's program should do where the Python script
//! dies. These rows are the grader's bonus; for one's own program:
//! `TCP_SERVER_CMD='python3 -u my_server.py' cargo test --test all TcpServer`.

use super::peer::{Peer, conversing, conversing_at, prompt, serving};
use harness::*;
use std::net::{Ipv4Addr, TcpStream, UdpSocket};

harness::checks! {
    a_bad_address_is_refused_in_one_line: [TcpServer, TcpClient, UdpServer, UdpClient],
    one_argument_is_answered_with_the_usage: [TcpServer, TcpClient],
    an_address_in_use_is_refused_in_one_line: [TcpServer, UdpServer],
    an_address_of_another_machine_is_refused_in_one_line: [TcpServer, UdpServer],
    a_refused_connection_is_said_in_one_line: [TcpClient],
    a_reset_connection_does_not_end_the_server: [TcpServer],
    a_client_that_is_gone_does_not_end_the_server: [UdpServer],
    bytes_that_are_no_text_are_answered: [TcpServer, UdpServer],
    a_character_cut_in_two_is_answered: [TcpServer, UdpServer],
    #[cfg(unix)]
    a_server_killed_in_a_conversation_can_start_again_at_once: [TcpServer],
    a_server_that_closes_is_said_in_one_line: [TcpClient],
    a_server_that_resets_is_said_in_one_line: [TcpClient],
    a_message_too_long_for_a_datagram_is_said_in_one_line: [UdpClient],
    a_reply_that_is_no_text_does_not_end_the_client: [TcpClient, UdpClient],
    the_end_of_the_input_leaves_and_ends_the_prompts_line: [TcpClient, UdpClient],
    a_last_line_without_an_end_is_sent: [TcpClient, UdpClient],
    a_carriage_return_is_part_of_the_line_end: [TcpClient, UdpClient],
    input_that_is_no_text_is_said_in_one_line: [TcpClient, UdpClient],
    a_closed_output_is_said_in_one_line: [TcpServer, TcpClient, UdpServer, UdpClient],
    #[cfg(unix)]
    ctrl_c_ends_it_quietly: [TcpServer, TcpClient, UdpServer, UdpClient],
}

/// The program says why it cannot go on, and ends.
fn gives_up(mut running: Running) -> Verdict {
    running.ends_with(1)?;
    running.complains().map(|_| ())
}

fn a_bad_address_is_refused_in_one_line(program: Program) -> Verdict {
    bad_addresses_are_refused(program)
}

fn one_argument_is_answered_with_the_usage(program: Program) -> Verdict {
    usage_is_shown(program, &["127.0.0.1"])
}

fn an_address_in_use_is_refused_in_one_line(program: Program) -> Verdict {
    let tcp = TrustedServer::listen(Ipv4Addr::LOCALHOST)?;
    let udp = UdpPeer::bind(Ipv4Addr::LOCALHOST)?;
    let in_use = if program == Program::TcpServer { tcp.address() } else { udp.address() };
    let port = in_use.port().to_string();
    is_refused(program, &["127.0.0.1", &port], &port)
}

fn an_address_of_another_machine_is_refused_in_one_line(program: Program) -> Verdict {
    is_refused(program, &[ANOTHER_MACHINE, "8888"], ANOTHER_MACHINE)
}

fn a_refused_connection_is_said_in_one_line(program: Program) -> Verdict {
    // A connection has its port for itself, and nobody listens there.
    let server = TrustedServer::listen(Ipv4Addr::LOCALHOST)?;
    let connection = TcpPeer::connect(server.address())?;
    let port = connection.address().port().to_string();
    is_refused(program, &["127.0.0.1", &port], &port)
}

fn a_reset_connection_does_not_end_the_server(_: Program) -> Verdict {
    let (mut server, mut client) = start_tcp_server()?;
    client.sends("hello")?;
    client.resets()?;
    let mut next = Peer::Tcp(TcpPeer::connect(server.address())?);
    next.sends("hello")?;
    next.receives_reply()?;
    server.complains().map(|_| ())
}

fn a_client_that_is_gone_does_not_end_the_server(_: Program) -> Verdict {
    let (server, client) = start_udp_server("I leave without waiting")?;
    drop(client);
    let mut next = UdpPeer::client_of(server.address())?;
    next.sends("hello")?;
    next.receives_reply()
}

fn bytes_that_are_no_text_are_answered(program: Program) -> Verdict {
    let (_server, mut client) = serving(program, b"\xff\xfe no text")?;
    client.receives_reply()?;
    client.sends("hello")?;
    client.receives_reply()
}

fn a_character_cut_in_two_is_answered(program: Program) -> Verdict {
    let (_server, mut client) = serving(program, "x".repeat(1023) + "好")?;
    let replies = match program {
        Program::TcpServer => 2,
        _ => usize::from(cfg!(unix)), // Windows refuses what is longer than the buffer
    };
    for _ in 0..replies {
        client.receives_reply()?;
    }
    client.sends("hello")?;
    client.receives_reply()
}

/// A server that closes first leaves the connection's end behind at its port.
#[cfg(unix)]
fn a_server_killed_in_a_conversation_can_start_again_at_once(program: Program) -> Verdict {
    let (server, mut client) = serving(program, "hello")?;
    client.receives_reply()?;
    let (address, _port) = server.kill();
    client.is_left()?;
    drop(client);
    let mut again = Running::start(program, address)?;
    let connected = deadline::poll(deadline::start(), || match TcpStream::connect(address) {
        Ok(_) => Some(true),
        Err(_) => again.ended().map(|_| false),
    });
    holds("it starts again", connected == Some(true)).map_err(|_| again.failed("it starts again"))
}

fn a_server_that_closes_is_said_in_one_line(program: Program) -> Verdict {
    let (mut client, mut server) = conversing(program)?;
    client.types("hello")?;
    server.receives("hello")?;
    drop(server);
    worked("the connection is closed at this end");
    client.ends_input();
    gives_up(client)
}

fn a_server_that_resets_is_said_in_one_line(program: Program) -> Verdict {
    let (mut client, server) = conversing(program)?;
    client.types("hello")?;
    if let Peer::Tcp(connection) = server {
        connection.resets()?;
    }
    client.ends_input();
    gives_up(client)
}

fn a_message_too_long_for_a_datagram_is_said_in_one_line(program: Program) -> Verdict {
    let (mut client, mut server) = conversing(program)?;
    client.types(&"x".repeat(70_000))?;
    client.complains()?;
    client.types("hello")?;
    server.receives("hello")
}

fn a_reply_that_is_no_text_does_not_end_the_client(program: Program) -> Verdict {
    let (mut client, mut server) = conversing(program)?;
    client.types("hello")?;
    server.receives("hello")?;
    server.sends(b"\xff\xfe")?;
    client.types("still there?")?;
    server.receives("still there?")
}

fn the_end_of_the_input_leaves_and_ends_the_prompts_line(program: Program) -> Verdict {
    let (mut client, mut server) = conversing(program)?;
    client.ends_input();
    client.shows(&format!("{}\n", prompt(program)))?;
    client.leaves(0)?;
    client.is_quiet()?;
    server.is_left()
}

fn a_last_line_without_an_end_is_sent(program: Program) -> Verdict {
    let (mut client, mut server) = conversing(program)?;
    client.types_bytes(b"hello")?;
    client.ends_input();
    server.receives("hello")?;
    server.sends("hi")?;
    client.ends_with(0)?;
    client.is_quiet()
}

fn a_carriage_return_is_part_of_the_line_end(program: Program) -> Verdict {
    let (mut client, mut server) = conversing(program)?;
    client.types_bytes(b"hello\r\n")?;
    server.receives("hello")?;
    server.sends("hi")?;
    client.types_bytes(b"\r\n")?;
    server.is_left()?;
    client.ends_with(0)
}

fn input_that_is_no_text_is_said_in_one_line(program: Program) -> Verdict {
    let (mut client, _server) = conversing(program)?;
    client.types_bytes(b"\xff\xfe\n")?;
    gives_up(client)
}

fn a_closed_output_is_said_in_one_line(program: Program) -> Verdict {
    let start = |program, address| Running::start_on(program, address, no_reader()?);
    if program.is_client() {
        let (mut client, mut server) = conversing_at(program, Ipv4Addr::LOCALHOST.into(), start)?;
        if client.types("hello").is_ok() && server.receives("hello").is_ok() {
            let _ = server.sends("a client that went on is answered");
        }
        return gives_up(client);
    }
    let port = Port::free();
    let mut server = start(program, port.address())?;
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    // A program may notice the closed output only when a client comes.
    deadline::poll(deadline::step(), || {
        let _ = match program {
            Program::TcpServer => TcpStream::connect(port.address()).map(|_| ()),
            _ => socket.send_to(b"hello", port.address()).map(|_| ()),
        };
        server.ended()
    });
    gives_up(server)
}

#[cfg(unix)]
fn ctrl_c_ends_it_quietly(program: Program) -> Verdict {
    if program.is_client() {
        let (mut client, _server) = conversing(program)?;
        client.shows(prompt(program))?;
        return ctrl_c_ends_quietly(&mut client);
    }
    let (mut server, mut client) = serving(program, "hello")?;
    client.receives_reply()?;
    drop(client); // a thread of its own would go on
    ctrl_c_ends_quietly(&mut server)
}
