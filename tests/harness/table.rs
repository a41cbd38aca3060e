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

/// Makes `CHECKS` of a file's functions, simplest first, and of each a test for
/// each of its programs, such as `it_starts::TcpServer`, as far as the macro
/// `tested!` of the test binary wants it. A function that is not named here is
/// dead code, which the compiler says.
#[macro_export]
macro_rules! checks {
    ($($(#[$when:meta])* $name:ident: [$($program:ident),+]),+ $(,)?) => {
        /// Every check of this file.
        pub const CHECKS: &[$crate::Check] = &[$(
            $(#[$when])*
            $crate::Check {
                name: stringify!($name),
                programs: &[$($crate::Program::$program),+],
                run: $name,
            },
        )+];
        const _: &[$crate::Check] = CHECKS;
        $(
            #[cfg(test)]
            $(#[$when])*
            #[allow(non_snake_case)] // the tests are named as the programs are
            mod $name {
                $(tested! {
                    $program
                    #[test]
                    fn $program() -> $crate::Verdict {
                        super::$name($crate::Program::$program)
                    }
                })+
            }
        )+
    };
}
