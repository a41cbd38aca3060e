//! One check of one program, as a grader tries it.

use crate::report::Kind;
use crate::{Author, Check, Program, Report, deadline};
use std::ffi::OsString;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The program does what the check asks.
    Passed,
    /// It does not: the report without its first line.
    Failed(String),
    /// It does not start: the report without its first line.
    NotStarted(String),
    /// The check could not do its part: all that it said.
    Error(String),
}

/// Tries `program`, started by the words `command`, in a thread of its own, for
/// the report's notes and the choice of a program are a thread's. All limits
/// are `factor` times as long as usual.
pub fn run(check: &Check, program: Program, command: &[OsString], factor: f64) -> Outcome {
    let (words, run) = (command.to_vec(), check.run);
    let body = move || {
        deadline::scale(factor);
        program.choose(Author::Words(&words))?;
        run(program)
    };
    let thread = match thread::Builder::new().name(check.name.to_string()).spawn(body) {
        Ok(thread) => thread,
        Err(error) => return Outcome::Error(format!("cannot start a thread: {error}")),
    };
    match thread.join() {
        Ok(Ok(())) => Outcome::Passed,
        Ok(Err(report)) => outcome(&report),
        Err(_) => Outcome::Error("the check itself panicked".to_string()),
    }
}

fn outcome(report: &Report) -> Outcome {
    let text = format!("{report:?}");
    let rest = text.split_once('\n').map_or("", |(_, rest)| rest).to_string();
    match report.kind() {
        Kind::Failed => Outcome::Failed(rest),
        Kind::NotStarted => Outcome::NotStarted(rest),
        Kind::Harness => Outcome::Error(rest),
    }
}

/// What `work` makes of each item, in their order, on so many threads, or on
/// fewer where the system refuses them. An item that takes long holds up no
/// other.
pub fn on_workers<T: Sync, R: Send>(
    workers: usize,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let queue = Mutex::new(items.iter().enumerate());
    let done = Mutex::new(vec![]);
    // Not in the loop's head, which would keep the lock while it works.
    let next = || lock(&queue).next();
    let take = || {
        while let Some((number, item)) = next() {
            let result = work(item);
            lock(&done).push((number, result));
        }
    };
    thread::scope(|scope| {
        let one_more = |_: &usize| thread::Builder::new().spawn_scoped(scope, take).is_ok();
        let started = (1..workers).take_while(one_more).count();
        take();
        started
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{lock, on_workers};
    use std::sync::{Mutex, mpsc};
    use std::time::Duration;

    #[test]
    fn an_item_that_takes_long_holds_up_no_other() {
        let (send, receive) = mpsc::channel();
        let receive = Mutex::new(receive);
        let first_waits_for_second = |first: &bool| match first {
            true => lock(&receive).recv_timeout(Duration::from_secs(5)).is_ok(),
            false => send.send(()).is_ok(),
        };
        assert_eq!(on_workers(2, &[true, false], first_waits_for_second), [true, true]);
    }
}
