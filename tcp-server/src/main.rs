//! A TCP server for one client at a time, the twin of `tcp_server.py`.
//!
//!     cargo run -p tcp-server        # here
//!     cargo run -p tcp-client        # then, in a second terminal

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::{env, ffi::OsString, process, thread, time::Duration};

fn main() {
    let address = address_from_arguments();

    // makes a socket for TCP over IPv4; bind gives it the address;
    // listen makes the queue in which clients wait (std: one call for all)
    let listener = match TcpListener::bind(address) {
        Ok(listener) => listener,
        Err(error) => fail(&format!("cannot listen on {address}: {error}")),
    };

    loop {
        show("waiting for connect....\n");
        // waits; returns a new socket for this client; the listener stays open
        let (mut connection, peer) = next_client(&listener);
        let (ip, port) = (peer.ip(), peer.port()); // shown as by Python
        show(&format!("connect from ('{ip}', {port})\n"));
        loop {
            let mut buffer = [0_u8; 1024];
            let length = match connection.read(&mut buffer) {
                Ok(0) => break, // an empty receive: the client has left
                Ok(length) => length,
                Err(error) => {
                    complain(&format!("lost {peer}: {error}"));
                    break;
                }
            };
            // bytes become text
            let message = String::from_utf8_lossy(&buffer[..length]);
            show(&format!("客户端发来的消息: {message}\n"));
            let reply = "服务端已收到消息!".as_bytes(); // text becomes bytes
            // write_all sends all, the script's send maybe only a part
            if let Err(error) = connection.write_all(reply) {
                complain(&format!("lost {peer}: {error}"));
                break;
            }
        }
    } // the connection is closed where it goes out of scope
}

/// `HOST PORT` of the command line, or 127.0.0.1 8888.
fn address_from_arguments() -> SocketAddr {
    let argv: Vec<OsString> = env::args_os().collect(); // args may panic
    if argv.len() == 2 {
        show("argv is error!!!\ninput as\ntcp-server 192.168.191.1 8888\n");
        process::exit(1);
    }
    if argv.len() > 2 {
        return resolve(&argv[1].to_string_lossy(), &argv[2].to_string_lossy());
    }
    resolve("127.0.0.1", "8888")
}

/// The first IPv4 address of `host` (the script: `AF_INET`), with `port`.
fn resolve(host: &str, port: &str) -> SocketAddr {
    let Ok(number) = port.parse::<u16>() else {
        fail(&format!("port {port:?} is not a number from 0 to 65535"))
    };
    let mut addresses = match (host, number).to_socket_addrs() {
        Ok(addresses) => addresses,
        Err(error) => fail(&format!("cannot find host {host:?}: {error}")),
    };
    match addresses.find(|address| address.is_ipv4()) {
        Some(address) if !host.is_empty() => address, // Windows resolves ""
        _ => fail(&format!("host {host:?} has no IPv4 address")),
    }
}

/// The next client. Says once why there is none, then tries every second.
fn next_client(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    let mut first = true;
    loop {
        match listener.accept() {
            Ok(client) => return client,
            Err(_) if !first => {}
            Err(error) => complain(&format!("cannot accept a client: {error}")),
        }
        first = false;
        thread::sleep(Duration::from_secs(1));
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
    writeln!(io::stderr(), "tcp-server: {problem}").ok(); // errors are ignored
}
