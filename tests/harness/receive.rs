//! What a peer receives, and what a silence may mean.

use crate::*;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::{fmt::Display, sync::Arc, sync::Weak, time::Duration};

impl Peer {
    /// Exactly `expected` comes next: over TCP in one piece or several, over UDP as one datagram.
    pub fn receives(&mut self, expected: impl AsRef<[u8]>) -> Verdict {
        let expected = expected.as_ref();
        let what = if self.is_tcp() { "" } else { "the datagram " };
        let mut name = format!("{what}{} is received", quoted(expected));
        let mut came = self.next(&name, expected)?;
        if !self.is_tcp() {
            name += &format!(" from {}", self.client);
        } else if came != expected {
            // All that belongs to the wrong bytes, for the report only.
            let _ = self.reads(&mut came, MOMENT, |_| usize::MAX);
        }
        equals(name, &came, expected, false)
    }

    /// The reply of the server under test comes next, from UDP's with any time.
    pub fn receives_reply(&mut self) -> Verdict {
        if self.is_tcp() { self.receives(REPLY) } else { self.receives_time("", None).map(drop) }
    }

    /// UDP: the next datagram is `start` and the server's reply, with the time since sending in a
    /// place `offset` s before UTC, where that is told, or any time. Returns the datagram.
    pub fn receives_time(&mut self, start: &str, offset: Option<i64>) -> Verdict<Vec<u8>> {
        let name = match offset {
            Some(offset) => format!("the time, {offset} s before UTC, and the text are received"),
            None => "a time and the reply's text are received".to_string(),
        };
        let (came, text) = (self.next(&name, b"")?, " 接收到消息");
        let reply = |at, offset| [start, &clock::ctime(at, offset), text].concat().into_bytes();
        let is_in = |offset| (self.sent_at..=clock::now()).any(|at| came == reply(at, offset));
        let time = came.strip_prefix(start.as_bytes()).unwrap_or_default();
        let time = time.strip_suffix(text.as_bytes()).unwrap_or_default();
        let has_form = time.len() == 24 && time.is_ascii(); // as C's ctime
        holds(name, offset.map_or(has_form, is_in)).map_err(|report| {
            let report = report.compared(&reply(self.sent_at, offset.unwrap_or(0)), &came, false);
            let utc = "this is the time in UTC: the local time is asked for";
            report.better_hint(offset.and_then(|_| is_in(0).then_some(utc)))
        })?;
        Ok(came)
    }

    /// The other end has closed the connection, where there is one, and nothing more has come.
    pub fn is_left(&mut self) -> Verdict {
        let (mut came, tcp) = (vec![], self.is_tcp());
        // An interpreter goes as slowly as it comes.
        let limit = if tcp { deadline::start() } else { Duration::ZERO };
        let first = |came: &[u8]| if came.is_empty() { usize::MAX } else { 0 };
        let read = self.reads(&mut came, limit, first);
        journal(|journal| journal.connection = Weak::new());
        let name = match tcp {
            true => "the connection is closed, and nothing comes before that".to_string(),
            false => format!("nothing more waits at {}", self.address),
        };
        match read {
            Err(error) if tcp && error.kind() != ErrorKind::UnexpectedEof => step(name, Err(error)),
            read => holds(name, read.is_err()).map_err(|it| match came.is_empty() {
                true => it.because("an empty datagram came"),
                false => it.compared(b"", &came, false),
            }),
        }
    }

    /// UDP: waits for the first datagram of `client`, whatever it is.
    pub fn receives_something(&self, client: &mut Running) -> Verdict {
        let name = "the program sends a datagram";
        client.starts(name, |_| self.udp().peek(&mut [0; 65_536]).ok())?;
        holds(name, true)
    }

    /// Waits for a reply and closes while it lies unread: a reset (RFC 2525, 2.17).
    pub fn resets(self) -> Verdict {
        let Socket::Tcp(stream) = self.socket else { panic!("UDP has no connection") };
        let peek = || came(stream.peek(&mut [0]).and_then(open));
        let heard = deadline::poll(deadline::step(), peek);
        let heard = heard.unwrap_or_else(|| Err(ErrorKind::TimedOut.into()));
        step("the connection is reset at this end", heard).map(drop)
    }

