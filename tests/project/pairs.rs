//! The real pairs over loopback, Rust and Python in every combination: the
//! same conversations (`pairs.md`), the same screens.

use super::transcript::{Transcript, run_all};
use crate::project::programs;
use assert_cmd::assert::OutputAssertExt;
use harness::*;

#[test]
fn rust_and_python_understand_each_other_in_every_combination() -> Verdict {
    let true = programs::are_to_be_tried() else { return Ok(()) };
    let text = include_str!("pairs.md").replace('␠', " ");
    let transcripts = Transcript::all("tests/project/pairs.md", &text);
    holds("one transcript is of TCP, one of UDP", transcripts.len() == 2)?;
    let authors = [Some(Author::Rust), python::wanted()?.map(Author::Python)];
    let authors = || authors.into_iter().flatten();
    let pairs = authors().flat_map(|server| authors().map(move |client| (server, client)));
    run_all(&transcripts, &pairs.collect::<Vec<_>>())
}

/// The harness's own clock and the programs agree with Python, in three zones.
#[test]
fn the_time_is_pythons_in_three_zones() -> Verdict {
    let true = programs::are_to_be_tried() else { return Ok(()) };
    let Some(python) = python::wanted()? else { return Ok(()) };
    Program::UdpServer.choose(Author::Rust)?;
    for zone in &clock::ZONES {
        let zone_of = [("TZ", zone.name())];
        let setup = Setup { environment: &zone_of, ..Program::UdpServer.into() };
        let (_server, client) = serving(setup, "hello")?;
        client.receives_reply_in(zone.offset)?;
        // A day of one digit, a day of two, and now.
        let times = [1_793_614_936, 951_782_400, clock::now()];
        let ours = times.map(|time| clock::ctime(time, zone.offset)).concat();
        let print = format!("import time; print(*map(time.ctime, {times:?}), sep='', end='')");
        output(command(python).args(["-c", &print]).envs(zone_of))?.assert().stdout(ours);
    }
    Ok(())
}
