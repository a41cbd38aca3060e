//! The real pairs over loopback, Rust and Python in every combination: the
//! same conversation, the same two screens.

use harness::*;
use std::net::Ipv4Addr;

#[test]
fn tcp_rust_with_rust() -> Verdict {
    tcp(Author::Rust, Author::Rust)
}

#[test]
fn tcp_rust_server_with_python_client() -> Verdict {
    python::wanted()?.map_or(Ok(()), |python| tcp(Author::Rust, Author::Python(python)))
}

#[test]
fn tcp_python_server_with_rust_client() -> Verdict {
    python::wanted()?.map_or(Ok(()), |python| tcp(Author::Python(python), Author::Rust))
}

#[test]
fn tcp_python_with_python() -> Verdict {
    let both = |python| tcp(Author::Python(python), Author::Python(python));
    python::wanted()?.map_or(Ok(()), both)
}

#[test]
fn udp_rust_with_rust() -> Verdict {
    udp(Author::Rust, Author::Rust)
}

#[test]
fn udp_rust_server_with_python_client() -> Verdict {
    python::wanted()?.map_or(Ok(()), |python| udp(Author::Rust, Author::Python(python)))
}

#[test]
fn udp_python_server_with_rust_client() -> Verdict {
    python::wanted()?.map_or(Ok(()), |python| udp(Author::Python(python), Author::Rust))
}

#[test]
fn udp_python_with_python() -> Verdict {
    let both = |python| udp(Author::Python(python), Author::Python(python));
    python::wanted()?.map_or(Ok(()), both)
}

const MESSAGES: [&str; 3] = ["hello", "你好，世界 🦀", "  kept blanks  "];

/// Two clients one after the other; `localhost` and more arguments than two
/// are part of what the script can do.
fn tcp(server: Author, client: Author) -> Verdict {
    Program::TcpServer.choose(server)?;
    Program::TcpClient.choose(client)?;
    let ip = Ipv4Addr::LOCALHOST.into();
    let (mut server, first) = start_tcp_server_as(ip, "localhost", &["ignored"])?;
    let port = first.address().port();
    first.closes();
    server.shows("waiting for connect....\n")?;
    server.shows(&format!("connect from ('127.0.0.1', {port})\n"))?;
    server.shows("waiting for connect....\n")?;
    let address = server.address();
    let number = address.port().to_string();
    let arguments = ["localhost", &number, "ignored"];
    for _ in 1..=2 {
        let mut client = Running::start_with(Program::TcpClient, address, &arguments, &[])?;
        client_port(&server.next_line()?, "connect from ('127.0.0.1', ", ")")?;
        for message in MESSAGES {
            client.shows("发消息>>")?;
            client.types(message)?;
            server.shows(&format!("客户端发来的消息: {message}\n"))?;
            client.shows("服务端已收到消息!\n")?;
        }
        client.shows("发消息>>")?;
        client.types("")?;
        client.leaves(0)?;
        client.is_quiet()?;
        server.shows("waiting for connect....\n")?;
    }
    server.is_quiet()
}

fn udp(server: Author, client: Author) -> Verdict {
    Program::UdpServer.choose(server)?;
    Program::UdpClient.choose(client)?;
    let (mut server, mut first) = start_udp_server("are you there?")?;
    first.receives_reply()?;
    server.next_line()?;
    let number = server.address().port().to_string();
    let arguments = ["localhost", &number, "ignored"];
    let mut client = Running::start_with(Program::UdpClient, server.address(), &arguments, &[])?;
    let mut ports = vec![];
    for message in MESSAGES {
        client.shows("消息>>")?;
        client.types(message)?;
        let end = format!("):{message}");
        ports.push(client_port(&server.next_line()?, "recv from ('127.0.0.1', ", &end)?);
        is_reply(&client.next_line()?)?;
    }
    client.shows("消息>>")?;
    client.types("")?;
    client.leaves(0)?;
    client.is_quiet()?;
    match ports.iter().all(|port| *port == ports[0]) {
        true => server.is_quiet(),
        false => Err(Report::failed("the client keeps its port")),
    }
}

/// The number between `start` and `end`, which with it make the whole line.
fn client_port(line: &str, start: &str, end: &str) -> Verdict<u16> {
    let number = line.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
    let wrong = || Report::failed(format!("the line is {start}PORT{end}")).because(line);
    number.and_then(|number| number.parse().ok()).ok_or_else(wrong)
}

/// The line that the client makes of a reply, with a time of today's form.
fn is_reply(line: &str) -> Verdict {
    let time =
        line.strip_prefix("从服务器收到: ").and_then(|rest| rest.strip_suffix(" 接收到消息"));
    match time.map(str::len) {
        Some(24) => Ok(()),
        _ => Err(Report::failed("the line is a reply with 24 characters of time").because(line)),
    }
}

/// The harness's own clock and the programs agree with Python, in three zones.
#[test]
fn the_time_is_pythons_in_three_zones() -> Verdict {
    let Some(python) = python::wanted()? else {
        return Ok(());
    };
    Program::UdpServer.choose(Author::Rust)?;
    let ip = Ipv4Addr::LOCALHOST.into();
    for zone in &clock::ZONES {
        let zone_of = [("TZ", zone.name())];
        let (_server, mut client) = start_udp_server_at(ip, &zone_of, "hello", ip)?;
        client.receives_reply_in(zone.offset)?;
        // A day of one digit, a day of two, and now.
        for seconds in [1_793_614_936, 951_782_400, clock::now()] {
            let print = format!("import time; print(time.ctime({seconds}), end='')");
            let output = command(python).args(["-c", &print]).env("TZ", zone.name()).output();
            let output = output.map_err(Report::harness_error)?;
            let theirs = String::from_utf8_lossy(&output.stdout).into_owned();
            let ours = clock::ctime(seconds, zone.offset);
            if ours != theirs {
                let report = Report::harness("the harness's clock is Python's");
                return Err(report.compared(theirs.as_bytes(), ours.as_bytes(), false));
            }
        }
    }
    Ok(())
}
