//! The harness's end of a conversation with the program under test.

use crate::*;
use std::io::{ErrorKind, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, SocketAddrV4, TcpListener, TcpStream};
use std::{io, net::UdpSocket, sync::Arc, time::Duration};

/// What tcp-server shows before each client.
pub const WAITING: &str = "waiting for connect....\n";

/// What tcp-server sends for each message.
pub const REPLY: &str = "服务端已收到消息!";

/// For a program that is to end before it uses any address, and for a peer that has none.
pub const NOWHERE: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));

/// A connection's end, or a UDP socket. What is said to be of one protocol panics on the other.
pub struct Peer {
    pub(crate) socket: Socket,
    /// This end's address.
    pub address: SocketAddr,
    /// UDP: when it sent last, or a tick before, in seconds since 1970.
    pub(crate) sent_at: i64,
    /// UDP, not connected: whom it sends to, which is who it received from last.
    pub client: SocketAddr,
}

/// Its calls return at once.
pub(crate) enum Socket {
    Tcp(Arc<TcpStream>),
    Udp(UdpSocket),
}

impl Peer {
    /// A client of a server that is known to serve. Over UDP it hears nobody else.
    pub fn connect(server: &Running) -> Verdict<Peer> {
        let address = server.address;
        if server.program == Program::UdpServer {
            return Peer::udp_client(address);
        }
        let connected = TcpStream::connect_timeout(&address, deadline::step());
        step(format!("a client connects to {address}"), connected).and_then(Peer::of)
    }

    /// The first client of a server that is still starting, which it has sent `message`: over TCP
    /// an empty one is none.
    pub fn first(server: &mut Running, message: impl AsRef<[u8]>) -> Verdict<Peer> {
        let (message, address) = (message.as_ref(), server.address);
        if server.program == Program::TcpServer {
            let connect = |_: &mut Running| connect(address, Duration::from_secs(1)).ok();
            let stream = server.starts(format!("a TCP server listens at {address}"), connect)?;
            let mut client = Peer::of(stream)?;
            worked(format!("it listens, and a client connects from {}", client.address));
            if !message.is_empty() {
                client.sends(message)?;
            }
            return Ok(client);
        }
        let mut client = Peer::udp_client(address)?;
        server.starts(format!("a UDP server listens at {address}"), |_| {
            client.sent_at = clock::a_tick_ago();
            let _ = client.udp().send(message);
            // A connected socket hears when nobody had the port, so the message arrives once.
            (client.is_refused(Duration::from_millis(20)) != Some(true)).then_some(())
        })?;
        journal(|journal| journal.sent.push(message.to_vec()));
        worked(format!("{} is sent from {}", quoted(message), client.address));
        Ok(client)
    }

    /// Waits for the connection of `client` to a listener of the harness.
    pub fn accepts(listener: &TcpListener, client: &mut Running) -> Verdict<Peer> {
        listener.set_nonblocking(true)?;
        let name = format!("the program connects to {}", listener.local_addr()?);
        let (stream, _) = client.starts(&name, |_| listener.accept().ok())?;
        worked(name);
        Peer::of(stream)
    }

    fn of(stream: TcpStream) -> Verdict<Peer> {
        let limited = stream.set_write_timeout(Some(deadline::step()));
        // macOS refuses a limit where the other end has reset the connection.
        let ready = limited.and_then(|()| stream.set_nonblocking(true));
        let address = ready.and_then(|()| stream.local_addr());
        let broken = |error| Report::silent("the connection is open").because(error);
        let (address, stream) = (address.map_err(broken)?, Arc::new(stream));
        journal(|journal| journal.connection = Arc::downgrade(&stream));
        Ok(Peer { socket: Socket::Tcp(stream), address, sent_at: 0, client: NOWHERE })
    }

    /// A UDP socket at a port that the system chooses.
    pub fn bind(ip: impl Into<IpAddr>) -> Verdict<Peer> {
        let socket = UdpSocket::bind((ip.into(), 0))?;
        socket.set_nonblocking(true)?;
        let address = socket.local_addr()?;
        Ok(Peer { socket: Socket::Udp(socket), address, sent_at: 0, client: NOWHERE })
    }

    fn udp_client(server: SocketAddr) -> Verdict<Peer> {
        let client = Peer::bind(server.ip())?;
        client.udp().connect(server)?;
        Ok(client)
    }

