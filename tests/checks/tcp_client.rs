//! The checks of one program, for
//! `TCP_CLIENT_CMD='python3 -u my_tcp_client.py' cargo test --test tcp_client`.

macro_rules! tested {
    (TcpClient $test:item) => {
        $test
    };
    ($other:ident $test:item) => {};
}
mod clients;
mod servers;
