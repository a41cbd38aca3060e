//! A TCP server for one client at a time, the twin of `tcp_server.py`.
//!
//!     cargo run -p tcp-server        # here
//!     cargo run -p tcp-client        # then, in a second terminal

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::{env, process::ExitCode};

fn main() -> ExitCode {
    serve().unwrap_or_else(complain)
}

fn serve() -> Result<ExitCode, String> {
    let argv: Vec<_> = env::args_os().collect();
    let argv: Vec<_> = argv.iter().map(|word| word.to_string_lossy()).collect();
    let (host, port) = match argv.as_slice() {
        [_, _] => {
            show("argv is error!!!\ninput as\ntcp-server 192.168.191.1 8888\n")?;
            return Ok(ExitCode::FAILURE);
        }
        [_, host, port, ..] => (host.as_ref(), port.as_ref()),
        _ => ("127.0.0.1", "8888"),
    };
    let address = resolve(host, port)?;

    // std does three steps in one: socket, bind, listen
    let bound = TcpListener::bind(address);
    let listener = bound.map_err(|error| format!("cannot listen on {address}: {error}"))?;

    loop {
        show("waiting for connect....\n")?;
        let (mut connection, peer) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                complain(format!("cannot accept a client: {error}"));
                continue;
            }
        };
        let (ip, port) = (peer.ip(), peer.port());
        show(&format!("connect from ('{ip}', {port})\n"))?;
        let lost = |error: &_| _ = complain(format!("lost {peer}: {error}"));
        loop {
            let mut buffer = [0; 1024];
            let received = connection.read(&mut buffer).inspect_err(lost);
            let Ok(length) = received else { break };
            if length == 0 {
                break;
            }
            let message = String::from_utf8_lossy(&buffer[..length]);
            show(&format!("客户端发来的消息: {message}\n"))?;
            let reply = "服务端已收到消息!".as_bytes();
            let sent = connection.write_all(reply).inspect_err(lost);
            let Ok(()) = sent else { break };
        }
    } // the connection is closed where it goes out of scope
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
    let _ = writeln!(io::stderr(), "tcp-server: {problem}");
    ExitCode::FAILURE
}
