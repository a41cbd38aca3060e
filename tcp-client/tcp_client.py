"""A TCP client that sends what is typed: python3 tcp_client.py [HOST PORT]"""
import sys
from socket import socket, AF_INET, SOCK_STREAM

if len(sys.argv) == 2:
    print('argv is error!!!')
    print('input as')
    print('tcp-client 192.168.191.1 8888')
    sys.exit(1)
server = ('127.0.0.1', 8888)
if len(sys.argv) > 2:
    server = (sys.argv[1], int(sys.argv[2]))

connection = socket(AF_INET, SOCK_STREAM)
connection.connect(server)

while True:
    message = input('发消息>>')
    if not message:
        break
    connection.send(message.encode('utf-8'))
    reply = connection.recv(1024)
    print(reply.decode('utf-8'))
connection.close()
