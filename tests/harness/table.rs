//! A table of checks: what a grader runs, in the order of the source.

use crate::{Program, Verdict};

/// One check of what a program must do.
pub struct Check {
    /// The requirement as a sentence, with `_` for each blank.
    pub name: &'static str,
    /// Those that it is about.
    pub programs: &'static [Program],
    /// Tries the program under test.
    pub run: fn(Program) -> Verdict,
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
        pub const CHECKS: &[$crate::Check] = &[$(
            $(#[$when])*
            $crate::Check {
                name: stringify!($name),
                programs: &[$($crate::Program::$program),+],
                run: $name::RUN,
            },
        )+];
        const _: &[$crate::Check] = CHECKS;
        $(
            $(#[$when])*
            #[allow(non_snake_case)] // the tests are named as the programs are
            mod $name {
                use super::*;
                pub const RUN: fn($crate::Program) -> $crate::Verdict = $run;
                $(
                    #[cfg(test)]
                    tested! {
                        $program
                        #[test]
                        fn $program() -> $crate::Verdict {
                            RUN($crate::Program::$program)
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
