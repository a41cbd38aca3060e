//! Ports for servers under test.

use crate::process::{no_starts, random};
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};

/// Below the ports that Linux, macOS and Windows hand out by themselves.
const FIRST: u16 = 10_000;
const COUNT: u16 = 10_000;

/// A port that no other test of this harness, in any process, uses while
/// this value lives: its owner holds a marker, the UDP port `COUNT` above.
pub struct Port {
    number: u16,
    _marker: UdpSocket,
}

impl Port {
    /// A port on which nothing listens, of either protocol. Panics if the machine has none.
    pub fn free() -> Port {
        let start = (random() % u64::from(COUNT)) as u16;
        let free = |step: u16| {
            let number = FIRST + (start + step) % COUNT;
            let _alone = no_starts();
            let marker = UdpSocket::bind((Ipv4Addr::LOCALHOST, number + COUNT)).ok()?;
            TcpListener::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
            UdpSocket::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
            Some(Port { number, _marker: marker })
        };
        (0..COUNT).find_map(free).expect("a free port")
    }

    /// Its address on 127.0.0.1.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.number).into()
    }

    /// Whether a closed connection still has it (TIME_WAIT; RFC 9293, 3.3.2): std's listener sets
    /// SO_REUSEADDR and can bind it, but who does not cannot. Only Linux tells.
    pub(crate) fn lingers(&self) -> bool {
        let ip = u32::from_ne_bytes(Ipv4Addr::LOCALHOST.octets());
        let address = format!("{ip:08X}:{:04X}", self.number);
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(fs::read_to_string);
        // A line: its number, the local address, the remote address, the state, ...
        tables.iter().flatten().flat_map(|table| table.lines()).any(|line| {
            let cells: Vec<_> = line.split_whitespace().collect();
            cells.len() > 3 && cells[1].ends_with(&address) && cells[3] == "06"
        })
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_port_lingers_where_the_server_has_closed_first() -> std::io::Result<()> {
    let mut ports = std::iter::repeat_with(Port::free);
    let port = ports.find(|port| !port.lingers()).expect("there are some");
    let listener = TcpListener::bind(port.address())?;
    let mut client = std::net::TcpStream::connect(port.address())?;
    drop(listener.accept()?);
    std::io::Read::read(&mut client, &mut [0])?;
    drop((client, listener));
    assert!(port.lingers());
    Ok(())
}
