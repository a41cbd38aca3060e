//! Each Rust server beside its Python script and the same loop in C, and TCP
//! beside UDP. The exit status is 0 where Rust keeps its limits beside C, 1
//! where it does not, 2 for a wrong argument, 3 where the bench itself failed.
//!
//!     cargo bench                 # a minute and a half
//!     cargo bench -- --quick      # ten seconds, and rougher

mod table;

use harness::{measure::client, *};
use std::io::{self, IsTerminal, Write, stderr, stdout};
use std::process::{self, Command, ExitCode};
use std::{env, ffi::OsString, fs, thread, time::Instant};
use table::{Figure, Table};

/// How often all servers are measured at most, how many seconds round trips are
/// counted, and after how many no round begins. The quick one has still so many
/// rounds: a process's memory varies from start to start.
type Plan = (usize, f64, f64);
const PLAN: Plan = (61, 0.08, 100.0);
const QUICK: Plan = (41, 0.005, 12.0);

const SERVERS: [Program; 2] = [Program::TcpServer, Program::UdpServer];
const LANGUAGES: [&str; 3] = ["Rust", "Python", "C"];

fn main() -> ExitCode {
    let words = env::args_os().skip(1);
    let (bench, asked): (Vec<_>, Vec<_>) = words.partition(|word| word == "--bench");
    let done = match asked.iter().find(|word| *word != "--quick") {
        // Cargo did not add --bench: this is a test run, maybe a debug build.
        _ if bench.is_empty() => Ok(complain("to measure something: cargo bench", 0)),
        Some(word) => Ok(complain(&format!("unknown {word:?}: cargo bench -- --quick"), 2)),
        None => measure(if asked.is_empty() { PLAN } else { QUICK }),
    };
    let status = done.unwrap_or_else(|problem| complain(&format!("{problem:?}"), 3));
    harness::process::finish();
    status.into()
}

/// Says what is wrong; returns the exit status.
fn complain(problem: &str, status: u8) -> u8 {
    let _ = writeln!(stderr(), "bench: {}", problem.trim_end());
    status
}

/// Says how far it is, on a terminal.
fn say(progress: &str) {
    if stderr().is_terminal() {
        let _ = write!(stderr(), "\r{progress:30}\r");
    }
}

/// The commands that run the server in each language, where the machine can.
fn commands(program: Program) -> Verdict<[Option<Vec<OsString>>; 3]> {
    let line_by_line = cargo::workspace().join("tests/bench/line_by_line.py").into();
    let script = cargo::workspace().join(program.script()).into();
    let python = python::find().map(|python| vec![python.into(), line_by_line, script]);
    let c = measure::in_c(program)?.map(|file| vec![file.into()]);
    Ok([Some(vec![program.own()?.into()]), python, c])
}

/// Keeps this process and its children on one core, where Linux and taskset(1)
/// are; says where they run. On two, the scheduler decides anew for every
/// process whether a round trip wakes another core, which costs more than all
/// else.
fn on_one_core() -> &'static str {
    let id = process::id();
    let last = format!("sed -n 's/^Cpus_allowed_list:.*[^0-9]//p' /proc/{id}/status");
    let _ = output(Command::new("sh").args(["-c", &format!("taskset -cp $({last}) {id}")]));
    let is_one = thread::available_parallelism().is_ok_and(|count| count.get() == 1);
    if is_one { "one core" } else { "cores that the system chose" }
}

