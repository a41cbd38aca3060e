//! What is true of this project only: its programs together, its lesson, its
//! README, its costs.

mod bench;
mod catalogue;
mod costs;
mod grade_class;
mod grade_cli;
mod grade_ends;
mod grader;
mod lesson;
mod lesson_lossy;
#[cfg(target_os = "linux")]
mod linux;
mod mended;
mod pairs;
mod readme;
mod scripts;
mod transcript;
mod words;
