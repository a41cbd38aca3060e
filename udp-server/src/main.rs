//! A UDP server that answers with the time, the twin of `udp_server.py`.
//!
//!     cargo run -p udp-server -- 127.0.0.1 9000        # here
//!     cargo run -p udp-client -- 127.0.0.1 9000        # in a second terminal

mod ctime;

use ctime::ctime;
use std::io::{self, Write};
use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::{env, process::ExitCode};

fn main() -> ExitCode {
    serve().unwrap_or_else(complain)
}

fn serve() -> Result<ExitCode, String> {
    let argv: Vec<_> = env::args_os().collect();
    let argv: Vec<_> = argv.iter().map(|word| word.to_string_lossy()).collect();
    let [_, host, port, ..] = argv.as_slice() else {
        show("argv is error!!!\ninput as\nudp-server 192.168.191.1 8888\n")?;
        return Ok(ExitCode::FAILURE);
    };
    let address = resolve(host, port)?;

    // std does two steps in one: socket, bind
    let bound = UdpSocket::bind(address);
    let server = bound.map_err(|error| format!("cannot bind {address}: {error}"))?;

    loop {
        let mut buffer = [0; 1024];
        let (length, peer) = match server.recv_from(&mut buffer) {
            Ok(received) => received,
            Err(error) => {
                complain(format!("cannot receive a datagram: {error}"));
                continue;
            }
        };
        let (ip, port) = (peer.ip(), peer.port());
        let message = String::from_utf8_lossy(&buffer[..length]);
        show(&format!("recv from ('{ip}', {port}):{message}\n"))?;
        let reply = ctime().map(|now| format!("{now} 接收到消息"));
        let sent = reply.and_then(|reply| server.send_to(reply.as_bytes(), peer));
        if let Err(error) = sent {
            complain(format!("cannot answer {peer}: {error}"));
        }
    }
}

/// The first IPv4 address of `host`: the script's sockets are `AF_INET`.
fn resolve(host: &str, port: &str) -> Result<SocketAddr, String> {
    let no_port = |_| format!("port {port:?} is not a number from 0 to 65535");
    let no_host = |error| format!("cannot find host {host:?}: {error}");
    let port: u16 = port.parse().map_err(no_port)?;
    let mut found = (host, port).to_socket_addrs().map_err(no_host)?;
    let ipv4 = found.find(SocketAddr::is_ipv4);
    ipv4.ok_or(format!("host {host:?} has no IPv4 address"))
}

/// `println!` would panic where standard output is closed.
fn show(text: &str) -> Result<(), String> {
    let mut out = io::stdout();
    let shown = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    shown.map_err(|error| format!("cannot write to standard output: {error}"))
}

fn complain(problem: String) -> ExitCode {
    let _ = writeln!(io::stderr(), "udp-server: {problem}");
    ExitCode::FAILURE
}
