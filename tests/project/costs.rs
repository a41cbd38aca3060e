//! What the servers cost on Linux: system calls, descriptors, memory. How
//! much time they cost beside the same loops in C, `cargo bench` tells.

use crate::{checks, project::programs};
use harness::measure::{self, SHORT, client};
use harness::*;
use std::{ffi::OsString, fs, io};

const SERVERS: [Program; 2] = [Program::TcpServer, Program::UdpServer];

/// What the Rust programs' costs are compared with does the same work.
#[test]
fn a_message_costs_a_receive_a_write_and_a_send_here_and_in_c() -> Verdict {
    let true = programs::are_chosen()? else { return Ok(()) };
    const CHECKS: [&str; 5] = [
        "a_conversation_is_shown_line_by_line",
        "a_receive_takes_1024_bytes_at_most",
        "a_client_that_ends_its_half_is_let_go_and_the_next_one_announced",
        "a_datagram_of_1024_bytes_arrives_whole",
        "the_reply_is_the_local_time_and_the_text",
    ];
    for program in SERVERS {
        costs_three_calls(program)?;
        let Some(twin) = measure::in_c(program)? else {
            say_aloud("not checked, for there is no C compiler cc on this machine");
            continue;
        };
        program.choose(vec![twin.into()]);
        let checks = checks::original(program).filter(|check| CHECKS.contains(&check.name));
        let ran: Vec<_> = checks.map(|check| (check.run)(program)).collect::<Verdict<_>>()?;
        holds("three checks are named for it", ran.len() == 3)?;
        costs_three_calls(program)?;
    }
    Ok(())
}

/// Ten messages more cost the chosen server ten of each of the three calls, and no other.
fn costs_three_calls(program: Program) -> Verdict {
    let works = succeeds(command("strace").args(["-o", "/dev/null", "true"]));
    let why = "strace is not installed, or may not trace";
    let true = checkable(works, why) else { return Ok(()) };
    let folder = Folder::new()?;
    let log = folder.path().join("calls");
    let strace = ["strace".into(), "-f".into(), "-o".into(), OsString::from(&log)];
    program.choose([&strace[..], &program.command()?].concat());
    let (_server, mut client) = measure::start(program)?;
    // The log holds a call, `PID name(...) = 0`, when it returns; the last waits for ever.
    let calls_up_to = |messages: usize| {
        let logged = deadline::poll(deadline::step(), || {
            let log = fs::read_to_string(&log).ok()?;
            let returned = log.lines().filter(|line| line.contains(" = "));
            let calls = returned.filter_map(|line| line.split_whitespace().nth(1)?.split_once('('));
            let names: Vec<_> = calls.map(|(name, _)| name.to_string()).collect();
            let sent = names.iter().filter(|name| *name == "sendto").count();
            (sent >= messages).then_some(names)
        });
        logged.ok_or_else(|| Report::harness("let strace log every message"))
    };
    let before = calls_up_to(1)?.len();
    (0..10).try_for_each(|_| client(&SHORT))?;
    let ten = calls_up_to(11)?.split_off(before);
    let because = |report: Report| report.because(format!("they cost {ten:?}"));
    let right = ten == ["recvfrom", "write", "sendto"].repeat(10);
    holds("10 messages cost 10 receives, 10 writes and 10 sends", right).map_err(because)
}

#[test]
fn the_servers_keep_nothing_of_1500_clients_and_10000_messages() -> Verdict {
    let true = programs::are_chosen()? else { return Ok(()) };
    SERVERS.into_iter().try_for_each(|program| {
        let (server, mut last) = measure::start(program)?;
        // Descriptors and KiB, always while one client is there.
        let mut after = |clients: u32| -> io::Result<(usize, f64)> {
            for _ in 0..clients {
                last = client(program, server.address())?;
                (0..7).try_for_each(|_| last(&SHORT))?;
            }
            let kept = measure::descriptors(server.id(), "").zip(measure::memory(server.id()));
            kept.ok_or(io::Error::other("/proc does not tell"))
        };
        let (descriptors, kibibytes) = step("it answers all", after(10))?;
        let later = step("it answers all of many", after(1500))?;
        worked(format!("before: {descriptors} descriptors, {kibibytes} KiB; after: {later:?}"));
        let right = later.0 == descriptors && later.1 <= kibibytes + 1024.0;
        holds("descriptors and memory stay as they were", right)
    })
}
