//! The servers beside the same loop in C, see c/. The figures, in half a minute:
//!
//!     cargo test --test all -- --ignored --nocapture the_cost_beside_c
#![cfg(target_os = "linux")]

#[path = "bench/machine.rs"]
mod machine;

use crate::bench_table::{median, shown};
use crate::costs;
use harness::check::{self, Outcome, on_workers};
use harness::measure::{self, Client, SHORT};
use harness::*;
use std::collections::hash_map::DefaultHasher;
use std::ffi::OsString;
use std::hash::Hasher;
use std::io::{self, stdout};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::{env, fs, process};

const SERVERS: [Program; 2] = [Program::TcpServer, Program::UdpServer];

/// In each, C and Rust run one after the other, and so meet the same machine.
const ROUNDS: usize = 61;

/// Round trips before the counted ones, and these.
const WARM_UP: u32 = 500;
const COUNTED: u32 = 4_000;

/// Clients one after another, and their messages, that must leave nothing.
const CLIENTS: u32 = 1_500;
const MESSAGES: u32 = 10_500;

#[test]
fn the_servers_in_c_pass_for_ours() -> Verdict {
    const CHECKS: [&str; 6] = [
        "tcp_server::a_conversation_is_shown_line_by_line",
        "tcp_server::a_receive_takes_1024_bytes_at_most",
        "tcp_server::a_client_that_ends_its_half_is_let_go_and_the_next_one_announced",
        "udp_server::every_datagram_is_shown_line_by_line",
        "udp_server::a_datagram_of_1024_bytes_arrives_whole",
        "udp_server::the_reply_is_the_local_time_and_the_text",
    ];
    let Some(twins) = twins()? else {
        return Ok(());
    };
    let tests = check::own_binary()?;
    let problems = on_workers(CHECKS.len(), &CHECKS, |name| {
        let place = usize::from(name.starts_with("udp"));
        let command = format!("{}\n", twins[place].display());
        let outcome = check::run(&tests, name, SERVERS[place], &command);
        (outcome != Outcome::Passed).then(|| format!("{name}: {outcome:?}"))
    });
    let problems: Vec<_> = problems.into_iter().flatten().collect();
    check::none("the servers in C pass the checks", &problems)?;
    costs::a_message_costs_three_calls(SERVERS[0], &twins[0])?;
    costs::a_message_costs_three_calls(SERVERS[1], &twins[1])
}

#[test]
#[ignore = "takes half a minute, and is for reading"]
fn the_cost_beside_c() -> Verdict {
    let ours = [SERVERS[0].release()?, SERVERS[1].release()?];
    let Some(twins) = twins()? else {
        return Ok(());
    };
    if env::var_os(WATCH).is_some() {
        let pair = |place: usize| (SERVERS[place], [&*twins[place], &*ours[place]]);
        return measured([pair(0), pair(1)]);
    }
    // On one core, in a process that leaves nothing behind when this one ends.
    let shown = stdout().as_fd().try_clone_to_owned();
    let arguments = "beside_c::the_cost_beside_c --exact --ignored --nocapture";
    let mut measuring = machine::on_one_core(check::own_binary()?);
    measuring
        .args(arguments.split(' '))
        .stdout(Stdio::null()) // a second "running 1 test"
        .stderr(shown.map_err(Report::harness_error)?);
    println!("\nmeasuring");
    let ended = machine::watched(&mut measuring, deadline::seconds(300.0));
    match ended.map_err(Report::harness_error)?.success() {
        true => Ok(()),
        false => Err(Report::failed("Rust is within its limits (see above)")),
    }
}

/// The servers in C, compiled anew where they have changed; `None`, said
/// aloud, without a compiler.
fn twins() -> Verdict<Option<&'static [PathBuf; 2]>> {
    static BUILT: OnceLock<Result<[PathBuf; 2], io::Error>> = OnceLock::new();
    let build = || Ok([compiled("tcp_server")?, compiled("udp_server")?]);
    match BUILT.get_or_init(build) {
        Ok(twins) => Ok(Some(twins)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            say_aloud("not checked, for there is no C compiler cc on this machine");
            Ok(None)
        }
        Err(error) => Err(Report::harness("compile the servers in C").because(&error.to_string())),
    }
}

fn compiled(name: &str) -> io::Result<PathBuf> {
    let source = cargo::workspace().join(format!("tests/c/{name}.c"));
    let mut content = DefaultHasher::new();
    content.write(&fs::read(&source).map_err(io::Error::other)?);
    let file = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = file.join(format!("{name}-{:016x}", content.finish()));
    if !file.is_file() {
        // Whole when it gets its name, for another process may want it, too.
        let part = file.with_extension(process::id().to_string());
        let mut cc = Command::new("cc");
        let output = cc.args(["-O2", "-o"]).args([&part, &source]).output()?;
        if !output.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&output.stderr)));
        }
        fs::rename(part, &file).map_err(io::Error::other)?;
    }
    Ok(file)
}

