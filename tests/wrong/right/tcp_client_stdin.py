"""It reads lines from sys.stdin."""
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
