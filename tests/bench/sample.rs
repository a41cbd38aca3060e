//! What one server process shows from its start to its end.

use crate::table::Figure;
use harness::measure::{self, SHORT, client};
use harness::{Author, Program, Running, Verdict};
use std::ffi::OsString;
use std::time::{Duration, Instant};
use std::{fs, io};

/// Clients at the same time; the Rust server's queue holds 128.
const CLIENTS: usize = 100;

/// Starts the server by the words `command`, measures it and ends it. Round trips are counted for
/// the time `limit`. `crowded`: with 100 clients too, for whom the TCP script's queue is too short.
pub fn of(
    program: Program,
    command: &[OsString],
    limit: Duration,
    crowded: bool,
) -> Verdict<Vec<Figure>> {
    program.choose(Author::Words(command))?;
    let (server, mut first, started) = measure::start(program)?;
    let (id, address, message) = (server.id(), server.address(), [b'l'; 1024]);
    let start = [Some(started.as_secs_f64() * 1e6), measure::cpu(id)];
    (0..200).try_for_each(|_| first(&message))?; // it warms up
    let short = burst(id, limit, || first(&SHORT))?;
    let long = burst(id, limit, || first(&message))?;
    drop(first); // one client at a time
    // Not as many: a closed connection keeps its port for up to a minute.
    let new = burst(id, limit / 4, || client(program, address)?(&SHORT))?;
    let memory = measure::memory(id);
    let [kernel, own] = if crowded { crowd(program, &server)? } else { [None; 2] };
    Ok(vec![
        ("CPU per round trip, 16 bytes (us)", Some(1.1), short[1]),
        ("CPU per round trip, 1024 bytes (us)", None, long[1]),
        ("CPU per new connection or socket (us)", None, new[1]),
        ("CPU from start to first reply (us)", Some(1.5), start[1]),
        ("peak memory (KiB)", Some(1.2), memory),
        ("time per round trip, 16 bytes (us)", None, short[0]),
        ("time per round trip, 1024 bytes (us)", None, long[0]),
        ("time per new connection or socket (us)", None, new[0]),
        ("time from start to first reply (us)", None, start[0]),
        ("sockets of 100 clients in the kernel", None, kernel),
        ("of these open in the program", None, own),
    ])
}

/// Time and the server's CPU time, in microseconds.
type Cost = [Option<f64>; 2];

/// Calls `one` again and again for this long: what each costs.
fn burst(id: u32, limit: Duration, mut one: impl FnMut() -> io::Result<()>) -> io::Result<Cost> {
    let (before, begin, mut count) = (measure::cpu(id), Instant::now(), 0);
    while count == 0 || begin.elapsed() < limit {
        one()?;
        count += 1;
    }
    let time = begin.elapsed().as_secs_f64() * 1e6;
    let used = measure::cpu(id).zip(before).map(|(after, before)| after - before);
    Ok([Some(time), used].map(|all| Some(all? / f64::from(count))))
}

/// The server's sockets while 100 clients are there: those that the kernel
/// holds at its address, and those that the program has open.
fn crowd(program: Program, server: &Running) -> io::Result<[Option<f64>; 2]> {
    let (address, udp) = (server.address(), program == Program::UdpServer);
    let mut clients = vec![];
    for number in 0..CLIENTS {
        clients.push(client(program, address)?);
        // tcp-server answers one client at a time; the others wait.
        if udp || number == 0 {
            clients[number](&SHORT)?;
        }
    }
    let table = fs::read_to_string(if udp { "/proc/net/udp" } else { "/proc/net/tcp" });
    // A line: its number, the local address, the remote address, ...
    let local = format!(": {:08X}:{:04X} ", u32::from_ne_bytes([127, 0, 0, 1]), address.port());
    let kernel = table.ok().map(|table| table.matches(&local).count());
    let own = measure::descriptors(server.id(), "socket:");
    Ok([kernel, own].map(|count| Some(count? as f64)))
}
