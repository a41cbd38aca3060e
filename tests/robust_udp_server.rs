//! What a UDP server should do where the Python script dies: the ledger's
//! rows, and the grader's second mark.

use harness::*;
use std::net::UdpSocket;

const SERVER: Program = Program::UdpServer;

#[test]
fn a_bad_address_is_refused_in_one_line() -> Verdict {
    bad_addresses_are_refused(SERVER)
}

#[test]
fn an_address_in_use_is_refused_in_one_line() -> Verdict {
    let holder = UdpPeer::bind([127, 0, 0, 1])?;
    let port = holder.address().port().to_string();
    is_refused(SERVER, &["127.0.0.1", &port], &port)
}

#[test]
fn an_address_of_another_machine_is_refused_in_one_line() -> Verdict {
    is_refused(SERVER, &[ANOTHER_MACHINE, "8888"], ANOTHER_MACHINE)
}

#[test]
fn bytes_that_are_no_text_are_answered() -> Verdict {
    let (_server, mut client) = start_udp_server(b"\xff\xfe no text")?;
    client.receives_reply()?;
    client.sends("hello")?;
    client.receives_reply()
}

#[test]
fn a_character_cut_in_two_is_answered() -> Verdict {
    let (_server, mut client) = start_udp_server("x".repeat(1022) + "好")?;
    if cfg!(unix) {
        client.receives_reply()?; // Windows refuses what is longer than the buffer
    }
    client.sends("hello")?;
    client.receives_reply()
}

#[test]
fn a_client_that_is_gone_does_not_end_the_server() -> Verdict {
    let (server, client) = start_udp_server("I leave without waiting")?;
    drop(client);
    let mut next = UdpPeer::client_of(server.address())?;
    next.sends("hello")?;
    next.receives_reply()
}

#[test]
fn a_closed_output_is_said_in_one_line() -> Verdict {
    let port = Port::free();
    let mut server = Running::start_on(SERVER, port.address(), no_reader()?)?;
    let client = UdpSocket::bind("127.0.0.1:0");
    let client = client.map_err(Report::harness_error)?;
    deadline::poll(deadline::step(), || {
        let _ = client.send_to(b"hello", port.address());
        server.ended()
    });
    server.leaves(1)?;
    server.complains().map(|_| ())
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_it_quietly() -> Verdict {
    let (mut server, mut client) = start_udp_server("hello")?;
    client.receives_reply()?;
    ctrl_c_ends_quietly(&mut server)
}
