//! What the servers cost on Linux: system calls, descriptors, memory. How
//! much time they cost beside the same loops in C, `cargo bench` tells.

use crate::checks;
use harness::measure::{self, SHORT, client};
use harness::*;
use std::{ffi::OsString, fs, io};

harness::checks! {
    // What the Rust programs' costs are compared with does the same work.
    a_message_costs_a_receive_a_write_and_a_send_here_and_in_c [TcpServer, UdpServer] |program| {
        costs_three_calls(program)?;
        let twin = measure::in_c(program)?;
        let true = checkable(twin.is_some(), "there is no compiler cc here") else { return Ok(()) };
        program.choose(twin.into_iter().map(OsString::from).collect());
        // Names and the usage, which are asked for behind the pauses, are left out in C.
        let checks = checks::original(program);
        let checks = checks.take_while(|check| !check.name.starts_with("a_pause"));
        let passed: Vec<_> = checks.map(|check| (check.run)(program)).collect::<Verdict<_>>()?;
        holds("the twin in C has some checks to pass", passed.len() > 10)?;
        costs_three_calls(program)
    };
    they_keep_nothing_of_1500_clients_and_10000_messages [TcpServer, UdpServer] |program| {
        let (server, mut last) = measure::start(program)?;
        // Descriptors and KiB, always while one client is there.
        let mut after = |clients: u32| -> io::Result<[f64; 2]> {
            for _ in 0..clients {
                last = client(program, server.address)?;
                (0..7).try_for_each(|_| last(&SHORT))?;
            }
            Ok([measure::descriptors(server.id(), ""), measure::memory(server.id())])
        };
        let [descriptors, kibibytes] = step("it answers all", after(10))?;
        let later = step("it answers all of many", after(1500))?;
        worked(format!("before: {descriptors} descriptors, {kibibytes} KiB; after: {later:?}"));
        let right = later[0] == descriptors && later[1] <= kibibytes + 1024.0;
        holds("descriptors and memory stay as they were", right)
    };
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
    (0..10).try_for_each(|_| client(&SHORT))?;
    // The log holds a call, `PID name(...) = 0`, when it returns; the last waits for ever.
    let logged = deadline::poll(deadline::step(), || {
        let log = fs::read_to_string(&log).ok()?;
        let returned = log.lines().filter(|line| line.contains(" = "));
        let calls = returned.filter_map(|line| line.split_whitespace().nth(1)?.split_once('('));
        let names: Vec<_> = calls.map(|(name, _)| name.to_string()).collect();
        let mut sends = (0..names.len()).filter(|at| names[*at] == "sendto");
        let first = sends.next()?;
        sends.nth(9).map(|_| names[first + 1..].to_vec())
    });
    let ten = logged.ok_or_else(|| Report::harness("let strace log every message"))?;
    let because = |report: Report| report.because(format!("they cost {ten:?}"));
    let right = ten == ["recvfrom", "write", "sendto"].repeat(10);
    holds("10 messages cost 10 receives, 10 writes and 10 sends", right).map_err(because)
}
