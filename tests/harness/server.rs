//! Starting a server under test, until it answers.

use crate::{Port, Program, Running, TcpPeer, UdpPeer, Verdict, deadline, hint, report, worked};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

/// Another program, or a connection's end for a minute, may have the port: another helps.
pub const ATTEMPTS: usize = 4;

/// Starts the TCP server under test on a port of its own, with its first client.
pub fn start_tcp_server() -> Verdict<(Running, TcpPeer)> {
    start_tcp_server_at(Ipv4Addr::LOCALHOST.into())
}

/// The same at another address of this machine.
pub fn start_tcp_server_at(ip: IpAddr) -> Verdict<(Running, TcpPeer)> {
    start_tcp_server_as(ip, &ip.to_string(), &[])
}

/// The same by a name of that address, and with arguments behind the port.
pub fn start_tcp_server_as(ip: IpAddr, host: &str, more: &[&str]) -> Verdict<(Running, TcpPeer)> {
    start(Program::TcpServer, ip, host, more, &[], |server| {
        let address = server.address();
        let quick = Duration::from_secs(1);
        let connected = server.unless_it_ends(deadline::start(), || {
            // A connection that meets itself: nobody listens (RFC 9293, 3.5).
            let stream = TcpStream::connect_timeout(&address, quick).ok();
            stream.filter(|stream| stream.local_addr().ok() != Some(address))
        });
        let Some(stream) = connected else {
            let report = server.not_started(format!("a TCP server listens at {address}"));
            let udp = "a UDP socket has that port: SOCK_STREAM is asked for";
            let free = UdpSocket::bind(address).is_ok();
            return Err(report.hint(if free { hint::ARGUMENTS } else { udp }));
        };
        let client = TcpPeer::of(stream);
        worked(format!("it listens, and a client connects from {}", client.address()));
        Ok(client)
    })
}

/// Starts the UDP server under test on a port of its own, with a client that sent it `message`.
pub fn start_udp_server(message: impl AsRef<[u8]>) -> Verdict<(Running, UdpPeer)> {
    start_udp_server_at(Ipv4Addr::LOCALHOST.into(), "127.0.0.1", &[], message)
}

/// The same at another address of this machine, told by its name `host`, with
/// more environment variables.
pub fn start_udp_server_at(
    ip: IpAddr,
    host: &str,
    environment: &[(&str, &str)],
    message: impl AsRef<[u8]>,
) -> Verdict<(Running, UdpPeer)> {
    start(Program::UdpServer, ip, host, &[], environment, |server| {
        let address = server.address();
        let mut client = UdpPeer::bind(ip)?.connected(address)?;
        let Err(report) = client.sends_first(&message, server) else {
            return Ok(client);
        };
        if TcpStream::connect(address).is_err() {
            return Err(report);
        }
        let report = server.not_started(format!("a UDP server listens at {address}"));
        Err(report.hint("a TCP server has that port: SOCK_DGRAM is asked for"))
    })
}

/// Starts `program` until it `answers`, on another port where it ends before.
fn start<T>(
    program: Program,
    ip: IpAddr,
    host: &str,
    more: &[&str],
    environment: &[(&str, &str)],
    answers: impl Fn(&mut Running) -> Verdict<T>,
) -> Verdict<(Running, T)> {
    let attempt = || -> Verdict<(Running, T)> {
        let port = Port::free();
        let address = SocketAddr::new(ip, port.number());
        let number = port.number().to_string();
        let arguments = [&[host, &number], more].concat();
        let mut server = Running::start_with(program, address, &arguments, environment)?;
        server.port = Some(port);
        let client = answers(&mut server)?;
        Ok((server, client))
    };
    for _ in 1..ATTEMPTS {
        match attempt() {
            Err(report) if report.ended_early() => report::forget(),
            outcome => return outcome,
        }
    }
    attempt()
}
