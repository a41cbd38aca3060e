//! Each Rust server beside its Python script and the same loop in C, and TCP
//! beside UDP. The exit status is 0 where Rust keeps its limits beside C, 1
//! where it does not, 2 for a wrong argument, 3 where the bench itself failed.
//!
//!     cargo bench                 # a minute and a half
//!     cargo bench -- --quick      # ten seconds, and rougher

mod sample;
mod table;

use harness::{Program, Verdict, cargo, guardian, measure, output, python};
use std::ffi::OsString;
use std::io::{IsTerminal, Write, stderr, stdout};
use std::process::{self, Command, ExitCode};
use std::time::{Duration, Instant};
use std::{env, thread};
use table::{Figure, Table};

/// How often all servers are measured at most, how long round trips are
/// counted, and after what time no round begins. The quick one has still so
/// many rounds: a process's memory varies from start to start.
struct Plan(usize, Duration, Duration);
const PLAN: Plan = Plan(61, Duration::from_millis(80), Duration::from_secs(100));
const QUICK: Plan = Plan(41, Duration::from_millis(5), Duration::from_secs(12));

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
    guardian::finish();
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
    let line_by_line = cargo::workspace().join("tests/bench/line_by_line.py");
    let python = python::find()
        .map(|python| vec![python.into(), line_by_line.into(), python::script(program).into()]);
    let c = measure::in_c(program)?.map(|file| vec![file.into()]);
    Ok([Some(vec![program.own()?.into()]), python, c])
}

/// Keeps this process and its children on one core, where Linux and taskset(1)
/// are; says whether it has only one. On two, the scheduler decides anew for
/// every process whether a round trip wakes another core, which costs more
/// than all else.
fn on_one_core() -> bool {
    let id = process::id();
    let last = format!("sed -n 's/^Cpus_allowed_list:.*[^0-9]//p' /proc/{id}/status");
    let _ = output(Command::new("sh").args(["-c", &format!("taskset -cp $({last}) {id}")]));
    thread::available_parallelism().is_ok_and(|count| count.get() == 1)
}

fn measure(Plan(rounds, burst, time): Plan) -> Verdict<u8> {
    say("building the servers");
    let commands = [commands(SERVERS[0])?, commands(SERVERS[1])?];
    let cores = if on_one_core() { "one core" } else { "cores that the system chose" };
    let mut samples: [[Vec<Vec<Figure>>; 3]; 2] = Default::default();
    let begin = Instant::now();
    for round in 0..rounds {
        if round > 0 && begin.elapsed() > time {
            break; // a busy machine
        }
        say(&format!("round {} of {rounds}", round + 1));
        for (place, program) in SERVERS.into_iter().enumerate() {
            // One after the other, so that all meet the same machine.
            for side in (0..3).map(|turn| (round + turn) % 3) {
                let Some(command) = &commands[place][side] else { continue };
                let sample = sample::of(program, command, burst, LANGUAGES[side] != "Python");
                samples[place][side].push(sample.map_err(|report| report.at(LANGUAGES[side]))?);
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

/// The machine, its Python and its C compiler in one line.
fn machine() -> String {
    let ask = "sed -n 's/^model name.*: //p' /proc/cpuinfo | sort | uniq -c
        python3 --version; cc --version | head -n 1";
    let output = output(Command::new("sh").args(["-c", ask]));
    let lines = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let system = format!("{} {}", env::consts::OS, env::consts::ARCH);
    lines.unwrap_or_default().lines().fold(system, |text, line| text + ", " + line.trim())
}
