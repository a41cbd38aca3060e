//! What the servers cost on Linux: system calls, descriptors, memory.
#![cfg(target_os = "linux")]

use harness::*;
use std::net::TcpStream;
use std::path::Path;
use std::{fs, io};

#[test]
fn a_message_costs_the_tcp_server_a_receive_a_write_and_a_send() -> Verdict {
    a_message_costs_three_calls(Program::TcpServer, &Program::TcpServer.own()?)
}

#[test]
fn a_message_costs_the_udp_server_a_receive_a_write_and_a_send() -> Verdict {
    a_message_costs_three_calls(Program::UdpServer, &Program::UdpServer.own()?)
}

/// The server `file`, which does what `program` does, needs a receive, a write
/// and a send for a message.
pub fn a_message_costs_three_calls(program: Program, file: &Path) -> Verdict {
    if program == Program::TcpServer {
        return costs_three_calls(program, file, 0, || {
            let (_server, mut client) = start_tcp_server()?;
            Ok(Box::new(move || {
                let _ = &_server;
                client.sends("hello")?;
                client.receives("服务端已收到消息!")
            }))
        });
    }
    costs_three_calls(program, file, 1, || {
        let (_server, mut client) = start_udp_server("first")?;
        client.receives_reply()?;
        Ok(Box::new(move || {
            let _ = &_server;
            client.sends("hello")?;
            client.receives_reply()
        }))
    })
}

/// One exchange with a server that runs as long as this lives.
type Exchange = Box<dyn FnMut() -> Verdict>;

/// Ten messages more cost ten of each of the three calls, and no other. `start`
/// has `before` exchanges already.
fn costs_three_calls(
    program: Program,
    file: &Path,
    before: usize,
    start: impl Fn() -> Verdict<Exchange>,
) -> Verdict {
    let folder = Folder::new().map_err(Report::harness_error)?;
    let log = folder.path().join("calls");
    let strace = format!("strace\n-f\n-o\n{}\n{}", log.display(), file.display());
    let works = std::process::Command::new("strace").args(["-o", "/dev/null", "true"]).output();
    if !works.is_ok_and(|output| output.status.success()) {
        say_aloud("not checked, for strace is not installed, or may not trace");
        return Ok(());
    }
    program.choose(Author::Other(&strace))?;
    let of = |calls: &[String], name: &str| calls.iter().filter(|call| *call == name).count();
    let count = |messages: usize| -> Verdict<Vec<String>> {
        let mut exchange = start()?;
        (0..messages).try_for_each(|_| exchange())?;
        // The log holds a call when it returns; the last one waits for ever.
        let text = deadline::poll(deadline::step(), || {
            let text = fs::read_to_string(&log).ok()?;
            (of(&calls(&text), "sendto") >= before + messages).then_some(text)
        });
        drop(exchange);
        let text = text.ok_or_else(|| Report::harness_error("strace logs every message"))?;
        Ok(calls(&text))
    };
    let (few, many) = (count(2)?, count(12)?);
    let mut names = many.clone();
    names.sort();
    names.dedup();
    let more =
        names.iter().map(|name| (name.as_str(), of(&many, name).saturating_sub(of(&few, name))));
    let more: Vec<_> = more.filter(|(_, count)| *count > 0).collect();
    match more == [("recvfrom", 10), ("sendto", 10), ("write", 10)] {
        true => Ok(()),
        false => Err(Report::failed("10 messages cost 10 receives, 10 writes and 10 sends")
            .because(&format!("they cost {more:?}"))),
    }
}

/// The names of the calls that have returned, from lines `PID name(...) = 0`.
fn calls(log: &str) -> Vec<String> {
    let name = |line: &str| {
        let (_, call) = line.split_once(' ')?;
        line.contains(") = ").then_some(call.trim_start().split('(').next()?.to_string())
    };
    log.lines().filter_map(name).collect()
}

#[test]
fn the_tcp_server_keeps_nothing_of_1500_clients_and_10000_messages() -> Verdict {
    Program::TcpServer.choose(Author::Rust)?;
    let (server, client) = start_tcp_server()?;
    client.closes();
    let serve = |clients: usize, messages: usize| -> io::Result<()> {
        use io::{Read, Write};
        for _ in 0..clients {
            let mut stream = TcpStream::connect(server.address())?;
            stream.set_read_timeout(Some(deadline::step()))?;
            let mut reply = [0; "服务端已收到消息!".len()];
            for _ in 0..messages / clients {
                stream.write_all(b"hello")?;
                stream.read_exact(&mut reply)?;
            }
        }
        Ok(())
    };
    let state = || -> io::Result<(usize, u64)> {
        let process = format!("/proc/{}", server.id());
        let descriptors = fs::read_dir(format!("{process}/fd"))?.count();
        let status = fs::read_to_string(format!("{process}/status"))?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = resident.and_then(|text| text.trim().split(' ').next()?.parse().ok());
        Ok((descriptors, kibibytes.unwrap_or(0)))
    };
    let unanswered =
        |error: io::Error| Report::failed("every message is answered").because(&error.to_string());
    serve(10, 100).map_err(unanswered)?;
    let one_open = TcpPeer::connect(server.address())?;
    let (descriptors, kibibytes) = state().map_err(Report::harness_error)?;
    one_open.closes();
    serve(1500, 10_500).map_err(unanswered)?;
    let _one_open = TcpPeer::connect(server.address())?;
    let later = state().map_err(Report::harness_error)?;
    worked(format!("before: {descriptors} descriptors, {kibibytes} KiB; after: {later:?}"));
    match later.0 <= descriptors + 1 && later.1 <= kibibytes + 1024 {
        true => Ok(()),
        false => Err(Report::failed("descriptors and memory stay as they were")),
    }
}
