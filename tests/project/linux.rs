//! What only Linux can show: its error texts, its queues, its signals.

use super::words::{line, own, says};
use assert_cmd::Command;
use harness::*;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::Output;
use std::time::Duration;

#[test]
fn errors_name_the_address_and_the_cause() -> Verdict {
    let (tcp, udp) =
        (TrustedServer::listen(Ipv4Addr::LOCALHOST)?, UdpPeer::bind(Ipv4Addr::LOCALHOST)?);
    let (tcp_in_use, udp_in_use) = (tcp.address(), udp.address());
    let elsewhere: SocketAddr =
        format!("{ANOTHER_MACHINE}:8888").parse().map_err(Report::harness_error)?;
    // A connection has its port for itself, and nobody listens there.
    let connection = TcpPeer::connect(tcp_in_use)?;
    for (program, doing, address, code) in [
        (Program::TcpServer, "listen on", tcp_in_use, 98),
        (Program::UdpServer, "bind", udp_in_use, 98),
        (Program::TcpServer, "listen on", elsewhere, 99),
        (Program::UdpServer, "bind", elsewhere, 99),
        (Program::TcpClient, "connect to", connection.address(), 111),
    ] {
        let problem = format!("cannot {doing} {address}: {}", system_text(code));
        let (host, port) = (address.ip().to_string(), address.port().to_string());
        let assert = own(program)?.args([host, port]).assert();
        assert.code(1).stdout("").stderr(line(program, &problem));
    }
    Ok(())
}

/// /dev/full takes nothing (full(4)): neither the usage nor a prompt.
#[test]
fn a_full_output_is_an_error() -> Verdict {
    let server = TrustedServer::listen(Ipv4Addr::LOCALHOST)?;
    let port = server.address().port().to_string();
    let usage = PROGRAMS.map(|program| (program, vec!["127.0.0.1"]));
    let clients = [Program::TcpClient, Program::UdpClient];
    let prompts = clients.map(|program| (program, vec!["127.0.0.1", &port]));
    let problem = format!("cannot write to standard output: {}", system_text(28));
    for (program, arguments) in usage.into_iter().chain(prompts) {
        let mut command = Command::new("sh");
        command.args(["-c", "exec \"$0\" \"$@\" > /dev/full"]).arg(program.own()?).args(arguments);
        let assert = command.timeout(deadline::start()).assert();
        assert.code(1).stderr(line(program, &problem));
    }
    Ok(())
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
    server.shows("waiting for connect....\n")?;
    server.shows(&format!("connect from ('127.0.0.1', {})\n", first.address().port()))?;
    let quick = Duration::from_millis(300);
    let connect = |_| TcpStream::connect_timeout(&server.address(), quick).ok();
    let waiting: Vec<_> = (0..8).map_while(connect).collect();
    match waiting.len() {
        6 => Ok(()),
        count => Err(Report::failed("six clients wait").because(&format!("{count} do"))),
    }
}

/// Ctrl-Z and fg while it waits: the system call is interrupted (signal(7)).
#[test]
fn a_udp_client_that_was_stopped_goes_on_waiting() -> Verdict {
    Program::UdpClient.choose(Author::Rust)?;
    let mut server = UdpPeer::bind(Ipv4Addr::LOCALHOST)?;
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
    if !run(python, send, server.address())?.status.success() {
        say_aloud("not checked, for only root can send a datagram from port 0");
        return Ok(());
    }
    let cause = system_text(22);
    says(&mut server, &format!("udp-server: cannot answer 127.0.0.1:0: {cause}"))?;
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
    let output = run(python, reset, server.address())?;
    if !output.status.success() {
        return Err(Report::harness_error(String::from_utf8_lossy(&output.stderr)));
    }
    first.closes();
    let mut next = TcpPeer::connect(server.address())?;
    next.sends("hello")?;
    next.receives("服务端已收到消息!")?;
    server.complains().map(|_| ())
}

/// Runs `code` with the port of `server` as its argument.
fn run(python: &str, code: &str, server: SocketAddr) -> Verdict<Output> {
    let port = server.port().to_string();
    Ok(command(python).args(["-c", code, &port]).output()?)
}

fn system_text(code: i32) -> String {
    io::Error::from_raw_os_error(code).to_string()
}
