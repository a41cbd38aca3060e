//! What a TCP client should do where the Python script dies: the ledger's
//! rows, and the grader's second mark.

use harness::*;

const CLIENT: Program = Program::TcpClient;

fn start() -> Verdict<(Running, TcpPeer)> {
    let server = TrustedServer::listen([127, 0, 0, 1])?;
    let mut client = Running::start(CLIENT, server.address())?;
    let connection = server.accepts(&mut client)?;
    Ok((client, connection))
}

#[test]
fn a_bad_address_is_refused_in_one_line() -> Verdict {
    bad_addresses_are_refused(CLIENT)
}

#[test]
fn a_refused_connection_is_said_in_one_line() -> Verdict {
    let nobody = Port::free();
    let port = nobody.number().to_string();
    is_refused(CLIENT, &["127.0.0.1", &port], &port)
}

#[test]
fn a_server_that_closes_is_said_in_one_line() -> Verdict {
    let (mut client, mut connection) = start()?;
    client.types("hello")?;
    connection.receives("hello")?;
    connection.closes();
    client.ends_input();
    client.ends_with(1)?;
    client.complains().map(|_| ())
}

#[test]
fn a_server_that_resets_is_said_in_one_line() -> Verdict {
    let (mut client, connection) = start()?;
    client.types("hello")?;
    connection.resets()?;
    client.ends_input();
    client.ends_with(1)?;
    client.complains().map(|_| ())
}

#[test]
fn a_reply_that_is_no_text_does_not_end_the_client() -> Verdict {
    let (mut client, mut connection) = start()?;
    client.types("hello")?;
    connection.receives("hello")?;
    connection.sends(b"\xff\xfe")?;
    client.types("still there?")?;
    connection.receives("still there?")
}

#[test]
fn the_end_of_the_input_leaves_and_ends_the_prompts_line() -> Verdict {
    let (mut client, mut connection) = start()?;
    client.ends_input();
    client.shows("发消息>>\n")?;
    client.leaves(0)?;
    client.is_quiet()?;
    connection.receives_end()
}

#[test]
fn a_last_line_without_an_end_is_sent() -> Verdict {
    let (mut client, mut connection) = start()?;
    client.types_bytes(b"hello")?;
    client.ends_input();
    connection.receives("hello")?;
    connection.sends("hi")?;
    client.ends_with(0)?;
    client.is_quiet()
}

#[test]
fn a_carriage_return_is_part_of_the_line_end() -> Verdict {
    let (mut client, mut connection) = start()?;
    client.types_bytes(b"hello\r\n")?;
    connection.receives("hello")?;
    connection.sends("hi")?;
    client.types_bytes(b"\r\n")?;
    connection.receives_end()?;
    client.ends_with(0)
}

#[test]
fn input_that_is_no_text_is_said_in_one_line() -> Verdict {
    let (mut client, _connection) = start()?;
    client.types_bytes(b"\xff\xfe\n")?;
    client.ends_with(1)?;
    client.complains().map(|_| ())
}

#[test]
fn a_closed_output_is_said_in_one_line() -> Verdict {
    let server = TrustedServer::listen([127, 0, 0, 1])?;
    let mut client = Running::start_on(CLIENT, server.address(), no_reader()?)?;
    let mut connection = server.accepts(&mut client)?;
    if client.types("hello").is_ok() {
        let _ = connection.sends("a client that went on is answered");
    }
    client.ends_with(1)?;
    client.complains().map(|_| ())
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_it_quietly() -> Verdict {
    let (mut client, _connection) = start()?;
    client.shows("发消息>>")?;
    ctrl_c_ends_quietly(&mut client)
}
