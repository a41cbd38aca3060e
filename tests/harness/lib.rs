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
mod stream;
mod symptom;
mod table;
mod talk;

use difference::quoted;
pub use process::{Folder, Guarded, command, lock, no_reader, output, output_within, succeeds};
pub use {exercise::*, lossy::*, peer::*, port::*, program::*, receive::*, report::*, running::*};
pub use {stream::*, table::*, talk::*};
