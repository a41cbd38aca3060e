//! Starting a program under test, and a server until it answers.

use crate::{Kind, Peer, Port, Program, Running, Verdict, report::journal, worked};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::{io, mem, process::Stdio, time::Duration};

/// Another program, or a connection's end for a minute, may have the port: another helps.
pub const ATTEMPTS: usize = 4;

/// How a program under test is started. What a [`Program`] becomes has the usual values.
#[derive(Clone, Copy)]
pub struct Setup<'a> {
    /// Which of the four it is.
    pub program: Program,
    /// The server's address of this machine: 127.0.0.1.
    pub ip: IpAddr,
    /// The name by which the program is told that address: none.
    pub host: Option<&'a str>,
    /// More environment variables: none.
    pub environment: &'a [(&'a str, &'a str)],
    /// Makes its standard output: a pipe that the harness reads.
    pub screen: fn() -> io::Result<Stdio>,
}

impl From<Program> for Setup<'_> {
    fn from(program: Program) -> Self {
        let (ip, screen) = (Ipv4Addr::LOCALHOST.into(), || Ok(Stdio::piped()));
        Setup { program, ip, host: None, environment: &[], screen }
    }
}

/// The server under test on a port of its own, and a client that has sent it `message`.
pub fn serving<'a>(
    setup: impl Into<Setup<'a>>,
    message: impl AsRef<[u8]>,
) -> Verdict<(Running, Peer)> {
    let setup = setup.into();
    if setup.program == Program::TcpServer {
        let (server, mut client) = start(setup, first_connection)?;
        client.sends(message)?;
        return Ok((server, client));
    }
    start(setup, |server| {
        let address = server.address();
        let mut client = Peer::client_of(address)?;
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

/// The same with a client whose messages have been shown and answered as any other.
pub fn answering<'a>(setup: impl Into<Setup<'a>>, messages: &[&str]) -> Verdict<(Running, Peer)> {
    let (mut server, mut client) = serving(setup, messages[0])?;
    client.is_announced(&mut server)?;
    client.is_answered(&mut server, messages[0])?;
    messages[1..].iter().try_for_each(|message| client.asks(&mut server, message))?;
    Ok((server, client))
}

/// The TCP server under test, and its first client, which has said nothing.
pub fn start_tcp_server() -> Verdict<(Running, Peer)> {
    start(Program::TcpServer.into(), first_connection)
}

fn first_connection(server: &mut Running) -> Verdict<Peer> {
    let address = server.address();
    let connected = server.unless_it_ends(|| {
        // A connection that meets itself: nobody listens (RFC 9293, 3.5).
        let stream = TcpStream::connect_timeout(&address, Duration::from_secs(1)).ok();
        stream.filter(|stream| stream.local_addr().ok() != Some(address))
    });
    let Some(stream) = connected else {
        let report = server.not_started(format!("a TCP server listens at {address}"));
        let udp = "a UDP socket has that port: SOCK_STREAM is asked for";
        let free = UdpSocket::bind(address).is_ok();
        return Err(report.hint(if free { "arguments" } else { udp }));
    };
    let client = Peer::of(stream)?;
    worked(format!("it listens, and a client connects from {}", client.address()));
    Ok(client)
}

/// Starts a server until it `answers`, on another port where it ends before.
fn start(
    setup: Setup,
    answers: impl Fn(&mut Running) -> Verdict<Peer>,
) -> Verdict<(Running, Peer)> {
    let attempt = || -> Verdict<_> {
        let port = Port::free();
        let mut server = Running::start(setup, SocketAddr::new(setup.ip, port.address().port()))?;
        server.port = Some(port);
        let client = answers(&mut server)?;
        Ok((server, client))
    };
    for _ in 1..ATTEMPTS {
        match attempt() {
            Err(report) if report.ended && report.kind == Kind::NotStarted => {
                drop(journal(mem::take))
            }
            outcome => return outcome,
        }
    }
    attempt()
}
