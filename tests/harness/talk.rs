//! A conversation of the client under test with a server of the harness, over TCP or UDP.

use crate::{Peer, Program, Running, Setup, Verdict};
use std::mem;
use std::net::{IpAddr, TcpListener};

/// What the client under test shows before it reads a line.
pub fn prompt(program: Program) -> &'static str {
    if program == Program::TcpClient { "发消息>>" } else { "消息>>" }
}

/// The line with which the client under test shows a reply.
pub fn reply_shown(program: Program, reply: &str) -> String {
    let label = if program == Program::TcpClient { "" } else { "从服务器收到: " };
    format!("{label}{reply}\n")
}

/// The client under test, and its server.
pub struct Talk {
    /// Which client it is.
    pub program: Program,
    /// The client.
    pub client: Running,
    /// The server.
    pub server: Peer,
}

impl Talk {
    /// Starts the client under test; over TCP it has connected.
    pub fn begins<'a>(setup: impl Into<Setup<'a>>) -> Verdict<Talk> {
        let setup = setup.into();
        let program = setup.program;
        if program == Program::UdpClient {
            let server = Peer::bind(setup.ip)?;
            return Ok(Talk { program, client: Running::start(setup, server.address())?, server });
        }
        let listener = TcpListener::bind((setup.ip, 0))?;
        let mut client = Running::start(setup, listener.local_addr()?)?;
        let server = Peer::accepts(&listener, &mut client)?;
        Ok(Talk { program, client, server })
    }

    /// It prompts.
    pub fn prompts(&mut self) -> Verdict {
        self.client.shows(prompt(self.program))
    }

    /// `message` is typed, and comes as it is, whatever the screen shows.
    pub fn carries(&mut self, message: &str) -> Verdict {
        self.client.types(message)?;
        self.server.receives(message)
    }

    /// It prompts, `message` is typed, and comes as `sent`.
    pub fn asks(&mut self, message: &str, sent: &str) -> Verdict {
        self.prompts()?;
        self.client.types(message)?;
        self.server.receives(sent)
    }

    /// `reply` is sent, and `text` shown of it.
    pub fn hears(&mut self, reply: impl AsRef<[u8]>, text: &str) -> Verdict {
        self.server.sends(reply)?;
        self.client.shows(&reply_shown(self.program, text))
    }

    /// Each message is sent, and its reply shown, as any other.
    pub fn exchanges(&mut self, exchanges: &[(&str, &str)]) -> Verdict {
        exchanges.iter().try_for_each(|(message, reply)| {
            self.asks(message, message)?;
            self.hears(reply, reply)
        })
    }

    /// An empty line ends it, behind `last` on the screen; nothing more was sent.
    pub fn ends(mut self, last: &str) -> Verdict {
        self.prompts()?;
        self.client.types("")?;
        self.client.shows(last)?;
        self.client.leaves(0)?;
        self.server.is_left()
    }

    /// From now on another UDP socket, at `ip`, is the server; returns the one before.
    pub fn moves_to(&mut self, ip: impl Into<IpAddr>) -> Verdict<Peer> {
        let other = Peer { client: self.server.client, ..Peer::bind(ip)? };
        Ok(mem::replace(&mut self.server, other))
    }
}
