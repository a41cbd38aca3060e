//! `TCP_SERVER_CMD='python3 my_tcp_server.py' cargo test --test tcp_server`: one program's checks.

macro_rules! tested {
    (TcpServer $test:item) => {
        $test
    };
    ($other:ident $test:item) => {};
}
mod clients;
mod servers;