    /// What comes, over TCP as long as it may become `expected`, over UDP one datagram.
    fn next(&mut self, name: &str, expected: &[u8]) -> Verdict<Vec<u8>> {
        let more = |came: &[u8]| expected.strip_prefix(came).map_or(0, <[u8]>::len);
        let mut came = Vec::new();
        // A UDP client's first sign may be its first datagram.
        let begins = !self.is_tcp() && self.client == NOWHERE && self.udp().peer_addr().is_err();
        let limit = if begins { deadline::start() } else { deadline::step() };
        let read = self.reads(&mut came, limit, more);
        let Err(problem) = read else { return Ok(came) };
        let report = Report::silent(name).because(problem);
        let Socket::Tcp(stream) = &self.socket else {
            let hint = if report.ended { None } else { self.answered_from_elsewhere() };
            return Err(report.hint(hint.unwrap_or("nothing is sent to this address")));
        };
        let (report, stream) = (report.compared(expected, &came, false), Arc::clone(stream));
        // Who has shown the message does not wait for more of it.
        let is_shown = journal(|notes| {
            let screen = notes.programs.last().map(|one| one.screen.bytes()).unwrap_or_default();
            let last = notes.sent.last().map_or(&b""[..], Vec::as_slice);
            !last.is_empty() && screen.windows(last.len()).any(|part| part == last)
        });
        if !came.is_empty() || report.ended || is_shown {
            return Err(report);
        }
        let hint = waits_for(&stream, || {
            let _ = self.reads(&mut came, MOMENT, more);
            !came.is_empty() && expected.starts_with(&came)
        });
        Err(report.better_hint(hint))
    }

    /// Reads as many bytes as are `wanted` behind those, until none are, over UDP one datagram;
    /// says what else stopped it.
    fn reads(
        &mut self,
        bytes: &mut Vec<u8>,
        limit: Duration,
        wanted: impl Fn(&[u8]) -> usize,
    ) -> io::Result<()> {
        let mut buffer = vec![0; 65_536];
        let stopped = deadline::poll(limit, || match &self.socket {
            Socket::Tcp(stream) => {
                let most = buffer.len().min(wanted(bytes));
                if most == 0 {
                    return Some(Ok(()));
                }
                let read = came(stream.as_ref().read(&mut buffer[..most]).and_then(open))?;
                let read = read.map(|count| bytes.extend_from_slice(&buffer[..count]));
                (read.is_err() || wanted(bytes) == 0).then_some(read)
            }
            Socket::Udp(socket) => {
                // Of programs that have ended, what they have sent is here by now.
                let closed = |one: &Watched| one.closes(Duration::ZERO);
                let ended = journal(|notes| notes.programs.iter().all(closed));
                let ended = ended.then(|| Err(io::Error::other("the program has ended")));
                let heard = came(socket.recv_from(&mut buffer)).or(ended)?;
                Some(heard.map(|(length, sender)| {
                    bytes.extend_from_slice(&buffer[..length]);
                    self.client = sender;
                }))
            }
        });
        let nothing = if self.is_tcp() { "nothing more" } else { "no datagram" };
        let late = || io::Error::other(format!("{nothing} came in {limit:?}"));
        stopped.unwrap_or_else(|| Err(late()))
    }

    /// Whether a reply to a socket that is not connected comes from another address.
    fn answered_from_elsewhere(&self) -> Option<&'static str> {
        let server = self.udp().peer_addr().ok()?;
        let message = journal(|journal| journal.sent.last().cloned())?;
        let mut open = Peer::bind(self.address.ip()).ok()?;
        open.udp().send_to(&message, server).ok()?;
        open.reads(&mut vec![], MOMENT, |_| 0).ok()?;
        (open.client != server).then_some("another sender")
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

/// What `receive` returns, which is called again where a stop of this process has ended it, as it
/// does with one that has a limit (signal(7)).
pub(crate) fn uninterrupted<T>(mut receive: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match receive() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// So many bytes came, for a connection that is still open.
fn open(count: usize) -> io::Result<usize> {
    let closed = || io::Error::new(ErrorKind::UnexpectedEof, "the other end closed the connection");
    if count == 0 { Err(closed()) } else { Ok(count) }
}

/// What the program waits for, on whose part nothing came, or that it closed the connection: gives
/// it a byte, a line end, a full buffer, the end of the stream, until what was awaited `is_there`.
pub(crate) fn waits_for(
    mut stream: &TcpStream,
    mut is_there: impl FnMut() -> bool,
) -> Option<&'static str> {
    let is_client = |one: &Watched| one.program.is_client();
    let is_client = journal(|notes| notes.programs.last().is_some_and(is_client));
    let quiet = journal(|notes| notes.sent.is_empty());
    match came(stream.peek(&mut [0])) {
        // A server has answered. Of a client it may be the rest of a message.
        Some(Ok(1..)) if !is_client || quiet => return None,
        Some(Ok(1..)) | None => {}
        Some(_) => return Some("closed early"),
    }
    let tries: &[(&[u8], _)] = match (quiet, is_client) {
        (true, true) => &[(b"\n", "greeting")],
        (true, false) => &[],
        (false, _) => &[
            (b"x", "needs more"),
            (b"\n", "needs a line end"),
            (&[b'\n'; 1024], "needs a full buffer"),
            (b"", "needs the end"),
        ],
    };
    tries.iter().find_map(|(bytes, hint)| {
        let given = match bytes.is_empty() {
            true => stream.shutdown(Shutdown::Write),
            false => stream.write_all(bytes),
        };
        (given.is_ok() && is_there()).then_some(*hint)
    })
}
