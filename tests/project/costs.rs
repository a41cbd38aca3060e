//! What the servers cost on Linux: system calls, descriptors, memory. How
//! much time they cost beside the same loops in C, `cargo bench` tells.
#![cfg(target_os = "linux")]

use crate::checks::original;
use harness::measure::{self, SHORT, client};
use harness::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::{fs, io};

const SERVERS: [Program; 2] = [Program::TcpServer, Program::UdpServer];

#[test]
fn a_message_costs_a_server_a_receive_a_write_and_a_send() -> Verdict {
    SERVERS.into_iter().try_for_each(|program| costs_three_calls(program, &program.own()?))
}

/// What the Rust programs' costs are compared with does the same work.
#[test]
fn the_servers_in_c_pass_for_ours() -> Verdict {
    const CHECKS: [&str; 6] = [
        "a_conversation_is_shown_line_by_line",
        "a_receive_takes_1024_bytes_at_most",
        "a_client_that_ends_its_half_is_let_go_and_the_next_one_announced",
        "every_datagram_is_shown_line_by_line",
        "a_datagram_of_1024_bytes_arrives_whole",
        "the_reply_is_the_local_time_and_the_text",
    ];
    for program in SERVERS {
        let Some(twin) = measure::in_c(program)? else {
            say_aloud("not checked, for there is no C compiler cc on this machine");
            return Ok(());
        };
        program.choose(Author::Words(&[twin.clone().into()]))?;
        let checks = original(program).filter(|check| CHECKS.contains(&check.name));
        let checks: Vec<_> = checks.collect();
        holds("three checks are named for it", checks.len() == 3)?;
        checks.iter().try_for_each(|check| (check.run)(program))?;
        costs_three_calls(program, &twin)?;
    }
    Ok(())
}

/// Ten messages more cost the server `file`, which does what `program` does,
/// ten of each of the three calls, and no other.
fn costs_three_calls(program: Program, file: &Path) -> Verdict {
    let works = output(Command::new("strace").args(["-o", "/dev/null", "true"]));
    if !works.is_ok_and(|output| output.status.success()) {
        say_aloud("not checked, for strace is not installed, or may not trace");
        return Ok(());
    }
    let folder = Folder::new()?;
    let log = folder.path().join("calls");
    let strace = format!("strace\n-f\n-o\n{}\n{}", log.display(), file.display());
    program.choose(Author::Other(&strace))?;
    let count = |messages: i32| -> Verdict<BTreeMap<String, i32>> {
        let (_server, mut client, _) = measure::start(program)?;
        (1..messages).try_for_each(|_| client(&SHORT))?;
        // The log holds a call when it returns; the last one waits for ever.
        let logged = deadline::poll(deadline::step(), || {
            let calls = calls(&fs::read_to_string(&log).ok()?);
            (calls.get("sendto") >= Some(&messages)).then_some(calls)
        });
        logged.ok_or_else(|| Report::harness("let strace log every message"))
    };
    let (few, mut more) = (count(2)?, count(12)?);
    few.iter().for_each(|(name, count)| *more.entry(name.clone()).or_default() -= count);
    more.retain(|_, count| *count > 0);
    match format!("{more:?}").as_str() {
        r#"{"recvfrom": 10, "sendto": 10, "write": 10}"# => Ok(()),
        more => Err(Report::failed("10 messages cost 10 receives, 10 writes and 10 sends")
            .because(&format!("they cost {more}"))),
    }
}

/// How often each call has returned, from lines `PID name(...)   = 0`.
fn calls(log: &str) -> BTreeMap<String, i32> {
    let mut calls = BTreeMap::new();
    for line in log.lines().filter(|line| line.contains(" = ")) {
        let name = line.split([' ', '(']).filter(|word| !word.is_empty()).nth(1);
        *calls.entry(name.unwrap_or_default().to_string()).or_default() += 1;
    }
    calls
}

#[test]
fn the_servers_keep_nothing_of_1500_clients_and_10000_messages() -> Verdict {
    SERVERS.into_iter().try_for_each(|program| {
        program.choose(Author::Rust)?;
        let (server, mut last, _) = measure::start(program)?;
        // Descriptors and KiB, always while one client is there.
        let mut after = |clients: u32| -> io::Result<(usize, f64)> {
            for _ in 0..clients {
                last = client(program, server.address())?;
                (0..7).try_for_each(|_| last(&SHORT))?;
            }
            let kept = measure::descriptors(server.id(), "").zip(measure::memory(server.id()));
            kept.ok_or(io::Error::other("/proc does not tell"))
        };
        let lost = |error: io::Error| Report::failed("it answers all").because(&error.to_string());
        let (descriptors, kibibytes) = after(10).map_err(lost)?;
        let later = after(1500).map_err(lost)?;
        worked(format!("before: {descriptors} descriptors, {kibibytes} KiB; after: {later:?}"));
        match later.0 == descriptors && later.1 <= kibibytes + 1024.0 {
            true => Ok(()),
            false => Err(Report::failed("descriptors and memory stay as they were")),
        }
    })
}
