//! Trusted TCP peers: the harness's own client and server.

use crate::difference::quoted;
use crate::exercise::NOWHERE;
use crate::report::{MOMENT, holds, is_unanswered_client, journal, step};
use crate::{Report, Running, Verdict, deadline, hint, worked};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

const CLOSED: &str = "the other end closed the connection";

/// One end of a connection with the program under test.
pub struct TcpPeer(Arc<TcpStream>);

impl TcpPeer {
    /// Connects to a server that is known to listen.
    pub fn connect(server: SocketAddr) -> Verdict<TcpPeer> {
        let connected = TcpStream::connect_timeout(&server, deadline::step());
        step(format!("a client connects to {server}"), connected).map(TcpPeer::of)
    }

    /// Takes over a connection.
    pub(crate) fn of(stream: TcpStream) -> TcpPeer {
        let stream = Arc::new(stream);
        journal(|journal| journal.connection = Arc::downgrade(&stream));
        TcpPeer(stream)
    }

    /// This end's address.
    pub fn address(&self) -> SocketAddr {
        // No system reports an error for a connected socket.
        self.0.local_addr().unwrap_or(NOWHERE)
    }

    /// Sends all of `message`.
    pub fn sends(&mut self, message: impl AsRef<[u8]>) -> Verdict {
        let message = message.as_ref();
        let limited = self.0.set_write_timeout(Some(deadline::step()));
        let sent = limited.and_then(|()| (&*self.0).write_all(message));
        journal(|journal| journal.sent.push(message.to_vec()));
        step(format!("{} is sent", quoted(message)), sent)
    }

    /// Exactly `expected` comes next, in one piece or several.
    pub fn receives(&mut self, expected: impl AsRef<[u8]>) -> Verdict {
        let expected = expected.as_ref();
        let name = format!("{} is received", quoted(expected));
        let mut came = Vec::new();
        let right = |came: &[u8]| expected.starts_with(came);
        let Err(problem) = self.reads(&mut came, expected.len(), deadline::step(), right) else {
            if came != expected {
                // All that belongs to the wrong bytes, for the report only.
                let _ = self.reads(&mut came, usize::MAX, MOMENT, |_| true);
            }
            return equals(name, &came, expected, false);
        };
        let report = Report::silent(name).because(&problem).compared(expected, &came, false);
        if !came.is_empty() || report.ended() {
            return Err(report);
        }
        let stream = Arc::clone(&self.0);
        let hint = waits_for(&stream, || {
            let _ = self.reads(&mut came, expected.len(), MOMENT, |_| true);
            !came.is_empty() && expected.starts_with(&came)
        });
        Err(hint.into_iter().fold(report, Report::better_hint))
    }

    /// The other end closes the connection, and nothing comes before that.
    pub fn receives_end(&mut self) -> Verdict {
        let name = "the connection is closed, and nothing comes before that";
        let mut came = Vec::new();
        match self.reads(&mut came, usize::MAX, deadline::step(), <[u8]>::is_empty) {
            Err(problem) if problem != CLOSED => return step(name, Err(problem)),
            _ => equals(name, &came, b"", false)?,
        }
        journal(|journal| journal.connection = Weak::new());
        Ok(())
    }

    /// Ends this direction of the connection; the other stays open.
    pub fn half_closes(&mut self) -> Verdict {
        step("the client ends its half of the connection", self.0.shutdown(Shutdown::Write))
    }

    /// Closes the connection; all replies have been received.
    pub fn closes(self) {
        worked("the connection is closed at this end");
    }

    /// Waits for a reply and closes while it lies unread: a reset (RFC 2525, 2.17).
    pub fn resets(self) -> Verdict {
        let limit = |left| self.0.set_read_timeout(Some(left));
        let reply = until(deadline::step(), limit, || self.0.peek(&mut [0]));
        let closed = || io::Error::other(CLOSED);
        let waits = reply.and_then(|length| if length == 0 { Err(closed()) } else { Ok(()) });
        step("the connection is reset at this end", waits)
    }

