//! TCP servers with one mistake each: what it does, the check that must
//! catch it, and the edits that make it.

use super::{Base, Wrong};
use harness::Program;

type Edits = &'static [(&'static str, &'static str)];

const fn python(does: &'static str, caught_by: &'static str, edits: Edits) -> Wrong {
    Wrong::new(Program::TcpServer, Base::Python, does, caught_by, edits)
}

const fn rust(does: &'static str, caught_by: &'static str, edits: Edits) -> Wrong {
    Wrong::new(Program::TcpServer, Base::Rust, does, caught_by, edits)
}

/// TCP servers with one mistake each.
pub const WRONG: &[Wrong] = &[
    python(
        "shows bytes, not text",
        "a_conversation_is_shown_line_by_line",
        &[("message.decode('utf-8')", "message")],
    ),
    python(
        "shows no blank behind the colon",
        "a_conversation_is_shown_line_by_line",
        &[("消息:', message", "消息:' + message")],
    ),
    python(
        "shows its own address, not the client's",
        "a_conversation_is_shown_line_by_line",
        &[("from', peer", "from', connection.getsockname()")],
    ),
    python(
        "shows the client's address as IP:PORT",
        "a_conversation_is_shown_line_by_line",
        &[("from', peer", "from', '%s:%s' % peer")],
    ),
    python(
        "shows a line of its own for each reply",
        "a_conversation_is_shown_line_by_line",
        &[("!'.encode('utf-8'))", "!'.encode('utf-8'))\n        print('reply sent')")],
    ),
    python(
        "ends the conversation at the word bye",
        "a_conversation_is_shown_line_by_line",
        &[("if not message:", "if not message or message == b'bye':")],
    )
    .silent(),
    python(
        "announces that it waits only once",
        "a_client_that_ends_its_half_is_let_go_and_the_next_one_announced",
        &[(
            "while True:\n    print('waiting for connect....')",
            "print('waiting for connect....')\nwhile True:",
        )],
    )
    .silent(),
    python(
        "decodes as Latin-1",
        "chinese_and_emoji_are_shown_as_text",
        &[("message.decode('utf-8')", "message.decode('latin-1')")],
    ),
    python(
        "strips the message",
        "blanks_and_tabs_are_kept",
        &[("message.decode('utf-8')", "message.decode('utf-8').strip()")],
    ),
    python(
        "shows all messages so far",
        "a_shorter_message_after_a_longer_one_is_shown_alone",
        &[
            ("    while True:\n        message", "    text = ''\n    while True:\n        message"),
            (
                "        print('客户端发来的消息:', message.decode('utf-8'))",
                "        text += message.decode('utf-8')\n        print('客户端发来的消息:', text)",
            ),
        ],
    ),
    python(
        "replies with a Chinese exclamation mark",
        "a_message_is_answered_once_with_the_exact_bytes",
        &[("消息!'", "消息！'")],
    ),
    python(
        "replies with a line end",
        "a_message_is_answered_once_with_the_exact_bytes",
        &[("消息!'", "消息!\\n'")],
    ),
    python(
        "forgets to encode the reply",
        "a_message_is_answered_once_with_the_exact_bytes",
        &[(".encode('utf-8')", "")],
    ),
    python(
        "sends the message back",
        "a_message_is_answered_once_with_the_exact_bytes",
        &[("'服务端已收到消息!'.encode('utf-8')", "message")],
    )
    .silent(),
    python(
        "replies twice",
        "a_message_is_answered_once_with_the_exact_bytes",
        &[(
            "    connection.close()",
            "        connection.send('服务端已收到消息!'.encode('utf-8'))\n    connection.close()",
        )],
    ),
    python(
        "closes after one message",
        "every_message_is_answered",
        &[("    connection.close()", "        break\n    connection.close()")],
    ),
    python(
        "waits until it has 1024 bytes",
        "every_message_is_answered",
        &[("connection.recv(1024)", "connection.makefile('rb').read(1024)")],
    )
    .silent(),
    python(
        "never closes a connection",
        "a_client_that_ends_its_half_is_let_go_and_the_next_one_announced",
        &[("    connection.close()", "")],
    )
    .silent(),
    python(
        "does not see that the client has left",
        "a_client_that_ends_its_half_is_let_go_and_the_next_one_announced",
        &[("        if not message:\n            break\n", "")],
    )
    .silent(),
    python(
        "ends when its first client leaves",
        "a_client_that_says_nothing_does_not_stop_the_next",
        &[("    connection.close()", "    connection.close()\n    break")],
    ),
    python(
        "closes the listener, not the connection",
        "eight_clients_are_served_one_after_another",
        &[("    connection.close()", "    listener.close()")],
    ),
    python(
        "serves five clients, as many as may queue",
        "eight_clients_are_served_one_after_another",
        &[("while True:\n    print('waiting", "for _ in range(5):\n    print('waiting")],
    ),
    python(
        "makes a new listener for each client",
        "a_second_client_is_answered_when_the_first_has_left_at_the_latest",
        &[
            (
                "listener = socket(AF_INET, SOCK_STREAM)\nlistener.bind(address)\nlistener.listen(5)\n",
                "",
            ),
            (
                "    print('waiting for connect....')",
                "    listener = socket(AF_INET, SOCK_STREAM)\n    listener.bind(address)\n    listener.listen(5)\n    print('waiting for connect....')",
            ),
        ],
    ),
    python(
        "receives ten bytes at a time",
        "a_receive_takes_1024_bytes_at_most",
        &[("recv(1024)", "recv(10)")],
    ),
    python(
        "receives 2048 bytes at a time",
        "a_receive_takes_1024_bytes_at_most",
        &[("recv(1024)", "recv(2048)")],
    ),
    python(
        "dies of a receive limit of one second",
        "a_pause_between_messages_changes_nothing",
        &[(
            "    print('connect from', peer)",
            "    print('connect from', peer)\n    connection.settimeout(1)",
        )],
    ),
    python(
        "ignores HOST",
        "it_listens_at_the_address_that_it_is_given",
        &[("(sys.argv[1], int", "('127.0.0.1', int")],
    )
    .silent(),
    python("ignores PORT", "it_starts", &[("int(sys.argv[2])", "8888")]),
    python(
        "has a UDP socket",
        "it_starts",
        &[
            ("AF_INET, SOCK_STREAM\n", "AF_INET, SOCK_DGRAM\n"),
            ("socket(AF_INET, SOCK_STREAM)", "socket(AF_INET, SOCK_DGRAM)"),
        ],
    ),
    python(
        "ends with status 0 after the usage",
        "one_argument_is_answered_with_the_usage",
        &[("sys.exit(1)", "sys.exit()")],
    ),
    python(
        "counts its arguments without its own name",
        "one_argument_is_answered_with_the_usage",
        &[("len(sys.argv) == 2", "len(sys.argv) == 1")],
    ),
    rust(
        "reads to the end of the connection (read_to_string)",
        "every_message_is_answered",
        &[
            ("let mut buffer = [0; 1024];", "let mut buffer = String::new();"),
            ("read(&mut buffer)", "read_to_string(&mut buffer)"),
            ("String::from_utf8_lossy(&buffer[..length])", "&buffer[..length]"),
        ],
    )
    .silent(),
    rust(
        "waits for a line end (BufReader::read_line)",
        "every_message_is_answered",
        &[
            ("let mut buffer = [0; 1024];", "let mut buffer = String::new();"),
            (
                "connection.read(&mut buffer)",
                "io::BufRead::read_line(&mut io::BufReader::new(&connection), &mut buffer)",
            ),
            ("String::from_utf8_lossy(&buffer[..length])", "buffer.trim_end()"),
        ],
    )
    .silent(),
    rust(
        "shows the whole buffer with its NULs",
        "a_conversation_is_shown_line_by_line",
        &[("&buffer[..length]", "&buffer")],
    ),
    rust(
        "shows what a longer message left in the buffer",
        "a_shorter_message_after_a_longer_one_is_shown_alone",
        &[
            (
                "        loop {\n            let mut buffer = [0; 1024];",
                "        let mut buffer = [0; 1024];\n        loop {",
            ),
            (
                "let message = String::from_utf8_lossy(&buffer[..length]);",
                "let message = String::from_utf8_lossy(&buffer);\n            let message = message.trim_end_matches('\\0');",
            ),
        ],
    ),
    rust(
        "shows text in quotes ({:?})",
        "a_conversation_is_shown_line_by_line",
        &[("消息: {message}", "消息: {message:?}")],
    ),
    rust(
        "shows the address as IP:PORT (Display)",
        "a_conversation_is_shown_line_by_line",
        &[("('{ip}', {port})", "{peer}")],
    ),
    rust(
        "takes each byte for a character",
        "chinese_and_emoji_are_shown_as_text",
        &[(
            "String::from_utf8_lossy(&buffer[..length])",
            "buffer[..length].iter().map(|byte| char::from(*byte)).collect::<String>()",
        )],
    ),
    rust(
        "replies with a line end (writeln!)",
        "a_message_is_answered_once_with_the_exact_bytes",
        &[
            ("            let reply = \"服务端已收到消息!\".as_bytes();\n", ""),
            ("connection.write_all(reply)", "writeln!(connection, \"服务端已收到消息!\")"),
        ],
    ),
    rust(
        "returns where the client leaves",
        "a_client_that_says_nothing_does_not_stop_the_next",
        &[(
            "if length == 0 {\n                break;",
            "if length == 0 {\n                return Ok(ExitCode::SUCCESS);",
        )],
    ),
];
