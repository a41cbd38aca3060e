//! One check of one program, as a grader tries it.

use crate::*;
use std::sync::{Mutex, PoisonError};
use std::{collections::BTreeMap, ffi::OsString, thread};

/// Tries `program` with a command for each program that the check may start, with limits `factor`
/// times as long, in a thread of its own: the report's notes and the choice of a program are a
/// thread's.
pub fn run(
    check: &Check,
    program: Program,
    commands: &[(Program, Vec<OsString>)],
    factor: f64,
) -> Outcome {
    let commands = commands.to_vec();
    let run = check.run;
    let body = move || {
        deadline::scale(factor);
        commands.into_iter().for_each(|(program, words)| program.choose(words));
        run(program)
    };
    let error = |problem: String| (Kind::Harness, problem);
    let thread = thread::Builder::new().name(check.name.to_string()).spawn(body);
    let thread = thread.map_err(|problem| error(format!("cannot start a thread: {problem}")))?;
    let verdict = thread.join().map_err(|_| error("the check itself panicked".to_string()))?;
    verdict.map_err(|report| report.outcome())
}

/// What `work` makes of each item, in their order, on so many threads, or on fewer where the
/// system refuses them. An item that takes long holds up no other.
pub fn on_workers<T: Sync, R: Send>(
    workers: usize,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let (queue, done) = (Mutex::new(items.iter().enumerate()), Mutex::new(BTreeMap::new()));
    let next = || lock(&queue).next(); // in the loop's head, the lock would be held
    let take = || {
        while let Some((number, item)) = next() {
            let result = work(item);
            lock(&done).insert(number, result);
        }
    };
    thread::scope(|scope| {
        let mut one_more = |_| thread::Builder::new().spawn_scoped(scope, take).is_ok();
        let _ = (1..workers).all(&mut one_more);
        take();
    });
    done.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()
}

#[test]
fn an_item_that_takes_long_holds_up_no_other() {
    let (send, receive) = std::sync::mpsc::channel();
    let receive = Mutex::new(receive);
    let first_waits_for_second = |first: &bool| match first {
        true => lock(&receive).recv_timeout(deadline::step()).is_ok(),
        false => send.send(()).is_ok(),
    };
    assert_eq!(on_workers(2, &[true, false], first_waits_for_second), [true, true]);
}
