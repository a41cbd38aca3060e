//! The ledger's rows for this project's own programs, to the letter. What
//! can be asked of anybody's program is in the `robust_` files.

use assert_cmd::Command;
use harness::*;
use predicates::str::{DifferencePredicate, diff};
use std::io;
use std::net::TcpStream;

/// The workspace's own `program`, ready for arguments and a whole input.
pub fn own(program: Program) -> Verdict<Command> {
    let mut command = Command::new(program.own()?);
    command.timeout(deadline::start());
    Ok(command)
}

/// The one line of `program` for `problem`.
pub fn line(program: Program, problem: &str) -> DifferencePredicate {
    diff(format!("{}: {problem}\n", program.name()))
}

#[test]
fn usage_is_three_lines_and_names_the_program_itself() -> Verdict {
    for program in PROGRAMS {
        let usage = format!("argv is error!!!\ninput as\n{} 192.168.191.1 8888\n", program.name());
        let assert = own(program)?.arg("127.0.0.1").assert();
        assert.code(1).stdout(diff(usage)).stderr("");
    }
    for program in [Program::UdpServer, Program::UdpClient] {
        own(program)?.assert().code(1).stderr("");
    }
    Ok(())
}

#[test]
fn the_scripts_usage_is_the_same_but_for_the_udp_clients_name() -> Verdict {
    let Some(python) = python::wanted()? else {
        return Ok(());
    };
    let end = if cfg!(windows) { "\r\n" } else { "\n" };
    for program in PROGRAMS {
        let script = cargo::workspace().join(program.name()).join(program.script_name());
        let named = match program {
            Program::UdpClient => "udp-server",
            _ => program.name(),
        };
        let address = format!("{named} 192.168.191.1 8888");
        let usage = ["argv is error!!!", "input as", &address, ""].join(end);
        let assert = Command::new(python).arg(script).arg("127.0.0.1").assert();
        assert.code(1).stdout(diff(usage));
    }
    Ok(())
}

#[test]
fn a_bad_port_is_named() -> Verdict {
    for program in PROGRAMS {
        for port in ["65536", "-1", "http", "", " 80", "8_888", "８８"] {
            let problem = format!("port {port:?} is not a number from 0 to 65535");
            let assert = own(program)?.args(["127.0.0.1", port]).assert();
            assert.code(1).stdout("").stderr(line(program, &problem));
        }
    }
    Ok(())
}

#[test]
fn a_host_without_ipv4_is_named() -> Verdict {
    for program in PROGRAMS {
        let assert = own(program)?.args(["::1", "8888"]).assert();
        let problem = "host \"::1\" has no IPv4 address";
        assert.code(1).stdout("").stderr(line(program, problem));
    }
    Ok(())
}

#[test]
fn an_unknown_host_is_named() -> Verdict {
    is_not_found(&"x".repeat(64)) // no label is that long, so nobody is asked
}

/// To Python an empty host is any address; to the C library it is none.
#[test]
fn an_empty_host_is_refused() -> Verdict {
    is_not_found("")
}

fn is_not_found(host: &str) -> Verdict {
    for program in PROGRAMS {
        let assert = own(program)?.args([host, "8888"]).assert();
        let start = format!("{}: cannot find host \"{host}\": ", program.name());
        let one_line = predicates::str::starts_with(start);
        assert.code(1).stdout("").stderr(one_line).stderr(is_one_line());
    }
    Ok(())
}

