//! The checks of one program, for
//! `TCP_SERVER_CMD='python3 -u my_tcp_server.py' cargo test --test tcp_server`.

macro_rules! tested {
    (TcpServer $test:item) => {
        $test
    };
    ($other:ident $test:item) => {};
}
mod clients;
mod servers;
