//! The ledger's rows for this project's own programs, to the letter. What
//! can be asked of anybody's program is in `checks/ledger.rs`.

use crate::checks::peer::{conversing, prompt};
use assert_cmd::Command;
use harness::*;
use predicates::prelude::*;
use predicates::str::{DifferencePredicate, contains, diff, ends_with, starts_with};
use std::ffi::OsStr;
use std::net::{Ipv4Addr, TcpListener};

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
        let assert = own(program)?.arg("127.0.0.1").assert();
        assert.code(1).stdout(diff(usage(program.name()))).stderr("");
    }
    for program in [Program::UdpServer, Program::UdpClient] {
        let assert = own(program)?.assert();
        assert.code(1).stdout(diff(usage(program.name()))).stderr("");
    }
    Ok(())
}

#[test]
fn the_scripts_usage_is_the_same_but_for_how_they_are_called() -> Verdict {
    let Some(python) = python::wanted()? else {
        return Ok(());
    };
    for program in PROGRAMS {
        let named = if program == Program::UdpClient { Program::UdpServer } else { program };
        let usage = usage(&format!("python3 {}", named.script_name()));
        let usage = usage.replace('\n', if cfg!(windows) { "\r\n" } else { "\n" });
        let assert = Command::new(python).arg(python::script(program)).arg("127.0.0.1").assert();
        assert.code(1).stdout(diff(usage));
    }
    Ok(())
}

fn usage(name: &str) -> String {
    format!("argv is error!!!\ninput as\n{name} 192.168.191.1 8888\n")
}

#[test]
fn a_bad_port_is_named() -> Verdict {
    for port in ["65536", "-1", "http", "", " 80", "8_888", "８８", "80\n80"] {
        are_refused(["a\nb", port], &format!("port {port:?} is not a number from 0 to 65535"))?;
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_no_text_is_an_error_like_any_other() -> Verdict {
    use std::os::unix::ffi::OsStrExt;
    let port = OsStr::from_bytes(b"\xff8888");
    let problem = "port \"\u{fffd}8888\" is not a number from 0 to 65535";
    are_refused([OsStr::new("127.0.0.1"), port], problem)
}

#[test]
fn a_host_without_ipv4_is_named() -> Verdict {
    are_refused(["::1", "8888"], "host \"::1\" has no IPv4 address")
}

/// Each program refuses these arguments in one line, this one.
fn are_refused(arguments: [impl AsRef<OsStr>; 2], problem: &str) -> Verdict {
    for program in PROGRAMS {
        let assert = own(program)?.args(&arguments).assert();
        assert.code(1).stdout("").stderr(line(program, problem));
    }
    Ok(())
}

/// A label that is too long for the DNS, so that nobody is asked; and an empty
/// host, which to Python is any address and to the C library none.
#[test]
fn an_unknown_or_empty_host_is_named() -> Verdict {
    for host in ["x".repeat(64).as_str(), ""] {
        for program in PROGRAMS {
            let start = format!("{}: cannot find host \"{host}\": ", program.name());
            let one_line = contains("\n").count(1).and(ends_with("\n"));
            let assert = own(program)?.args([host, "8888"]).assert();
            assert.code(1).stdout("").stderr(starts_with(start).and(one_line));
        }
    }
    Ok(())
}

/// The port is held here or, for longer than a step, by somebody else.
#[test]
fn without_arguments_tcp_means_127_0_0_1_8888() -> Verdict {
    let bind = || TcpListener::bind("127.0.0.1:8888").ok();
    let _holder = deadline::poll(deadline::step(), bind);
    let problem = "tcp-server: cannot listen on 127.0.0.1:8888: ";
    own(Program::TcpServer)?.assert().code(1).stdout("").stderr(starts_with(problem));
    // Whoever has the port may do so without listening.
    let refused = starts_with("tcp-client: cannot connect to 127.0.0.1:8888: ");
    own(Program::TcpClient)?.assert().stderr(diff("").or(refused));
    Ok(())
}

#[test]
fn bytes_that_are_no_text_are_shown_with_a_sign() -> Verdict {
    PROGRAMS.into_iter().try_for_each(|program| program.choose(Author::Rust))?;
    let (whole, sign) = ("x".repeat(1023), '\u{fffd}');
    let (mut server, mut peer) = start_tcp_server()?;
    let port = peer.address().port();
    server.shows(&format!("waiting for connect....\nconnect from ('127.0.0.1', {port})\n"))?;
    peer.sends(whole.clone() + "好")?;
    server.shows(&format!("客户端发来的消息: {whole}{sign}\n客户端发来的消息: {sign}{sign}\n"))?;
    peer.receives("服务端已收到消息!".repeat(2))?;

    let (mut server, client) = start_udp_server(b"a\xffb")?;
    let port = client.address().port();
    server.shows(&format!("recv from ('127.0.0.1', {port}):a{sign}b\n"))?;

    for (program, before) in [(Program::TcpClient, ""), (Program::UdpClient, "从服务器收到: ")]
    {
        let (mut client, mut server) = conversing(program)?;
        client.types("hello")?;
        server.receives("hello")?;
        server.sends(b"\xe5\xa5")?;
        let prompt = prompt(program);
        client.shows(&format!("{prompt}{before}{sign}\n{prompt}"))?;
    }
    Ok(())
}

#[test]
fn forty_clients_wait_in_the_listen_queue() -> Verdict {
    Program::TcpServer.choose(Author::Rust)?;
    let (server, _first) = start_tcp_server()?;
    let connect = |_| TcpPeer::connect(server.address());
    (0..40).map(connect).collect::<Verdict<Vec<_>>>().map(|_| ())
}

/// Its own limit is 5 s, as long as a step may take.
#[test]
fn a_udp_client_without_a_reply_says_so_and_prompts_again() -> Verdict {
    Program::UdpClient.choose(Author::Rust)?;
    let silent = UdpPeer::bind(Ipv4Addr::LOCALHOST)?;
    let mut client = Running::start(Program::UdpClient, silent.address())?;
    client.shows("消息>>")?;
    client.types("is anybody there?")?;
    says(&mut client, &format!("udp-client: no reply from {}: timed out", silent.address()))?;
    client.shows("消息>>")?;
    client.types("")?;
    client.leaves(0)
}

/// The one line on standard error is `expected`.
pub fn says(running: &mut Running, expected: &str) -> Verdict {
    let line = running.complains_within(deadline::start())?;
    match line == expected {
        true => Ok(()),
        false => {
            let report = Report::failed("standard error has the right words");
            Err(report.compared(expected.as_bytes(), line.as_bytes(), false))
        }
    }
}
