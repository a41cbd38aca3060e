//! One program of a part, in a process of its own: whatever it does to this process, the grader
//! goes on. What comes of each check is said as soon as it is known, for the grader to read.

use crate::{marks::*, options::Options, submission};
use harness::*;
use std::sync::{Condvar, Mutex, PoisonError};
use std::{io, io::Write, path, time::Duration, time::Instant};

/// A check older than this waits for a program, and takes no core from the next.
const YOUNG: Duration = Duration::from_millis(300);
/// Parts of the names of checks that take seconds: these begin first.
const LONG: [&str; 2] = ["pause", "slow"];
/// Checks that run at a time, at most.
const RUNNING: usize = 8;
/// How a check may end, without words.
const ENDS: [Result<(), Kind>; 5] =
    [Ok(()), Err(Kind::Failed), Err(Kind::NotStarted), Err(Kind::NotTried), Err(Kind::Harness)];

/// Grades what a folder holds of a program; `share` checks may begin at a time.
pub fn grade(options: &Options, share: usize) {
    let secret = io::read_to_string(io::stdin()).unwrap_or_default();
    // Says how a check ended or, without its title, all that are not known yet. It stands between
    // two secrets: what programs write is not taken for it.
    let say = |title: &str, outcome: &Outcome| {
        let end = outcome.as_ref().map_err(|(kind, _)| kind);
        let text = outcome.as_ref().err().map_or("", |(_, text)| text);
        let said = format!("{secret}{end:?}\n{title}\n{text}{secret}\n");
        let _ = io::stdout().lock().write_all(said.as_bytes());
    };
    say("it begins", &Ok(())); // from here on an end is the submission's fault
    // Each program has a folder of its own.
    let folder = path::absolute(&options.folders[0]).unwrap_or(options.folders[0].clone());
    let checks = options.parts[0].checks();
    // Its checks may start the part's other programs, too.
    let is_started = |program: &Program| checks.iter().any(|one| one.program == *program);
    let programs: Vec<_> = PROGRAMS.into_iter().filter(is_started).collect();
    let words = on_workers(programs.len(), &programs, |one| submission::words(&folder, *one));
    let is_asked = |program| options.parts.ends_with(&[Part::Sheet(program)]);
    let mut commands = vec![];
    for (program, words) in programs.into_iter().zip(words) {
        let words = match words {
            Ok(words) => words,
            Err(problem) if is_asked(program) => return say("", &Err(problem)),
            Err(_) => vec![format!("{}, which cannot be started", program.name()).into()],
        };
        commands.push((program, words));
    }
    let mut left: Vec<_> = checks.iter().filter(|one| is_asked(one.program)).collect();
    let began = Instant::now();
    if !options.parts[0].is_exercise() {
        // Without the first check of the sheet no other is tried.
        let first = left.remove(0);
        let outcome = first.check.tried(first.program, &commands, 2.0);
        say(&first.title(), &outcome);
        let no_start = (Kind::NotTried, "the program does not start".to_string());
        match outcome {
            Err((Kind::NotStarted, _)) => return say("", &Err(no_start)),
            Err((Kind::Harness, _)) => return say("", &outcome),
            _ => {}
        }
    }
    let start = began.elapsed();
    // Where many start at a time, a slow one takes longer still.
    let factor = 1.0 + 2.0 * start.as_secs_f64();
    left.sort_by_key(|one| !LONG.iter().any(|part| one.check.name.contains(part)));
    let (young, age, ended) = (Mutex::new(vec![]), YOUNG.max(2 * start), Condvar::new());
    on_workers(RUNNING, &left, |one| {
        // The next begins when one of these has ended, or is no longer young.
        let mut begun = lock(&young);
        while begun.len() >= share.max(1) {
            let (_, first): (_, Instant) = begun[0];
            let wait = ended.wait_timeout(begun, age.saturating_sub(first.elapsed()));
            begun = wait.unwrap_or_else(PoisonError::into_inner).0;
            begun.retain(|(_, at)| at.elapsed() < age);
        }
        begun.push((one.check.name, Instant::now()));
        drop(begun);
        say(&one.title(), &one.check.tried(one.program, &commands, factor));
        lock(&young).retain(|(name, _)| *name != one.check.name);
        ended.notify_all();
    });
}

/// Notes in `checks` what was said, and nothing else of what came.
pub fn note(came: &str, secret: &str, checks: &mut [Graded]) {
    let pieces: Vec<_> = came.split(secret).collect();
    // What was said comes before another piece, if it is whole.
    for said in pieces[1..].chunks_exact(2).map(|pair| pair[0]) {
        let [end, title, text] = said.splitn(3, '\n').collect::<Vec<_>>()[..] else { continue };
        let mut ends = ENDS.into_iter();
        let Some(end) = ends.find(|known| format!("{known:?}") == end) else { continue };
        let outcome = end.map_err(|kind| (kind, text.to_string()));
        let is_its =
            |one: &&mut Graded| one.title() == title || title.is_empty() && one.outcome == UNKNOWN;
        checks.iter_mut().filter(is_its).for_each(|one| one.outcome = outcome.clone());
    }
}
