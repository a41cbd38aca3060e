//! The ledger: what anybody's program should do where the Python script
//! dies. These rows are the grader's bonus; for one's own program:
//! `TCP_SERVER_CMD='python3 -u my_server.py' cargo test --test all TcpServer`.

use harness::*;
use std::net::{TcpListener, TcpStream, UdpSocket};

harness::checks! {
    // Ports that are none, a host that is none, one that has IPv6 only.
    a_bad_address_is_refused_in_one_line [TcpServer, TcpClient, UdpServer, UdpClient] |program| {
        let ports = ["65536", "-1", "http"];
        ports.iter().try_for_each(|port| is_refused(program, "127.0.0.1", port, port))?;
        // A label has 63 characters at most (RFC 1035, 2.3.4): no server is asked.
        let hosts = [&*"x".repeat(64), "::1"];
        hosts.iter().try_for_each(|host| is_refused(program, host, "8888", host))
    };
    one_argument_is_answered_with_the_usage [TcpServer, TcpClient] usage_is_shown;
    an_address_in_use_is_refused_in_one_line [TcpServer, UdpServer] |program| {
        // A port of each protocol: what binds the other's finds it free, and does not end.
        let (tcp, udp) = (TcpListener::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
        let is_tcp = program == Program::TcpServer;
        let port = if is_tcp { tcp.local_addr() } else { udp.local_addr() }?.port().to_string();
        is_refused(program, "127.0.0.1", &port, &port)
    };
    // No machine has that one (TEST-NET-1, RFC 5737), so none is asked.
    an_address_of_another_machine_is_refused_in_one_line [TcpServer, UdpServer]
        |program| is_refused(program, "192.0.2.1", "8888", "192.0.2.1");
    a_refused_connection_is_said_in_one_line [TcpClient] |program| {
        // A connection has its port for itself, and nobody listens there.
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let connection = TcpStream::connect(listener.local_addr()?)?;
        let port = connection.local_addr()?.port().to_string();
        is_refused(program, "127.0.0.1", &port, &port)
    };
    a_reset_connection_does_not_end_the_server [TcpServer] |program| {
        let (mut server, client) = serving(program, "hello")?;
        client.resets()?;
        let mut next = Peer::connect(&server)?;
        next.exchanges("hello")?;
        server.complains(deadline::step()).map(drop)
    };
    a_client_that_is_gone_does_not_end_the_server [UdpServer] |program| {
        let (server, client) = serving(program, "I leave without waiting")?;
        drop(client);
        Peer::connect(&server)?.exchanges("hello")
    };
    bytes_that_are_no_text_are_answered [TcpServer, UdpServer] |program| {
        let (_server, mut client) = serving(program, b"\xff\xfe no text")?;
        client.receives_reply()?;
        client.exchanges("hello")
    };
    a_character_cut_in_two_is_answered [TcpServer, UdpServer] |program| {
        let (_server, mut client) = serving(program, "x".repeat(1023) + "好")?;
        let replies = match program {
            Program::TcpServer => 2,
            _ => usize::from(cfg!(unix)), // Windows refuses what is longer than the buffer
        };
        (0..replies).try_for_each(|_| client.receives_reply())?;
        client.exchanges("hello")
    };
    // A server that closes first leaves the connection's end behind at its port.
    #[cfg(unix)]
    a_server_killed_in_a_conversation_can_start_again_at_once [TcpServer] |program| {
        let (server, mut client) = serving(program, "hello")?;
        client.receives_reply()?;
        let address = server.kill();
        client.is_left()?;
        drop(client);
        let mut again = Running::start(program, address)?;
        let client = Peer::first(&mut again, "hello");
        client.map(drop).map_err(|_| again.failed("it starts again"))
    };
    a_server_that_closes_is_said_in_one_line [TcpClient] |program| {
        let mut talk = Talk::begins(program)?;
        talk.carries("hello")?;
        talk.server.closes();
        talk.client.ends_input();
        talk.client.gives_up().map(drop)
    };
    a_server_that_resets_is_said_in_one_line [TcpClient] |program| {
        let mut talk = Talk::begins(program)?;
        talk.client.types("hello")?;
        talk.server.resets()?;
        talk.client.ends_input();
        talk.client.gives_up().map(drop)
    };
    a_message_too_long_for_a_datagram_is_said_in_one_line [UdpClient] |program| {
        let mut talk = Talk::begins(program)?;
        talk.client.types(&"x".repeat(70_000))?;
        talk.client.complains(deadline::step())?;
        talk.carries("hello")
    };
    a_reply_that_is_no_text_does_not_end_the_client [TcpClient, UdpClient] |program| {
        let mut talk = Talk::begins(program)?;
        talk.carries("hello")?;
        talk.server.sends(b"\xff\xfe")?;
        talk.carries("still there?")
    };
    the_end_of_the_input_leaves_and_ends_the_prompts_line [TcpClient, UdpClient] |program| {
        let mut talk = Talk::begins(program)?;
        talk.client.ends_input();
        talk.client.shows(&format!("{}\n", prompt(program)))?;
        let mut client = talk.is_over()?;
        client.leaves()?;
        client.is_quiet()
    };
    a_last_line_without_an_end_is_sent [TcpClient, UdpClient] |program| {
        let mut talk = Talk::begins(program)?;
        talk.client.types_bytes(b"hello")?;
        talk.client.ends_input();
        talk.server.receives("hello")?;
        talk.server.sends("hi")?;
        talk.is_over()?.is_quiet()
    };
    a_carriage_return_is_part_of_the_line_end [TcpClient, UdpClient] |program| {
        let mut talk = Talk::begins(program)?;
        talk.client.types_bytes(b"hello\r\n")?;
        talk.server.receives("hello")?;
        talk.server.sends("hi")?;
        talk.client.types_bytes(b"\r\n")?;
        talk.is_over().map(drop)
    };
    input_that_is_no_text_is_said_in_one_line [TcpClient, UdpClient] |program| {
        let mut talk = Talk::begins(program)?;
        talk.client.types_bytes(b"\xff\xfe\n")?;
        talk.client.gives_up().map(drop)
    };
    a_closed_output_is_said_in_one_line [TcpServer, TcpClient, UdpServer, UdpClient] |program| {
        let setup = Setup { screen: no_reader, ..program.into() };
        if program.is_client() {
            let mut talk = Talk::begins(setup)?;
            if talk.carries("hello").is_ok() {
                let _ = talk.server.sends("a client that went on is answered");
            }
            return talk.client.gives_up().map(drop);
        }
        let mut server = Running::start(setup, free_address())?;
        // A program may notice the closed output only when a client comes.
        attempted(Peer::first(&mut server, "hello"))?;
        server.gives_up().map(drop)
    };
    #[cfg(unix)]
    ctrl_c_ends_it_quietly [TcpServer, TcpClient, UdpServer, UdpClient] |program| {
        if program.is_client() {
            let mut talk = Talk::begins(program)?;
            talk.prompts()?;
            return ctrl_c_ends_quietly(&mut talk.client);
        }
        let (mut server, mut client) = serving(program, "hello")?;
        client.receives_reply()?;
        drop(client); // a thread of its own would go on
        ctrl_c_ends_quietly(&mut server)
    };
}
