//! What only Linux can show: its error texts, its queues, its system calls.
#![cfg(target_os = "linux")]

use crate::ledger::{line, own};
use assert_cmd::Command;
use harness::*;
use std::io;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

#[test]
fn errors_name_the_address_and_the_cause() -> Verdict {
    let (busy_port, free_port) = (Port::free(), Port::free());
    let (busy, nobody) = (busy_port.address(), free_port.address());
    let busy_listener = TcpListener::bind(busy).map_err(Report::harness_error)?;
    let busy_socket = UdpSocket::bind(busy).map_err(Report::harness_error)?;
    let elsewhere = format!("{ANOTHER_MACHINE}:8888").parse().map_err(Report::harness_error)?;
    let (in_use, not_here, refused) = (system_text(98), system_text(99), system_text(111));
    for (program, address, problem) in [
        (Program::TcpServer, busy, format!("cannot listen on {busy}: {in_use}")),
        (Program::UdpServer, busy, format!("cannot bind {busy}: {in_use}")),
        (Program::TcpServer, elsewhere, format!("cannot listen on {elsewhere}: {not_here}")),
        (Program::UdpServer, elsewhere, format!("cannot bind {elsewhere}: {not_here}")),
        (Program::TcpClient, nobody, format!("cannot connect to {nobody}: {refused}")),
    ] {
        let (host, port) = (address.ip().to_string(), address.port().to_string());
        let assert = own(program)?.args([host, port]).assert();
        assert.code(1).stdout("").stderr(line(program, &problem));
    }
    drop((busy_listener, busy_socket));
    Ok(())
}

#[test]
fn a_full_output_is_an_error() -> Verdict {
    let no_space = system_text(28);
    let problem = format!("cannot write to standard output: {no_space}");
    for program in PROGRAMS {
        let assert = full(program, &["127.0.0.1"])?;
        assert.code(1).stderr(line(program, &problem));
    }
    let server = TcpListener::bind("127.0.0.1:0").map_err(Report::harness_error)?;
    let port = server.local_addr().map_err(Report::harness_error)?.port().to_string();
    for program in [Program::TcpClient, Program::UdpClient] {
        full(program, &["127.0.0.1", &port])?.code(1).stderr(line(program, &problem));
    }
    Ok(())
}

/// `program` with a standard output that takes nothing (full(4)).
fn full(program: Program, arguments: &[&str]) -> Verdict<assert_cmd::assert::Assert> {
    let mut words = vec!["-c", "exec \"$0\" \"$@\" > /dev/full"];
    let path = program.own()?.display().to_string();
    words.push(&path);
    words.extend(arguments);
    Ok(Command::new("sh").args(words).timeout(deadline::start()).assert())
}

/// Linux queues one more than the number that listen(2) is given; who comes
/// then has its first packet dropped, and tries again a second later.
#[test]
fn the_scripts_listen_queue_holds_six() -> Verdict {
    let Some(python) = python::wanted()? else {
        return Ok(());
    };
    Program::TcpServer.choose(Author::Python(python))?;
    let (mut server, first) = start_tcp_server()?;
    let address = first.address();
    server.shows("waiting for connect....\n")?;
    server.shows(&format!("connect from ('127.0.0.1', {})\n", address.port()))?;
    let quick = Duration::from_millis(300);
    let connect = |_| TcpStream::connect_timeout(&server.address(), quick);
    let waiting: Vec<_> = (0..8).map_while(|n| connect(n).ok()).collect();
    match waiting.len() {
        6 => Ok(()),
        count => Err(Report::failed("six clients wait").because(&format!("{count} do"))),
    }
}

/// Ctrl-Z and fg while it waits: the system call is interrupted (signal(7)).
#[test]
fn a_udp_client_that_was_stopped_goes_on_waiting() -> Verdict {
    Program::UdpClient.choose(Author::Rust)?;
    let mut server = UdpPeer::bind([127, 0, 0, 1])?;
    let mut client = Running::start(Program::UdpClient, server.address())?;
    client.types("hello")?;
    let from = server.receives("hello")?;
    client.signal("STOP");
    client.signal("CONT");
    server.answers(from, "hi")?;
    client.shows("消息>>从服务器收到: hi\n消息>>")?;
    client.is_quiet()
}

/// A datagram from port 0 can be received, but not be answered. Only root can
/// send one.
#[test]
fn a_reply_that_cannot_be_sent_does_not_end_the_udp_server() -> Verdict {
    let Some(python) = python::wanted()? else {
        return Ok(());
    };
    Program::UdpServer.choose(Author::Rust)?;
    let (mut server, mut client) = start_udp_server("before")?;
    client.receives_reply()?;
    let send = "import socket, struct, sys\n\
        raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)\n\
        port = int(sys.argv[1])\n\
        raw.sendto(struct.pack('!4H', 0, port, 9, 0) + b'x', ('127.0.0.1', port))\n";
    let port = server.address().port().to_string();
    let output =
        command(python).args(["-c", send, &port]).output().map_err(Report::harness_error)?;
    if !output.status.success() {
        say_aloud("not checked, for only root can send a datagram from port 0");
        return Ok(());
    }
    let line = server.complains()?;
    let expected = format!("udp-server: cannot answer 127.0.0.1:0: {}", system_text(22));
    if line != expected {
        let report = Report::failed("that line names the client");
        return Err(report.compared(expected.as_bytes(), line.as_bytes(), true));
    }
    client.sends("after")?;
    client.receives_reply()
}

/// Reset in the queue: std cannot set SO_LINGER, Python can.
#[test]
fn a_connection_that_dies_before_it_is_accepted_does_not_end_the_server() -> Verdict {
    let Some(python) = python::wanted()? else {
        return Ok(());
    };
    Program::TcpServer.choose(Author::Rust)?;
    let (mut server, mut first) = start_tcp_server()?;
    first.sends("hello")?;
    first.receives("服务端已收到消息!")?;
    let reset = "import socket, struct, sys\n\
        s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))\n\
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))\n\
        s.close()\n";
    let port = server.address().port().to_string();
    let output =
        command(python).args(["-c", reset, &port]).output().map_err(Report::harness_error)?;
    if !output.status.success() {
        return Err(Report::harness_error(String::from_utf8_lossy(&output.stderr)));
    }
    first.closes();
    let mut next = TcpPeer::connect(server.address())?;
    next.sends("hello")?;
    next.receives("服务端已收到消息!")?;
    server.complains().map(|_| ())
}

fn system_text(code: i32) -> String {
    io::Error::from_raw_os_error(code).to_string()
}
