//! A trusted UDP peer: the harness's own client or server.

use crate::difference::quoted;
use crate::tcp::timed_out;
use crate::{Report, Running, Verdict, clock, deadline, report, worked};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

/// What every reply of udp-server ends in.
const REPLY: &str = " 接收到消息";

/// Bytes of C's `ctime` without its line end.
const CTIME: usize = 24;

/// A socket of the harness.
pub struct UdpPeer {
    socket: UdpSocket,
    sent_at: i64,
}

impl UdpPeer {
    /// Binds a port that the system chooses.
    pub fn bind(ip: impl Into<IpAddr>) -> Verdict<UdpPeer> {
        let socket = UdpSocket::bind((ip.into(), 0)).map_err(harness)?;
        Ok(UdpPeer { socket, sent_at: 0 })
    }

    /// A client of `server`: a socket that is connected to it, and so
    /// receives nothing from anybody else.
    pub fn client_of(server: SocketAddr) -> Verdict<UdpPeer> {
        UdpPeer::bind(Ipv4Addr::LOCALHOST)?.connected(server)
    }

    /// Connects the socket to `server`.
    pub fn connected(self, server: SocketAddr) -> Verdict<UdpPeer> {
        self.socket.connect(server).map_err(harness)?;
        Ok(self)
    }

    /// This socket's address.
    pub fn address(&self) -> SocketAddr {
        let unknown = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        self.socket.local_addr().unwrap_or(unknown)
    }

    /// Sends one datagram to the server that this socket is connected to.
    pub fn sends(&mut self, message: impl AsRef<[u8]>) -> Verdict {
        let message = message.as_ref();
        let step = format!("{} is sent from {}", quoted(message), self.address());
        self.sent_at = clock::now();
        let sent = self.socket.send(message);
        sent.map_err(|error| Report::failed(&step).because(&error.to_string()))?;
        report::sent(message);
        worked(step);
        Ok(())
    }

    /// Sends `message` until it arrives at `server`, which is still starting:
    /// a connected socket hears when nobody had the port, so it arrives once.
    pub fn sends_first(&mut self, message: impl AsRef<[u8]>, server: &mut Running) -> Verdict {
        let message = message.as_ref();
        let step = format!("{} is sent from {}", quoted(message), self.address());
        let soon = Duration::from_millis(20);
        let arrived = deadline::poll(deadline::start(), || {
            self.sent_at = clock::now();
            let _ = self.socket.send(message);
            match self.waits(soon, |socket| socket.peek(&mut [0; 2048])) {
                Err(error) if !timed_out(error.kind()) => server.ended().map(|_| false),
                _ => Some(true),
            }
        });
        if arrived != Some(true) {
            return Err(server.not_started(step));
        }
        report::sent(message);
        worked(step);
        Ok(())
    }

    /// The next datagram is exactly `expected`; returns its sender.
    pub fn receives(&mut self, expected: impl AsRef<[u8]>) -> Verdict<SocketAddr> {
        let expected = expected.as_ref();
        let step = format!("the datagram {} is received", quoted(expected));
        let (came, sender) = self.datagram(&step)?;
        if came != expected {
            return Err(Report::failed(step).compared(expected, &came, false));
        }
        worked(format!("{step} from {sender}"));
        Ok(sender)
    }

    /// Waits for the first datagram of `client`, whatever it is.
    pub fn receives_something(&mut self, client: &mut Running) -> Verdict {
        let step = "the program sends a datagram";
        let came = self.datagram_unless_ended(client, deadline::start()).is_some();
        if !came {
            let report = client.not_started(step);
            return Err(report.hint("does the program take HOST PORT from its arguments?"));
        }
        worked(step);
        Ok(())
    }

    /// Sends one datagram to `client`.
    pub fn answers(&mut self, client: SocketAddr, reply: impl AsRef<[u8]>) -> Verdict {
        let reply = reply.as_ref();
        let step = format!("{} is sent to {client} from {}", quoted(reply), self.address());
        let sent = self.socket.send_to(reply, client);
        sent.map_err(|error| Report::failed(&step).because(&error.to_string()))?;
        worked(step);
        Ok(())
    }

    /// Answers the next datagram, unless `client` ends before it sends one.
    pub fn answers_if_asked(&mut self, client: &mut Running, reply: &str) -> Verdict {
        let asked = self.datagram_unless_ended(client, deadline::step());
        asked.map_or(Ok(()), |from| self.answers(from, reply))
    }

