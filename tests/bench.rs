//! Each Rust server beside its Python script, and TCP beside UDP.
//!
//!     cargo bench                 # about a minute
//!     cargo bench -- --quick      # a few seconds, and rougher

#[path = "bench/machine.rs"]
mod machine;
#[path = "bench/sample.rs"]
mod sample;
#[path = "bench/table.rs"]
mod table;

use harness::{Program, WATCH, deadline, python};
use sample::{Plan, Sample};
use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write, stderr, stdout};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use table::Better::{self, Less, More};
use table::Table;

const PLAN: Plan = Plan {
    rounds: 15,
    time: Duration::from_secs(90),
    burst: Duration::from_millis(400),
    warm_up: 200,
    connections: 1_000,
};

const QUICK: Plan = Plan {
    rounds: 5,
    time: Duration::from_secs(9),
    burst: Duration::from_millis(100),
    warm_up: 200,
    connections: 500,
};

/// The servers in the order of each round: every Rust program is followed by
/// its script, so that both meet the same machine.
const PAIRS: [Program; 2] = [Program::TcpServer, Program::UdpServer];

/// Runs a script that writes each line at once, as it does on a terminal and
/// as Rust does: for the null device, Python would keep its lines back.
const LINE_BY_LINE: &str = "\
import sys
sys.argv.pop(0)
sys.stdout.reconfigure(line_buffering=True)
exec(compile(open(sys.argv[0]).read(), sys.argv[0], 'exec'))
";

fn main() -> ExitCode {
    // Cargo adds --bench; without it this is a test run, maybe a debug build.
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let asked: Vec<_> = arguments.iter().filter(|word| *word != "--bench").collect();
    if asked.len() == arguments.len() {
        let _ = writeln!(stderr(), "bench: to measure something: cargo bench");
        return ExitCode::SUCCESS;
    }
    if let Some(unknown) = asked.iter().find(|word| **word != "--quick") {
        let unknown = unknown.to_string_lossy();
        let _ = writeln!(
            stderr(),
            "bench: unknown argument {unknown:?}, there is only cargo bench -- --quick"
        );
        return ExitCode::from(2);
    }
    let done = match env::var_os(WATCH) {
        None => watched(&arguments),
        Some(_) => measure(if asked.is_empty() { PLAN } else { QUICK }),
    };
    done.unwrap_or_else(|problem| {
        let _ = writeln!(stderr(), "bench: {problem}");
        ExitCode::FAILURE
    })
}

