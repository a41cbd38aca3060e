//! Ports for servers under test.

use crate::process::{STARTS, lock, random};
use crate::report::journal;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};

/// Below the ports that Linux, macOS and Windows hand out by themselves.
const FIRST: u16 = 10_000;
const COUNT: u16 = 10_000;

/// An address of 127.0.0.1 on whose port nothing listens, of either protocol. No other test of
/// this harness, in any process, gets that port while this test runs, whose journal keeps a marker
/// for it: the UDP port `COUNT` above. Panics if the machine has none.
pub fn free_address() -> SocketAddr {
    let start = (random() % u64::from(COUNT)) as u16;
    let free = |step: u16| {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, FIRST + (start + step) % COUNT));
        let _alone = lock(&STARTS);
        let marker = UdpSocket::bind((Ipv4Addr::LOCALHOST, address.port() + COUNT)).ok()?;
        TcpListener::bind(address).ok()?;
        UdpSocket::bind(address).ok()?;
        journal(|journal| journal.held.push((address.port(), marker)));
        Some(address)
    };
    (0..COUNT).find_map(free).expect("a free port")
}

/// Whether a closed connection still has this port (TIME_WAIT; RFC 9293, 3.3.2): std's listener
/// sets SO_REUSEADDR and can bind it, but who does not cannot. Only Linux tells.
pub(crate) fn lingers(port: u16) -> bool {
    let port = format!(":{port:04X} ");
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(fs::read_to_string);
    // A line: its number, the local address, the remote address, the state, ...
    let is_over = |rest: &str| rest.split(' ').nth(1) == Some("06");
    tables.iter().flatten().any(|table| table.split(&port).skip(1).any(is_over))
}

#[cfg(target_os = "linux")]
#[test]
fn a_port_lingers_where_the_server_has_closed_first() -> std::io::Result<()> {
    let mut addresses = std::iter::repeat_with(free_address);
    let address = addresses.find(|address| !lingers(address.port())).expect("there are some");
    let listener = TcpListener::bind(address)?;
    let mut client = std::net::TcpStream::connect(address)?;
    drop(listener.accept()?);
    std::io::Read::read(&mut client, &mut [0])?;
    drop((client, listener));
    assert!(lingers(address.port()));
    Ok(())
}
