//! The checks of one program, for
//! `UDP_SERVER_CMD='python3 -u my_udp_server.py' cargo test --test udp_server`.

macro_rules! tested {
    (UdpServer $test:item) => {
        $test
    };
    ($other:ident $test:item) => {};
}
mod clients;
mod servers;
