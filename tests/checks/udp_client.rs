//! `UDP_CLIENT_CMD='python3 my_udp_client.py' cargo test --test udp_client`: one program's checks.

harness::tests_of!(UdpClient);
mod clients;
