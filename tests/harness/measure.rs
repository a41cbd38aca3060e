//! What a server costs while it is driven as fast as it answers.

use crate::{Background, Program, deadline};
use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

/// Bytes of tcp-server's reply.
const REPLY: usize = 25;

/// A message of 16 bytes.
pub const SHORT: [u8; 16] = [b's'; 16];

/// A client with a limit on each of its waits. Unlike the peers of the checks
/// it judges nothing and keeps no record.
pub enum Client {
    /// Of a TCP server.
    Tcp(TcpStream),
    /// Of a UDP server.
    Udp(UdpSocket),
}

impl Client {
    /// A client of the `program` at `server`.
    pub fn open(program: Program, server: SocketAddr) -> io::Result<Client> {
        let limit = Some(deadline::step());
        if program == Program::UdpServer {
            let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
            socket.connect(server)?;
            socket.set_read_timeout(limit)?;
            return Ok(Client::Udp(socket));
        }
        let stream = TcpStream::connect_timeout(&server, deadline::step())?;
        // Nobody listens, and the connection has met itself (RFC 9293, 3.5).
        if stream.local_addr()? == server {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        stream.set_read_timeout(limit)?;
        Ok(Client::Tcp(stream))
    }

    /// Opens a client as soon as `server` answers one at `address`: refused at
    /// once until it is ready.
    pub fn first(
        server: &mut Background,
        program: Program,
        address: SocketAddr,
    ) -> io::Result<Client> {
        loop {
            let answered = Client::open(program, address).and_then(|mut client| {
                client.exchange(&SHORT)?;
                Ok(client)
            });
            let late = server.started().elapsed() > deadline::start();
            if answered.is_ok() || late || server.ended().is_some() {
                return answered;
            }
            thread::sleep(Duration::from_micros(50));
        }
    }

    /// Sends `message`, which fits into one receive, and waits for the reply.
    pub fn exchange(&mut self, message: &[u8]) -> io::Result<()> {
        match self {
            Client::Tcp(stream) => {
                stream.write_all(message)?;
                stream.read_exact(&mut [0; REPLY])
            }
            Client::Udp(socket) => {
                socket.send(message)?;
                socket.recv(&mut [0; 1024]).map(|_| ())
            }
        }
    }
}

/// CPU time of the process so far, in microseconds, where the system tells.
/// The servers have one thread each, and this file tells of the first (in
/// nanoseconds).
pub fn cpu(id: u32) -> Option<f64> {
    let text = read(id, "schedstat")?;
    let nanoseconds: f64 = text.split(' ').next()?.parse().ok()?;
    Some(nanoseconds / 1e3)
}

/// The most memory that the process ever held, in KiB, where the system tells.
/// What wait4 reports as such begins with the memory of the process that
/// started this one.
pub fn memory(id: u32) -> Option<f64> {
    let text = read(id, "status")?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// What the descriptors of the process lead to, where the system tells.
pub fn descriptors(id: u32) -> Option<Vec<PathBuf>> {
    let entries = fs::read_dir(process(id).join("fd")).ok()?;
    let links = entries.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    Some(links.collect())
}

fn read(id: u32, file: &str) -> Option<String> {
    fs::read_to_string(process(id).join(file)).ok()
}

fn process(id: u32) -> PathBuf {
    PathBuf::from(format!("/proc/{id}"))
}
