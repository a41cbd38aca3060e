"""It has a thread for each client."""
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
