//! What a server costs while it is driven as fast as it answers.

use crate::*;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::process::{self, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, mem, path::PathBuf, thread};

/// A message of 16 bytes.
pub const SHORT: [u8; 16] = [b's'; 16];

/// Sends a message that fits into one receive, and waits for the reply, which it does not judge.
pub type Client = Box<dyn FnMut(&[u8]) -> io::Result<()>>;

/// A client of the `program` at `server`, with a limit on each of its waits.
pub fn client(program: Program, server: SocketAddr) -> io::Result<Client> {
    let limit = deadline::step();
    if program == Program::UdpServer {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.connect(server)?;
        socket.set_read_timeout(Some(limit))?;
        return Ok(Box::new(move |message| {
            socket.send(message)?;
            receive::uninterrupted(|| socket.recv(&mut [0; 1024])).map(drop)
        }));
    }
    let mut stream = peer::connect(server, limit)?;
    stream.set_read_timeout(Some(limit))?;
    Ok(Box::new(move |message| {
        stream.write_all(message)?;
        stream.read_exact(&mut [0; REPLY.len()])
    }))
}

/// Starts the `program` under test, its screen the null device, with a client that it has answered
/// once. Begins a new report.
pub fn start(program: Program) -> Verdict<(Running, Client)> {
    journal(mem::take);
    let setup = Setup { screen: || Ok(Stdio::null()), ..program.into() };
    on_some_port(|| {
        let server = Running::start(setup, free_address())?;
        let begin = Instant::now();
        loop {
            // Refused at once until the server is ready.
            let open = client(program, server.address);
            match open.and_then(|mut client| client(&SHORT).map(|()| client)) {
                Ok(client) => return Ok((server, client)),
                Err(error) if server.ended().is_some() || begin.elapsed() > deadline::start() => {
                    return Err(server.not_started("it answers its first client").because(error));
                }
                Err(_) => thread::sleep(Duration::from_micros(50)),
            }
        }
    })
}

/// CPU time of the process's first thread, in microseconds; NaN where the system does not tell.
pub fn cpu(id: u32) -> f64 {
    number(id, "schedstat", "") / 1e3 // nanoseconds
}

/// The most memory that the process ever held, in KiB; NaN where the system does not tell. What
/// wait4 says begins with the memory of the process that started this one.
pub fn memory(id: u32) -> f64 {
    number(id, "status", "VmHWM:")
}

/// The number behind `label` in a file that Linux has of the process.
fn number(id: u32, file: &str, label: &str) -> f64 {
    let text = fs::read_to_string(format!("/proc/{id}/{file}")).unwrap_or_default();
    let mut words = text.split_once(label).map_or("", |(_, behind)| behind).split_whitespace();
    words.next().and_then(|word| word.parse().ok()).unwrap_or(f64::NAN)
}

/// How many descriptors of this kind, such as `socket:`, it has open; NaN where the system does
/// not tell.
pub fn descriptors(id: u32, kind: &str) -> f64 {
    let Ok(entries) = fs::read_dir(format!("/proc/{id}/fd")) else { return f64::NAN };
    let links = entries.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    links.filter(|link| link.to_string_lossy().starts_with(kind)).count() as f64
}

/// The server `program` in C, compiled anew; `None` where there is no compiler `cc`.
pub fn in_c(program: Program) -> Verdict<Option<PathBuf>> {
    let source = cargo::workspace().join(format!("tests/bench/{}.c", program.module()));
    let file = env::current_exe()?.with_file_name(format!("{}-in-c", program.name()));
    // Whole when it gets its name, for another process may run it.
    let part = file.with_extension(process::id().to_string());
    let output = match output(Command::new("cc").args(["-O2", "-o"]).args([&part, &source])) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        output => output?,
    };
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr)).into());
    }
    fs::rename(part, &file)?;
    Ok(Some(file))
}
