//! Conversations with the program under test, from its start.

use crate::*;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::{fmt::Display, io, mem, process::Stdio};

/// How a program under test is started. What a [`Program`] becomes has the usual values.
#[derive(Clone, Copy)]
pub struct Setup<'a> {
    /// Which of the four it is.
    pub program: Program,
    /// The server's address of this machine: 127.0.0.1.
    pub ip: IpAddr,
    /// The name by which the program is told that address: none.
    pub host: Option<&'a str>,
    /// All that it is told: `HOST PORT` of that address.
    pub arguments: Option<&'a [&'a str]>,
    /// More environment variables: none.
    pub environment: &'a [(&'a str, &'a str)],
    /// Makes its standard output: a pipe that the harness reads.
    pub screen: fn() -> io::Result<Stdio>,
}

impl From<Program> for Setup<'_> {
    fn from(program: Program) -> Self {
        let (ip, screen) = (Ipv4Addr::LOCALHOST.into(), || Ok(Stdio::piped()));
        Setup { program, ip, host: None, arguments: None, environment: &[], screen }
    }
}

/// The server under test on a port of its own, and a client that has sent it `message`: over TCP
/// an empty one is none.
pub fn serving<'a>(
    setup: impl Into<Setup<'a>>,
    message: impl AsRef<[u8]>,
) -> Verdict<(Running, Peer)> {
    let setup = setup.into();
    on_some_port(|| {
        let address = SocketAddr::new(setup.ip, free_address().port());
        let mut server = Running::start(setup, address)?;
        Peer::first(&mut server, &message).map(|client| (server, client))
    })
}

/// The same with a client whose messages have been shown and answered as any other.
pub fn answering<'a>(setup: impl Into<Setup<'a>>, messages: &[&str]) -> Verdict<(Running, Peer)> {
    let (mut server, mut client) = serving(setup, messages[0])?;
    client.is_announced(&mut server)?;
    client.is_answered(&mut server, messages[0])?;
    messages[1..].iter().try_for_each(|message| client.asks(&mut server, message))?;
    Ok((server, client))
}

impl Running {
    /// What `attempt` returns in the time of a start, unless the program ends before; otherwise it
    /// did not do `step`.
    pub fn starts<T>(
        &mut self,
        step: impl Display,
        mut attempt: impl FnMut(&mut Running) -> Option<T>,
    ) -> Verdict<T> {
        let done = deadline::poll(deadline::start(), || {
            let ended = self.ended().is_some(); // what it did is here by now
            attempt(self).map(Some).or(ended.then_some(None))
        });
        let address = self.address;
        let prompts = |one: &Running| one.unseen().windows(2).any(|signs| signs == b">>");
        let hint = |one: &Running| match one.program {
            Program::TcpServer if UdpSocket::bind(address).is_err() => "UDP has that port",
            Program::UdpServer if TcpStream::connect(address).is_ok() => "TCP has that port",
            Program::TcpClient if prompts(one) => "late connection",
            _ => "arguments",
        };
        done.flatten().ok_or_else(|| self.not_started(step).hint(hint(self)))
    }
}

/// Makes some attempts at a start, where the program ends at once or its port lingers: another
/// program, or a connection's end for a minute, may have the port.
pub fn on_some_port<T>(mut attempt: impl FnMut() -> Verdict<T>) -> Verdict<T> {
    let lingers =
        || journal(|journal| journal.held.last().is_some_and(|(port, _)| port::lingers(*port)));
    for _ in 1..4 {
        match attempt() {
            Err(Report { kind: Kind::NotStarted, ended, .. }) if ended || lingers() => {
                journal(mem::take);
            }
            outcome => return outcome,
        }
    }
    attempt()
}

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
    /// The client.
    pub client: Running,
    /// The server.
    pub server: Peer,
}

impl Talk {
    /// Starts the client under test; over TCP it has connected.
    pub fn begins<'a>(setup: impl Into<Setup<'a>>) -> Verdict<Talk> {
        let setup = setup.into();
        if setup.program == Program::UdpClient {
            let server = Peer::bind(setup.ip)?;
            return Ok(Talk { client: Running::start(setup, server.address)?, server });
        }
        let listener = TcpListener::bind((setup.ip, 0))?;
        let mut client = Running::start(setup, listener.local_addr()?)?;
        let server = Peer::accepts(&listener, &mut client)?;
        Ok(Talk { client, server })
    }

    /// It prompts.
    pub fn prompts(&mut self) -> Verdict {
        self.client.shows(prompt(self.client.program))
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
        self.client.shows(&reply_shown(self.client.program, text))
    }

    /// `reply` is sent, and shown behind the prompt, which may come as late: another check is
    /// about that.
    pub fn hears_behind_the_prompt(&mut self, reply: &str) -> Verdict {
        self.server.sends(reply)?;
        self.prompts()?;
        self.client.shows(&reply_shown(self.client.program, reply))
    }

    /// Each message is sent, and its reply shown, as any other.
    pub fn exchanges(&mut self, exchanges: &[(&str, &str)]) -> Verdict {
        exchanges.iter().try_for_each(|(message, reply)| {
            self.asks(message, message)?;
            self.hears(reply, reply)
        })
    }

    /// An empty line ends it, behind its prompt and `last` on the screen; nothing more was sent.
    pub fn ends(mut self, last: &str) -> Verdict {
        self.client.types("")?;
        self.prompts()?;
        self.client.shows(last)?;
        self.is_over()?.leaves()
    }

    /// The client ends with status 0, whatever the screen shows, and sends nothing more. It may wait
    /// until its server, who has heard that this is the end, has closed the connection, too.
    pub fn is_over(mut self) -> Verdict<Running> {
        if self.client.program == Program::TcpClient {
            self.server.is_left()?;
            self.server.closes();
            self.client.ends_with(0)?;
        } else {
            self.client.ends_with(0)?;
            self.server.is_left()?;
        }
        Ok(self.client)
    }

    /// From now on another UDP socket, at `ip`, is the server; returns the one before.
    pub fn moves_to(&mut self, ip: impl Into<IpAddr>) -> Verdict<Peer> {
        let other = Peer { client: self.server.client, ..Peer::bind(ip)? };
        Ok(mem::replace(&mut self.server, other))
    }
}
