//! `TCP_CLIENT_CMD='python3 my_tcp_client.py' cargo test --test tcp_client`: one program's checks.

macro_rules! tested {
    (TcpClient $test:item) => {
        $test
    };
    ($other:ident $test:item) => {};
}
mod clients;
mod servers;
