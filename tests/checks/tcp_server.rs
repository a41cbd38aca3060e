//! `TCP_SERVER_CMD='python3 my_tcp_server.py' cargo test --test tcp_server`: one program's checks.

harness::tests_of!(TcpServer);
mod servers;
