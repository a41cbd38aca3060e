//! All tests in one binary: most of them wait, and so wait together.

harness::tests_of!(TcpServer, TcpClient, UdpServer, UdpClient);
#[allow(dead_code)] // the hand-out is without project/, which uses all of it
mod checks;
mod project;
