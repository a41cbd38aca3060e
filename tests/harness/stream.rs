//! What a child has written so far, read by a thread of its own.

use crate::{deadline, process::lock};
use std::io::{self, Read};
use std::sync::{Arc, Mutex};
use std::{thread, time::Duration};

/// Bytes kept of one stream: a program that writes for ever then blocks, and costs no more.
const CAP: usize = 4 << 20;

/// One output stream of a child; Windows' line ends are as everywhere else's.
#[derive(Clone, Default)]
pub struct Stream {
    state: Arc<Mutex<State>>,
    /// How many bytes were looked at.
    pub(crate) seen: usize,
}

#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    closed: bool,
}

impl Stream {
    /// Reads `source`, if there is one, in a thread that nobody joins: a grandchild may hold the
    /// pipe open.
    pub fn of(source: Option<impl Read + Send + 'static>) -> io::Result<Stream> {
        let stream = Stream::default();
        let state = Arc::clone(&stream.state);
        let Some(mut source) = source else {
            lock(&state).closed = true;
            return Ok(stream);
        };
        thread::Builder::new().spawn(move || {
            let (mut buffer, mut cr) = ([0; 4096], false);
            loop {
                let length = source.read(&mut buffer).unwrap_or(0);
                let mut state = lock(&state);
                for byte in &buffer[..length] {
                    if cr && *byte != b'\n' {
                        state.bytes.push(b'\r');
                    }
                    cr = cfg!(windows) && *byte == b'\r';
                    if !cr {
                        state.bytes.push(*byte);
                    }
                }
                state.closed = length == 0;
                if state.closed || state.bytes.len() > CAP {
                    break;
                }
            }
        })?;
        Ok(stream)
    }

    /// Waits until `look` finds something in all bytes so far, and whether these are all.
    pub fn wait<T>(
        &self,
        limit: Duration,
        mut look: impl FnMut(&[u8], bool) -> Option<T>,
    ) -> Option<T> {
        deadline::poll(limit, || {
            let state = lock(&self.state);
            look(&state.bytes, state.closed)
        })
    }

    /// Waits for its end, or until its bytes are `enough`; whether that has come.
    pub(crate) fn comes_to(&self, limit: Duration, enough: impl Fn(&[u8]) -> bool) -> bool {
        self.wait(limit, |bytes, closed| (closed || enough(bytes)).then_some(())).is_some()
    }

    /// Waits for its end; whether that has come.
    pub(crate) fn ends(&self, limit: Duration) -> bool {
        self.comes_to(limit, |_| false)
    }

    /// All bytes so far.
    pub fn bytes(&self) -> Vec<u8> {
        lock(&self.state).bytes.clone()
    }

    /// Those behind all that was looked at.
    pub(crate) fn unseen(&self) -> Vec<u8> {
        self.bytes().split_off(self.seen)
    }

    /// Waits for the next line, looks at it and returns it without its end.
    pub(crate) fn next_line(&mut self, limit: Duration) -> Option<String> {
        let line = self.wait(limit, |bytes, _| {
            let bytes = &bytes[self.seen..];
            let end = bytes.iter().position(|byte| *byte == b'\n')?;
            Some(bytes[..end].to_vec())
        })?;
        self.seen += line.len() + 1;
        Some(String::from_utf8_lossy(&line).into_owned())
    }
}
