//! All tests in one binary: most of them wait, and so wait together.

harness::tests_of!(TcpServer, TcpClient, UdpServer, UdpClient);
mod checks;
mod project;
