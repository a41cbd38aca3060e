//! The checks of one program, for
//! `UDP_CLIENT_CMD='python3 -u my_udp_client.py' cargo test --test udp_client`.

macro_rules! tested {
    (UdpClient $test:item) => {
        $test
    };
    ($other:ident $test:item) => {};
}
mod clients;
mod servers;
