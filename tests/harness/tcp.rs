//! TCP's part of a peer: a connection's end.

use crate::*;
use std::fmt::Display;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Weak};
use std::time::Duration;

const CLOSED: &str = "the other end closed the connection";

impl Peer {
    /// A client that connects to a server that is known to listen.
    pub fn connect(server: SocketAddr) -> Verdict<Peer> {
        let connected = TcpStream::connect_timeout(&server, deadline::step());
        step(format!("a client connects to {server}"), connected).and_then(Peer::of)
    }

    /// Waits for the connection of `client` to a listener of the harness.
    pub fn accepts(listener: &TcpListener, client: &mut Running) -> Verdict<Peer> {
        listener.set_nonblocking(true)?;
        let name = format!("the program connects to {}", listener.local_addr()?);
        let accepted = client.unless_it_ends(|| listener.accept().ok());
        let Some((stream, _)) = accepted else {
            let prompts = client.unseen().windows(2).any(|signs| signs == b">>");
            let late = "it prompts, but has not connected: does it do so first, to HOST PORT?";
            let hint = if prompts { late } else { "arguments" };
            return Err(client.not_started(name).hint(hint));
        };
        worked(name);
        Peer::of(stream)
    }

    /// Takes over a connection.
    pub(crate) fn of(stream: TcpStream) -> Verdict<Peer> {
        let limited = stream.set_write_timeout(Some(deadline::step()));
        // macOS refuses a limit where the other end has reset the connection.
        let ready = limited.and_then(|()| stream.set_nonblocking(true));
        ready.map_err(|error| Report::silent("the connection is open").because(error))?;
        let stream = Arc::new(stream);
        journal(|journal| journal.connection = Arc::downgrade(&stream));
        Ok(Peer { socket: Socket::Tcp(stream), sent_at: 0, client: NOWHERE })
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
        let reply = deadline::poll(deadline::step(), || came(self.tcp().peek(&mut [0])));
        let waits = match reply.unwrap_or(Err(ErrorKind::TimedOut.into())) {
            Ok(0) => Err(io::Error::other(CLOSED)),
            reply => reply,
        };
        step("the connection is reset at this end", waits).map(drop)
    }

    /// Reads until there are `length` bytes or they are not `right`; says what else stopped it.
    fn reads(
        &self,
        bytes: &mut Vec<u8>,
        length: usize,
        limit: Duration,
        right: impl Fn(&[u8]) -> bool,
    ) -> Result<(), String> {
        let mut buffer = vec![0; 65_536];
        let stopped = deadline::poll(limit, || {
            let wanted = buffer.len().min(length - bytes.len());
            if wanted == 0 {
                return Some(Ok(()));
            }
            match came(self.tcp().as_ref().read(&mut buffer[..wanted]))? {
                Ok(0) => return Some(Err(CLOSED.to_string())),
                Ok(count) => bytes.extend_from_slice(&buffer[..count]),
                Err(error) => return Some(Err(error.to_string())),
            }
            (bytes.len() == length || !right(bytes)).then_some(Ok(()))
        });
        stopped.unwrap_or_else(|| Err(format!("nothing more came in {limit:?}")))
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

/// The step `name`: exactly `expected` `came`, on the program's screen or from the network.
pub fn equals(name: impl Display, came: &[u8], expected: &[u8], screen: bool) -> Verdict {
    holds(name, came == expected).map_err(|report| report.compared(expected, came, screen))
}

/// What a call returned, unless it would have had to wait.
pub(crate) fn came<T>(result: io::Result<T>) -> Option<io::Result<T>> {
    match result {
        Err(error) if error.kind() == ErrorKind::WouldBlock => None,
        result => Some(result),
    }
}

/// What the program waits for, on whose part nothing came, or that it closed the connection: gives
/// it a line end, a full buffer, the end of the stream, until what was awaited `is_there`.
pub(crate) fn waits_for(
    mut stream: &TcpStream,
    mut is_there: impl FnMut() -> bool,
) -> Option<&'static str> {
    match came(stream.peek(&mut [0])) {
        Some(Ok(1..)) => return None,
        Some(_) => return Some("closed early"),
        None => {}
    }
    let full = "\n".repeat(1024);
    let is_client = |one: &Watched| one.name.ends_with("client");
    let unanswered =
        journal(|notes| notes.sent.is_empty() && notes.programs.last().is_some_and(is_client));
    let tries = match unanswered {
        true => &[("\n", "greeting")][..],
        false => {
            &[("\n", "needs a line end"), (&full, "needs a full buffer"), ("", "needs the end")]
        }
    };
    tries.iter().find_map(|(bytes, hint)| {
        let given = match bytes.is_empty() {
            true => stream.shutdown(Shutdown::Write),
            false => stream.write_all(bytes.as_bytes()),
        };
        (given.is_ok() && is_there()).then_some(*hint)
    })
}
