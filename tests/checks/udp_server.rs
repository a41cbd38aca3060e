//! `UDP_SERVER_CMD='python3 my_udp_server.py' cargo test --test udp_server`: one program's checks.

harness::tests_of!(UdpServer);
mod servers;
