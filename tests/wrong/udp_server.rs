//! UDP servers with one mistake each: what it does, the check that must
//! catch it, and the edits that make it.

use super::{Base, Wrong};
use harness::Program;

type Edits = &'static [(&'static str, &'static str)];

const fn python(does: &'static str, caught_by: &'static str, edits: Edits) -> Wrong {
    Wrong::new(Program::UdpServer, Base::Python, does, caught_by, edits)
}

const fn rust(does: &'static str, caught_by: &'static str, edits: Edits) -> Wrong {
    Wrong::new(Program::UdpServer, Base::Rust, does, caught_by, edits)
}

/// UDP servers with one mistake each.
pub const WRONG: &[Wrong] = &[
    python(
        "shows bytes, not text",
        "every_datagram_is_shown_line_by_line",
        &[("message.decode('utf-8')))", "message))")],
    ),
    python(
        "shows a blank behind the colon",
        "every_datagram_is_shown_line_by_line",
        &[("%s:%s", "%s: %s")],
    ),
    python(
        "shows text in quotes (%r)",
        "every_datagram_is_shown_line_by_line",
        &[("%s:%s", "%s:%r")],
    ),
    python(
        "shows the address without quotes",
        "every_datagram_is_shown_line_by_line",
        &[("from %s:%s' % (peer,", "from (%s, %s):%s' % (*peer,")],
    ),
    python(
        "shows its own address, not the client's",
        "every_datagram_is_shown_line_by_line",
        &[("(peer, message", "(server.getsockname(), message")],
    ),
    python(
        "decodes as GBK",
        "chinese_and_emoji_are_shown_as_text",
        &[("message.decode('utf-8')", "message.decode('gbk', 'replace')")],
    ),
    python(
        "strips the message",
        "blanks_and_tabs_are_kept",
        &[("message.decode('utf-8')", "message.decode('utf-8').strip()")],
    ),
    python(
        "shows all messages so far",
        "a_shorter_datagram_after_a_longer_one_is_shown_alone",
        &[
            ("while True:", "text = ''\nwhile True:"),
            ("    print('recv", "    text += message.decode('utf-8')\n    print('recv"),
            ("(peer, message.decode('utf-8'))", "(peer, text)"),
        ],
    ),
    python(
        "replies with the time in UTC",
        "the_reply_is_the_local_time_and_the_text",
        &[("import ctime", "import asctime, gmtime"), ("ctime() +", "asctime(gmtime()) +")],
    ),
    python(
        "replies with the time in another form",
        "the_reply_is_the_local_time_and_the_text",
        &[("import ctime", "import strftime"), ("ctime() +", "strftime('%Y-%m-%d %H:%M:%S') +")],
    ),
    python(
        "replies with a time without the weekday",
        "the_reply_is_the_local_time_and_the_text",
        &[("ctime() +", "ctime()[4:] +")],
    ),
    python(
        "replies with the time at which it started",
        "a_pause_between_datagrams_changes_nothing",
        &[("while True:", "now = ctime()\nwhile True:"), ("(ctime() +", "(now +")],
    ),
    python(
        "replies with the text before the time",
        "the_reply_is_the_local_time_and_the_text",
        &[("ctime() + ' 接收到消息'", "'接收到消息 ' + ctime()")],
    ),
    python(
        "replies with a line end",
        "the_reply_is_the_local_time_and_the_text",
        &[("消息'", "消息\\n'")],
    ),
    python(
        "sends the message back",
        "the_reply_is_the_local_time_and_the_text",
        &[("(ctime() + ' 接收到消息').encode('utf-8')", "message")],
    ),
    python(
        "forgets to encode the reply",
        "the_reply_is_the_local_time_and_the_text",
        &[(".encode('utf-8')", "")],
    ),
    python(
        "replies twice",
        "each_datagram_is_answered_once",
        &[(
            "    server.sendto(",
            "    server.sendto((ctime() + ' 接收到消息').encode('utf-8'), peer)\n    server.sendto(",
        )],
    ),
    python(
        "replies to a fixed port",
        "each_datagram_is_answered_once",
        &[("encode('utf-8'), peer", "encode('utf-8'), (peer[0], 8888)")],
    )
    .silent(),
    python(
        "replies from another socket",
        "each_datagram_is_answered_once",
        &[("server.sendto(", "socket(AF_INET, SOCK_DGRAM).sendto(")],
    )
    .silent(),
    python(
        "ends after one datagram",
        "each_datagram_is_answered_once",
        &[("encode('utf-8'), peer)", "encode('utf-8'), peer)\n    break")],
    ),
    python(
        "replies to its first client for ever",
        "five_clients_in_turn_get_each_their_own_reply",
        &[
            ("while True:", "first = None\nwhile True:"),
            ("    print('recv", "    first = first or peer\n    print('recv"),
            ("encode('utf-8'), peer", "encode('utf-8'), first"),
        ],
    )
    .silent(),
    python(
        "connects to its first client",
        "five_clients_in_turn_get_each_their_own_reply",
        &[
            ("server.sendto(", "server.connect(peer)\n    server.send("),
            ("encode('utf-8'), peer", "encode('utf-8')"),
        ],
    )
    .silent(),
    python(
        "answers five datagrams",
        "five_clients_in_turn_get_each_their_own_reply",
        &[("while True:", "for _ in range(5):")],
    ),
    python(
        "ends at an empty datagram, as if a connection had ended",
        "an_empty_datagram_is_shown_and_answered",
        &[("    print('recv", "    if not message:\n        break\n    print('recv")],
    ),
    python(
        "passes over an empty datagram",
        "an_empty_datagram_is_shown_and_answered",
        &[("    print('recv", "    if not message:\n        continue\n    print('recv")],
    )
    .silent(),
    python(
        "receives 512 bytes of a datagram",
        "a_datagram_of_1024_bytes_arrives_whole",
        &[("recvfrom(1024)", "recvfrom(512)")],
    ),
    python(
        "dies of a receive limit of one second",
        "a_pause_between_datagrams_changes_nothing",
        &[("server.bind(address)", "server.bind(address)\nserver.settimeout(1)")],
    ),
    python(
        "ignores HOST and listens everywhere",
        "it_listens_at_the_address_it_is_given_and_shows_the_clients",
        &[("(sys.argv[1], int", "('', int")],
    )
    .silent(),
    python("ignores PORT", "it_starts", &[("int(sys.argv[2])", "8888")]).silent(),
    python("leaves the port a string", "it_starts", &[("int(sys.argv[2])", "sys.argv[2]")])
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
        "ends with status 0 after the usage",
        "too_few_arguments_are_answered_with_the_usage",
        &[("sys.exit(1)", "sys.exit(0)")],
    ),
    python(
        "counts itself as an argument",
        "too_few_arguments_are_answered_with_the_usage",
        &[("len(sys.argv) < 3", "len(sys.argv) < 2")],
    ),
    rust(
        "shows the address as IP:PORT (Display)",
        "every_datagram_is_shown_line_by_line",
        &[("('{ip}', {port})", "{peer}")],
    ),
    rust(
        "shows a list of numbers ({:?} of bytes)",
        "every_datagram_is_shown_line_by_line",
        &[
            ("String::from_utf8_lossy(&buffer[..length])", "&buffer[..length]"),
            (":{message}", ":{message:?}"),
        ],
    ),
    rust(
        "shows the whole buffer with its NULs",
        "every_datagram_is_shown_line_by_line",
        &[("&buffer[..length]", "&buffer")],
    ),
    rust(
        "shows what a longer datagram left in the buffer",
        "a_shorter_datagram_after_a_longer_one_is_shown_alone",
        &[
            (
                "    loop {\n        let mut buffer = [0; 1024];\n",
                "    let mut buffer = [0; 1024];\n    loop {\n",
            ),
            (
                "let message = String::from_utf8_lossy(&buffer[..length]);",
                "let message = String::from_utf8_lossy(&buffer);\n        let message = message.trim_end_matches('\\0');",
            ),
        ],
    ),
    rust(
        "replies with the seconds since 1970",
        "the_reply_is_the_local_time_and_the_text",
        &[(
            "ctime().map(",
            "io::Result::Ok(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs()).map(",
        )],
    ),
    rust(
        "holds its output back (BufWriter)",
        "every_datagram_is_shown_line_by_line",
        &[
            ("    loop {\n", "    let mut out = io::BufWriter::new(io::stdout());\n    loop {\n"),
            (
                "show(&format!(\"recv from ('{ip}', {port}):{message}\\n\"))?;",
                "let _ = writeln!(out, \"recv from ('{ip}', {port}):{message}\");",
            ),
        ],
    )
    .silent(),
    rust(
        "ends at an empty datagram",
        "an_empty_datagram_is_shown_and_answered",
        &[(
            "Ok(received) => received,",
            "Ok((0, _)) => return Ok(ExitCode::SUCCESS),\n            Ok(received) => received,",
        )],
    ),
];
