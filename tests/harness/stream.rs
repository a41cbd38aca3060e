//! What a child has written so far, read by a thread of its own.

use crate::{deadline, process::lock};
use std::{io, io::Read, sync::Arc, sync::Mutex, thread, time::Duration};

/// Bytes kept of one stream: a program that writes for ever then blocks, and costs no more.
const CAP: usize = 4 << 20;

/// One output stream of a child; Windows' line ends are as everywhere else's.
#[derive(Clone, Default)]
pub struct Stream {
    /// Its bytes so far, and whether these are all.
    state: Arc<Mutex<(Vec<u8>, bool)>>,
    /// How many bytes were looked at.
    pub(crate) seen: usize,
}

impl Stream {
    /// Reads `source`, if there is one, in a thread that nobody joins: a grandchild may hold the
    /// pipe open.
    pub fn of(source: Option<impl Read + Send + 'static>) -> io::Result<Stream> {
        let stream = Stream::default();
        let state = Arc::clone(&stream.state);
        let Some(mut source) = source else {
            lock(&state).1 = true;
            return Ok(stream);
        };
        thread::Builder::new().spawn(move || {
            let (mut buffer, mut cr) = ([0; 4096], false);
            loop {
                let length = source.read(&mut buffer).unwrap_or(0);
                let (bytes, closed) = &mut *lock(&state);
                for byte in &buffer[..length] {
                    bytes.extend((cr && *byte != b'\n').then_some(b'\r'));
                    cr = cfg!(windows) && *byte == b'\r';
                    bytes.extend((!cr).then_some(*byte));
                }
                *closed = length == 0;
                if *closed || bytes.len() > CAP {
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
            let (bytes, closed) = &*lock(&self.state);
            look(bytes, *closed)
        })
    }

    /// Waits for its end, or until its bytes are `enough`; whether either has come.
    pub(crate) fn comes_to(&self, limit: Duration, enough: impl Fn(&[u8]) -> bool) -> bool {
        self.wait(limit, |bytes, closed| (closed || enough(bytes)).then_some(())).is_some()
    }

    pub(crate) fn ends(&self, limit: Duration) -> bool {
        self.comes_to(limit, |_| false)
    }

    /// All bytes so far.
    pub fn bytes(&self) -> Vec<u8> {
        lock(&self.state).0.clone()
    }

    pub(crate) fn unseen(&self) -> Vec<u8> {
        self.bytes().split_off(self.seen)
    }

    /// Waits for the next line, looks at it and returns it without its end.
    pub(crate) fn next_line(&mut self, limit: Duration) -> Option<String> {
        self.comes_to(limit, |bytes| bytes[self.seen..].contains(&b'\n'));
        let bytes = self.unseen();
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        self.seen += end + 1;
        Some(String::from_utf8_lossy(&bytes[..end]).into_owned())
    }
}
