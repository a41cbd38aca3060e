//! Rows of the ledger that only Linux can show, by its queues, its limits, its
//! signals: each test fails without the mend of a fault.

use super::words::says;
use crate::project::programs;
use harness::*;
use std::io::{Error, Read};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::{iter, time::Duration};

/// From now on `program` is this workspace's own, started by a shell that
/// first sets this limit: `-s 64` is a stack of 64 KiB.
fn limit(program: Program, limit: &str) -> Verdict {
    let script = format!("ulimit -S {limit}; exec \"$0\" \"$@\"");
    program.choose(vec!["sh".into(), "-c".into(), script.into(), program.own()?.into()]);
    Ok(())
}

/// Runs Python's `code` with the port of `server`; whether it worked.
fn works(python: &str, code: &str, server: &Running) -> Verdict<bool> {
    let port = server.address().port().to_string();
    Ok(output(command(python).args(["-c", code, &port]))?.status.success())
}

/// Standard input, output and error and the listener have all four: `accept`
/// finds none for the client, and fails at once, again and again.
#[test]
fn a_tcp_server_without_a_descriptor_says_so_once_and_waits() -> Verdict {
    let true = programs::are_chosen()? else { return Ok(()) };
    limit(Program::TcpServer, "-n 4")?;
    let (mut server, mut client) = start_tcp_server()?;
    server.shows(WAITING)?;
    client.sends("I wait")?;
    server.next_error()?;
    let cpu = || measure::cpu(server.id()).unwrap_or_default();
    let (before, much) = (cpu(), 100_000.0);
    let used = || Some(cpu() - before).filter(|used| *used > much);
    let used = deadline::poll(deadline::seconds(2.5), used).unwrap_or_default();
    let step = format!("it takes {used:.0} us of CPU time while it waits, {much} at most");
    holds(step, used <= much)?;
    let no_more = Error::from_raw_os_error(24);
    says(&mut server, &format!("tcp-server: cannot accept a client: {no_more}"))?;
    holds("it waits on", server.ended().is_none())?;

    let id = server.id().to_string();
    if !succeeds(command("prlimit").args(["--pid", &id, "--nofile=64:"])) {
        say_aloud("what comes after that is not checked, for there is no prlimit(1)");
        return Ok(());
    }
    worked("it is allowed 64 descriptors");
    server.shows(&(client.connect_from() + "客户端发来的消息: I wait\n"))?;
    client.receives(REPLY)?;
    server.complains(deadline::step()).map(drop)
}

/// Linux queues one more than the number that listen(2) is given; who comes
/// then has its first packet dropped, and tries again a second later.
#[test]
fn the_scripts_listen_queue_holds_six() -> Verdict {
    let Some(python) = programs::with_python()? else { return Ok(()) };
    Program::TcpServer.choose_own(Some(python))?;
    let (mut server, first) = start_tcp_server()?;
    server.shows(&format!("{WAITING}{}", first.connect_from()))?;
    let quick = Duration::from_millis(300);
    let connect = |_| TcpStream::connect_timeout(&server.address(), quick).ok();
    let waiting: Vec<_> = (0..8).map_while(connect).collect();
    holds(format!("six clients wait, for {} do", waiting.len()), waiting.len() == 6)
}

/// A server that ends first leaves the connection's end behind at its port,
/// and Python does not set SO_REUSEADDR.
#[test]
fn a_python_server_waits_for_its_port_also_after_a_rust_server() -> Verdict {
    let Some(python) = programs::with_python()? else { return Ok(()) };
    let (server, mut client) = serving(Program::TcpServer, "hello")?;
    client.receives_reply()?;
    let (address, _port) = server.kill();
    client.is_left()?;
    drop(client);
    Program::TcpServer.choose_own(Some(python))?;
    let mut next = Running::start(Program::TcpServer, address)?;
    next.ends_with(1)?;
    let in_use = next.all_output().trim_end().ends_with("Address already in use");
    holds("the port is still in use", in_use)
}

/// Ctrl-Z and fg while it waits, and each interrupts its receive (signal(7)).
#[test]
fn three_hundred_stops_do_not_end_a_udp_client_with_a_small_stack() -> Verdict {
    let true = programs::are_chosen()? else { return Ok(()) };
    limit(Program::UdpClient, "-s 64")?;
    let mut talk = Talk::begins(Program::UdpClient)?;
    talk.asks("hello", "hello")?;
    for _ in 0..300 {
        talk.client.pauses()?;
        talk.client.goes_on();
    }
    talk.hears("hi", "hi")?;
    talk.prompts()?;
    talk.client.is_quiet()
}

#[test]
fn a_reply_that_cannot_be_sent_does_not_end_the_udp_server() -> Verdict {
    let Some(python) = programs::with_python()? else { return Ok(()) };
    let (mut server, mut client) = serving(Program::UdpServer, "before")?;
    client.receives_reply()?;
    let sent = works(python, include_str!("send_from_port_0.py"), &server)?;
    let true = checkable(sent, "only root can send a datagram from port 0") else { return Ok(()) };
    let cause = Error::from_raw_os_error(22);
    says(&mut server, &format!("udp-server: cannot answer 127.0.0.1:0: {cause}"))?;
    client.exchanges("after")
}

/// It is reset in the queue.
#[test]
fn a_connection_that_dies_before_it_is_accepted_does_not_end_the_server() -> Verdict {
    let Some(python) = programs::with_python()? else { return Ok(()) };
    let (mut server, mut first) = serving(Program::TcpServer, "hello")?;
    first.receives_reply()?;
    let reset = works(python, include_str!("connection_dies.py"), &server)?;
    holds("Python resets a connection in the queue", reset)?;
    drop(first);
    let mut next = Peer::connect(&server)?;
    next.exchanges("hello")?;
    server.complains(deadline::step()).map(drop)
}

/// For so long a line Linux has no room where the server reads late (tcp(7): 4 MB where it is
/// sent), so the send waits, and a stop ends it with what was taken by then (signal(7)). Of the
/// script's line only the start arrives.
#[test]
fn a_line_that_the_kernel_takes_in_parts_arrives_whole() -> Verdict {
    let true = programs::are_chosen()? else { return Ok(()) };
    iter::once(None).chain(python::wanted()?.map(Some)).try_for_each(|python| {
        Program::TcpClient.choose_own(python)?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let mut client = Running::start(Program::TcpClient, listener.local_addr()?)?;
        client.shows("发消息>>")?; // so it is connected, and accept does not wait
        let (mut connection, _) = listener.accept()?;
        connection.set_read_timeout(Some(deadline::step()))?;
        let line: String = (0..1 << 17).map(|number| format!("{number:0127} ")).collect();
        client.types(&line)?;
        // Again behind an interruption, which ends a read that has a limit (signal(7)).
        let began = deadline::poll(deadline::step(), || connection.peek(&mut [0]).ok());
        holds("the line begins to arrive", began.is_some())?;
        client.pauses()?;
        client.goes_on();
        client.ends_input();
        let mut came = String::new();
        let ends = connection.shutdown(Shutdown::Write); // in place of a reply
        let all = ends.and_then(|()| connection.read_to_string(&mut came));
        step("the line arrives to its end", all)?;
        let whole = python.is_none();
        let right = line.starts_with(&came) && whole == (came == line);
        let what = if whole { "all" } else { "the start" };
        holds(format!("{} of {} bytes are {what}", came.len(), line.len()), right)
    })
}
