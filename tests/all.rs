//! All tests in one binary: most of them wait, and so wait together.

mod tcp_client;
mod tcp_server;
mod udp_client;
mod udp_server;
