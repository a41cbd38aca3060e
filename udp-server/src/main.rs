//! A UDP server that answers with the time, the twin of `udp_server.py`.
//!
//!     cargo run -p udp-server -- 127.0.0.1 9000        # here
//!     cargo run -p udp-client -- 127.0.0.1 9000        # in a second terminal

mod ctime; // the file ctime.rs

use ctime::ctime;
use std::io::{self, Write};
use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::{env, ffi::OsString, process};

fn main() {
    let address = address_from_arguments();

    // makes a socket for UDP over IPv4; bind gives it the address (std: 1 call)
    let server = match UdpSocket::bind(address) {
        Ok(server) => server,
        Err(error) => fail(&format!("cannot bind {address}: {error}")),
    };

    loop {
        let mut buffer = [0_u8; 1024];
        // recvfrom returns the message, and its sender, too
        let (length, peer) = match server.recv_from(&mut buffer) {
            Ok((length, peer)) => (length, peer),
            Err(error) => {
                complain(&format!("cannot receive a datagram: {error}"));
                continue;
            }
        };
        // bytes become text
        let message = String::from_utf8_lossy(&buffer[..length]);
        let (ip, port) = (peer.ip(), peer.port()); // shown as by Python
        show(&format!("recv from ('{ip}', {port}):{message}\n"));
        let Some(now) = ctime() else {
            complain(&format!("cannot answer {peer}: there is no local time"));
            continue;
        };
        let reply = now + " 接收到消息";
        // text becomes bytes; sendto names the receiver
        if let Err(error) = server.send_to(reply.as_bytes(), peer) {
            complain(&format!("cannot answer {peer}: {error}"));
        }
    }
}

/// The first IPv4 address of `HOST PORT`: the script's sockets are `AF_INET`.
fn address_from_arguments() -> SocketAddr {
    let argv: Vec<OsString> = env::args_os().collect(); // args may panic
    if argv.len() < 3 {
        show("argv is error!!!\ninput as\nudp-server 192.168.191.1 8888\n");
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
    writeln!(io::stderr(), "udp-server: {problem}").ok(); // errors are ignored
}
