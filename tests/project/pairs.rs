//! The real pairs over loopback, Rust and Python in every combination: the
//! same conversations (`pairs.md`), the same screens.

use crate::project::{programs, transcript::run_all};
use assert_cmd::assert::OutputAssertExt;
use harness::*;
use std::iter;

#[test]
fn rust_and_python_understand_each_other_in_every_combination() -> Verdict {
    let transcripts = include_str!("pairs.md").matches("```console").count();
    holds("one transcript is of TCP, one of UDP", transcripts == 2)?;
    let languages: Vec<_> = iter::once(None).chain(python::wanted()?.map(Some)).collect();
    run_all(&["tests/project/pairs.md"], &languages)
}

/// The harness's own clock and the programs agree with Python, in three zones.
#[test]
fn the_time_is_pythons_in_three_zones() -> Verdict {
    let Some(python) = programs::with_python()? else { return Ok(()) };
    for zone in clock::zones() {
        let zone_of = [("TZ", &*zone.name)];
        let setup = Setup { environment: &zone_of, ..Program::UdpServer.into() };
        let (_server, mut client) = serving(setup, "hello")?;
        client.receives_time("", Some(zone.offset))?;
        // The first days, one of one digit, a leap year's last of February, a year's last, and now.
        let times = [86_400, 1_793_614_936, 951_782_400, 1_798_761_599, clock::now()];
        let ours = times.map(|time| clock::ctime(time, zone.offset)).concat();
        let print = format!("import time; print(*map(time.ctime, {times:?}), sep='', end='')");
        output(command(python).args(["-c", &print]).envs(zone_of))?.assert().stdout(ours);
    }
    Ok(())
}