fn measure((rounds, burst, time): Plan) -> Verdict<u8> {
    say("building the servers");
    let commands = [commands(SERVERS[0])?, commands(SERVERS[1])?];
    let cores = on_one_core();
    let mut samples: [[Vec<_>; 3]; 2] = Default::default();
    let begin = Instant::now();
    let in_time = |round: &usize| *round == 0 || begin.elapsed().as_secs_f64() <= time;
    for round in (0..rounds).take_while(in_time) {
        say(&format!("round {} of {rounds}", round + 1));
        for (place, program) in SERVERS.into_iter().enumerate() {
            // One after the other, so that all meet the same machine.
            for side in (round..round + 3).map(|turn| turn % 3) {
                let Some(command) = &commands[place][side] else { continue };
                program.choose(command.clone());
                let sample = sample(program, burst, LANGUAGES[side] != "Python");
                let who = format!("{} in {}", program.name(), LANGUAGES[side]);
                samples[place][side].push(sample.map_err(|report| report.at(&who))?);
            }
        }
    }
    say("");
    let mut table = Table::default();
    for (server, samples) in SERVERS.iter().zip(&samples) {
        table.part(server.name(), &LANGUAGES, &samples.each_ref().map(Vec::as_slice));
    }
    let [[tcp, ..], [udp, ..]] = &samples;
    table.part("in Rust", &["TCP", "UDP"], &[tcp, udp]);
    write!(stdout(), "{}, {} rounds on {cores}\n\n", machine(), tcp.len())?;
    write!(stdout(), "{}{}", table.text, include_str!("notes.txt"))?;
    let sides = commands[0].iter().zip(["", "python3", "C compiler cc"]);
    for (_, what) in sides.filter(|(command, _)| command.is_none()) {
        complain(&format!("not measured, for there is no {what} on this machine"), 0);
    }
    if table.unchecked > 0 {
        complain(&format!("{} limits are not checked", table.unchecked), 0);
    }
    Ok(table.broken.iter().fold(0, |_, broken| complain(broken, 1)))
}

/// What the chosen server shows from its start to its end. Round trips are counted for `limit`
/// seconds. `crowded`: with 100 clients too, for whom the TCP script's queue is too short.
fn sample(program: Program, limit: f64, crowded: bool) -> Verdict<Vec<Figure>> {
    let begin = Instant::now();
    let (server, mut first) = measure::start(program)?;
    let (id, address, message) = (server.id(), server.address, [b'l'; 1024]);
    let start = [begin.elapsed().as_secs_f64() * 1e6, measure::cpu(id)];
    (0..200).try_for_each(|_| first(&message))?; // it warms up
    let short = burst(id, limit, || first(&measure::SHORT))?;
    let long = burst(id, limit, || first(&message))?;
    drop(first); // one client at a time
    // Not as many: a closed connection keeps its port for up to a minute.
    let new = burst(id, limit / 4.0, || client(program, address)?(&measure::SHORT))?;
    let memory = measure::memory(id);
    let [kernel, own] = if crowded { crowd(program, &server)? } else { [f64::NAN; 2] };
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

/// Calls `one` again and again for so many seconds: the time and the server's
/// CPU time that each costs, in microseconds.
fn burst(id: u32, limit: f64, mut one: impl FnMut() -> io::Result<()>) -> io::Result<[f64; 2]> {
    let (before, begin, mut count) = (measure::cpu(id), Instant::now(), 0.0);
    while count == 0.0 || begin.elapsed().as_secs_f64() < limit {
        one()?;
        count += 1.0;
    }
    let time = begin.elapsed().as_secs_f64() * 1e6;
    Ok([time, measure::cpu(id) - before].map(|all| all / count))
}

/// The server's sockets while 100 clients are there: those that the kernel
/// holds at its address, where the Rust server's queue has room for 128, and
/// those that the program has open.
fn crowd(program: Program, server: &Running) -> io::Result<[f64; 2]> {
    let (address, udp) = (server.address, program == Program::UdpServer);
    let clients = (0..100).map(|_| client(program, address));
    let mut clients = clients.collect::<io::Result<Vec<_>>>()?;
    // tcp-server answers one client at a time; the others wait.
    let served = if udp { 100 } else { 1 };
    clients[..served].iter_mut().try_for_each(|client| client(&measure::SHORT))?;
    let table = fs::read_to_string(if udp { "/proc/net/udp" } else { "/proc/net/tcp" });
    // A line: its number, the local address, the remote address, ...
    let local = format!(": {:08X}:{:04X} ", u32::from_ne_bytes([127, 0, 0, 1]), address.port());
    let kernel = table.map_or(f64::NAN, |table| table.matches(&local).count() as f64);
    Ok([kernel, measure::descriptors(server.id(), "socket:")])
}

/// The machine, its Python and its C compiler in one line.
fn machine() -> String {
    let ask = "sed -n 's/^model name.*: //p' /proc/cpuinfo | sort | uniq -c
        python3 --version; cc --version | head -n 1";
    let output = output(Command::new("sh").args(["-c", ask]));
    let lines = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let system = format!("{} {}", env::consts::OS, env::consts::ARCH);
    lines.unwrap_or_default().lines().fold(system, |text, line| text + ", " + line.trim())
}
