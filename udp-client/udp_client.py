"""A UDP client that sends what is typed: python3 udp_client.py HOST PORT"""
import sys
from socket import socket, AF_INET, SOCK_DGRAM

if len(sys.argv) < 3:
    print('argv is error!!!')
    print('input as')
    print('udp-server 192.168.191.1 8888')
    sys.exit(1)
server = (sys.argv[1], int(sys.argv[2]))

client = socket(AF_INET, SOCK_DGRAM)

while True:
    message = input('消息>>')
    if not message:
        break
    client.sendto(message.encode('utf-8'), server)
    reply, server = client.recvfrom(1024)
    print('从服务器收到: ' + reply.decode('utf-8'))
client.close()
