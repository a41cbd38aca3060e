//! What one server process shows from its start to its end.

use harness::measure::{self, Client, SHORT};
use harness::{Background, Port, Program, deadline};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Clients at the same time; the Rust server's queue holds 128.
const CLIENTS: usize = 100;

/// How much is measured.
pub struct Plan {
    /// Server processes of each kind at most.
    pub rounds: usize,
    /// No round begins after this time.
    pub time: Duration,
    /// How long round trips are counted.
    pub burst: Duration,
    /// Round trips before the counted ones.
    pub warm_up: u32,
    /// Connections at most: a closed one keeps its port for up to a minute.
    pub connections: u32,
}

/// One process, measured. `None` where the system does not tell.
pub struct Sample {
    /// Milliseconds from the call that starts it to its first reply.
    pub start: Option<f64>,
    /// Round trips of 16 bytes.
    pub short: Burst,
    /// Round trips of 1024 bytes.
    pub long: Burst,
    /// Connections (UDP: sockets) with one round trip of 16 bytes each.
    pub new: Burst,
    /// The most memory that it ever held, in KiB.
    pub memory: Option<f64>,
    /// Sockets at the server's port while 100 clients are there.
    pub kernel_sockets: Option<f64>,
    /// Those of them that the program has open.
    pub own_sockets: Option<f64>,
}

/// The same thing done again and again.
pub struct Burst {
    /// How many a second.
    pub rate: Option<f64>,
    /// Microseconds of the server's CPU time for each.
    pub cpu: Option<f64>,
}

impl Burst {
    /// Microseconds from one to the next.
    pub fn wait(&self) -> Option<f64> {
        self.rate.map(|rate| 1e6 / rate)
    }
}

impl Sample {
    /// Starts the server `command`, measures it and ends it. `crowded`: with
    /// 100 clients too, for whom the TCP script's queue is too short.
    pub fn of(
        program: Program,
        command: &[OsString],
        plan: &Plan,
        crowded: bool,
    ) -> Result<Sample, String> {
        let port = Port::free();
        let address = port.address();
        let host_port = [address.ip().to_string(), address.port().to_string()];
        let words = [command, &host_port.map(OsString::from)].concat();
        Sample::measure(program, address, &words, plan, crowded).map_err(|error| {
            let file = command.last().map(|word| word.to_string_lossy());
            let file = file.unwrap_or_default();
            match error.kind() {
                // Unix reports a receive limit as the one, Windows as the other.
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
                    format!("{file} at {address}: no answer in {:?}", deadline::step())
                }
                _ => format!("{file} at {address}: {error}"),
            }
        })
    }

    fn measure(
        program: Program,
        address: SocketAddr,
        words: &[OsString],
        plan: &Plan,
        crowded: bool,
    ) -> io::Result<Sample> {
        let long = [b'l'; 1024];
        let open = || Client::open(program, address);
        let mut server = Background::start(words)?;
        let mut client = Client::first(&mut server, program, address)?;
        let start = server.started().elapsed();
        let (id, time) = (server.id(), plan.burst);
        for _ in 0..plan.warm_up {
            client.exchange(&long)?;
        }
        let short_burst = burst(id, time, u32::MAX, || client.exchange(&SHORT))?;
        let long_burst = burst(id, time, u32::MAX, || client.exchange(&long))?;
        drop(client);
        let new = burst(id, time, plan.connections, || open()?.exchange(&SHORT))?;
        let memory = measure::memory(id);
        let (kernel_sockets, own_sockets) = match crowded {
            true => crowd(id, program, address)?,
            false => (None, None),
        };
        Ok(Sample {
            start: Some(start.as_secs_f64() * 1e3),
            short: short_burst,
            long: long_burst,
            new,
            memory,
            kernel_sockets,
            own_sockets,
        })
    }
}

/// Calls `exchange` for this long, or `most` times.
fn burst(
    id: u32,
    limit: Duration,
    most: u32,
    mut exchange: impl FnMut() -> io::Result<()>,
) -> io::Result<Burst> {
    let before = measure::cpu(id);
    let (start, mut count) = (Instant::now(), 0);
    while count < most && start.elapsed() < limit {
        exchange()?;
        count += 1;
    }
    let seconds = start.elapsed().as_secs_f64();
    let used = measure::cpu(id).zip(before).map(|(after, before)| after - before);
    let count = f64::from(count);
    Ok(Burst { rate: Some(count / seconds), cpu: used.map(|microseconds| microseconds / count) })
}

/// The server's sockets while 100 clients are there: those that the kernel
/// holds at its port, and those among them that the program has open.
fn crowd(id: u32, program: Program, address: SocketAddr) -> io::Result<(Option<f64>, Option<f64>)> {
    let mut clients = Vec::new();
    for number in 0..CLIENTS {
        let mut client = Client::open(program, address)?;
        // tcp-server answers one client at a time; the others wait.
        if program == Program::UdpServer || number == 0 {
            client.exchange(b"here")?;
        }
        clients.push(client);
    }
    let wanted = match program {
        Program::UdpServer => 1,
        _ => 1 + CLIENTS, // and the listener
    };
    let counted = || at_port(program, address.port());
    // The last connections may be on their way to the queue.
    let all = deadline::poll(deadline::step(), || match counted() {
        Some(count) if count < wanted => None,
        count => Some(count),
    });
    let all = all.unwrap_or_else(counted);
    let count = |count: Option<usize>| count.map(|count| count as f64);
    Ok((count(all), count(open_sockets(id))))
}

/// Sockets that the process has open.
fn open_sockets(id: u32) -> Option<usize> {
    let open = measure::descriptors(id)?;
    let sockets = open.iter().filter(|one| one.to_string_lossy().starts_with("socket:"));
    Some(sockets.count())
}

/// Sockets that the kernel holds at `port`, without those that are closed.
fn at_port(program: Program, port: u16) -> Option<usize> {
    const LISTENS: &str = "0A";
    const ESTABLISHED: &str = "01";
    const BOUND: &str = "07"; // UDP has no states, and shows this one
    let (file, states) = match program {
        Program::UdpServer => ("/proc/net/udp", [BOUND, BOUND]),
        _ => ("/proc/net/tcp", [LISTENS, ESTABLISHED]),
    };
    let text = fs::read_to_string(file).ok()?;
    let end = format!(":{port:04X}");
    let ours = text.lines().filter(|line| {
        // number, local address, remote address, state, ...
        let words: Vec<_> = line.split_whitespace().collect();
        words.len() > 3 && words[1].ends_with(&end) && states.contains(&words[3])
    });
    Some(ours.count())
}
