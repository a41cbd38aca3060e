//! Rows of the ledger that only Linux can show, by its queues, its limits, its
//! signals: each test fails without the mend of a fault.

use super::words::says;
use harness::*;
use std::io::{Error, Read};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::{iter, time::Duration};

harness::checks! {
    // Standard input, output and error and the listener have all four: `accept`
    // finds none for the client, and fails at once, again and again.
    a_tcp_server_without_a_descriptor_says_so_once_and_waits [TcpServer] |program| {
        limit(program, "-n 4")?;
        let (mut server, mut client) = serving(program, "")?;
        server.shows(WAITING)?;
        client.sends("I wait")?;
        let no_more = Error::from_raw_os_error(24);
        says(&mut server, &format!("tcp-server: cannot accept a client: {no_more}"))?;
        let (id, much) = (server.id(), 100_000.0);
        let cpu = || measure::cpu(id);
        let before = cpu();
        let busy = || (cpu() - before > much).then_some(());
        let busy = deadline::poll(deadline::seconds(2.5), busy).is_some();
        let took = format!("{:.0} us of CPU time, of {much} at most", cpu() - before);
        holds(format!("while it waits it takes {took}"), !busy)?;
        server.is_quiet()?;
        holds("it waits on", server.ended().is_none())?;

        let allows = succeeds(command("prlimit").args(["--pid", &id.to_string(), "--nofile=64:"]));
        let why = "there is no prlimit(1) that allows the server more of them";
        let true = checkable(allows, why) else { return Ok(()) };
        worked("it is allowed 64 descriptors");
        server.shows(&format!("connect from {}\n", pair(client.address)))?;
        client.is_answered(&mut server, "I wait")?;
        server.is_quiet()
    };
    // Linux queues one more than the number that listen(2) is given; who comes
    // then has its first packet dropped, and tries again a second later.
    the_scripts_listen_queue_holds_six [TcpServer] |program| {
        let Some(python) = python::wanted()? else { return Ok(()) };
        program.choose_own(Some(python))?;
        let (mut server, first) = serving(program, "")?;
        first.is_announced(&mut server)?;
        let quick = Duration::from_millis(300);
        let connect = |_| TcpStream::connect_timeout(&server.address, quick).ok();
        let waiting: Vec<_> = (0..8).map_while(connect).collect();
        holds(format!("six clients wait, for {} do", waiting.len()), waiting.len() == 6)
    };
    // A server that ends first leaves the connection's end behind at its port,
    // and Python does not set SO_REUSEADDR.
    a_python_server_waits_for_its_port_also_after_a_rust_server [TcpServer] |program| {
        let Some(python) = python::wanted()? else { return Ok(()) };
        let (server, mut client) = serving(program, "hello")?;
        client.receives_reply()?;
        let address = server.kill();
        client.is_left()?;
        drop(client);
        program.choose_own(Some(python))?;
        let mut next = Running::start(program, address)?;
        next.ends_with(1)?;
        let in_use = next.all_output().trim_end().ends_with("Address already in use");
        holds("the port is still in use", in_use)
    };
    // Ctrl-Z and fg while it waits, and each interrupts its receive (signal(7)).
    three_hundred_stops_do_not_end_a_udp_client_with_a_small_stack [UdpClient] |program| {
        limit(program, "-s 64")?;
        let mut talk = Talk::begins(program)?;
        talk.asks("hello", "hello")?;
        for _ in 0..300 {
            talk.client.pauses()?;
            talk.client.goes_on();
        }
        talk.hears("hi", "hi")?;
        talk.prompts()?;
        talk.client.is_quiet()
    };
    a_reply_that_cannot_be_sent_does_not_end_the_udp_server [UdpServer] |program| {
        let (mut server, mut client) = serving(program, "before")?;
        client.receives_reply()?;
        let Some(sent) = works("send_from_port_0.py", &server)? else { return Ok(()) };
        let why = "only root can send a datagram from port 0";
        let true = checkable(sent, why) else { return Ok(()) };
        let cause = Error::from_raw_os_error(22);
        says(&mut server, &format!("udp-server: cannot answer 127.0.0.1:0: {cause}"))?;
        client.exchanges("after")
    };
    // It is reset in the queue.
    a_connection_that_dies_before_it_is_accepted_does_not_end_the_server [TcpServer] |program| {
        let (mut server, mut first) = serving(program, "hello")?;
        first.receives_reply()?;
        let Some(reset) = works("connection_dies.py", &server)? else { return Ok(()) };
        holds("Python resets a connection in the queue", reset)?;
        drop(first);
        let mut next = Peer::connect(&server)?;
        next.exchanges("hello")?;
        server.complains(deadline::step()).map(drop)
    };
    // For so long a line Linux has no room where the server reads late (tcp(7): 4 MB where it is
    // sent), so the send waits, and a stop ends it with what was taken by then (signal(7)). Of the
    // script's line only the start arrives.
    a_line_that_the_kernel_takes_in_parts_arrives_whole [TcpClient] |program| {
        iter::once(None).chain(python::wanted()?.map(Some)).try_for_each(|python| {
            program.choose_own(python)?;
            let listener = TcpListener::bind("127.0.0.1:0")?;
            let mut client = Running::start(program, listener.local_addr()?)?;
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
            let right = line.starts_with(&came) && python.is_none() == (came == line);
            let what = if python.is_none() { "all" } else { "the start" };
            holds(format!("{} of {} bytes are {what}", came.len(), line.len()), right)
        })
    };
}

/// From now on `program` is this workspace's own, started by a shell that
/// first sets this limit: `-s 64` is a stack of 64 KiB.
fn limit(program: Program, limit: &str) -> Verdict {
    let script = format!("ulimit -S {limit}; exec \"$0\" \"$@\"");
    program.choose(vec!["sh".into(), "-c".into(), script.into(), program.own()?.into()]);
    Ok(())
}

/// Runs a script of this folder with the port of `server`, where there is a Python; whether it
/// worked.
fn works(script: &str, server: &Running) -> Verdict<Option<bool>> {
    let Some(python) = python::wanted()? else { return Ok(None) };
    let (code, port) = (cargo::text(format!("tests/project/{script}"))?, server.address.port());
    let ended = output(command(python).args(["-c", &code, &port.to_string()]))?;
    Ok(Some(ended.status.success()))
}
