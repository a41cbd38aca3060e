//! The real pairs over loopback, Rust and Python in every combination: the
//! same conversations (`pairs.md`), the same screens.

use super::transcript::Transcript;
use harness::*;
use std::net::Ipv4Addr;

#[test]
fn rust_with_rust() -> Verdict {
    meet(Author::Rust, Author::Rust)
}

#[test]
fn rust_server_with_python_client() -> Verdict {
    python::wanted()?.map_or(Ok(()), |python| meet(Author::Rust, Author::Python(python)))
}

#[test]
fn python_server_with_rust_client() -> Verdict {
    python::wanted()?.map_or(Ok(()), |python| meet(Author::Python(python), Author::Rust))
}

#[test]
fn python_with_python() -> Verdict {
    let both = |python| meet(Author::Python(python), Author::Python(python));
    python::wanted()?.map_or(Ok(()), both)
}

/// One transcript of TCP, one of UDP.
fn meet(server: Author, client: Author) -> Verdict {
    let text = include_str!("pairs.md").replace('␠', " ");
    let transcripts = Transcript::all("tests/project/pairs.md", &text);
    if transcripts.len() != 2 {
        return Err(Report::harness("find both transcripts"));
    }
    transcripts.iter().try_for_each(|transcript| transcript.run(server, client))
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
        let (_server, mut client) = start_udp_server_at(ip, "127.0.0.1", &zone_of, "hello")?;
        client.receives_reply_in(zone.offset)?;
        // A day of one digit, a day of two, and now.
        for seconds in [1_793_614_936, 951_782_400, clock::now()] {
            let print = format!("import time; print(time.ctime({seconds}), end='')");
            let output = command(python).args(["-c", &print]).env("TZ", zone.name()).output()?;
            let ours = clock::ctime(seconds, zone.offset);
            if ours.as_bytes() != output.stdout {
                let report = Report::harness("the harness's clock is Python's");
                return Err(report.compared(&output.stdout, ours.as_bytes(), false));
            }
        }
    }
    Ok(())
}
