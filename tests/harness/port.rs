//! Ports for servers under test.

use crate::process::{no_starts, random};
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
}
