"""A TCP server for one client at a time: python3 tcp_server.py [HOST PORT]"""
import sys
from socket import socket, AF_INET, SOCK_STREAM

if len(sys.argv) == 2:
    print('argv is error!!!')
    print('input as')
    print('python3 tcp_server.py 192.168.191.1 8888')
    sys.exit(1)
address = ('127.0.0.1', 8888)
if len(sys.argv) > 2:
    address = (sys.argv[1], int(sys.argv[2]))

# makes a socket for TCP over IPv4
listener = socket(AF_INET, SOCK_STREAM)
listener.bind(address)  # gives it the address
listener.listen(5)  # makes the queue in which clients wait

while True:
    print('waiting for connect....')
    # waits; returns a new socket for this client; the listener stays open
    connection, peer = listener.accept()
    print('connect from', peer)
    while True:
        message = connection.recv(1024)
        if not message:  # an empty receive: the client has left
            break
        # bytes become text
        print('客户端发来的消息:', message.decode('utf-8'))
        reply = '服务端已收到消息!'.encode('utf-8')  # text becomes bytes
        connection.send(reply)  # may send only a part
    connection.close()
