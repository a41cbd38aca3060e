//! One conversation with the program under test, over TCP or UDP.

use harness::*;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

pub const WAITING: &str = "waiting for connect....\n";
pub const REPLY: &str = "服务端已收到消息!";

/// The harness's end of a conversation.
pub enum Peer {
    Tcp(TcpPeer),
    /// With the client under test that it received from last.
    Udp(UdpPeer, Option<SocketAddr>),
}

/// The server under test, and a client that has sent it `message`.
pub fn serving(program: Program, message: impl AsRef<[u8]>) -> Verdict<(Running, Peer)> {
    serving_at(program, Ipv4Addr::LOCALHOST.into(), "127.0.0.1", message)
}

/// The same at another address of this machine, or by a name of it.
pub fn serving_at(
    program: Program,
    ip: IpAddr,
    host: &str,
    message: impl AsRef<[u8]>,
) -> Verdict<(Running, Peer)> {
    if program == Program::UdpServer {
        let (server, client) = start_udp_server_at(ip, host, &[], message)?;
        return Ok((server, Peer::Udp(client, None)));
    }
    let (server, mut client) = start_tcp_server_as(ip, host, &[])?;
    client.sends(message)?;
    Ok((server, Peer::Tcp(client)))
}

/// The client under test, and its server.
pub fn conversing(program: Program) -> Verdict<(Running, Peer)> {
    conversing_at(program, Ipv4Addr::LOCALHOST.into(), Running::start)
}

/// The same with a server at another address, and with the client started by
/// `start`.
pub fn conversing_at(
    program: Program,
    ip: IpAddr,
    start: impl FnOnce(Program, SocketAddr) -> Verdict<Running>,
) -> Verdict<(Running, Peer)> {
    if program == Program::UdpClient {
        let server = UdpPeer::bind(ip)?;
        return Ok((start(program, server.address())?, Peer::Udp(server, None)));
    }
    let server = TrustedServer::listen(ip)?;
    let mut client = start(program, server.address())?;
    let connection = server.accepts(&mut client)?;
    Ok((client, Peer::Tcp(connection)))
}

/// The client under test, told its server by the name of that host.
pub fn conversing_by_name(program: Program) -> Verdict<(Running, Peer)> {
    conversing_at(program, Ipv4Addr::LOCALHOST.into(), |program, address| {
        let port = address.port().to_string();
        Running::start_with(program, address, &["localhost", &port], &[])
    })
}

impl Peer {
    /// Sends `message`.
    pub fn sends(&mut self, message: impl AsRef<[u8]>) -> Verdict {
        match self {
            Peer::Tcp(connection) => connection.sends(message),
            Peer::Udp(socket, None) => socket.sends(message),
            Peer::Udp(socket, Some(client)) => socket.answers(*client, message),
        }
    }

    /// Exactly `message` comes next.
    pub fn receives(&mut self, message: &str) -> Verdict {
        match self {
            Peer::Tcp(connection) => connection.receives(message)?,
            Peer::Udp(socket, client) => *client = Some(socket.receives(message)?),
        }
        Ok(())
    }

    /// The reply of the server under test comes next.
    pub fn receives_reply(&mut self) -> Verdict {
        match self {
            Peer::Tcp(connection) => connection.receives(REPLY),
            Peer::Udp(socket, _) => socket.receives_reply(),
        }
    }

    /// This client ends its half of the connection, where there is one; nothing
    /// more comes.
    pub fn leaves(&mut self) -> Verdict {
        if let Peer::Tcp(connection) = self {
            connection.half_closes()?;
        }
        self.is_left()
    }

    /// The program under test has ended its connection, where there is one,
    /// and nothing more has come.
    pub fn is_left(&mut self) -> Verdict {
        match self {
            Peer::Tcp(connection) => connection.receives_end(),
            Peer::Udp(socket, _) => socket.has_nothing(),
        }
    }

    /// The line with which the server under test shows a message of this peer.
    pub fn shown(&self, message: &str) -> String {
        match self {
            Peer::Tcp(_) => format!("客户端发来的消息: {message}\n"),
            Peer::Udp(socket, _) => format!("recv from {}:{message}\n", pair(socket.address())),
        }
    }

    /// The server under test shows, before the first message, that it waits,
    /// and its client. One that serves several at a time may wait for the next
    /// before that, or while it says so.
    pub fn is_announced(&self, server: &mut Running) -> Verdict {
        let Peer::Tcp(connection) = self else { return Ok(()) };
        server.shows(WAITING)?;
        server.may_show_early(WAITING);
        server.shows(&connect_from(connection))
    }
}

/// The line with which a TCP server shows a client.
pub fn connect_from(client: &TcpPeer) -> String {
    format!("connect from {}\n", pair(client.address()))
}

/// Python's way to print an address, which the exercise keeps.
pub fn pair(address: SocketAddr) -> String {
    format!("('{}', {})", address.ip(), address.port())
}

/// What the client under test shows before it reads a line.
pub fn prompt(program: Program) -> &'static str {
    if program == Program::TcpClient { "发消息>>" } else { "消息>>" }
}

/// The line with which the client under test shows a reply.
pub fn reply_shown(program: Program, reply: &str) -> String {
    let label = if program == Program::TcpClient { "" } else { "从服务器收到: " };
    format!("{label}{reply}\n")
}