/// What is measured, and the most that Rust may cost where C costs 1. CPU and
/// time in microseconds, memory in KiB.
const ROWS: [(&str, Option<f64>); 4] = [
    ("CPU per round trip, 16 bytes (us)", Some(1.1)),
    ("CPU from start to first reply (us)", Some(1.5)),
    ("time from start to first reply (us)", None),
    ("peak memory (KiB)", Some(1.2)),
];

/// Prints the table; standard output belongs to libtest.
fn measured(pairs: [(Program, [&Path; 2]); 2]) -> Verdict {
    let mut costs = [const { [const { vec![] }; 2] }; 2];
    for round in 0..ROUNDS {
        for (place, (program, files)) in pairs.into_iter().enumerate() {
            for side in [round % 2, (round + 1) % 2] {
                let cost = cost(program, files[side]).map_err(Report::harness_error)?;
                costs[place][side].push(cost);
            }
        }
    }
    let mut problems = vec![];
    eprintln!("{}, {ROUNDS} rounds", machine::described(None));
    for ((program, files), [c, rust]) in pairs.into_iter().zip(&costs) {
        let name = program.name();
        eprintln!("\n{name:45}C    Rust   Rust / C (middle half)");
        for (row, (label, limit)) in ROWS.into_iter().enumerate() {
            let middle = |side: &[[f64; 4]]| median(side.iter().map(|cost| cost[row]).collect());
            let [left, right] = [c, rust].map(|side| middle(side).map_or("-".into(), shown));
            let ratios = c.iter().zip(rust).map(|(c, rust)| rust[row] / c[row]);
            let mut ratios = ratios.collect::<Vec<_>>();
            ratios.sort_by(f64::total_cmp);
            let [least, ratio, most] = [1, 2, 3].map(|quarter| ratios[ROUNDS * quarter / 4]);
            let allowed = limit.map_or("".into(), |limit| format!(", limit {limit}"));
            let ratios = format!("{ratio:.2} ({least:.2}-{most:.2}){allowed}");
            eprintln!("  {label:36}{left:>8}{right:>8}   {ratios}");
            if limit.is_some_and(|limit| ratio > limit) {
                problems.push(format!("{name}: {label}: Rust / C is {ratio:.3}{allowed}"));
            }
        }
        let [c, rust] = files.map(|file| kept(program, file).map_err(Report::harness_error));
        let ([_, c], [before, rust]) = (c?, rust?);
        let label = format!("  descriptors after {CLIENTS} clients");
        eprintln!("{label:38}{c:>8}{rust:>8}   {before} before");
        if rust > before {
            problems.push(format!("{name}: {before} descriptors have become {rust}"));
        }
    }
    eprintln!("{NOTES}");
    if !machine::has_one_core() {
        eprintln!("But here they had several: taskset(1) is missing.");
    }
    check::none("Rust is within its limits", &problems)
}

const NOTES: &str = "
C and Rust are medians. Rust / C is the median of the rounds' own ratios: in
each round the one ran right after the other. Server and client share one core.";

/// Starts the server `file`, measures it and ends it.
fn cost(program: Program, file: &Path) -> io::Result<[f64; 4]> {
    let port = Port::free();
    let (server, mut client) = started(program, file, &port)?;
    let ready = server.started().elapsed().as_secs_f64() * 1e6;
    let cpu = || measure::cpu(server.id()).ok_or(io::Error::other("no schedstat"));
    let start = cpu()?;
    (0..WARM_UP).try_for_each(|_| client.exchange(&SHORT))?;
    let before = cpu()?;
    (0..COUNTED).try_for_each(|_| client.exchange(&SHORT))?;
    let round_trip = (cpu()? - before) / f64::from(COUNTED);
    let memory = measure::memory(server.id()).ok_or(io::Error::other("no VmHWM"))?;
    Ok([round_trip, start, ready, memory])
}

/// Descriptors of the server `file` while it has one client, before and after
/// all the others.
fn kept(program: Program, file: &Path) -> io::Result<[usize; 2]> {
    let port = Port::free();
    let (server, mut client) = started(program, file, &port)?;
    let open = || measure::descriptors(server.id()).ok_or(io::Error::other("no descriptors"));
    let before = open()?.len();
    for _ in 0..CLIENTS {
        drop(client); // one client at a time
        client = Client::open(program, port.address())?;
        (0..MESSAGES / CLIENTS).try_for_each(|_| client.exchange(&SHORT))?;
    }
    Ok([before, open()?.len()])
}

fn started(program: Program, file: &Path, port: &Port) -> io::Result<(Background, Client)> {
    let address = port.address();
    let host_port = [address.ip().to_string(), address.port().to_string()];
    let [host, port] = host_port.map(OsString::from);
    let mut server = Background::start(&[file.into(), host, port])?;
    let client = Client::first(&mut server, program, address)?;
    Ok((server, client))
}
