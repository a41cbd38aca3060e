//! `TCP_CLIENT_CMD='python3 my_tcp_client.py' cargo test --test tcp_client`: one program's checks.

harness::tests_of!(TcpClient);
mod clients;
