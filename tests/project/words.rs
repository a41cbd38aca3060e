//! The ledger's rows for this project's own programs, to the letter; what one says that ends at
//! once is in `words.txt`. What can be asked of anybody's program is in `checks/ledger.rs`.

use crate::{checks::servers, project::programs};
use assert_cmd::{assert::OutputAssertExt, cargo::cargo_bin};
use harness::*;
use predicates::{prelude::*, str::*};
use std::net::{TcpListener, TcpStream};
use std::{ffi::OsString, io::Error};

harness::checks! {
    bytes_that_are_no_text_are_shown_with_a_sign [TcpServer, TcpClient, UdpServer, UdpClient]
        |program| {
        let (whole, sign) = ("x".repeat(1023), "\u{fffd}");
        if program.is_client() {
            let mut talk = Talk::begins(program)?;
            talk.asks("hello", "hello")?;
            talk.hears(b"\xe5\xa5", sign)?;
            return talk.prompts();
        }
        if program == Program::UdpServer {
            let (mut server, peer) = serving(program, b"a\xffb")?;
            return server.shows(&peer.shown(&format!("a{sign}b")));
        }
        let (mut server, mut peer) = serving(program, whole.clone() + "好")?;
        peer.is_announced(&mut server)?;
        server.shows(&(peer.shown(&(whole + sign)) + &peer.shown(&sign.repeat(2))))?;
        peer.receives(REPLY.repeat(2))
    };
    forty_clients_wait_in_the_listen_queue [TcpServer] |_| {
        let (server, _first) = serving(Program::TcpServer, "")?;
        (0..40).map(|_| Peer::connect(&server)).collect::<Verdict<Vec<_>>>().map(drop)
    };
    // Its own limit is 5 s, as long as a step may take. A reply that comes later is
    // not taken for the next one's; it comes from a socket of its own, for Windows
    // would tell the server's, with its next receive, that nobody is there any more.
    a_udp_client_without_a_reply_says_so_and_prompts_again [UdpClient] |program| {
        let mut talk = Talk::begins(program)?;
        let mut late = Peer::bind([127, 0, 0, 1])?;
        talk.asks("one", "one")?;
        let no_reply = format!("udp-client: no reply from {}: timed out", talk.server.address);
        says(&mut talk.client, &no_reply)?;
        late.client = talk.server.client;
        late.sends("the reply to one")?;
        talk.exchanges(&[("two", "the reply to two")])?;
        talk.asks("three", "three")
    };
    // The harness's own clock and the programs agree with Python, in three zones.
    the_time_is_pythons_in_three_zones [UdpServer] |_| {
        let Some(python) = python::wanted()? else { return Ok(()) };
        for zone in clock::zones() {
            servers::the_time_is_right(&zone)?;
            // The first days, one of one digit, the last of February and of a year, and now.
            let times = [86_400, 1_793_614_936, 951_782_400, 1_798_761_599, clock::now()];
            let ours = times.map(|time| clock::ctime(time, zone.offset)).concat();
            let print = format!("import time; print(*map(time.ctime, {times:?}), sep='', end='')");
            let theirs = output(command(python).args(["-c", &print]).env("TZ", &zone.name))?;
            theirs.assert().stdout(ours);
        }
        Ok(())
    };
}

#[test]
fn each_run_ends_with_the_words_of_the_table() -> Verdict {
    let true = programs::are_to_be_tried()? else { return Ok(()) };
    let (tcp, udp) = (TcpListener::bind("127.0.0.1:0")?, Peer::bind([127, 0, 0, 1])?);
    // A connection has its port for itself, and nobody listens there.
    let nobody = TcpStream::connect(tcp.local_addr()?)?;
    let mut table = include_str!("words.txt").to_string();
    let mut means = |sign: &str, text: &str| table = table.replace(&format!("{{{sign}}}"), text);
    means("tcp", &tcp.local_addr()?.port().to_string());
    means("udp", &udp.address.port().to_string());
    means("nobody", &nobody.local_addr()?.port().to_string());
    for code in [2, 28, 98, 99, 111] {
        let text = Error::from_raw_os_error(code).to_string();
        means(&code.to_string(), if cfg!(target_os = "linux") { &text } else { "…" });
    }
    // Windows' resolver takes an empty host for this machine.
    let [others, windows] = ["cannot find host \"\": …", "host \"\" has no IPv4 address"];
    means("unknown", if cfg!(windows) { windows } else { others });
    // The port is held here or, for longer than a step, by somebody else, who may not listen.
    let default = "127.0.0.1:8888";
    let _holder = deadline::poll(deadline::step(), || TcpListener::bind(default).ok());
    let refused = format!("1 | | NAME: cannot connect to {default}: …␊");
    means("default", TcpStream::connect(default).map_or(&refused, |_| "0 | 发消息>>␊ |"));
    let (python, each) = (python::wanted()?, PROGRAMS.map(Program::name));
    let runs = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let runs = runs.filter(|run| python.is_some() || !run.starts_with("python "));
    for run in runs.filter(|run| cfg!(target_os = "linux") || !run.contains("| /dev/full |")) {
        let names = if run.starts_with("each |") { &each[..] } else { &["each"] };
        names.iter().try_for_each(|name| ends_as_written(&run.replacen("each", name, 1)))?;
    }
    Ok(())
}

/// The program of a `run` of the table ends as its other cells say.
fn ends_as_written(run: &str) -> Verdict {
    let cells: Vec<_> = run.split('|').map(|cell| cell.trim_matches(' ')).collect();
    let [name, arguments, status, shown, said] = cells[..] else {
        return Err(Report::harness("find five cells").because(run));
    };
    let mut words = vec![];
    if shown == "/dev/full" {
        words.extend(["sh", "-c", "exec \"$0\" \"$@\" > /dev/full"].map(OsString::from));
    }
    let script = name.strip_prefix("python ");
    if let Some(program) = Program::named(script.unwrap_or(name)) {
        words.extend(program.own_command(script.and_then(|_| python::find()))?);
    } else {
        words.push(cargo_bin(name).into());
    }
    words.extend(arguments.split(' ').filter(|word| !word.is_empty()).map(argument));
    let ended = step(run, output(command(&words[0]).args(&words[1..])))?.assert();
    let ended = ended.append_context("run", run.to_string());
    let [shown, said] = [shown.replace("/dev/full", ""), said.to_string()]
        .map(|text| text.replace('␊', "\n").replace("NAME", name));
    let ended = ended.code(status.parse::<i32>().unwrap_or(-1)).stdout(shown);
    match said.split_once('…') {
        None => ended.stderr(said),
        Some((start, end)) => {
            ended.stderr(starts_with(start).and(ends_with(end)).and(contains("\n").count(1)))
        }
    };
    Ok(())
}

/// What a word of the table stands for.
pub fn argument(word: &str) -> OsString {
    let word = word.replace('␠', " ").replace('∅', "").replace('␊', "\n");
    #[cfg(not(unix))]
    return word.into();
    #[cfg(unix)]
    std::os::unix::ffi::OsStringExt::from_vec(
        word.split('�').map(str::as_bytes).collect::<Vec<_>>().join(&b'\xff'),
    )
}

/// The one line on standard error is `expected`.
pub fn says(running: &mut Running, expected: &str) -> Verdict {
    let line = running.complains(deadline::start())?;
    equals("standard error has the right words", line.as_bytes(), expected.as_bytes(), false)
}
