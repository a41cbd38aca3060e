//! A lossy line between udp-client and udp-server, each in a terminal:
//!
//!     cargo run -p udp-server -- 127.0.0.1 9000
//!     cargo run -p tests --bin lossy -- 127.0.0.1 9001 127.0.0.1 9000 drop pass back twice
//!     cargo run -p udp-client -- 127.0.0.1 9001

use harness::LossyLine;
use std::io::{self, Write};
use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::{convert::Infallible, env, process::ExitCode};

const USAGE: &str = "HOST PORT SERVER_HOST SERVER_PORT are asked for, then a plan \
    (of the words pass, drop, twice, swap; behind the word back for the replies)";

fn main() -> ExitCode {
    let Err((status, problem)) = relay();
    let _ = writeln!(io::stderr(), "lossy: {problem}");
    ExitCode::from(status)
}

fn relay() -> Result<Infallible, (u8, String)> {
    let argv = env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
    let argv: Vec<_> = argv.collect();
    let [host, port, server_host, server_port, plan @ ..] = &argv[..] else {
        return Err((2, USAGE.to_string()));
    };
    let bad = |problem| (2, problem);
    let address = resolve(host, port).map_err(bad)?;
    let server = resolve(server_host, server_port).map_err(bad)?;
    if address == server {
        return Err(bad(format!("{server} cannot be both ends of the line")));
    }
    let cannot_bind = |error| (1, format!("cannot bind {address}: {error}"));
    let socket = UdpSocket::bind(address).map_err(cannot_bind)?;
    let mut line = LossyLine::new(socket, server, &plan.join(" ")).map_err(bad)?;
    let mut did = Ok(format!("a line from {address} to {server}"));
    loop {
        let shown = match did {
            Ok(did) => writeln!(io::stdout(), "{did}"),
            Err(error) => writeln!(io::stderr(), "lossy: cannot forward: {error}"),
        };
        shown.map_err(|error| (1, format!("cannot write to standard output: {error}")))?;
        did = line.forwards();
    }
}

/// The first IPv4 address of `host`, as the programs take it.
fn resolve(host: &str, port: &str) -> Result<SocketAddr, String> {
    let no_port = |_| format!("port {port:?} is not a number from 0 to 65535");
    let no_host = |error| format!("cannot find host {host:?}: {error}");
    let mut found = (host, port.parse().map_err(no_port)?).to_socket_addrs().map_err(no_host)?;
    found.find(SocketAddr::is_ipv4).ok_or(format!("host {host:?} has no IPv4 address"))
}