    /// `server` is not at its port of the address `ip`, which it was not told, too.
    pub fn finds_nobody(server: &Running, ip: IpAddr) -> Verdict {
        let address = SocketAddr::new(ip, server.address.port());
        let nobody = if server.program == Program::TcpServer {
            TcpStream::connect_timeout(&address, deadline::step()).is_err()
        } else {
            let mut client = Peer::udp_client(address)?;
            client.sends("is anybody here, too?")?;
            let says = cfg!(any(target_os = "linux", windows)); // others may say nothing
            client.is_refused(deadline::seconds(1.0)).unwrap_or(!says)
        };
        let step = format!("told {}, it does not listen at {address}", server.address);
        holds(step, nobody).map_err(|report| report.hint("bind"))
    }

    /// Whether the system says that nobody has the other end's UDP port; `None`: nothing comes.
    fn is_refused(&self, limit: Duration) -> Option<bool> {
        let heard = deadline::poll(limit, || receive::came(self.udp().peek(&mut [0; 65_536])));
        heard.map(|heard| heard.is_err())
    }

    pub(crate) fn is_tcp(&self) -> bool {
        matches!(self.socket, Socket::Tcp(_))
    }

    pub(crate) fn udp(&self) -> &UdpSocket {
        let Socket::Udp(socket) = &self.socket else { panic!("this peer has no UDP socket") };
        socket
    }

    /// Sends all of `message`, over UDP as one datagram.
    pub fn sends(&mut self, message: impl AsRef<[u8]>) -> Verdict {
        let message = message.as_ref();
        journal(|journal| journal.sent.push(message.to_vec()));
        self.sent_at = clock::a_tick_ago();
        let (way, sent) = match &self.socket {
            Socket::Tcp(stream) => {
                stream.set_nonblocking(false)?; // its limit is that of a step
                let sent = stream.as_ref().write_all(message);
                stream.set_nonblocking(true)?;
                (String::new(), sent)
            }
            Socket::Udp(socket) if socket.peer_addr().is_ok() => {
                (format!(" from {}", self.address), socket.send(message).map(drop))
            }
            Socket::Udp(socket) => {
                let way = format!(" to {} from {}", self.client, self.address);
                (way, socket.send_to(message, self.client).map(drop))
            }
        };
        step(format!("{} is sent{way}", quoted(message)), sent)
    }

    /// Sends `message`, and receives the reply of the server under test.
    pub fn exchanges(&mut self, message: impl AsRef<[u8]>) -> Verdict {
        self.sends(message)?;
        self.receives_reply()
    }

    /// Sends `message`, which the server under test shows and answers.
    pub fn asks(&mut self, server: &mut Running, message: &str) -> Verdict {
        self.sends(message)?;
        self.is_answered(server, message)
    }

    /// The server under test shows a message of this peer, and replies.
    pub fn is_answered(&mut self, server: &mut Running, message: &str) -> Verdict {
        server.shows(&self.shown(message))?;
        self.receives_reply()
    }

    /// The line with which the server under test shows a message of this peer.
    pub fn shown(&self, message: &str) -> String {
        match self.is_tcp() {
            true => format!("客户端发来的消息: {message}\n"),
            false => format!("recv from {}:{message}\n", pair(self.address)),
        }
    }

    /// The server under test shows, before the first message, that it waits, and its client. One
    /// that serves several at a time may wait for the next before that, or while it says so.
    pub fn is_announced(&self, server: &mut Running) -> Verdict {
        let Socket::Tcp(_) = self.socket else { return Ok(()) };
        server.shows(WAITING)?;
        self.is_accepted(server)
    }

    /// The same, when it has shown that it waits.
    pub fn is_accepted(&self, server: &mut Running) -> Verdict {
        server.may_show_early(WAITING);
        server.shows(&format!("connect from {}\n", pair(self.address)))
    }

    /// This client ends its half of the connection, where there is one; nothing more comes.
    pub fn leaves(&mut self) -> Verdict {
        self.half_closes()?;
        self.is_left()
    }

    /// Ends this direction of the connection, where there is one; the other stays open.
    pub fn half_closes(&self) -> Verdict {
        let Socket::Tcp(stream) = &self.socket else { return Ok(()) };
        step("the client ends its half of the connection", stream.shutdown(Shutdown::Write))
    }

    /// Closes the connection; all replies have been received.
    pub fn closes(self) {
        worked("the connection is closed at this end");
    }
}

/// Connects to a server that may not listen yet: a connection that has met itself, which it may
/// while nobody listens (RFC 9293, 3.5), is refused.
pub(crate) fn connect(server: SocketAddr, limit: Duration) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&server, limit)?;
    match stream.local_addr()? == server {
        true => Err(ErrorKind::ConnectionRefused.into()),
        false => Ok(stream),
    }
}

/// Python's way to print an address, which the exercise keeps.
pub fn pair(address: SocketAddr) -> String {
    format!("('{}', {})", address.ip(), address.port())
}
