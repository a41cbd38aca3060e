"""A TCP server for one client at a time: python3 tcp_server.py [HOST PORT]"""
import sys
from socket import socket, AF_INET, SOCK_STREAM

if len(sys.argv) == 2:
    print('argv is error!!!')
    print('input as')
    print('tcp-server 192.168.191.1 8888')
    sys.exit(1)
address = ('127.0.0.1', 8888)
if len(sys.argv) > 2:
    address = (sys.argv[1], int(sys.argv[2]))

listener = socket(AF_INET, SOCK_STREAM)
listener.bind(address)
listener.listen(5)

while True:
    print('waiting for connect....')
    connection, peer = listener.accept()
    print('connect from', peer)
    while True:
        message = connection.recv(1024)
        if not message:
            break
        print('客户端发来的消息:', message.decode('utf-8'))
        connection.send('服务端已收到消息!'.encode('utf-8'))
    connection.close()
