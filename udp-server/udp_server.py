"""A UDP server that answers with the time: python3 udp_server.py HOST PORT"""
import sys
from socket import socket, AF_INET, SOCK_DGRAM
from time import ctime

if len(sys.argv) < 3:
    print('argv is error!!!')
    print('input as')
    print('python3 udp_server.py 192.168.191.1 8888')
    sys.exit(1)
address = (sys.argv[1], int(sys.argv[2]))

# makes a socket for UDP over IPv4
server = socket(AF_INET, SOCK_DGRAM)
server.bind(address)  # gives it the address

while True:
    # recvfrom returns the message, and its sender, too
    message, peer = server.recvfrom(1024)
    # bytes become text
    print('recv from %s:%s' % (peer, message.decode('utf-8')))
    reply = ctime() + ' 接收到消息'
    # text becomes bytes; sendto names the receiver
    server.sendto(reply.encode('utf-8'), peer)
