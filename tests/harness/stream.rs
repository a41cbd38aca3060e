//! What a child has written so far, read by a thread of its own.

use crate::process::lock;
use std::io::{self, Read};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Bytes kept of one stream: a program that writes for ever then blocks, and costs no more.
const CAP: usize = 4 << 20;

/// One output stream of a child; Windows' line ends are as everywhere else's.
#[derive(Clone, Default)]
pub struct Stream(Arc<(Mutex<State>, Condvar)>);

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
        let Stream(shared) = stream.clone();
        let Some(mut source) = source else {
            lock(&shared.0).closed = true;
            return Ok(stream);
        };
        thread::Builder::new().spawn(move || {
            let (mut buffer, mut cr) = ([0; 4096], false);
            loop {
                let length = source.read(&mut buffer).unwrap_or(0);
                let mut state = lock(&shared.0);
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
                shared.1.notify_all();
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
        let end = Instant::now() + limit;
        let (mutex, changed) = &*self.0;
        let mut state = lock(mutex);
        loop {
            let found = look(&state.bytes, state.closed);
            let left = end.saturating_duration_since(Instant::now());
            if found.is_some() || left.is_zero() {
                return found;
            }
            state = changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// All bytes so far.
    pub fn bytes(&self) -> Vec<u8> {
        lock(&self.0.0).bytes.clone()
    }
}
