//! A UDP client that sends what is typed, the twin of `udp_client.py`.
//!
//!     cargo run -p udp-server -- 127.0.0.1 9000        # in another terminal
//!     cargo run -p udp-client -- 127.0.0.1 9000        # here

use std::io::{self, ErrorKind, Write};
use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::{env, process::ExitCode, time::Duration};

fn main() -> ExitCode {
    converse().unwrap_or_else(complain)
}

fn converse() -> Result<ExitCode, String> {
    let argv: Vec<_> = env::args_os().collect();
    let argv: Vec<_> = argv.iter().map(|word| word.to_string_lossy()).collect();
    let [_, host, port, ..] = argv.as_slice() else {
        show("argv is error!!!\ninput as\nudp-client 192.168.191.1 8888\n")?;
        return Ok(ExitCode::FAILURE);
    };
    let mut server = resolve(host, port)?;

    // the script leaves bind to its first sendto, std does it here
    let bound = UdpSocket::bind("0.0.0.0:0");
    let client = bound.map_err(|error| format!("cannot open a socket: {error}"))?;

    loop {
        let message = input("消息>>")?;
        if message.is_empty() {
            return Ok(ExitCode::SUCCESS); // closes the socket, too
        }
        let sent = client.send_to(message.as_bytes(), server);
        let mut buffer = [0; 1024];
        match sent.and_then(|_| receive(&client, &mut buffer)) {
            Ok((length, sender)) => {
                let reply = String::from_utf8_lossy(&buffer[..length]);
                show(&format!("从服务器收到: {reply}\n"))?;
                server = sender; // the next message goes to whoever sent this
            }
            Err(error) => _ = complain(format!("no reply from {server}: {error}")),
        }
    }
}

/// Waits 5 s at most: UDP may have lost the message, or the reply.
fn receive(client: &UdpSocket, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
    client.set_read_timeout(Some(Duration::from_secs(5)))?;
    let received = client.recv_from(buffer);
    match received.as_ref().map_err(io::Error::kind) {
        Err(ErrorKind::Interrupted) => receive(client, buffer), // Ctrl-Z, then fg
        Err(ErrorKind::WouldBlock) => Err(ErrorKind::TimedOut.into()),
        _ => received,
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
    let _ = writeln!(io::stderr(), "udp-client: {problem}");
    ExitCode::FAILURE
}