    /// Reads until `came` holds `length` bytes or is not `right`; says what else stopped it.
    fn reads(
        &mut self,
        came: &mut Vec<u8>,
        length: usize,
        limit: Duration,
        right: impl Fn(&[u8]) -> bool,
    ) -> Result<(), String> {
        let (end, mut buffer) = (Instant::now() + limit, [0; 4096]);
        while came.len() < length && right(came) {
            let wanted = buffer.len().min(length - came.len());
            let left = end.saturating_duration_since(Instant::now());
            let set_limit = |left| self.0.set_read_timeout(Some(left));
            match until(left, set_limit, || (&*self.0).read(&mut buffer[..wanted])) {
                Ok(0) => return Err(CLOSED.to_string()),
                Ok(count) => came.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == ErrorKind::TimedOut => {
                    return Err(format!("nothing more came in {limit:?}"));
                }
                Err(error) => return Err(error.to_string()),
            }
        }
        Ok(())
    }
}

/// The step `name`: exactly `expected` `came`, on the program's screen or from the network.
pub fn equals(name: impl Into<String>, came: &[u8], expected: &[u8], screen: bool) -> Verdict {
    holds(name, came == expected).map_err(|report| report.compared(expected, came, screen))
}

/// Reads with a limit, also behind an interruption, which ends such a read (signal(7)); the
/// limit's end is `TimedOut` on every system.
pub(crate) fn until<T>(
    limit: Duration,
    set: impl Fn(Duration) -> io::Result<()>,
    mut read: impl FnMut() -> io::Result<T>,
) -> io::Result<T> {
    let end = Instant::now() + limit;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        // Zero would mean no limit (std::net::TcpStream::set_read_timeout).
        set(left.max(Duration::from_millis(1)))?;
        match read() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                return Err(ErrorKind::TimedOut.into());
            }
            heard => return heard,
        }
    }
}

/// What the program waits for, on whose part nothing came, unless it closed
/// the connection: gives it a line end, a full buffer, the end of the stream,
/// until what was awaited `came`.
pub(crate) fn waits_for(
    mut stream: &TcpStream,
    mut came: impl FnMut() -> bool,
) -> Option<&'static str> {
    let limit = |left| stream.set_read_timeout(Some(left));
    match until(Duration::ZERO, limit, || stream.peek(&mut [0])) {
        Ok(1..) => return None,
        Err(error) if error.kind() == ErrorKind::TimedOut => {}
        _ => return Some("closed early"),
    }
    let full = "\n".repeat(1024);
    let tries = match is_unanswered_client() {
        true => &[("\n", "greeting")][..],
        false => {
            &[("\n", "needs a line end"), (&full, "needs a full buffer"), ("", "needs the end")]
        }
    };
    stream.set_write_timeout(Some(MOMENT)).ok()?;
    tries.iter().find_map(|(bytes, hint)| {
        let given = match bytes.is_empty() {
            true => stream.shutdown(Shutdown::Write),
            false => stream.write_all(bytes.as_bytes()),
        };
        (given.is_ok() && came()).then_some(*hint)
    })
}

/// The harness's own TCP server, for a client under test.
pub struct TrustedServer(TcpListener);

impl TrustedServer {
    /// Listens at a port that the system chooses.
    pub fn listen(ip: impl Into<IpAddr>) -> Verdict<TrustedServer> {
        let listener = TcpListener::bind((ip.into(), 0))?;
        listener.set_nonblocking(true)?;
        Ok(TrustedServer(listener))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap_or(NOWHERE)
    }

    /// Waits for the connection of `client`.
    pub fn accepts(&self, client: &mut Running) -> Verdict<TcpPeer> {
        let name = format!("the program connects to {}", self.address());
        let accepted = client.unless_it_ends(deadline::start(), || self.0.accept().ok());
        let Some((stream, _)) = accepted else {
            let prompts = client.unseen().windows(2).any(|signs| signs == b">>");
            let late = "it prompts, but has not connected: does it do so first, to HOST PORT?";
            let hint = if prompts { late } else { hint::ARGUMENTS };
            return Err(client.not_started(name).hint(hint));
        };
        stream.set_nonblocking(false)?;
        worked(name);
        Ok(TcpPeer::of(stream))
    }

    /// Whether a connection waits to be accepted now.
    pub fn has_another(&self) -> bool {
        self.0.accept().is_ok()
    }
}
