//! A UDP client that sends what is typed, the twin of `udp_client.py`.
//!
//!     cargo run -p udp-server -- 127.0.0.1 9000        # in another terminal
//!     cargo run -p udp-client -- 127.0.0.1 9000        # here

use std::io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
use std::io::{self, Write};
use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::{env, ffi::OsString, process, time::Duration};

fn main() {
    let mut server = address_from_arguments();
    let mut client = open_socket(); // makes a socket for UDP over IPv4
    loop {
        let message = input("消息>>");
        if message.is_empty() {
            break;
        }
        // text becomes bytes; sendto names the receiver
        if let Err(error) = client.send_to(message.as_bytes(), server) {
            complain(&format!("no reply from {server}: {error}"));
            continue;
        }
        let mut buffer = [0_u8; 1024];
        // recvfrom returns the reply, and its sender, too
        match wait(&client, &mut buffer) {
            Ok((length, sender)) => {
                // bytes become text
                let reply = String::from_utf8_lossy(&buffer[..length]);
                show(&format!("从服务器收到: {reply}\n"));
                server = sender; // the next message goes there
            }
            Err(error) => {
                complain(&format!("no reply from {server}: {error}"));
                client = open_socket(); // a new port: late replies find nobody
            }
        }
    }
} // the socket is closed where it goes out of scope

/// The first IPv4 address of `HOST PORT`: the script's sockets are `AF_INET`.
fn address_from_arguments() -> SocketAddr {
    let argv: Vec<OsString> = env::args_os().collect(); // args may panic
    if argv.len() < 3 {
        show("argv is error!!!\ninput as\nudp-client 192.168.191.1 8888\n");
        process::exit(1);
    }
    let (host, port) = (argv[1].to_string_lossy(), argv[2].to_string_lossy());
    let Ok(number) = port.parse::<u16>() else {
        fail(&format!("port {port:?} is not a number from 0 to 65535"))
    };
    let mut addresses = match (host.to_string(), number).to_socket_addrs() {
        Ok(addresses) => addresses,
        Err(error) => fail(&format!("cannot find host {host:?}: {error}")),
    };
    match addresses.find(|address| address.is_ipv4()) {
        Some(address) if !host.is_empty() => address, // Windows resolves ""
        _ => fail(&format!("host {host:?} has no IPv4 address")),
    }
}

fn open_socket() -> UdpSocket {
    UdpSocket::bind("0.0.0.0:0") // any free port, as the script's sendto takes
        .unwrap_or_else(|error| fail(&format!("cannot open a socket: {error}")))
}

fn input(prompt: &str) -> String {
    show(prompt); // it has no line end: only a flush shows it
    if let Err(error) = io::stdout().flush() {
        fail(&format!("cannot write to standard output: {error}"));
    }
    let mut line = String::new();
    match io::stdin().read_line(&mut line) {
        Ok(0) => show("\n"), // Ctrl-D: nobody pressed Enter after the prompt
        Ok(_) => {}
        Err(error) => fail(&format!("cannot read standard input: {error}")),
    }
    line.lines().collect() // the one line, without its end
}

/// Waits 5 s (anew after Ctrl-Z, fg): UDP may lose the message, or the reply.
fn wait(client: &UdpSocket, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
    client.set_read_timeout(Some(Duration::from_secs(5)))?;
    loop {
        match client.recv_from(buf) {
            Ok(datagram) => return Ok(datagram),
            Err(error) => match error.kind() {
                Interrupted => {} // Ctrl-Z, then fg: back to waiting
                WouldBlock | TimedOut => return Err(io::Error::from(TimedOut)),
                _ => return Err(error),
            },
        }
    }
}

/// Prints `text`; `print!` would panic where standard output is closed.
fn show(text: &str) {
    if let Err(error) = io::stdout().write_all(text.as_bytes()) {
        fail(&format!("cannot write to standard output: {error}"));
    }
}

fn fail(problem: &str) -> ! {
    complain(problem);
    process::exit(1) // `!`: never returns, so it fits where a value is due
}

fn complain(problem: &str) {
    writeln!(io::stderr(), "udp-client: {problem}").ok(); // errors are ignored
}
