//! A TCP client that sends what is typed, the twin of `tcp_client.py`.
//!
//!     cargo run -p tcp-server        # first, in another terminal
//!     cargo run -p tcp-client        # then, here

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::{env, process::ExitCode};

fn main() -> ExitCode {
    converse().unwrap_or_else(complain)
}

fn converse() -> Result<ExitCode, String> {
    let argv: Vec<_> = env::args_os().collect();
    let argv: Vec<_> = argv.iter().map(|word| word.to_string_lossy()).collect();
    let (host, port) = match argv.as_slice() {
        [_, _] => {
            show("argv is error!!!\ninput as\ntcp-client 192.168.191.1 8888\n")?;
            return Ok(ExitCode::FAILURE);
        }
        [_, host, port, ..] => (host.as_ref(), port.as_ref()),
        _ => ("127.0.0.1", "8888"),
    };
    let server = resolve(host, port)?;
    // std does two steps in one: socket, connect
    let connected = TcpStream::connect(server);
    let mut connection =
        connected.map_err(|error| format!("cannot connect to {server}: {error}"))?;
    let lost = |error| format!("lost {server}: {error}");

    loop {
        let message = input("发消息>>")?;
        if message.is_empty() {
            return Ok(ExitCode::SUCCESS); // closes the connection, too
        }
        connection.write_all(message.as_bytes()).map_err(lost)?;
        let mut buffer = [0; 1024];
        let length = connection.read(&mut buffer).map_err(lost)?;
        if length == 0 {
            return Err(format!("{server} closed the connection"));
        }
        let reply = String::from_utf8_lossy(&buffer[..length]);
        show(&format!("{reply}\n"))?;
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

/// A line without its end; the end of the input (Ctrl-D) is an empty one.
fn input(prompt: &str) -> Result<String, String> {
    show(prompt)?;
    let mut line = String::new();
    let unreadable = |error| format!("cannot read standard input: {error}");
    if io::stdin().read_line(&mut line).map_err(unreadable)? == 0 {
        show("\n")?; // nobody pressed Enter after the prompt
    }
    let ended = line.strip_suffix("\r\n").or(line.strip_suffix('\n'));
    Ok(ended.unwrap_or(&line).to_string())
}

/// `println!` would panic where standard output is closed.
fn show(text: &str) -> Result<(), String> {
    let mut out = io::stdout();
    let shown = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    shown.map_err(|error| format!("cannot write to standard output: {error}"))
}

fn complain(problem: String) -> ExitCode {
    let _ = writeln!(io::stderr(), "tcp-client: {problem}");
    ExitCode::FAILURE
}
