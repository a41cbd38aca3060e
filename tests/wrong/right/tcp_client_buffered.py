"""It has buffered readers for keyboard and connection, and writes bytes."""
import socket, sys

if len(sys.argv) < 3:
    sys.exit('argv is error!!!\ninput as\nclient 127.0.0.1 8888')
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
replies = connection.makefile('rb')
while True:
    sys.stdout.buffer.write('发消息>>'.encode())
    sys.stdout.buffer.flush()
    message = sys.stdin.buffer.readline().rstrip(b'\n')
    if message == b'':
        break
    connection.sendall(message)
    sys.stdout.buffer.write(replies.read1(1024) + b'\n')
