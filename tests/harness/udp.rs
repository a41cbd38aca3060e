//! A trusted UDP peer: the harness's own client or server.

use crate::difference::quoted;
use crate::report::{MOMENT, all_ended, holds, journal, step};
use crate::tcp::until;
use crate::{Report, Running, Verdict, clock, deadline, hint};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

/// What every reply of udp-server ends in, behind the 24 bytes of C's `ctime`.
const REPLY: &str = " 接收到消息";
const CTIME: usize = 24;

/// How long one look for a datagram takes.
const LOOK: Duration = Duration::from_millis(20);

/// A socket of the harness.
pub struct UdpPeer {
    socket: UdpSocket,
    sent_at: i64,
}

impl UdpPeer {
    /// Binds a port that the system chooses.
    pub fn bind(ip: impl Into<IpAddr>) -> Verdict<UdpPeer> {
        Ok(UdpPeer { socket: UdpSocket::bind((ip.into(), 0))?, sent_at: 0 })
    }

    /// A client of `server`: a socket that is connected to it, and so
    /// receives nothing from anybody else.
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
        self.socket.local_addr().unwrap_or((Ipv4Addr::UNSPECIFIED, 0).into())
    }

    /// Sends one datagram to the server that this socket is connected to.
    pub fn sends(&mut self, message: impl AsRef<[u8]>) -> Verdict {
        let message = message.as_ref();
        self.sent_at = clock::now();
        journal(|journal| journal.sent.push(message.to_vec()));
        let name = format!("{} is sent from {}", quoted(message), self.address());
        step(name, self.socket.send(message).map(drop))
    }

    /// Sends `message` until it arrives at `server`, which is still starting:
    /// a connected socket hears when nobody had the port, so it arrives once.
    pub fn sends_first(&mut self, message: impl AsRef<[u8]>, server: &mut Running) -> Verdict {
        let message = message.as_ref();
        let name = format!("{} is sent from {}", quoted(message), self.address());
        let arrived = server.unless_it_ends(deadline::start(), || {
            self.sent_at = clock::now();
            let _ = self.socket.send(message);
            match self.waits(LOOK, |socket| socket.peek(&mut [0; 2048])) {
                Err(error) if error.kind() != ErrorKind::TimedOut => None,
                _ => Some(()),
            }
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
        let compared = |report: Report| report.compared(expected, &came, false);
        holds(format!("{name} from {sender}"), came == expected).map_err(compared)?;
        Ok(sender)
    }

    /// Waits for the first datagram of `client`, whatever it is.
    pub fn receives_something(&mut self, client: &mut Running) -> Verdict {
        let name = "the program sends a datagram";
        match self.datagram_unless_ended(client, deadline::start()) {
            Some(_) => holds(name, true),
            None => Err(client.not_started(name).hint(hint::ARGUMENTS)),
        }
    }

    /// Sends one datagram to `client`.
    pub fn answers(&mut self, client: SocketAddr, reply: impl AsRef<[u8]>) -> Verdict {
        let reply = reply.as_ref();
        journal(|journal| journal.sent.push(reply.to_vec()));
        let name = format!("{} is sent to {client} from {}", quoted(reply), self.address());
        step(name, self.socket.send_to(reply, client).map(drop))
    }

    /// Answers the next datagram, unless `client` ends before it sends one.
    pub fn answers_if_asked(&mut self, client: &mut Running, reply: &str) -> Verdict {
        let asked = self.datagram_unless_ended(client, deadline::step());
        asked.map_or(Ok(()), |from| self.answers(from, reply))
    }

    /// The next datagram has the form of udp-server's reply, with whatever
    /// time.
    pub fn receives_reply(&mut self) -> Verdict {
        let name = "a time and the reply's text are received";
        let (came, _) = self.datagram(name)?;
        let (time, text) = came.split_at(came.len().min(CTIME));
        let expected = clock::ctime(self.sent_at, 0) + REPLY;
        let compared = |report: Report| report.compared(expected.as_bytes(), &came, false);
        holds(name, time.is_ascii() && text == REPLY.as_bytes()).map_err(compared)
    }

    /// The next datagram is udp-server's reply with the time of sending or
    /// a later second, in a place `offset` seconds before UTC.
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
        self.socket.set_nonblocking(true)?;
        let mut buffer = [0; 2048];
        let waiting = self.socket.recv(&mut buffer).ok();
        self.socket.set_nonblocking(false)?;
        let compared =
            |report: Report| report.compared(b"", &buffer[..waiting.unwrap_or(0)], false);
        holds(name, waiting.is_none()).map_err(compared)
    }

    /// The system says that nobody has the port that this socket is connected
    /// to (Linux and Windows do; others may say nothing).
    pub fn finds_nobody(&mut self) -> Verdict {
        let heard = self.waits(deadline::seconds(1.0), |socket| socket.recv(&mut [0; 2048]));
        let says = cfg!(any(target_os = "linux", windows));
        let nobody = heard.is_err_and(|error| !says || error.kind() != ErrorKind::TimedOut);
        holds("nobody has a socket at that address", nobody)
            .map_err(|report| report.hint(hint::BIND))
    }

    /// Waits for a datagram as long as `client` runs; returns its sender.
    fn datagram_unless_ended(&self, client: &mut Running, limit: Duration) -> Option<SocketAddr> {
        let (_, sender) = client.unless_it_ends(limit, || {
            self.waits(LOOK / 4, |socket| socket.recv_from(&mut [0; 65_536])).ok()
        })?;
        Some(sender)
    }

    /// Waits for a datagram as long as any program of the test runs.
    fn datagram(&mut self, name: &str) -> Verdict<(Vec<u8>, SocketAddr)> {
        let limit = deadline::step();
        let mut buffer = vec![0; 65_536];
        let came = deadline::poll(limit, || {
            let ended = all_ended(); // what it has sent is here by now
            match self.waits(LOOK, |socket| socket.recv_from(&mut buffer)) {
                Err(error) if error.kind() == ErrorKind::TimedOut => {
                    ended.then(|| Err("the program has ended".to_string()))
                }
                heard => Some(heard.map_err(|error| error.to_string())),
            }
        });
        let problem = match came {
            Some(Ok((length, sender))) => return Ok((buffer[..length].to_vec(), sender)),
            Some(Err(problem)) => problem,
            None => format!("no datagram came in {limit:?}"),
        };
        let report = Report::silent(name).because(&problem);
        let hint = if report.ended() { None } else { self.answered_from_elsewhere() };
        Err(report.hint(hint.unwrap_or(("nothing is sent to this address", ""))))
    }

    /// A connected socket hears only the server's own address. Sends the last
    /// message from one that hears all: does a reply come from another?
    fn answered_from_elsewhere(&self) -> Option<(&'static str, &'static str)> {
        let server = self.socket.peer_addr().ok()?;
        let message = journal(|journal| journal.sent.last().cloned())?;
        let open = UdpPeer::bind(self.address().ip()).ok()?;
        open.socket.send_to(&message, server).ok()?;
        let (_, sender) = open.waits(MOMENT, |socket| socket.recv_from(&mut [0; 2048])).ok()?;
        (sender != server).then_some(hint::ANOTHER_SENDER)
    }

    fn waits<T>(
        &self,
        limit: Duration,
        mut read: impl FnMut(&UdpSocket) -> io::Result<T>,
    ) -> io::Result<T> {
        until(limit, |left| self.socket.set_read_timeout(Some(left)), || read(&self.socket))
    }
}