/// Runs the bench in a second process, on one core.
fn watched(arguments: &[OsString]) -> Result<ExitCode, String> {
    say("building the servers");
    PAIRS.into_iter().try_for_each(|program| own(program).map(drop))?;
    let run = || {
        let mut bench = machine::on_one_core(env::current_exe()?);
        machine::watched(bench.args(arguments), deadline::seconds(600.0))
    };
    let status = run().map_err(|error: io::Error| format!("cannot run itself: {error}"))?;
    Ok(match status.success() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn own(program: Program) -> Result<OsString, String> {
    let path = program.own().map_err(|report| format!("{report:?}"))?;
    Ok(path.into())
}

fn measure(plan: Plan) -> Result<ExitCode, String> {
    let python = python::find();
    let (mut rust, mut scripts) = ([vec![], vec![]], [vec![], vec![]]);
    let begin = Instant::now();
    for round in 1..=plan.rounds {
        if round > 1 && begin.elapsed() > plan.time {
            break; // a busy machine
        }
        say(&format!("round {round} of {}", plan.rounds));
        for (place, program) in PAIRS.into_iter().enumerate() {
            let sample = Sample::of(program, &[own(program)?], &plan, true)?;
            rust[place].push(sample);
            if let Some(python) = python {
                let script = python::script(program).into();
                let words = [python.into(), "-c".into(), LINE_BY_LINE.into(), script];
                let sample = Sample::of(program, &words, &plan, false)?;
                scripts[place].push(sample);
            }
        }
    }
    say("");
    let rounds = rust[0].len();
    let mut text = format!("{}, {rounds} rounds\n\n", machine::described(python));
    text += &table(&rust, &scripts);
    text += "\n";
    if python.is_none() {
        text += "- There is no python3 on this machine.\n";
    }
    if !cfg!(target_os = "linux") {
        text += "- CPU time, memory and sockets come from /proc, which only Linux has.\n";
    }
    text += NOTES;
    text += match machine::has_one_core() {
        true => "Server and client shared one core.\n",
        false => "The system chose the cores of server and client.\n",
    };
    let shown = stdout().write_all(text.as_bytes());
    shown.map_err(|error| format!("cannot write to standard output: {error}"))?;
    Ok(ExitCode::SUCCESS)
}

/// Says how far it is: on a terminal in one line, else line by line.
fn say(progress: &str) {
    let _ = match (stderr().is_terminal(), progress) {
        (true, "") => write!(stderr(), "\r{:30}\r", ""),
        (true, _) => write!(stderr(), "\r{progress:30}"),
        (false, "") => Ok(()),
        (false, _) => writeln!(stderr(), "{progress}"),
    };
}

type Row = (&'static str, Better, fn(&Sample) -> Option<f64>);

/// What is said of each server; the last row for TCP only.
const SERVER: [Row; 7] = [
    ("start to first reply (ms)", Less, |s| s.start),
    ("peak memory (KiB)", Less, |s| s.memory),
    ("round trips, 16 bytes (per second)", More, |s| s.short.rate),
    ("round trips, 1024 bytes (per second)", More, |s| s.long.rate),
    ("CPU per round trip, 16 bytes (us)", Less, |s| s.short.cpu),
    ("CPU per round trip, 1024 bytes (us)", Less, |s| s.long.cpu),
    ("connections (per second)", More, |s| s.new.rate),
];

const EXCHANGE: [Row; 4] = [
    ("on a new connection or socket (us)", Less, |s| s.new.wait()),
    ("on an open one (us)", Less, |s| s.short.wait()),
    ("server CPU, on a new one (us)", Less, |s| s.new.cpu),
    ("server CPU, on an open one (us)", Less, |s| s.short.cpu),
];

const CLIENTS: [Row; 2] = [
    ("server's sockets in the kernel", Less, |s| s.kernel_sockets),
    ("of these open in the program", Less, |s| s.own_sockets),
];

const NOTES: &str = "\
Columns are medians of the rounds. Who is better by how much is the median of
the rounds' own ratios; then comes the middle half of these ratios, and where
it does not agree, neither is better. One client sends, waits for the reply and
sends again: round trips and connections include its time and the kernel's, CPU
is the server process alone. Each line that a server shows is written at once,
to the null device. Of 100 TCP clients one is served, the others are connections
that wait in the kernel's queue.
";

/// All measurements in one table.
fn table(rust: &[Vec<Sample>; 2], scripts: &[Vec<Sample>; 2]) -> String {
    let ([tcp, udp], [tcp_script, udp_script]) = (rust, scripts);
    let (languages, protocols) = (["Rust", "Python"], ["TCP", "UDP"]);
    let parts = [
        ("tcp-server", languages, &SERVER[..], tcp, tcp_script),
        ("udp-server", languages, &SERVER[..6], udp, udp_script),
        ("one exchange, both in Rust", protocols, &EXCHANGE, tcp, udp),
        ("100 clients, both in Rust", protocols, &CLIENTS, tcp, udp),
    ];
    let mut table = Table::default();
    for (title, names, rows, left, right) in parts {
        table.part(title, names);
        for (label, better, value) in rows {
            let values = |samples: &[Sample]| samples.iter().map(value).collect();
            table.row(label, *better, values(left), values(right));
        }
    }
    table.to_string()
}
