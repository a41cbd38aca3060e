//! A TCP client that sends what is typed, the twin of `tcp_client.py`.
//!
//!     cargo run -p tcp-server        # first, in another terminal
//!     cargo run -p tcp-client        # then, here

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::{env, ffi::OsString, process};

fn main() {
    let server = address_from_arguments();

    // makes a socket for TCP over IPv4, and connects it (std: one call)
    let mut connection = match TcpStream::connect(server) {
        Ok(connection) => connection,
        Err(error) => fail(&format!("cannot connect to {server}: {error}")),
    };

    loop {
        let message = input("发消息>>");
        if message.is_empty() {
            break;
        }
        // text becomes bytes; write_all sends all, send maybe only a part
        if let Err(error) = connection.write_all(message.as_bytes()) {
            fail(&format!("lost {server}: {error}"));
        }
        let mut buffer = [0_u8; 1024];
        let length = match connection.read(&mut buffer) {
            Ok(0) => fail(&format!("{server} closed the connection")), // empty
            Ok(length) => length,
            Err(error) => fail(&format!("lost {server}: {error}")),
        };
        // bytes become text
        let reply = String::from_utf8_lossy(&buffer[..length]);
        show(&format!("{reply}\n"));
    }
} // the connection is closed where it goes out of scope

/// `HOST PORT` of the command line, or 127.0.0.1 8888.
fn address_from_arguments() -> SocketAddr {
    let argv: Vec<OsString> = env::args_os().collect(); // args may panic
    if argv.len() == 2 {
        show("argv is error!!!\ninput as\ntcp-client 192.168.191.1 8888\n");
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

/// A line without its end; an empty one at the end of the input (Ctrl-D).
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
    writeln!(io::stderr(), "tcp-client: {problem}").ok(); // errors are ignored
}
