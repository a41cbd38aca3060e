//! Right programs in other styles than the project's own: what the exercise
//! leaves open, a grader must leave open, too.

use super::{Base, Variant};
use harness::Program::{self, TcpClient, TcpServer, UdpClient, UdpServer};

/// Programs that must pass every check of their exercise.
pub const RIGHT: &[Variant] = &[
    script(
        TcpServer,
        "starts slowly, is a class, ignores SIGTERM, says much on standard error",
        CLASS,
    )
    .waiting(),
    edited(
        TcpClient,
        "starts slowly, looks for the empty line after sending it, closes nothing",
        &[
            (
                "connection = socket",
                "__import__('time').sleep(2)\nconnection = socket",
            ),
            (
                "    if not message:\n        break\n    connection.send(message.encode('utf-8'))\n",
                "    connection.sendall(message.encode('utf-8'))\n    if not message:\n        break\n",
            ),
            ("\nconnection.close()", ""),
        ],
    )
    .waiting(),
    edited(
        UdpServer,
        "starts slowly, before and after bind, and makes the time with strftime",
        &[
            (
                "server.bind(address)",
                "__import__('time').sleep(1)\nserver.bind(address)\n__import__('time').sleep(1)",
            ),
            ("import ctime", "import strftime"),
            ("ctime() +", "strftime('%a %b %e %H:%M:%S %Y') +"),
            (
                "print('recv from %s:%s' % (peer, message.decode('utf-8')))",
                "print(f'recv from {peer}:{message.decode()}', flush=True)",
            ),
        ],
    )
    .waiting(),
    edited(
        UdpClient,
        "starts slowly, binds its socket, shows the usage on standard error with status 2",
        &[
            (
                "while True:",
                "client.bind(('', 0))\n__import__('time').sleep(2)\nwhile True:",
            ),
            (
                "print('argv is error!!!')",
                "print('Sorry!\\nargv is error!!!', file=sys.stderr)",
            ),
            ("print('input as')", "print('input as', file=sys.stderr)"),
            ("sys.exit(1)", "sys.exit(2)"),
        ],
    )
    .waiting(),
    script(TcpServer, "has a thread for each client", THREADS),
    script(
        TcpServer,
        "serves all clients in one thread and replies in two pieces, before it shows",
        SELECTORS,
    ),
    rust(
        TcpServer,
        "reuses its buffer and prints with println!",
        &[
            (
                "        loop {\n            let mut buffer = [0; 1024];",
                "        let mut buffer = vec![0; 1024];\n        loop {",
            ),
            (
                "show(&format!(\"客户端发来的消息: {message}\\n\"))?;",
                "println!(\"客户端发来的消息: {message}\");",
            ),
        ],
    ),
    script(TcpClient, "has a thread that reads", READER),
    script(TcpClient, "reads lines from sys.stdin", STDIN),
    rust(
        TcpClient,
        "reads with lines() and prints with print! and flush",
        &[
            ("    let mut line = String::new();\n", ""),
            (
                "    if io::stdin().read_line(&mut line).map_err(unreadable)? == 0 {\n        show(\"\\n\")?; // nobody pressed Enter after the prompt\n    }\n    let ended = line.strip_suffix(\"\\r\\n\").or(line.strip_suffix('\\n'));\n    Ok(ended.unwrap_or(&line).to_string())\n",
                "    let line = io::stdin().lines().next();\n    line.unwrap_or(Ok(String::new())).map_err(unreadable)\n",
            ),
            (
                "    show(prompt)?;",
                "    print!(\"{prompt}\");\n    let _ = io::stdout().flush();",
            ),
        ],
    ),
    script(
        UdpServer,
        "is made with socketserver, a thread for each datagram",
        SOCKETSERVER,
    ),
    rust(
        UdpServer,
        "has a large buffer and prints with println!",
        &[
            ("[0; 1024]", "vec![0; 65536]"),
            (
                "show(&format!(\"recv from ('{ip}', {port}):{message}\\n\"))?;",
                "println!(\"recv from ('{ip}', {port}):{message}\");",
            ),
        ],
    ),
    edited(
        UdpClient,
        "prompts with print, reads sys.stdin, is chatty on standard error, closes nothing",
        &[
            (
                "    message = input('消息>>')\n",
                "    print('消息>>', end='', flush=True)\n    message = sys.stdin.readline().rstrip('\\n')\n",
            ),
            (
                "    reply, server",
                "    print('waiting', file=sys.stderr)\n    reply, server",
            ),
            ("\nclient.close()", ""),
        ],
    ),
    rust(
        UdpClient,
        "keeps one buffer, full of other text, for all replies",
        &[
            (
                "    loop {\n",
                "    let mut buffer = vec![b'?'; 2048];\n    loop {\n",
            ),
            ("        let mut buffer = [0; 1024];\n", ""),
        ],
    ),
];

