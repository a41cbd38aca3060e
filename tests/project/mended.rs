//! Faults that the programs once had, or that a program like them has easily:
//! each test fails without its mend.

use harness::*;
#[cfg(target_os = "linux")]
use std::io::{self, Read};
#[cfg(target_os = "linux")]
use std::net::{Shutdown, TcpListener};

/// From now on `program` is this workspace's own, started by a shell that
/// first sets this limit: `-s 64` is a stack of 64 KiB.
#[cfg(target_os = "linux")]
fn limit(program: Program, limit: &str) -> Verdict {
    let path = program.own()?.display().to_string();
    let script = format!("ulimit -S {limit}; exec \"$0\" \"$@\"");
    program.choose(Author::Other(&["sh", "-c", &script, &path].join("\n")))
}

/// Standard input, output and error and the listener have all four: `accept`
/// finds none for the client, and fails at once, again and again.
#[cfg(target_os = "linux")]
#[test]
fn a_tcp_server_without_a_descriptor_says_so_once_and_waits() -> Verdict {
    limit(Program::TcpServer, "-n 4")?;
    let (mut server, mut client) = start_tcp_server()?;
    server.shows("waiting for connect....\n")?;
    client.sends("I wait")?;
    server.next_error()?;
    let cpu = || measure::cpu(server.id()).unwrap_or_default();
    let (before, a_while, much) = (cpu(), deadline::seconds(2.5), 100_000.0);
    let busy = deadline::poll(a_while, || Some(cpu() - before).filter(|used| *used > much));
    if let Some(used) = busy {
        let problem = format!("it has used {used:.0} us of it, more than {much:.0}");
        return Err(server.failed("it takes no CPU time while it waits").because(&problem));
    }
    let (line, no_more) = (server.complains()?, io::Error::from_raw_os_error(24));
    let expected = format!("tcp-server: cannot accept a client: {no_more}");
    if line != expected {
        let report = server.failed("that line says what it cannot do, and why");
        return Err(report.compared(expected.as_bytes(), line.as_bytes(), false));
    }
    if server.ended().is_some() {
        return Err(server.failed("it waits on"));
    }

    let id = server.id().to_string();
    let raised = command("prlimit").args(["--pid", &id, "--nofile=64:"]).status();
    if !raised.is_ok_and(|status| status.success()) {
        say_aloud("what comes after that is not checked, for there is no prlimit(1)");
        return Ok(());
    }
    worked("it is allowed 64 descriptors");
    let port = client.address().port();
    let served = format!("connect from ('127.0.0.1', {port})\n客户端发来的消息: I wait\n");
    server.shows(&served)?;
    client.receives("服务端已收到消息!")?;
    server.complains().map(|_| ())
}

/// It comes from a socket of its own: Windows would tell the server's, with
/// its next receive, that nobody is there any more.
#[test]
fn a_udp_reply_that_comes_too_late_is_not_the_answer_to_the_next_message() -> Verdict {
    Program::UdpClient.choose(Author::Rust)?;
    let (mut server, mut late) = (UdpPeer::bind([127, 0, 0, 1])?, UdpPeer::bind([127, 0, 0, 1])?);
    let mut client = Running::start(Program::UdpClient, server.address())?;
    client.types("one")?;
    let from = server.receives("one")?;
    client.complains_within(deadline::start())?;
    late.answers(from, "the reply to one")?;
    client.types("two")?;
    let from = server.receives("two")?;
    server.answers(from, "the reply to two")?;
    client.shows("消息>>消息>>从服务器收到: the reply to two\n消息>>")?;
    client.types("three")?;
    server.receives("three").map(|_| ())
}

/// Each of them interrupts its receive (signal(7)).
#[cfg(target_os = "linux")]
#[test]
fn three_hundred_stops_do_not_end_a_udp_client_with_a_small_stack() -> Verdict {
    limit(Program::UdpClient, "-s 64")?;
    let mut server = UdpPeer::bind([127, 0, 0, 1])?;
    let mut client = Running::start(Program::UdpClient, server.address())?;
    client.types("hello")?;
    let from = server.receives("hello")?;
    for _ in 0..300 {
        client.pauses()?;
        client.goes_on();
    }
    server.answers(from, "hi")?;
    client.shows("消息>>从服务器收到: hi\n消息>>")?;
    client.is_quiet()
}

/// A server that ends first leaves the connection's end behind at its port,
/// and Python does not set SO_REUSEADDR.
#[cfg(target_os = "linux")]
#[test]
fn a_python_server_waits_for_its_port_also_after_a_rust_server() -> Verdict {
    let Some(python) = python::wanted()? else {
        return Ok(());
    };
    Program::TcpServer.choose(Author::Rust)?;
    let (server, mut client) = start_tcp_server()?;
    client.sends("hello")?;
    client.receives("服务端已收到消息!")?;
    let (address, _port) = server.kill();
    client.receives_end()?;
    client.closes();
    Program::TcpServer.choose(Author::Python(python))?;
    let mut next = Running::start(Program::TcpServer, address)?;
    next.ends_with(1)?;
    match next.all_output().trim_end().ends_with("Address already in use") {
        true => Ok(()),
        false => Err(next.failed("the port is still in use")),
    }
}

/// To Python an empty host is any address, to Windows' resolver this machine,
/// to the others' it is none.
#[test]
fn an_empty_host_is_refused() -> Verdict {
    for program in PROGRAMS {
        is_refused(program, &["", "8888"], "host \"\"")?;
    }
    Ok(())
}

#[cfg(target_os = "linux")]
#[test]
fn a_line_that_the_kernel_takes_in_parts_arrives_whole() -> Verdict {
    Program::TcpClient.choose(Author::Rust)?;
    let (line, came) = line_taken_in_parts()?;
    if came != line {
        let problem = format!("{} of {} bytes came", came.len(), line.len());
        return Err(Report::failed("the whole line arrives").because(&problem));
    }
    if let Some(python) = python::wanted()? {
        Program::TcpClient.choose(Author::Python(python))?;
        let (line, came) = line_taken_in_parts()?;
        if came == line || !line.starts_with(&came) {
            let problem = format!("{} of {} bytes came", came.len(), line.len());
            return Err(Report::failed("of the script's, the start arrives").because(&problem));
        }
    }
    Ok(())
}

/// A long line that is typed, and what of it comes to a server that reads
/// late: for so much Linux has no room (tcp(7): 4 MB where it is sent), so
/// the send waits, and a stop ends it with what was taken by then (signal(7)).
#[cfg(target_os = "linux")]
fn line_taken_in_parts() -> Verdict<(String, String)> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(Report::harness_error)?;
    let address = listener.local_addr().map_err(Report::harness_error)?;
    let mut client = Running::start(Program::TcpClient, address)?;
    client.shows("发消息>>")?; // so it is connected, and accept does not wait
    let (mut connection, _) = listener.accept().map_err(Report::harness_error)?;
    connection.set_read_timeout(Some(deadline::step())).map_err(Report::harness_error)?;
    let numbers: Vec<_> = (0..1 << 21).map(|number| format!("{number:07} ")).collect();
    let line = numbers.concat();
    client.types(&line)?;
    connection.peek(&mut [0]).map_err(|_| client.failed("the line begins to arrive"))?;
    client.pauses()?;
    client.goes_on();
    client.ends_input();
    let mut came = String::new();
    let ends = connection.shutdown(Shutdown::Write); // in place of a reply
    let all = ends.and_then(|()| connection.read_to_string(&mut came));
    all.map_err(|error| client.failed("the line arrives to its end").because(&error.to_string()))?;
    Ok((line, came))
}
