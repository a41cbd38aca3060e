"""A TCP client that sends what is typed: python3 tcp_client.py [HOST PORT]"""
import sys
from socket import socket, AF_INET, SOCK_STREAM

if len(sys.argv) == 2:
    print('argv is error!!!')
    print('input as')
    print('python3 tcp_client.py 192.168.191.1 8888')
    sys.exit(1)
server = ('127.0.0.1', 8888)
if len(sys.argv) > 2:
    server = (sys.argv[1], int(sys.argv[2]))

# makes a socket for TCP over IPv4
connection = socket(AF_INET, SOCK_STREAM)
connection.connect(server)  # connects it

while True:
    message = input('发消息>>')
    if not message:
        break
    # text becomes bytes; send may send only a part
    connection.send(message.encode('utf-8'))
    reply = connection.recv(1024)
    print(reply.decode('utf-8'))  # bytes become text
connection.close()
