//! A conversation of the client under test, over TCP or UDP.

use crate::checks::peer::{Peer, conversing_by_name, prompt, reply_shown};
use harness::*;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

/// A second that began then is over, as far as a slow machine can tell.
pub fn a_second_has_passed(since: Instant) -> Verdict {
    let (took, most) = (since.elapsed(), deadline::seconds(2.0));
    let right = took > Duration::from_millis(700) && took <= most;
    holds("that takes a second", right)
        .map_err(|report| report.because(&format!("it took {:.1} s", took.as_secs_f64())))
}

/// The client under test, and its server.
pub struct Talk {
    pub program: Program,
    pub client: Running,
    pub server: Peer,
}

impl Talk {
    pub fn begins(program: Program) -> Verdict<Talk> {
        let (client, server) = conversing_by_name(program)?;
        Ok(Talk { program, client, server })
    }

    /// It prompts, `message` is typed, and comes as `sent`.
    pub fn asks(&mut self, message: &str, sent: &str) -> Verdict {
        self.client.shows(prompt(self.program))?;
        self.client.types(message)?;
        self.server.receives(sent)
    }

    /// `reply` is sent, and `text` shown of it.
    pub fn hears(&mut self, reply: &str, text: &str) -> Verdict {
        self.server.sends(reply)?;
        self.client.shows(&reply_shown(self.program, text))
    }

    /// An empty line ends it, behind `last` on the screen; nothing more was sent.
    pub fn ends(mut self, last: &str) -> Verdict {
        self.client.shows(prompt(self.program))?;
        self.client.types("")?;
        self.client.shows(last)?;
        self.client.leaves(0)?;
        self.server.is_left()
    }

    /// Where the server is, and where the last message came from.
    pub fn addresses(&self) -> (SocketAddr, SocketAddr) {
        match &self.server {
            Peer::Udp(server, Some(client)) => (server.address(), *client),
            _ => (NOWHERE, NOWHERE),
        }
    }
}

/// Each message is sent and its reply shown as by a program of the sheet.
pub fn is_as_before(program: Program, messages: &[&str]) -> Verdict<Talk> {
    let mut talk = Talk::begins(program)?;
    for message in messages {
        talk.asks(message, message)?;
        talk.hears("hi", "hi")?;
    }
    Ok(talk)
}

/// The first message is sent behind `number`, and answered after half a second.
pub fn is_answered_late(program: Program, number: &str) -> Verdict<Talk> {
    let mut talk = Talk::begins(program)?;
    talk.asks("late", &format!("{number}late"))?;
    thread::sleep(Duration::from_millis(500)); // the pause is what is tested
    talk.hears(&format!("{number}hi"), "hi")?;
    talk.client.is_quiet()?;
    Ok(talk)
}
