"""It waits for the next client before it shows the last."""
import sys, threading
from socket import create_server

def show(line):
    sys.stdout.write(line + '\n')

def talk(connection, peer):
    show(f'connect from {peer}')
    with connection:
        while message := connection.recv(1024):
            show(f'客户端发来的消息: {message.decode()}')
            connection.sendall('服务端已收到消息!'.encode())

if len(sys.argv) < 3:
    sys.exit('argv is error!!!\ninput as\nserver 127.0.0.1 8888')
listener = create_server((sys.argv[1], int(sys.argv[2])))
while True:
    show('waiting for connect....')
    threading.Thread(target=talk, args=listener.accept()).start()
