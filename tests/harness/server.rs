//! Starting a server under test, until it answers.

use crate::{
    Port, Program, Report, Running, TcpPeer, UdpPeer, Verdict, deadline, hint, report, worked,
};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

/// Another program may take the port before the server does, or a
/// connection's end may hold it for a minute: then another port helps.
const ATTEMPTS: usize = 4;

/// Starts the TCP server under test on a port of its own and connects, as
/// its first client, as soon as it listens.
pub fn start_tcp_server() -> Verdict<(Running, TcpPeer)> {
    start_tcp_server_at(Ipv4Addr::LOCALHOST.into())
}

/// The same at another address of this machine.
pub fn start_tcp_server_at(ip: IpAddr) -> Verdict<(Running, TcpPeer)> {
    start_tcp_server_as(ip, &ip.to_string(), &[])
}

/// The same by a name of that address, and with arguments behind the port.
pub fn start_tcp_server_as(ip: IpAddr, host: &str, more: &[&str]) -> Verdict<(Running, TcpPeer)> {
    attempts(|| {
        let mut server = start(Program::TcpServer, ip, host, more, &[])?;
        let address = server.address();
        let quick = Duration::from_secs(1);
        let connected = server.unless_it_ends(deadline::start(), || {
            // A connection that meets itself: nobody listens (RFC 9293, 3.5).
            let stream = TcpStream::connect_timeout(&address, quick).ok();
            stream.filter(|stream| stream.local_addr().ok() != Some(address))
        });
        let Some(stream) = connected else {
            let other = UdpSocket::bind(address).is_err();
            return Err(no_server(&mut server, "TCP", other));
        };
        let client = TcpPeer::of(stream);
        worked(format!("it listens, and a client connects from {}", client.address()));
        Ok((server, client))
    })
}

/// Starts the UDP server under test on a port of its own and sends it
/// `message` as soon as it has the port.
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
    attempts(|| {
        let mut server = start(Program::UdpServer, ip, host, &[], environment)?;
        let address = server.address();
        let mut client = UdpPeer::bind(ip)?.connected(address)?;
        if let Err(report) = client.sends_first(&message, &mut server) {
            let other = TcpStream::connect(address).is_ok();
            return Err(if other { no_server(&mut server, "UDP", true) } else { report });
        }
        Ok((server, client))
    })
}

fn start(
    program: Program,
    ip: IpAddr,
    host: &str,
    more: &[&str],
    environment: &[(&str, &str)],
) -> Verdict<Running> {
    let port = Port::free();
    let address = SocketAddr::new(ip, port.number());
    let number = port.number().to_string();
    let arguments = [&[host, &number], more].concat();
    let mut server = Running::start_with(program, address, &arguments, environment)?;
    server.holds(port);
    Ok(server)
}

/// Tries again where the server ends before it answers.
fn attempts<T>(mut attempt: impl FnMut() -> Verdict<T>) -> Verdict<T> {
    for _ in 1..ATTEMPTS {
        match attempt() {
            Err(report) if report.ended_early() => report::forget(),
            outcome => return outcome,
        }
    }
    attempt()
}

fn no_server(server: &mut Running, protocol: &str, other: bool) -> Report {
    let step = format!("a {protocol} server listens at {}", server.address());
    let report = server.not_started(step);
    match (protocol, other) {
        ("TCP", true) => report.hint("a UDP socket has that port: SOCK_STREAM is asked for"),
        ("UDP", true) => report.hint("a TCP server has that port: SOCK_DGRAM is asked for"),
        _ => report.hint(hint::ARGUMENTS),
    }
}
