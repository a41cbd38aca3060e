//! TCP's part of a peer: a connection's end.

use crate::difference::quoted;
use crate::peer::Socket;
use crate::report::{MOMENT, holds, is_unanswered_client, journal, step};
use crate::{Peer, Report, Running, Verdict, deadline, worked};
use std::fmt::Display;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

const CLOSED: &str = "the other end closed the connection";

impl Peer {
    /// A client that connects to a server that is known to listen.
    pub fn connect(server: SocketAddr) -> Verdict<Peer> {
        let connected = TcpStream::connect_timeout(&server, deadline::step());
        step(format!("a client connects to {server}"), connected).map(Peer::of)
    }

    /// Waits for the connection of `client` to a listener of the harness.
    pub fn accepts(listener: &TcpListener, client: &mut Running) -> Verdict<Peer> {
        listener.set_nonblocking(true)?;
        let name = format!("the program connects to {}", listener.local_addr()?);
        let accepted = client.unless_it_ends(deadline::start(), || listener.accept().ok());
        let Some((stream, _)) = accepted else {
            let prompts = client.unseen().windows(2).any(|signs| signs == b">>");
            let late = "it prompts, but has not connected: does it do so first, to HOST PORT?";
            let hint = if prompts { late } else { "arguments" };
            return Err(client.not_started(name).hint(hint));
        };
        stream.set_nonblocking(false)?;
        worked(name);
        Ok(Peer::of(stream))
    }

    /// Takes over a connection.
    pub(crate) fn of(stream: TcpStream) -> Peer {
        let stream = Arc::new(stream);
        journal(|journal| journal.connection = Arc::downgrade(&stream));
        Socket::Tcp(stream).into()
    }

    fn tcp(&self) -> &Arc<TcpStream> {
        let Socket::Tcp(stream) = &self.socket else { panic!("this peer has no connection") };
        stream
    }

    pub(crate) fn receives_bytes(&self, expected: &[u8]) -> Verdict {
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
        let report = Report::silent(name).because(problem).compared(expected, &came, false);
        if !came.is_empty() || report.ended {
            return Err(report);
        }
        let hint = waits_for(self.tcp(), || {
            let _ = self.reads(&mut came, expected.len(), MOMENT, |_| true);
            !came.is_empty() && expected.starts_with(&came)
        });
        Err(hint.into_iter().fold(report, Report::better_hint))
    }

    pub(crate) fn receives_end(&self) -> Verdict {
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
    pub fn half_closes(&self) -> Verdict {
        step("the client ends its half of the connection", self.tcp().shutdown(Shutdown::Write))
    }

    /// Closes the connection; all replies have been received.
    pub fn closes(self) {
        worked("the connection is closed at this end");
    }

    /// Waits for a reply and closes while it lies unread: a reset (RFC 2525, 2.17).
    pub fn resets(self) -> Verdict {
        let reply = until(deadline::step(), self.tcp(), |stream| stream.peek(&mut [0]));
        let closed = || io::Error::other(CLOSED);
        let waits = reply.and_then(|length| if length == 0 { Err(closed()) } else { Ok(()) });
        step("the connection is reset at this end", waits)
    }

    /// Reads until `came` holds `length` bytes or is not `right`; says what else stopped it.
    fn reads(
        &self,
        came: &mut Vec<u8>,
        length: usize,
        limit: Duration,
        right: impl Fn(&[u8]) -> bool,
    ) -> Result<(), String> {
        let (end, mut buffer) = (Instant::now() + limit, [0; 4096]);
        while came.len() < length && right(came) {
            let wanted = buffer.len().min(length - came.len());
            let left = end.saturating_duration_since(Instant::now());
            match until(left, self.tcp(), |mut stream| stream.read(&mut buffer[..wanted])) {
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
pub fn equals(name: impl Display, came: &[u8], expected: &[u8], screen: bool) -> Verdict {
    holds(name, came == expected).map_err(|report| report.compared(expected, came, screen))
}

/// Reads with a limit, also behind an interruption, which ends such a read (signal(7)); the
/// limit's end is `TimedOut` on every system.
fn until<T>(
    limit: Duration,
    stream: &TcpStream,
    mut read: impl FnMut(&TcpStream) -> io::Result<T>,
) -> io::Result<T> {
    let end = Instant::now() + limit;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        // Zero would mean no limit (std::net::TcpStream::set_read_timeout).
        stream.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        match read(stream) {
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
    match until(Duration::ZERO, stream, |stream| stream.peek(&mut [0])) {
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
