//! What is true of this project only: its programs together, its lesson, its README, its costs.

/// The checks of this folder are about this workspace's own programs.
macro_rules! tested {
    ($program:ident #[test] fn $name:ident() -> $verdict:ty $run:block) => {
        #[test]
        fn $name() -> $verdict {
            if $crate::project::programs::are_to_be_tried()? $run else { Ok(()) }
        }
    };
}

#[path = "../bench/table.rs"]
mod bench;
mod catalogue;
#[cfg(target_os = "linux")]
mod costs;
mod exercises;
mod grade_class;
mod grade_cli;
mod grade_ends;
mod grader;
mod handout;
mod lesson;
#[cfg(target_os = "linux")]
mod linux;
mod programs;
mod readme;
mod transcript;
mod words;
