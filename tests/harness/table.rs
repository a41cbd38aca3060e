//! A table of checks, in the order of the source, and how a grader tries one.

use crate::*;
use std::{collections::BTreeMap, ffi::OsString, mem, sync::Mutex, thread};

/// One check of what a program must do.
pub struct Check {
    /// The requirement as a sentence, with `_` for each blank.
    pub name: &'static str,
    /// Those that it is about.
    pub programs: &'static [Program],
    /// Tries the program under test.
    pub run: fn(Program) -> Verdict,
}

/// The words that start each of some programs.
pub type Commands = [(Program, Vec<OsString>)];

impl Check {
    /// Tries `program`, beside others that the check may start, with limits `factor` times as long,
    /// in a thread of its own: the report's notes and the choice of a program are a thread's.
    pub fn tried(&self, program: Program, commands: &Commands, factor: f64) -> Outcome {
        let (run, commands) = (self.run, commands.to_vec());
        let body = move || {
            deadline::scale(factor);
            commands.into_iter().for_each(|(program, words)| program.choose(words));
            run(program)
        };
        let error = |problem: String| (Kind::Harness, problem);
        let thread = thread::Builder::new().name(self.name.to_string()).spawn(body);
        let thread = thread.map_err(|it| error(format!("cannot start a thread: {it}")))?;
        let verdict = thread.join().map_err(|_| error("the check itself panicked".to_string()))?;
        verdict.map_err(|report| report.outcome())
    }
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
    mem::take(&mut *lock(&done)).into_values().collect()
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

/// Makes `CHECKS` of a file's checks, simplest first, and of each a test for each of its programs,
/// such as `it_starts::TcpServer`, as far as [`tests_of!`](crate::tests_of) lets it be:
///
/// ```text
/// the_name_of_a_check [TcpServer, UdpServer] |program| what_it_does(program);
/// ```
#[macro_export]
macro_rules! checks {
    ($($(#[$when:meta])* $name:ident [$($program:ident),+] $run:expr;)+) => {
        /// Every check of this file.
        pub const CHECKS: &[$crate::Check] = &[$($(#[$when])* $name::CHECK),+];
        const _: &[$crate::Check] = CHECKS;
        $(
            $(#[$when])*
            #[allow(non_snake_case)] // the tests are named as the programs are
            mod $name {
                use super::*;
                pub const CHECK: $crate::Check = $crate::Check {
                    name: stringify!($name),
                    programs: &[$($crate::Program::$program),+],
                    run: $run,
                };
                $(
                    #[cfg(test)]
                    tested! {
                        $program
                        #[test]
                        fn $program() -> $crate::Verdict {
                            (CHECK.run)($crate::Program::$program)
                        }
                    }
                )+
            }
        )+
    };
}

/// The checks in the modules below become tests of these programs, and of no others.
#[macro_export]
macro_rules! tests_of {
    ($($program:ident),*) => {
        macro_rules! tested {
            $(($program $test:item) => { $test };)*
            ($other:ident $test:item) => {};
        }
    };
}
