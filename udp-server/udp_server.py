"""A UDP server that answers with the time: python3 udp_server.py HOST PORT"""
import sys
from socket import socket, AF_INET, SOCK_DGRAM
from time import ctime

if len(sys.argv) < 3:
    print('argv is error!!!')
    print('input as')
    print('udp-server 192.168.191.1 8888')
    sys.exit(1)
address = (sys.argv[1], int(sys.argv[2]))

server = socket(AF_INET, SOCK_DGRAM)
server.bind(address)

while True:
    message, peer = server.recvfrom(1024)
    print('recv from %s:%s' % (peer, message.decode('utf-8')))
    server.sendto((ctime() + ' 接收到消息').encode('utf-8'), peer)
