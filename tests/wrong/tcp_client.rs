//! TCP clients with one mistake each: what it does, the check that must
//! catch it, and the edits that make it.

use super::{Base, Wrong};
use harness::Program;

type Edits = &'static [(&'static str, &'static str)];

const fn python(does: &'static str, caught_by: &'static str, edits: Edits) -> Wrong {
    Wrong::new(Program::TcpClient, Base::Python, does, caught_by, edits)
}

const fn rust(does: &'static str, caught_by: &'static str, edits: Edits) -> Wrong {
    Wrong::new(Program::TcpClient, Base::Rust, does, caught_by, edits)
}

/// TCP clients with one mistake each.
pub const WRONG: &[Wrong] = &[
    python(
        "shows bytes, not text",
        "a_conversation_is_shown_from_start_to_end",
        &[("reply.decode('utf-8')", "reply")],
    ),
    python(
        "shows the reply without a line end",
        "a_conversation_is_shown_from_start_to_end",
        &[("reply.decode('utf-8')", "reply.decode('utf-8'), end=''")],
    ),
    python(
        "shows a label before the reply",
        "a_conversation_is_shown_from_start_to_end",
        &[("reply.decode('utf-8')", "'从服务器收到:', reply.decode('utf-8')")],
    ),
    python(
        "waits until it has 1024 bytes",
        "a_conversation_is_shown_from_start_to_end",
        &[("connection.recv(1024)", "connection.makefile('rb').read(1024)")],
    )
    .silent(),
    python(
        "ends the prompt with a blank",
        "a_conversation_is_shown_from_start_to_end",
        &[("发消息>>", "发消息>> ")],
    ),
    python(
        "ends the prompt with a line end",
        "a_conversation_is_shown_from_start_to_end",
        &[("input('发消息>>')", "(print('发消息>>'), input())[1]")],
    ),
    python(
        "does not prompt",
        "the_prompt_is_shown_before_anything_is_typed",
        &[("'发消息>>'", "")],
    )
    .silent(),
    python(
        "waits for a greeting first",
        "the_prompt_is_shown_before_anything_is_typed",
        &[(
            "connection.connect(server)",
            "connection.connect(server)\nprint(connection.recv(1024))",
        )],
    )
    .silent(),
    python(
        "sends a line end",
        "a_message_is_sent_without_its_line_end",
        &[("message.encode", "(message + '\\n').encode")],
    ),
    python(
        "sends the prompt, too",
        "a_message_is_sent_without_its_line_end",
        &[("message.encode", "('发消息>>' + message).encode")],
    ),
    python(
        "forgets to encode the message",
        "a_message_is_sent_without_its_line_end",
        &[("message.encode('utf-8')", "message")],
    ),
    python(
        "sends each message twice",
        "each_message_is_sent_once_and_alone",
        &[(
            "    connection.send(message.encode('utf-8'))\n",
            "    connection.send(message.encode('utf-8'))\n    connection.sendall(message.encode('utf-8'))\n",
        )],
    ),
    python(
        "leaves after one message",
        "each_message_is_sent_once_and_alone",
        &[("connection.close()", "    break\nconnection.close()")],
    ),
    python(
        "makes a connection for each message",
        "all_messages_go_over_one_connection",
        &[(
            "connection = socket(AF_INET, SOCK_STREAM)\nconnection.connect(server)\n\nwhile True:\n",
            "while True:\n    connection = socket(AF_INET, SOCK_STREAM)\n    connection.connect(server)\n",
        )],
    ),
    python(
        "shows all replies so far",
        "a_shorter_reply_after_a_longer_one_is_shown_alone",
        &[
            ("while True:", "reply = b''\nwhile True:"),
            ("reply = connection", "reply += connection"),
        ],
    ),
    python(
        "receives ten bytes at a time",
        "a_receive_takes_1024_bytes_at_most",
        &[("recv(1024)", "recv(10)")],
    ),
    python(
        "receives 4096 bytes at a time",
        "a_receive_takes_1024_bytes_at_most",
        &[("recv(1024)", "recv(4096)")],
    ),
    python(
        "leaves at quit, not at an empty line",
        "an_empty_line_leaves_and_sends_nothing",
        &[("if not message:", "if message == 'quit':")],
    )
    .silent(),
    python(
        "prompts again after an empty line",
        "an_empty_line_leaves_and_sends_nothing",
        &[("break", "continue")],
    )
    .silent(),
    python(
        "shows a farewell",
        "an_empty_line_leaves_and_sends_nothing",
        &[("connection.close()", "connection.close()\nprint('bye')")],
    ),
    python(
        "ends with status 1",
        "an_empty_line_leaves_and_sends_nothing",
        &[("        break", "        sys.exit(1)")],
    ),
    python(
        "strips what is typed",
        "blanks_and_tabs_are_kept",
        &[("input('发消息>>')", "input('发消息>>').strip()")],
    )
    .silent(),
    python(
        "takes blanks for an empty line",
        "blanks_and_tabs_are_kept",
        &[("if not message:", "if not message.strip():")],
    ),
    python(
        "sends in GBK",
        "chinese_and_emoji_are_sent_and_shown_as_text",
        &[("message.encode('utf-8')", "message.encode('gbk', 'replace')")],
    )
    .silent(),
    python(
        "decodes as Latin-1",
        "chinese_and_emoji_are_sent_and_shown_as_text",
        &[("reply.decode('utf-8')", "reply.decode('latin-1')")],
    ),
    python(
        "dies of a receive limit of one second",
        "a_slow_reply_is_waited_for",
        &[("connection.connect(server)", "connection.connect(server)\nconnection.settimeout(1)")],
    ),
    python(
        "ignores HOST",
        "it_connects_to_the_address_that_it_is_given",
        &[("(sys.argv[1], int", "('127.0.0.1', int")],
    ),
    python("ignores PORT", "it_starts", &[("int(sys.argv[2])", "8888")]),
    python(
        "has a UDP socket",
        "it_starts",
        &[
            ("AF_INET, SOCK_STREAM\n", "AF_INET, SOCK_DGRAM\n"),
            ("socket(AF_INET, SOCK_STREAM)", "socket(AF_INET, SOCK_DGRAM)"),
        ],
    )
    .silent(),
    python(
        "ends with status 0 after the usage",
        "one_argument_is_answered_with_the_usage",
        &[("sys.exit(1)", "sys.exit(0)")],
    )
    .silent(),
    python(
        "dies of a missing argument",
        "one_argument_is_answered_with_the_usage",
        &[("len(sys.argv) == 2", "len(sys.argv) == 0"), ("len(sys.argv) > 2", "len(sys.argv) > 1")],
    ),
    rust(
        "keeps the line end that read_line reads",
        "a_message_is_sent_without_its_line_end",
        &[
            ("    let ended = line.strip_suffix(\"\\r\\n\").or(line.strip_suffix('\\n'));\n", ""),
            ("ended.unwrap_or(&line).to_string()", "line"),
        ],
    )
    .silent(),
    rust(
        "eats blanks (trim)",
        "blanks_and_tabs_are_kept",
        &[
            ("    let ended = line.strip_suffix(\"\\r\\n\").or(line.strip_suffix('\\n'));\n", ""),
            ("ended.unwrap_or(&line).to_string()", "line.trim().to_string()"),
        ],
    )
    .silent(),
    rust(
        "does not flush the prompt",
        "the_prompt_is_shown_before_anything_is_typed",
        &[("    show(prompt)?;", "    print!(\"{prompt}\");")],
    )
    .silent(),
    rust(
        "prompts on standard error",
        "the_prompt_is_shown_before_anything_is_typed",
        &[("    show(prompt)?;", "    eprint!(\"{prompt}\");")],
    )
    .silent(),
    rust(
        "shows the whole buffer with its NULs",
        "a_conversation_is_shown_from_start_to_end",
        &[("&buffer[..length]", "&buffer")],
    ),
    rust(
        "shows what a longer reply left in the buffer",
        "a_shorter_reply_after_a_longer_one_is_shown_alone",
        &[
            ("    loop {\n", "    let mut buffer = [0; 1024];\n    loop {\n"),
            ("        let mut buffer = [0; 1024];\n        let length", "        let length"),
            (
                "let reply = String::from_utf8_lossy(&buffer[..length]);",
                "let reply = String::from_utf8_lossy(&buffer);\n        let reply = reply.trim_end_matches('\\0');",
            ),
        ],
    ),
    rust(
        "reads the reply to the end of the connection (read_to_end)",
        "a_conversation_is_shown_from_start_to_end",
        &[
            ("let mut buffer = [0; 1024];", "let mut buffer = Vec::new();"),
            ("read(&mut buffer)", "read_to_end(&mut buffer)"),
        ],
    )
    .silent(),
    rust(
        "counts characters, not bytes",
        "chinese_and_emoji_are_sent_and_shown_as_text",
        &[("message.as_bytes()", "&message.as_bytes()[..message.chars().count()]")],
    )
    .silent(),
    rust(
        "connects anew for each message",
        "all_messages_go_over_one_connection",
        &[
            ("    loop {\n", ""),
            (
                "    let connected = TcpStream::connect(server);",
                "    loop {\n    let connected = TcpStream::connect(server);",
            ),
        ],
    ),
];
