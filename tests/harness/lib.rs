//! Drives a socket program as its peer would: starts it, talks to it over
//! loopback, reads its screen, and says in plain words what went wrong.
//!
//! The program under test is any command, see [`Program::command`]. Every
//! wait has a deadline, see [`deadline`]; every child is killed and reaped
//! when its [`Running`] is dropped.

mod background;
pub mod cargo;
pub mod check;
pub mod clock;
pub mod deadline;
pub mod difference;
mod exercise;
mod folder;
mod hint;
mod live;
mod lossy;
pub mod measure;
#[cfg(unix)]
mod pause;
mod port;
mod process;
mod program;
pub mod python;
mod report;
mod running;
mod screen;
mod server;
mod stream;
mod tcp;
mod udp;

pub use background::Background;
pub use exercise::*;
pub use folder::Folder;
pub use live::WATCH;
pub use lossy::LossyLine;
pub use port::Port;
pub use process::{closed_pipe, command, kill_group};
pub use program::{Author, PROGRAMS, Program};
pub use report::{Kind, Report, Verdict, say_aloud, worked};
pub use running::Running;
pub use server::{
    start_tcp_server, start_tcp_server_as, start_tcp_server_at, start_udp_server,
    start_udp_server_at,
};
pub use tcp::{TcpPeer, TrustedServer};
pub use udp::UdpPeer;
