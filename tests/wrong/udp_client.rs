//! UDP clients with one mistake each: what it does, the check that must
//! catch it, and the edits that make it.

use super::{Base, Wrong};
use harness::Program;

type Edits = &'static [(&'static str, &'static str)];

const fn python(does: &'static str, caught_by: &'static str, edits: Edits) -> Wrong {
    Wrong::new(Program::UdpClient, Base::Python, does, caught_by, edits)
}

const fn rust(does: &'static str, caught_by: &'static str, edits: Edits) -> Wrong {
    Wrong::new(Program::UdpClient, Base::Rust, does, caught_by, edits)
}

/// UDP clients with one mistake each.
pub const WRONG: &[Wrong] = &[
    python(
        "shows the representation of the bytes",
        "a_conversation_is_shown_from_start_to_end",
        &[("reply.decode('utf-8')", "str(reply)")],
    ),
    python(
        "forgets that recvfrom returns a pair",
        "a_conversation_is_shown_from_start_to_end",
        &[("reply, server =", "reply ="), ("reply.decode('utf-8')", "str(reply)")],
    ),
    python(
        "shows two blanks behind the colon",
        "a_conversation_is_shown_from_start_to_end",
        &[("收到: ' +", "收到: ',")],
    ),
    python(
        "shows a Chinese colon",
        "a_conversation_is_shown_from_start_to_end",
        &[("收到: ", "收到：")],
    ),
    python(
        "leaves after one message",
        "a_conversation_is_shown_from_start_to_end",
        &[("client.close()", "    break\nclient.close()")],
    ),
    python(
        "has the prompt of the TCP client",
        "the_prompt_is_shown_before_anything_is_typed",
        &[("消息>>", "发消息>>")],
    ),
    python(
        "prompts once, before the loop",
        "a_conversation_is_shown_from_start_to_end",
        &[("while True:", "print('消息>>', end='')\nwhile True:"), ("input('消息>>')", "input()")],
    )
    .silent(),
    python(
        "sends a line end",
        "each_message_is_one_datagram_without_its_line_end",
        &[("message.encode", "(message + '\\n').encode")],
    ),
    python(
        "sends each word alone",
        "each_message_is_one_datagram_without_its_line_end",
        &[(
            "    client.sendto(message",
            "    for word in message.split():\n        client.sendto(word",
        )],
    ),
    python(
        "sends each message twice",
        "each_message_is_one_datagram_without_its_line_end",
        &[(
            "    client.sendto(",
            "    client.sendto(message.encode('utf-8'), server)\n    client.sendto(",
        )],
    ),
    python(
        "shows all replies so far",
        "a_shorter_reply_after_a_longer_one_is_shown_alone",
        &[
            ("while True:", "text = ''\nwhile True:"),
            (
                "    print('从服务器收到: ' + reply.decode('utf-8'))",
                "    text += reply.decode('utf-8')\n    print('从服务器收到: ' + text)",
            ),
        ],
    ),
    python(
        "leaves at an empty reply, as if a connection had ended",
        "a_shorter_reply_after_a_longer_one_is_shown_alone",
        &[("    print('从", "    if not reply:\n        break\n    print('从")],
    ),
    python(
        "receives 512 bytes of a reply",
        "a_reply_of_1024_bytes_is_shown_whole",
        &[("recvfrom(1024)", "recvfrom(512)")],
    ),
    python(
        "sends the empty line before it leaves",
        "an_empty_line_leaves_and_sends_nothing",
        &[
            ("    client.sendto(message.encode('utf-8'), server)\n", ""),
            (
                "    if not message:",
                "    client.sendto(message.encode('utf-8'), server)\n    if not message:",
            ),
        ],
    ),
    python(
        "sends the empty line and waits for a reply",
        "an_empty_line_leaves_and_sends_nothing",
        &[
            ("    if not message:\n        break\n", ""),
            ("client.close()", "    if not message:\n        break\nclient.close()"),
        ],
    )
    .silent(),
    python(
        "leaves at exit, not at an empty line",
        "an_empty_line_leaves_and_sends_nothing",
        &[("if not message:", "if message == 'exit':")],
    )
    .silent(),
    python(
        "ends with status 1",
        "an_empty_line_leaves_and_sends_nothing",
        &[("        break", "        sys.exit(1)")],
    ),
    python(
        "dies where it leaves",
        "an_empty_line_leaves_and_sends_nothing",
        &[("client.close()", "server.close()")],
    ),
    python(
        "strips what is typed",
        "blanks_and_tabs_are_kept",
        &[("input('消息>>')", "input('消息>>').strip()")],
    ),
    python(
        "takes blanks for an empty line",
        "blanks_and_tabs_are_kept",
        &[("if not message:", "if message.isspace() or not message:")],
    ),
    python(
        "sends in GBK",
        "chinese_and_emoji_are_sent_and_shown_as_text",
        &[("message.encode('utf-8')", "message.encode('gbk', 'replace')")],
    ),
    python(
        "decodes as Latin-1",
        "chinese_and_emoji_are_sent_and_shown_as_text",
        &[("reply.decode('utf-8')", "reply.decode('latin-1')")],
    ),
    python(
        "dies of a receive limit of one second",
        "a_slow_reply_is_waited_for",
        &[("while True:", "client.settimeout(1)\nwhile True:")],
    ),
    python(
        "sends to the first server for ever",
        "the_next_message_goes_to_whoever_sent_the_reply",
        &[("reply, server =", "reply, peer =")],
    )
    .silent(),
    python(
        "makes a socket for each message",
        "all_messages_come_from_one_port",
        &[
            ("client = socket(AF_INET, SOCK_DGRAM)\n", ""),
            ("    client.sendto(", "    client = socket(AF_INET, SOCK_DGRAM)\n    client.sendto("),
            ("\nclient.close()", ""),
        ],
    ),
    python(
        "ignores HOST",
        "it_sends_to_the_address_that_it_is_given",
        &[("(sys.argv[1], int", "('127.0.0.1', int")],
    )
    .silent(),
    python("ignores PORT", "it_starts", &[("int(sys.argv[2])", "8888")]).silent(),
    python(
        "binds the server's address",
        "it_starts",
        &[("while True:", "client.bind(server)\nwhile True:")],
    )
    .silent(),
    python(
        "has a TCP socket",
        "it_starts",
        &[
            ("AF_INET, SOCK_DGRAM\n", "AF_INET, SOCK_STREAM\n"),
            ("socket(AF_INET, SOCK_DGRAM)", "socket(AF_INET, SOCK_STREAM)"),
        ],
    ),
    python(
        "receives before it sends",
        "it_starts",
        &[
            ("    client.sendto(message.encode('utf-8'), server)\n", ""),
            (
                "client.recvfrom(1024)\n",
                "client.recvfrom(1024)\n    client.sendto(message.encode('utf-8'), server)\n",
            ),
        ],
    )
    .silent(),
    python(
        "ends with status 0 after the usage",
        "too_few_arguments_are_answered_with_the_usage",
        &[("sys.exit(1)", "sys.exit()")],
    ),
    rust(
        "hears nobody but its first server (UdpSocket::connect)",
        "the_next_message_goes_to_whoever_sent_the_reply",
        &[("    loop {\n", "    let _ = client.connect(server);\n    loop {\n")],
    )
    .silent(),
    rust(
        "keeps the line end that read_line reads",
        "each_message_is_one_datagram_without_its_line_end",
        &[
            ("    let ended = line.strip_suffix(\"\\r\\n\").or(line.strip_suffix('\\n'));\n", ""),
            ("ended.unwrap_or(&line).to_string()", "line"),
        ],
    ),
    rust(
        "eats blanks (trim_end)",
        "blanks_and_tabs_are_kept",
        &[("ended.unwrap_or(&line)", "ended.unwrap_or(&line).trim_end()")],
    ),
    rust(
        "does not flush the prompt",
        "the_prompt_is_shown_before_anything_is_typed",
        &[("    show(prompt)?;", "    print!(\"{prompt}\");")],
    )
    .silent(),
    rust(
        "appends each line to the last (read_line does not clear)",
        "each_message_is_one_datagram_without_its_line_end",
        &[
            ("    loop {\n", "    let mut line = String::new();\n    loop {\n"),
            ("input(\"消息>>\")?", "input(\"消息>>\", &mut line)?"),
            ("fn input(prompt: &str)", "fn input(prompt: &str, line: &mut String)"),
            ("    let mut line = String::new();\n    let unreadable", "    let unreadable"),
            ("read_line(&mut line)", "read_line(line)"),
            ("unwrap_or(&line)", "unwrap_or(line)"),
        ],
    ),
    rust(
        "shows the whole buffer with its NULs",
        "a_conversation_is_shown_from_start_to_end",
        &[("&buffer[..length]", "&buffer")],
    ),
    rust(
        "gives up after one second",
        "a_slow_reply_is_waited_for",
        &[("from_secs(5)", "from_secs(1)")],
    ),
    rust(
        "binds a socket for each message",
        "all_messages_come_from_one_port",
        &[
            ("    loop {\n", ""),
            (
                "    let bound = UdpSocket::bind(\"0.0.0.0:0\");",
                "    loop {\n    let bound = UdpSocket::bind(\"0.0.0.0:0\");",
            ),
        ],
    ),
];
