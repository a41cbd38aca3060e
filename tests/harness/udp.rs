//! A trusted UDP peer: the harness's own client or server.

use crate::difference::quoted;
use crate::exercise::NOWHERE;
use crate::report::{MOMENT, all_ended, holds, journal, step};
use crate::tcp::equals;
use crate::{Report, Running, Verdict, clock, deadline, hint};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

/// What every reply of udp-server ends in, behind the 24 bytes of C's `ctime`.
const REPLY: &str = " 接收到消息";
const CTIME: usize = 24;

/// A socket of the harness; its calls return at once.
pub struct UdpPeer {
    socket: UdpSocket,
    sent_at: i64,
}

impl UdpPeer {
    /// Binds a port that the system chooses.
    pub fn bind(ip: impl Into<IpAddr>) -> Verdict<UdpPeer> {
        let socket = UdpSocket::bind((ip.into(), 0))?;
        socket.set_nonblocking(true)?;
        Ok(UdpPeer { socket, sent_at: 0 })
    }

    /// A client that is connected to `server`, and so hears nobody else.
    pub fn client_of(server: SocketAddr) -> Verdict<UdpPeer> {
        UdpPeer::bind(Ipv4Addr::LOCALHOST)?.connected(server)
    }

    /// Connects the socket to `server`.
    pub fn connected(self, server: SocketAddr) -> Verdict<UdpPeer> {
        self.socket.connect(server)?;
        Ok(self)
    }

    /// This socket's address.
    pub fn address(&self) -> SocketAddr {
        self.socket.local_addr().unwrap_or(NOWHERE)
    }

    /// Sends one datagram to the server that this socket is connected to.
    pub fn sends(&mut self, message: impl AsRef<[u8]>) -> Verdict {
        let message = message.as_ref();
        self.sent_at = clock::now();
        journal(|journal| journal.sent.push(message.to_vec()));
        let name = format!("{} is sent from {}", quoted(message), self.address());
        step(name, self.socket.send(message).map(drop))
    }

    /// Sends `message` until it arrives at `server`, which is still starting: a connected socket
    /// hears when nobody had the port, so it arrives once.
    pub fn sends_first(&mut self, message: impl AsRef<[u8]>, server: &mut Running) -> Verdict {
        let message = message.as_ref();
        let name = format!("{} is sent from {}", quoted(message), self.address());
        let arrived = server.unless_it_ends(deadline::start(), || {
            self.sent_at = clock::now();
            let _ = self.socket.send(message);
            let moment = Duration::from_millis(20);
            let heard = deadline::poll(moment, || came(self.socket.peek(&mut [0; 2048])));
            (!matches!(heard, Some(Err(_)))).then_some(())
        });
        journal(|journal| journal.sent.push(message.to_vec()));
        arrived.ok_or_else(|| server.not_started(&name))?;
        holds(name, true)
    }

    /// The next datagram is exactly `expected`; returns its sender.
    pub fn receives(&mut self, expected: impl AsRef<[u8]>) -> Verdict<SocketAddr> {
        let expected = expected.as_ref();
        let name = format!("the datagram {} is received", quoted(expected));
        let (came, sender) = self.datagram(&name)?;
        equals(format!("{name} from {sender}"), &came, expected, false)?;
        Ok(sender)
    }

    /// Waits for the first datagram of `client`, whatever it is.
    pub fn receives_something(&mut self, client: &mut Running) -> Verdict {
        let name = "the program sends a datagram";
        let receive = || self.socket.recv_from(&mut [0; 65_536]).ok();
        let came = client.unless_it_ends(deadline::start(), receive);
        came.ok_or_else(|| client.not_started(name).hint(hint::ARGUMENTS))?;
        holds(name, true)
    }

    /// Sends one datagram to `client`.
    pub fn answers(&mut self, client: SocketAddr, reply: impl AsRef<[u8]>) -> Verdict {
        let reply = reply.as_ref();
        journal(|journal| journal.sent.push(reply.to_vec()));
        let name = format!("{} is sent to {client} from {}", quoted(reply), self.address());
        step(name, self.socket.send_to(reply, client).map(drop))
    }

    /// The next datagram has the form of udp-server's reply, with any time.
    pub fn receives_reply(&mut self) -> Verdict {
        self.receives_reply_behind("").map(drop)
    }

