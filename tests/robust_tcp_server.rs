//! What a TCP server should do where the Python script dies: the ledger's
//! rows, and the grader's second mark.

use harness::*;
use std::net::TcpStream;

const REPLY: &str = "服务端已收到消息!";
const SERVER: Program = Program::TcpServer;

#[test]
fn a_bad_address_is_refused_in_one_line() -> Verdict {
    bad_addresses_are_refused(SERVER)
}

#[test]
fn an_address_in_use_is_refused_in_one_line() -> Verdict {
    let holder = TrustedServer::listen([127, 0, 0, 1])?;
    let port = holder.address().port().to_string();
    is_refused(SERVER, &["127.0.0.1", &port], &port)
}

#[test]
fn an_address_of_another_machine_is_refused_in_one_line() -> Verdict {
    is_refused(SERVER, &[ANOTHER_MACHINE, "8888"], ANOTHER_MACHINE)
}

#[test]
fn a_reset_connection_does_not_end_the_server() -> Verdict {
    let (mut server, mut client) = start_tcp_server()?;
    client.sends("hello")?;
    client.resets()?;
    let mut next = TcpPeer::connect(server.address())?;
    next.sends("hello")?;
    next.receives(REPLY)?;
    server.complains().map(|_| ())
}

#[test]
fn bytes_that_are_no_text_are_answered() -> Verdict {
    let (_server, mut client) = start_tcp_server()?;
    client.sends(b"\xff\xfe no text")?;
    client.receives(REPLY)?;
    client.sends("hello")?;
    client.receives(REPLY)
}

#[test]
fn a_character_cut_in_two_is_answered() -> Verdict {
    let (_server, mut client) = start_tcp_server()?;
    client.sends("x".repeat(1023) + "好")?;
    client.receives(REPLY.repeat(2))?;
    client.sends("hello")?;
    client.receives(REPLY)
}

/// A server that closes first leaves the connection's end behind at its port.
#[test]
#[cfg(unix)]
fn a_server_killed_in_a_conversation_can_start_again_at_once() -> Verdict {
    let (server, mut client) = start_tcp_server()?;
    client.sends("hello")?;
    client.receives(REPLY)?;
    let (address, _port) = server.kill();
    client.receives_end()?;
    client.closes();
    let mut again = Running::start(SERVER, address)?;
    let connected = deadline::poll(deadline::start(), || match TcpStream::connect(address) {
        Ok(_) => Some(true),
        Err(_) => again.ended().map(|_| false),
    });
    match connected {
        Some(true) => Ok(()),
        _ => Err(again.failed("it starts again")),
    }
}

#[test]
fn a_closed_output_is_said_in_one_line() -> Verdict {
    let port = Port::free();
    let mut server = Running::start_on(SERVER, port.address(), no_reader()?)?;
    visit_until_it_ends(&mut server);
    server.leaves(1)?;
    server.complains().map(|_| ())
}

/// A program may notice the closed output only when a client comes.
fn visit_until_it_ends(server: &mut Running) {
    let address = server.address();
    deadline::poll(deadline::step(), || {
        let _ = TcpStream::connect(address);
        server.ended()
    });
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_it_quietly() -> Verdict {
    let (mut server, client) = start_tcp_server()?;
    client.closes();
    ctrl_c_ends_quietly(&mut server)
}
