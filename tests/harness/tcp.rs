//! Trusted TCP peers: the harness's own client and server.

use crate::difference::quoted;
use crate::{Report, Running, Verdict, deadline, report, worked};
use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// One end of a connection with the program under test.
pub struct TcpPeer(TcpStream);

impl TcpPeer {
    /// Connects to a server that is known to listen.
    pub fn connect(address: SocketAddr) -> Verdict<TcpPeer> {
        let step = format!("a client connects to {address}");
        match TcpStream::connect_timeout(&address, deadline::step()) {
            Ok(stream) => {
                let peer = TcpPeer(stream);
                worked(format!("{step} from {}", peer.address()));
                Ok(peer)
            }
            Err(error) => Err(Report::failed(step).because(&error.to_string())),
        }
    }

    /// Takes over a connection.
    pub(crate) fn of(stream: TcpStream) -> TcpPeer {
        TcpPeer(stream)
    }

    /// This end's address.
    pub fn address(&self) -> SocketAddr {
        // No system reports an error for a connected socket.
        let unknown = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        self.0.local_addr().unwrap_or(unknown)
    }

    /// Sends all of `message`.
    pub fn sends(&mut self, message: impl AsRef<[u8]>) -> Verdict {
        let message = message.as_ref();
        let step = format!("{} is sent", quoted(message));
        let sent = self.0.set_write_timeout(Some(deadline::step()));
        let sent = sent.and_then(|()| self.0.write_all(message));
        sent.map_err(|error| Report::failed(&step).because(&error.to_string()))?;
        report::sent(message);
        worked(step);
        Ok(())
    }

    /// Exactly `expected` comes next, in one piece or several.
    pub fn receives(&mut self, expected: impl AsRef<[u8]>) -> Verdict {
        let expected = expected.as_ref();
        let step = format!("{} is received", quoted(expected));
        let mut came = Vec::new();
        let right = |came: &[u8]| expected.starts_with(came);
        let problem = self.read_while(&mut came, expected.len(), deadline::step(), right);
        if came == expected {
            worked(step);
            return Ok(());
        }
        if problem.is_none() {
            // All that belongs to the wrong bytes, for the report only.
            self.read(&mut came, usize::MAX, Duration::from_millis(100));
        }
        let report = Report::failed(step).compared(expected, &came, false);
        Err(report.because(&problem.unwrap_or_default()))
    }

    /// The other end closes the connection, and nothing comes before that.
    pub fn receives_end(&mut self) -> Verdict {
        let step = "the connection is closed, and nothing comes before that";
        let mut came = Vec::new();
        let nothing = |came: &[u8]| came.is_empty();
        let problem = self.read_while(&mut came, usize::MAX, deadline::step(), nothing);
        let problem = problem.unwrap_or_default();
        match came.is_empty() && problem == CLOSED {
            true => worked(step),
            false if came.is_empty() => return Err(Report::failed(step).because(&problem)),
            false => return Err(Report::failed(step).compared(b"", &came, false)),
        }
        Ok(())
    }

    /// Ends this direction of the connection; the other stays open.
    pub fn half_closes(&mut self) -> Verdict {
        let step = "the client ends its half of the connection";
        let ended = self.0.shutdown(Shutdown::Write);
        ended.map_err(|error| Report::failed(step).because(&error.to_string()))?;
        worked(step);
        Ok(())
    }

    /// Closes the connection; all replies have been received.
    pub fn closes(self) {
        worked("the connection is closed at this end");
    }

    /// Closes while a reply lies unread, which resets the connection (RFC
    /// 2525, 2.17). Waits for that reply.
    pub fn resets(self) -> Verdict {
        let step = "the connection is reset at this end";
        let limit = self.0.set_read_timeout(Some(deadline::step()));
        let waiting = limit.and_then(|()| self.0.peek(&mut [0]));
        match waiting {
            Ok(1..) => worked(step),
            Ok(0) => return Err(Report::failed(step).because(CLOSED)),
            Err(error) => return Err(Report::failed(step).because(&error.to_string())),
        }
        Ok(())
    }

    /// Reads until `came` holds `length` bytes; returns what stopped it.
    fn read(&mut self, came: &mut Vec<u8>, length: usize, limit: Duration) -> Option<String> {
        self.read_while(came, length, limit, |_| true)
    }

    /// The same, but stops as soon as what came is not `right`.
    fn read_while(
        &mut self,
        came: &mut Vec<u8>,
        length: usize,
        limit: Duration,
        right: impl Fn(&[u8]) -> bool,
    ) -> Option<String> {
        let end = Instant::now() + limit;
        let mut buffer = [0; 4096];
        while came.len() < length && right(came) {
            let left = end.saturating_duration_since(Instant::now());
            // Zero would mean no limit (std::net::TcpStream::set_read_timeout).
            let limited = self.0.set_read_timeout(Some(left.max(Duration::from_millis(1))));
            let wanted = buffer.len().min(length - came.len());
            match limited.and_then(|()| self.0.read(&mut buffer[..wanted])) {
                Ok(0) => return Some(CLOSED.to_string()),
                Ok(count) => came.extend_from_slice(&buffer[..count]),
                // A receive with a limit ends so after a stop (signal(7)).
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if timed_out(error.kind()) => {
                    return Some(format!("nothing more came in {limit:?}"));
                }
                Err(error) => return Some(error.to_string()),
            }
        }
        None
    }
}

const CLOSED: &str = "the other end closed the connection";

/// Unix reports a receive limit as the one, Windows as the other.
pub(crate) fn timed_out(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// The harness's own TCP server, for a client under test.
pub struct TrustedServer(TcpListener);

impl TrustedServer {
    /// Listens at a port that the system chooses.
    pub fn listen(ip: impl Into<IpAddr>) -> Verdict<TrustedServer> {
        let listener = TcpListener::bind((ip.into(), 0));
        let listener = listener.and_then(|l| l.set_nonblocking(true).map(|()| l));
        let failed = |error: std::io::Error| Report::harness("listen").because(&error.to_string());
        Ok(TrustedServer(listener.map_err(failed)?))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        let unknown = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        self.0.local_addr().unwrap_or(unknown)
    }

    /// Waits for the connection of `client`.
    pub fn accepts(&self, client: &mut Running) -> Verdict<TcpPeer> {
        let step = format!("the program connects to {}", self.address());
        let accepted = deadline::poll(deadline::start(), || match self.0.accept() {
            Ok((stream, _)) => Some(Some(stream)),
            Err(_) => client.ended().map(|_| None),
        });
        let Some(stream) = accepted.flatten() else {
            let report = client.not_started(step);
            return Err(report.hint("does the program take HOST PORT from its arguments?"));
        };
        let blocking = stream.set_nonblocking(false);
        blocking.map_err(|error| Report::harness("accept").because(&error.to_string()))?;
        worked(step);
        Ok(TcpPeer::of(stream))
    }

    /// Whether a connection waits to be accepted now.
    pub fn has_another(&self) -> bool {
        self.0.accept().is_ok()
    }
}