/// Also an argument that holds a line break makes one line.
#[test]
fn an_argument_with_a_line_break_makes_one_line() -> Verdict {
    for program in PROGRAMS {
        let assert = own(program)?.args(["a\nb", "80\n80"]).assert();
        let problem = r#"port "80\n80" is not a number from 0 to 65535"#;
        assert.code(1).stdout("").stderr(line(program, problem));
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_no_text_is_an_error_like_any_other() -> Verdict {
    use std::os::unix::ffi::OsStrExt;
    let port = std::ffi::OsStr::from_bytes(b"\xff8888");
    for program in PROGRAMS {
        let assert = own(program)?.arg("127.0.0.1").arg(port).assert();
        let problem = "port \"\u{fffd}8888\" is not a number from 0 to 65535";
        assert.code(1).stdout("").stderr(line(program, problem));
    }
    Ok(())
}

fn is_one_line() -> impl predicates::Predicate<str> {
    predicates::function::function(|text: &str| {
        text.ends_with('\n') && text.matches('\n').count() == 1
    })
}

/// Another program may hold 127.0.0.1:8888: then the line says so.
#[test]
fn without_arguments_tcp_means_127_0_0_1_8888() -> Verdict {
    Program::TcpServer.choose(Author::Rust)?;
    Program::TcpClient.choose(Author::Rust)?;
    let address = "127.0.0.1:8888".parse().map_err(Report::harness_error)?;
    let mut server = Running::start_with(Program::TcpServer, address, &[], &[])?;
    let listens = server.shows("waiting for connect....\n");
    let mut client = Running::start_with(Program::TcpClient, address, &[], &[])?;
    if listens.is_ok() {
        client.shows("发消息>>")?;
        client.types("hello")?;
        return client.shows("服务端已收到消息!\n");
    }
    let line = server.complains()?;
    match line.starts_with("tcp-server: cannot listen on 127.0.0.1:8888: ") {
        true => Ok(()),
        false => Err(Report::failed("that line names 127.0.0.1:8888").because(&line)),
    }
}

#[test]
fn bytes_that_are_no_text_are_shown_with_a_sign() -> Verdict {
    PROGRAMS.into_iter().try_for_each(|program| program.choose(Author::Rust))?;
    let (mut server, mut peer) = start_tcp_server()?;
    let port = peer.address().port();
    server.shows(&format!("waiting for connect....\nconnect from ('127.0.0.1', {port})\n"))?;
    peer.sends("x".repeat(1023) + "好")?;
    let (whole, sign) = ("x".repeat(1023), '\u{fffd}');
    server.shows(&format!("客户端发来的消息: {whole}{sign}\n客户端发来的消息: {sign}{sign}\n"))?;
    peer.receives("服务端已收到消息!".repeat(2))?;

    let (mut server, client) = start_udp_server(b"a\xffb")?;
    let port = client.address().port();
    server.shows(&format!("recv from ('127.0.0.1', {port}):a{sign}b\n"))?;

    let trusted = TrustedServer::listen([127, 0, 0, 1])?;
    let mut client = Running::start(Program::TcpClient, trusted.address())?;
    let mut connection = trusted.accepts(&mut client)?;
    client.types("hello")?;
    connection.receives("hello")?;
    connection.sends(b"\xe5\xa5")?;
    client.shows(&format!("发消息>>{sign}\n发消息>>"))?;

    let mut trusted = UdpPeer::bind([127, 0, 0, 1])?;
    let mut client = Running::start(Program::UdpClient, trusted.address())?;
    client.types("hello")?;
    let from = trusted.receives("hello")?;
    trusted.answers(from, b"\xff")?;
    client.shows(&format!("消息>>从服务器收到: {sign}\n消息>>"))
}

#[test]
fn forty_clients_wait_in_the_listen_queue() -> Verdict {
    Program::TcpServer.choose(Author::Rust)?;
    let (server, _first) = start_tcp_server()?;
    let connect = |_| TcpStream::connect_timeout(&server.address(), deadline::step());
    let waiting: io::Result<Vec<_>> = (0..40).map(connect).collect();
    match waiting {
        Ok(_) => Ok(()),
        Err(error) => Err(Report::failed("forty clients connect").because(&error.to_string())),
    }
}

#[test]
fn a_udp_client_without_a_reply_says_so_and_prompts_again() -> Verdict {
    Program::UdpClient.choose(Author::Rust)?;
    let silent = UdpPeer::bind([127, 0, 0, 1])?;
    let mut client = Running::start(Program::UdpClient, silent.address())?;
    client.shows("消息>>")?;
    client.types("is anybody there?")?;
    // Its own limit is 5 s, so this wait is longer than a step.
    let line = client.complains_within(deadline::start())?;
    let expected = format!("udp-client: no reply from {}: timed out", silent.address());
    if line != expected {
        let report = Report::failed("that line names the server");
        return Err(report.compared(expected.as_bytes(), line.as_bytes(), false));
    }
    client.shows("消息>>")?;
    client.types("")?;
    client.leaves(0)
}
