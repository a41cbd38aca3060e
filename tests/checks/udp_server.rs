//! `UDP_SERVER_CMD='python3 my_udp_server.py' cargo test --test udp_server`: one program's checks.

macro_rules! tested {
    (UdpServer $test:item) => {
        $test
    };
    ($other:ident $test:item) => {};
}
mod clients;
mod servers;
