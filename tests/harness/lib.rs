//! Drives a socket program as its peer would: starts it, talks to it over
//! loopback, reads its screen, and says in plain words what went wrong.
//!
//! The program under test is any command, see [`Program::command`]. Every wait has a deadline, see
//! [`deadline`]; every child is killed and reaped when its [`Running`] is dropped.

pub mod cargo;
pub mod clock;
pub mod deadline;
pub mod difference;
mod exercise;
mod hint;
mod lossy;
pub mod measure;
#[cfg(unix)]
mod pause;
mod peer;
mod port;
pub mod process;
mod program;
pub mod python;
mod receive;
mod report;
mod running;
mod screen;
pub mod stream;
mod symptom;
mod table;
mod talk;
pub mod trial;

pub use exercise::*;
pub use lossy::LossyLine;
pub use peer::*;
pub use port::Port;
pub use process::{Folder, command, lock, no_reader, output, output_within, succeeds};
pub use program::{PROGRAMS, Program};
pub use receive::equals;
pub use report::{Kind, Outcome, Report, Verdict, attempted, checkable, holds, none, step, worked};
pub use running::Running;
pub use table::Check;
pub use talk::*;

// What the files here use of each other.
use difference::quoted;
use peer::Socket;
use process::Guarded;
use report::{MOMENT, Watched, all_ended, journal};
use stream::Stream;
