//! `UDP_CLIENT_CMD='python3 my_udp_client.py' cargo test --test udp_client`: one program's checks.

macro_rules! tested {
    (UdpClient $test:item) => {
        $test
    };
    ($other:ident $test:item) => {};
}
mod clients;
mod servers;
