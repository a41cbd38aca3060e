//! The harness's end of a conversation with the program under test.

use crate::*;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream, UdpSocket};
use std::sync::Arc;

/// What tcp-server shows before each client.
pub const WAITING: &str = "waiting for connect....\n";

/// What tcp-server sends for each message.
pub const REPLY: &str = "服务端已收到消息!";

/// For a program that is to end before it uses any address, and for a peer that has none.
pub const NOWHERE: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));

/// A connection's end, or a UDP socket. What is said to be of one protocol panics on the other.
pub struct Peer {
    pub(crate) socket: Socket,
    /// UDP: when it sent last, in seconds since 1970.
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
    /// This end's address.
    pub fn address(&self) -> SocketAddr {
        let address = match &self.socket {
            Socket::Tcp(stream) => stream.local_addr(),
            Socket::Udp(socket) => socket.local_addr(),
        };
        address.unwrap_or(NOWHERE) // no system reports an error for such a socket
    }

    /// Sends all of `message`, over UDP as one datagram.
    pub fn sends(&mut self, message: impl AsRef<[u8]>) -> Verdict {
        let message = message.as_ref();
        journal(|journal| journal.sent.push(message.to_vec()));
        self.sent_at = clock::now();
        let (way, sent) = match &self.socket {
            Socket::Tcp(stream) => {
                stream.set_nonblocking(false)?; // its limit is that of a step
                let sent = stream.as_ref().write_all(message);
                stream.set_nonblocking(true)?;
                (String::new(), sent)
            }
            Socket::Udp(socket) if socket.peer_addr().is_ok() => {
                (format!(" from {}", self.address()), socket.send(message).map(drop))
            }
            Socket::Udp(socket) => {
                let way = format!(" to {} from {}", self.client, self.address());
                (way, socket.send_to(message, self.client).map(drop))
            }
        };
        step(format!("{} is sent{way}", quoted(message)), sent)
    }

    /// Exactly `expected` comes next: over TCP in one piece or several, over UDP as one datagram.
    pub fn receives(&mut self, expected: impl AsRef<[u8]>) -> Verdict {
        match &self.socket {
            Socket::Tcp(_) => self.receives_bytes(expected.as_ref()),
            Socket::Udp(_) => self.receives_datagram(expected.as_ref()),
        }
    }

    /// The reply of the server under test comes next, from UDP's with any time.
    pub fn receives_reply(&mut self) -> Verdict {
        match &self.socket {
            Socket::Tcp(_) => self.receives(REPLY),
            Socket::Udp(_) => self.receives_time("", None).map(drop),
        }
    }

    /// Sends `message`, and receives the reply of the server under test.
    pub fn exchanges(&mut self, message: impl AsRef<[u8]>) -> Verdict {
        self.sends(message)?;
        self.receives_reply()
    }

    /// This client ends its half of the connection, where there is one; nothing more comes.
    pub fn leaves(&mut self) -> Verdict {
        if let Socket::Tcp(_) = self.socket {
            self.half_closes()?;
        }
        self.is_left()
    }

    /// The other end has closed the connection, where there is one, and nothing more has come.
    pub fn is_left(&mut self) -> Verdict {
        match &self.socket {
            Socket::Tcp(_) => self.receives_end(),
            Socket::Udp(_) => self.has_nothing(),
        }
    }

    /// The line with which the server under test shows a message of this peer.
    pub fn shown(&self, message: &str) -> String {
        match &self.socket {
            Socket::Tcp(_) => format!("客户端发来的消息: {message}\n"),
            Socket::Udp(_) => format!("recv from {}:{message}\n", pair(self.address())),
        }
    }

    /// The line with which a TCP server shows this client.
    pub fn connect_from(&self) -> String {
        format!("connect from {}\n", pair(self.address()))
    }

    /// The server under test shows, before the first message, that it waits, and its client. One
    /// that serves several at a time may wait for the next before that, or while it says so.
    pub fn is_announced(&self, server: &mut Running) -> Verdict {
        let Socket::Tcp(_) = self.socket else { return Ok(()) };
        server.shows(WAITING)?;
        server.may_show_early(WAITING);
        server.shows(&self.connect_from())
    }

    /// The server under test shows a message of this peer, and replies.
    pub fn is_answered(&mut self, server: &mut Running, message: &str) -> Verdict {
        server.shows(&self.shown(message))?;
        self.receives_reply()
    }

    /// Sends `message`, which the server under test shows as it is.
    pub fn sends_what_is_shown(&mut self, server: &mut Running, message: &str) -> Verdict {
        self.sends(message)?;
        server.shows(&self.shown(message))
    }

    /// Sends `message`, which is shown and answered as any other.
    pub fn asks(&mut self, server: &mut Running, message: &str) -> Verdict {
        self.sends_what_is_shown(server, message)?;
        self.receives_reply()
    }
}

/// Python's way to print an address, which the exercise keeps.
pub fn pair(address: SocketAddr) -> String {
    format!("('{}', {})", address.ip(), address.port())
}
