//! The further exercises, on this workspace's programs or on any command:
//!
//!     TCP_SERVER_CMD='python3 -u my_server.py' cargo test --test exercises exercise_3

harness::tests_of!(TcpServer, TcpClient, UdpServer, UdpClient);
#[allow(dead_code)] // the table is for the grader
#[path = "mod.rs"]
mod exercises;
