//! UDP's part of a peer: a socket of the harness.

use crate::*;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;

/// What every reply of udp-server ends in, behind the 24 bytes of C's `ctime`.
const REPLY: &str = " 接收到消息";
const CTIME: usize = 24;

impl Peer {
    /// A socket at a port that the system chooses.
    pub fn bind(ip: impl Into<IpAddr>) -> Verdict<Peer> {
        let socket = UdpSocket::bind((ip.into(), 0))?;
        socket.set_nonblocking(true)?;
        Ok(Peer { socket: Socket::Udp(socket), sent_at: 0, client: NOWHERE })
    }

    /// A client that is connected to `server`, from that address, and so hears nobody else.
    pub fn client_of(server: SocketAddr) -> Verdict<Peer> {
        let client = Peer::bind(server.ip())?;
        client.udp().connect(server)?;
        Ok(client)
    }

    fn udp(&self) -> &UdpSocket {
        let Socket::Udp(socket) = &self.socket else { panic!("this peer has no UDP socket") };
        socket
    }

    /// Sends `message` until it arrives at `server`, which is still starting: a connected socket
    /// hears when nobody had the port, so it arrives once.
    pub fn sends_first(&mut self, message: impl AsRef<[u8]>, server: &mut Running) -> Verdict {
        let message = message.as_ref();
        let name = format!("{} is sent from {}", quoted(message), self.address());
        let arrived = server.unless_it_ends(|| {
            self.sent_at = clock::now();
            let _ = self.udp().send(message);
            let moment = Duration::from_millis(20);
            let heard = deadline::poll(moment, || came(self.udp().peek(&mut [0; 2048])));
            (!matches!(heard, Some(Err(_)))).then_some(())
        });
        journal(|journal| journal.sent.push(message.to_vec()));
        arrived.ok_or_else(|| server.not_started(&name))?;
        holds(name, true)
    }

    pub(crate) fn receives_datagram(&mut self, expected: &[u8]) -> Verdict {
        let name = format!("the datagram {} is received", quoted(expected));
        let (came, sender) = self.datagram(&name)?;
        equals(format!("{name} from {sender}"), &came, expected, false)?;
        self.client = sender;
        Ok(())
    }

    /// Waits for the first datagram of `client`, whatever it is.
    pub fn receives_something(&self, client: &mut Running) -> Verdict {
        let name = "the program sends a datagram";
        let receive = || self.udp().recv_from(&mut [0; 65_536]).ok();
        let came = client.unless_it_ends(receive);
        came.ok_or_else(|| client.not_started(name).hint("arguments"))?;
        holds(name, true)
    }

    /// The next datagram is `start` and udp-server's reply: with the time since sending in a place
    /// `offset` s before UTC, where that is told, or any time. Returns the datagram.
    pub fn receives_time(&self, start: &str, offset: Option<i64>) -> Verdict<Vec<u8>> {
        let name = match offset {
            Some(offset) => format!("the time, {offset} s before UTC, and the text are received"),
            None => "a time and the reply's text are received".to_string(),
        };
        let (came, _) = self.datagram(&name)?;
        let reply = |at, offset| [start, &clock::ctime(at, offset), REPLY].concat().into_bytes();
        // C's time() may lag a tick behind the clock that we read.
        let is_in = |offset| (self.sent_at - 1..=clock::now()).any(|at| came == reply(at, offset));
        let has_form = || {
            let (time, text) = came.split_at(came.len().min(start.len() + CTIME));
            time.is_ascii() && time.starts_with(start.as_bytes()) && text == REPLY.as_bytes()
        };
        holds(name, offset.map_or_else(has_form, is_in)).map_err(|report| {
            let report = report.compared(&reply(self.sent_at, offset.unwrap_or(0)), &came, false);
            let utc = "this is the time in UTC: the local time is asked for";
            if offset.is_some() && is_in(0) { report.better_hint(utc) } else { report }
        })?;
        Ok(came)
    }

    /// No datagram waits now.
    pub fn has_nothing(&self) -> Verdict {
        let name = format!("nothing more waits at {}", self.address());
        let mut buffer = [0; 2048];
        let waiting = self.udp().recv(&mut buffer).ok();
        let compared =
            |report: Report| report.compared(b"", &buffer[..waiting.unwrap_or(0)], false);
        holds(name, waiting.is_none()).map_err(compared)
    }

    /// The system says that nobody has the other end's port (others than these may say nothing).
    pub fn finds_nobody(&self) -> Verdict {
        let receive = || came(self.udp().recv(&mut [0; 2048]));
        let heard = deadline::poll(deadline::seconds(1.0), receive);
        let says = cfg!(any(target_os = "linux", windows));
        let nobody = heard.map_or(!says, |heard| heard.is_err());
        holds("nobody has a socket at that address", nobody).map_err(|report| report.hint("bind"))
    }

    /// Waits for a datagram as long as any program of the test runs.
    fn datagram(&self, name: &str) -> Verdict<(Vec<u8>, SocketAddr)> {
        let limit = deadline::step();
        let mut buffer = vec![0; 65_536];
        let heard = deadline::poll(limit, || {
            let ended = all_ended(); // what it has sent is here by now
            let ended = ended.then(|| Err(io::Error::other("the program has ended")));
            came(self.udp().recv_from(&mut buffer)).or(ended)
        });
        let problem = match heard {
            Some(Ok((length, sender))) => return Ok((buffer[..length].to_vec(), sender)),
            Some(Err(error)) => error.to_string(),
            None => format!("no datagram came in {limit:?}"),
        };
        let report = Report::silent(name).because(problem);
        let hint = if report.ended { None } else { self.answered_from_elsewhere() };
        Err(report.hint(hint.unwrap_or("nothing is sent to this address")))
    }

    /// Whether a reply to a socket that is not connected comes from another address.
    fn answered_from_elsewhere(&self) -> Option<&'static str> {
        let server = self.udp().peer_addr().ok()?;
        let message = journal(|journal| journal.sent.last().cloned())?;
        let open = Peer::bind(self.address().ip()).ok()?;
        open.udp().send_to(&message, server).ok()?;
        let receive = || came(open.udp().recv_from(&mut [0; 2048]));
        let (_, sender) = deadline::poll(MOMENT, receive)?.ok()?;
        (sender != server).then_some("another sender")
    }
}