    /// The same behind `start`; returns the datagram.
    pub fn receives_reply_behind(&mut self, start: &str) -> Verdict<Vec<u8>> {
        let name = "a time and the reply's text are received";
        let (came, _) = self.datagram(name)?;
        let (time, text) = came.split_at(came.len().min(start.len() + CTIME));
        let begins = time.is_ascii() && time.starts_with(start.as_bytes());
        if begins && text == REPLY.as_bytes() {
            holds(name, true)?;
            return Ok(came);
        }
        let expected = start.to_string() + &clock::ctime(self.sent_at, 0) + REPLY;
        equals(name, &came, expected.as_bytes(), false).map(|()| came)
    }

    /// The next datagram is udp-server's reply with the time since sending, `offset` s before UTC.
    pub fn receives_reply_in(&mut self, offset: i64) -> Verdict {
        let name = format!("the time, {offset} s before UTC, and the text are received");
        let (came, _) = self.datagram(&name)?;
        let among = |offset| {
            // C's time() may lag a tick behind the clock that we read.
            let mut seconds = self.sent_at - 1..=clock::now();
            seconds.any(|at| came == (clock::ctime(at, offset) + REPLY).as_bytes())
        };
        holds(name, among(offset)).map_err(|report| {
            let expected = clock::ctime(self.sent_at, offset) + REPLY;
            let report = report.compared(expected.as_bytes(), &came, false);
            let utc = "this is the time in UTC: the local time is asked for";
            if among(0) { report.better_hint(utc) } else { report }
        })
    }

    /// No datagram waits now.
    pub fn has_nothing(&mut self) -> Verdict {
        let name = format!("nothing more waits at {}", self.address());
        let mut buffer = [0; 2048];
        let waiting = self.socket.recv(&mut buffer).ok();
        let compared =
            |report: Report| report.compared(b"", &buffer[..waiting.unwrap_or(0)], false);
        holds(name, waiting.is_none()).map_err(compared)
    }

    /// The system says that nobody has the other end's port (others than these may say nothing).
    pub fn finds_nobody(&mut self) -> Verdict {
        let receive = || came(self.socket.recv(&mut [0; 2048]));
        let heard = deadline::poll(deadline::seconds(1.0), receive);
        let says = cfg!(any(target_os = "linux", windows));
        let nobody = heard.map_or(!says, |heard| heard.is_err());
        holds("nobody has a socket at that address", nobody)
            .map_err(|report| report.hint(hint::BIND))
    }

    /// Waits for a datagram as long as any program of the test runs.
    fn datagram(&mut self, name: &str) -> Verdict<(Vec<u8>, SocketAddr)> {
        let limit = deadline::step();
        let mut buffer = vec![0; 65_536];
        let heard = deadline::poll(limit, || {
            let ended = all_ended(); // what it has sent is here by now
            let ended = ended.then(|| Err(io::Error::other("the program has ended")));
            came(self.socket.recv_from(&mut buffer)).or(ended)
        });
        let problem = match heard {
            Some(Ok((length, sender))) => return Ok((buffer[..length].to_vec(), sender)),
            Some(Err(error)) => error.to_string(),
            None => format!("no datagram came in {limit:?}"),
        };
        let report = Report::silent(name).because(&problem);
        let hint = if report.ended() { None } else { self.answered_from_elsewhere() };
        Err(report.hint(hint.unwrap_or(("nothing is sent to this address", ""))))
    }

    /// Whether a reply to a socket that is not connected comes from another address.
    fn answered_from_elsewhere(&self) -> Option<(&'static str, &'static str)> {
        let server = self.socket.peer_addr().ok()?;
        let message = journal(|journal| journal.sent.last().cloned())?;
        let open = UdpPeer::bind(self.address().ip()).ok()?;
        open.socket.send_to(&message, server).ok()?;
        let receive = || came(open.socket.recv_from(&mut [0; 2048]));
        let (_, sender) = deadline::poll(MOMENT, receive)?.ok()?;
        (sender != server).then_some(hint::ANOTHER_SENDER)
    }
}

/// What a call returned, unless it would have had to wait.
fn came<T>(result: io::Result<T>) -> Option<io::Result<T>> {
    match result {
        Err(error) if error.kind() == ErrorKind::WouldBlock => None,
        result => Some(result),
    }
}
