//! What a child has written so far, read by a thread of its own.

use std::io::{self, Read};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Bytes kept of one stream. At this length reading stops, so that a program
/// that writes for ever blocks and costs nothing more.
const CAP: usize = 4 << 20;

/// One output stream of a child.
#[derive(Clone, Default)]
pub struct Stream(Arc<(Mutex<State>, Condvar)>);

#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    closed: bool,
}

impl Stream {
    /// Reads `source` in a thread that nothing ever joins: a grandchild may
    /// hold the other end of the pipe open.
    pub fn of(mut source: impl Read + Send + 'static) -> io::Result<Stream> {
        let stream = Stream::default();
        let Stream(shared) = stream.clone();
        thread::Builder::new().spawn(move || {
            let mut buffer = [0; 4096];
            loop {
                let length = source.read(&mut buffer).unwrap_or(0);
                let mut state = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
                state.bytes.extend_from_slice(&buffer[..length]);
                state.closed = length == 0;
                shared.1.notify_all();
                if length == 0 || state.bytes.len() > CAP {
                    break;
                }
            }
        })?;
        Ok(stream)
    }

    /// A stream that nothing comes from.
    pub fn closed() -> Stream {
        let state = State { bytes: vec![], closed: true };
        Stream(Arc::new((Mutex::new(state), Condvar::new())))
    }

    /// Waits until `look`, called with all bytes so far and whether the
    /// stream is closed, returns something, or `limit` has passed.
    pub fn wait<T>(
        &self,
        limit: Duration,
        mut look: impl FnMut(&[u8], bool) -> Option<T>,
    ) -> Option<T> {
        let end = Instant::now() + limit;
        let (mutex, changed) = &*self.0;
        let mut state = mutex.lock().unwrap_or_else(PoisonError::into_inner);
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
        let state = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.bytes.clone()
    }
}
