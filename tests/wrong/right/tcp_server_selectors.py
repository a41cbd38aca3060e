"""It serves all in one thread, and replies in two pieces, before it shows."""
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