    /// The next datagram has the form of udp-server's reply, with whatever
    /// time.
    pub fn receives_reply(&mut self) -> Verdict {
        let step = "a time and the reply's text are received";
        let (came, _) = self.datagram(step)?;
        let (time, text) = came.split_at(came.len().min(CTIME));
        if !time.is_ascii() || text != REPLY.as_bytes() {
            let expected = clock::ctime(self.sent_at, 0) + REPLY;
            return Err(Report::failed(step).compared(expected.as_bytes(), &came, false));
        }
        worked(step);
        Ok(())
    }

    /// The next datagram is udp-server's reply with the time of sending or
    /// a later second, in a place `offset` seconds before UTC.
    pub fn receives_reply_in(&mut self, offset: i64) -> Verdict {
        let step = format!("the time, {offset} s before UTC, and the text are received");
        let (came, _) = self.datagram(&step)?;
        let among = |offset| {
            // C's time() may lag a tick behind the clock that we read.
            let seconds = self.sent_at - 1..=clock::now();
            seconds.into_iter().any(|at| came == (clock::ctime(at, offset) + REPLY).as_bytes())
        };
        if !among(offset) {
            let expected = clock::ctime(self.sent_at, offset) + REPLY;
            let report = Report::failed(step).compared(expected.as_bytes(), &came, false);
            let utc = "this is the time in UTC: the local time is asked for";
            return Err(if among(0) { report.better_hint(utc) } else { report });
        }
        worked(step);
        Ok(())
    }

    /// No datagram waits now.
    pub fn has_nothing(&mut self) -> Verdict {
        let step = format!("nothing more waits at {}", self.address());
        self.socket.set_nonblocking(true).map_err(harness)?;
        let mut buffer = [0; 2048];
        let waiting = self.socket.recv(&mut buffer);
        self.socket.set_nonblocking(false).map_err(harness)?;
        if let Ok(length) = waiting {
            return Err(Report::failed(step).compared(b"", &buffer[..length], false));
        }
        worked(step);
        Ok(())
    }

    /// Waits for a datagram as long as `client` runs; returns its sender.
    fn datagram_unless_ended(
        &mut self,
        client: &mut Running,
        limit: Duration,
    ) -> Option<SocketAddr> {
        let soon = Duration::from_millis(5);
        let sender = deadline::poll(limit, || {
            match self.waits(soon, |socket| socket.recv_from(&mut [0; 65_536])) {
                Ok((_, sender)) => Some(Some(sender)),
                Err(_) => client.ended().map(|_| None),
            }
        });
        sender.flatten()
    }

    /// Waits for a datagram as long as any program of the test runs.
    fn datagram(&mut self, step: &str) -> Verdict<(Vec<u8>, SocketAddr)> {
        let limit = deadline::step();
        let mut buffer = vec![0; 65_536];
        let soon = Duration::from_millis(20);
        let came = deadline::poll(limit, || {
            let ended = report::all_ended(); // what it has sent is here by now
            match self.waits(soon, |socket| socket.recv_from(&mut buffer)) {
                Err(error) if timed_out(error.kind()) => ended.then_some(Err(None)),
                Err(error) => Some(Err(Some(error))),
                Ok(came) => Some(Ok(came)),
            }
        });
        let problem = match came {
            Some(Ok((length, sender))) => return Ok((buffer[..length].to_vec(), sender)),
            Some(Err(Some(error))) => error.to_string(),
            Some(Err(None)) => "the program has ended".to_string(),
            None => format!("no datagram came in {limit:?}"),
        };
        let report = Report::failed(step).because(&problem);
        Err(report.hint("nothing is sent to this address"))
    }

    /// Reads, for as long as `limit`; an interruption, as by a stop, ends a read
    /// that has one (signal(7)), and is no answer.
    fn waits<T>(
        &self,
        limit: Duration,
        mut read: impl FnMut(&UdpSocket) -> io::Result<T>,
    ) -> io::Result<T> {
        self.socket.set_read_timeout(Some(limit))?;
        loop {
            match read(&self.socket) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                heard => return heard,
            }
        }
    }
}

fn harness(error: io::Error) -> Report {
    Report::harness("open a UDP socket").because(&error.to_string())
}
