//! A lossy line: a UDP relay that loses, doubles and swaps datagrams by a
//! plan given in order, so that every run is the same.

use crate::{difference::escape, receive::uninterrupted};
use std::{io, net::SocketAddr, net::UdpSocket};

/// What may become of a datagram; `swap`: it leaves behind the next to leave.
const FATES: [&str; 4] = ["pass", "drop", "twice", "swap"];

/// The line between one client and a server. It has one socket: what does not
/// come from the server comes from the client, and both hear this address.
pub struct LossyLine {
    socket: UdpSocket,
    server: SocketAddr,
    client: Option<SocketAddr>,
    there: Way,
    back: Way,
}

/// One direction: its plan, how many it saw, and what a swap keeps waiting.
#[derive(Default)]
struct Way {
    plan: Vec<&'static str>,
    seen: usize,
    waiting: Vec<Vec<u8>>,
}

impl LossyLine {
    /// A line from `socket` to `server`. `plan` has a word for each datagram,
    /// and behind the word `back` one for each reply; later ones pass.
    pub fn new(socket: UdpSocket, server: SocketAddr, plan: &str) -> Result<LossyLine, String> {
        let [mut there, mut back] = [Way::default(), Way::default()];
        let mut way = &mut there;
        for word in plan.split_whitespace() {
            match FATES.into_iter().find(|fate| *fate == word) {
                Some(fate) => way.plan.push(fate),
                None if word == "back" => way = &mut back,
                None => return Err(format!("{word:?} is none of {}, back", FATES.join(", "))),
            }
        }
        Ok(LossyLine { socket, server, client: None, there, back })
    }

    /// Waits for a datagram, does with it what is planned, and says so.
    pub fn forwards(&mut self) -> io::Result<String> {
        let mut buffer = vec![0; 65_536];
        let (length, sender) = uninterrupted(|| self.socket.recv_from(&mut buffer))?;
        let datagram = &buffer[..length];
        let (name, way, receiver) = if sender == self.server {
            ("back ", &mut self.back, self.client)
        } else {
            self.client = Some(sender);
            ("there", &mut self.there, Some(self.server))
        };
        let fate = way.plan.get(way.seen).copied().unwrap_or("pass");
        way.seen += 1;
        let copies = usize::from(fate == "pass") + 2 * usize::from(fate == "twice");
        let mut leaving = vec![datagram.to_vec(); copies];
        match fate {
            "swap" => way.waiting.push(datagram.to_vec()),
            "drop" => {}
            _ => leaving.append(&mut way.waiting),
        }
        if let Some(receiver) = receiver {
            for datagram in leaving {
                self.socket.send_to(&datagram, receiver)?;
            }
        }
        Ok(format!("{name} {}: {fate:5} {}", way.seen, escape(datagram)))
    }
}