const fn edited(
    program: Program,
    does: &'static str,
    edits: &'static [(&'static str, &'static str)],
) -> Variant {
    Variant { does, program, base: Base::Python, edits, waits: false }
}

const fn rust(
    program: Program,
    does: &'static str,
    edits: &'static [(&'static str, &'static str)],
) -> Variant {
    Variant { does, program, base: Base::Rust, edits, waits: false }
}

const fn script(program: Program, does: &'static str, source: &'static str) -> Variant {
    Variant { does, program, base: Base::Script(source), edits: &[], waits: false }
}

const CLASS: &str = r"
import signal, socket, sys, time

class Server:
    def __init__(self, host, port):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((host, port))
        self.listener.listen()

    def run(self):
        while True:
            print('waiting for connect....', flush=True)
            connection, (ip, port) = self.listener.accept()
            print(f'accepted {connection}', file=sys.stderr)
            print(f'''connect from ('{ip}', {port})''', flush=True)
            with connection:
                self.talk(connection)

    def talk(self, connection):
        while message := connection.recv(1024):
            print(f'{len(message)} bytes', file=sys.stderr)
            print(f'客户端发来的消息: {message.decode()}', flush=True)
            connection.sendall('服务端已收到消息!'.encode())

if len(sys.argv) not in (1, 3):
    sys.exit('argv is error!!!\ninput as\nserver.py 127.0.0.1 8888')
signal.signal(signal.SIGTERM, signal.SIG_IGN)
time.sleep(2)
Server(sys.argv[1], int(sys.argv[2])).run()
";

const THREADS: &str = r"
import sys, threading
from socket import create_server

def talk(connection, peer):
    with connection:
        while True:
            message = connection.recv(1024)
            if not message:
                return
            print('客户端发来的消息: ' + message.decode() + '\n', end='')
            connection.sendall('服务端已收到消息!'.encode())

if len(sys.argv) < 3:
    print('usage:\nargv is error!!!\ninput as\nserver 127.0.0.1 8888')
    sys.exit(2)
listener = create_server((sys.argv[1], int(sys.argv[2])))
while True:
    print('waiting for connect....\n', end='')
    connection, peer = listener.accept()
    print(f'connect from {peer}\n', end='')
    threading.Thread(target=talk, args=(connection, peer)).start()
";

const SELECTORS: &str = r"
import selectors, sys
from socket import create_server

if len(sys.argv) < 3:
    print('argv is error!!!\ninput as\nserver 127.0.0.1 8888', file=sys.stderr)
    sys.exit(1)
listener = create_server((sys.argv[1], int(sys.argv[2])))
ready = selectors.DefaultSelector()
ready.register(listener, selectors.EVENT_READ)
print('waiting for connect....')
while True:
    for key, _ in ready.select():
        connection = key.fileobj
        if connection is listener:
            connection, peer = listener.accept()
            print('connect from', peer)
            ready.register(connection, selectors.EVENT_READ)
            continue
        message = connection.recv(1024)
        if message:
            connection.send('服务端'.encode())
            connection.send('已收到消息!'.encode())
            print('客户端发来的消息:', message.decode())
        else:
            ready.unregister(connection)
            connection.close()
            print('waiting for connect....')
";

const READER: &str = r"
import queue, socket, sys, threading

def read(connection, shown):
    while reply := connection.recv(1024):
        print(reply.decode() + '\n', end='')
        shown.put(True)

def main():
    if len(sys.argv) == 2:
        sys.exit('argv is error!!!\ninput as\nclient.py 127.0.0.1 8888')
    connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
    shown = queue.Queue()
    threading.Thread(target=read, args=(connection, shown), daemon=True).start()
    while message := input('发消息>>'):
        connection.sendall(message.encode())
        shown.get()

main()
";

const STDIN: &str = r"
import os, socket, sys

if len(sys.argv) == 2:
    print('argv is error!!!\ninput as\nclient.py 127.0.0.1 8888')
    sys.exit(64)
connection = socket.socket()
connection.connect((sys.argv[1], int(sys.argv[2])))
print('connected', file=sys.stderr)
sys.stdout.write('发消息>>')
sys.stdout.flush()
for line in sys.stdin:
    message = line.rstrip('\n')
    if message == '':
        os._exit(0)
    connection.sendall(message.encode())
    sys.stdout.write(connection.recv(1024).decode() + '\n发消息>>')
    sys.stdout.flush()
";

const SOCKETSERVER: &str = r"
import socketserver, sys, time

class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        message, server = self.request
        text = message.decode()
        print(f'recv from {self.client_address}:{text}\n', end='')
        server.sendto(f'{time.ctime()} 接收到消息'.encode(), self.client_address)

if len(sys.argv) < 3:
    sys.exit('argv is error!!!\ninput as\nserver.py 127.0.0.1 8888')
address = (sys.argv[1], int(sys.argv[2]))
socketserver.ThreadingUDPServer(address, Handler).serve_forever()
";
